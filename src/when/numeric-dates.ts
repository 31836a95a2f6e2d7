import * as chrono from 'chrono-node';
import type { Temporal } from 'temporal-polyfill';
import { type Match, matchAt } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import type { NumericDate, Token } from './tokens.ts';

/** A date in digits, or why it is invalid. */
export type NumericDateResult = NumericDate | { readonly error: string };

const DATE_END = '(?![\\p{Script=Latin}\\d])';

const YEAR_FIRST = new RegExp(`(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:${DATE_END}|(?=t\\d))`, 'uy');

const COMPACT =
  /((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d\p{Script=Latin}])|((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=t\d)/uy;

const YEAR_LAST = new RegExp(`(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${DATE_END}`, 'uy');

const DAY_AND_MONTH = new RegExp(`(\\d{1,2})/(\\d{1,2})(?!/)${DATE_END}`, 'uy');

const DAY_MONTH_DOTS = /(\d{1,2})\.(\d{1,2})\.(?!\d)/uy;

const DAY_MONTH_DOT = new RegExp(`(\\d{1,2})\\.(\\d{1,2})(?!\\.\\d)${DATE_END}(?! ?(?:uhr|h|std))`, 'uy');

const JAPANESE_DATE = /(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日?/uy;

/** The order of a date in digits; undefined if a locale uses several or is unknown. */
export type DateOrder = 'day first' | 'month first' | 'year first' | undefined;

export function getDateOrder(locale: string | undefined): DateOrder {
  const [language, region] = (locale ?? '').replace('_', '-').split('-');
  switch (language?.toLowerCase()) {
    case 'en':
      if (region === undefined || /^(?:CA|PH|ZA)$/i.test(region)) return undefined;
      return /^(?:US|PR|GU|AS|VI|UM)$/i.test(region) ? 'month first' : 'day first';
    case 'ja':
    case 'zh':
    case 'ko':
    case 'hu':
      return 'year first';
    case undefined:
    case '':
      return undefined;
    default:
      return 'day first';
  }
}

/** Parses a date in digits at a position of the folded text. */
export function parseNumericDate(text: string, at: number, order: DateOrder): Match<NumericDateResult> | undefined {
  const found = matchAt(YEAR_FIRST, text, at);
  if (found !== undefined) return fromKnownOrder(found, found[1], found[3], found[4], at);
  const compact = matchAt(COMPACT, text, at);
  if (compact !== undefined) {
    return fromKnownOrder(compact, compact[1] ?? compact[4], compact[2] ?? compact[5], compact[3] ?? compact[6], at);
  }
  const japanese = matchAt(JAPANESE_DATE, text, at);
  if (japanese !== undefined) return fromKnownOrder(japanese, japanese[1], japanese[2], japanese[3], at);
  const last = matchAt(YEAR_LAST, text, at);
  if (last !== undefined) return fromUnknownOrder(last, last[1], last[3], last[4], last[2], at, order);
  const short = matchAt(DAY_AND_MONTH, text, at);
  if (short !== undefined) return fromUnknownOrder(short, short[1], short[2], undefined, '/', at, order);
  const dots =
    matchAt(DAY_MONTH_DOTS, text, at) ?? (order === 'day first' ? matchAt(DAY_MONTH_DOT, text, at) : undefined);
  if (dots !== undefined && isDate(undefined, Number(dots[2]), Number(dots[1])))
    return fromKnownOrder(dots, undefined, dots[2], dots[1], at);
  return undefined;
}

function fromKnownOrder(
  { 0: written }: RegExpExecArray,
  yearText: string | undefined,
  monthText: string | undefined,
  dayText: string | undefined,
  at: number,
): Match<NumericDateResult> {
  const [year, month, day] = [toFullYear(yearText), Number(monthText), Number(dayText)];
  const end = at + written.length;
  if (!isDate(year, month, day)) return { value: { error: explainInvalidDate(written) }, end };
  return { value: { order: 'known', ...(year === undefined ? {} : { year }), month, day }, end };
}

function fromUnknownOrder(
  { 0: written }: RegExpExecArray,
  firstText: string | undefined,
  secondText: string | undefined,
  yearText: string | undefined,
  sign: string | undefined,
  at: number,
  order: DateOrder,
): Match<NumericDateResult> {
  const [first, second, year] = [Number(firstText), Number(secondText), toFullYear(yearText)];
  const end = at + written.length;
  const dayFirst = isDate(year, second, first);
  const monthFirst = isDate(year, first, second);
  const rest = year === undefined ? {} : { year };
  if (!dayFirst && !monthFirst) return { value: { error: explainInvalidDate(written) }, end };
  const decided =
    first === second || dayFirst !== monthFirst
      ? dayFirst
      : order === 'day first' || (sign === '.' && order !== 'month first')
        ? true
        : order === 'month first' || (order === 'year first' && year === undefined)
          ? sign === '.'
            ? undefined
            : false
          : undefined;
  if (decided === undefined) return { value: { order: 'unknown', ...rest, first, second, sign: sign ?? '/' }, end };
  const [month, day] = decided ? [second, first] : [first, second];
  return { value: { order: 'known', ...rest, month, day }, end };
}

function toFullYear(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

/** Whether a date exists; without a year, whether it exists in any year. */
export function isDate(year: number | undefined, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= daysInMonth(year ?? 2000, month);
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export function getMonthName(month: number): string {
  return MONTHS[month - 1] ?? String(month);
}

function explainInvalidDate(written: string): string {
  return REFUSALS.notInCalendar(written);
}

type ChronoParser = Pick<chrono.Chrono, 'parse'>;

/** The languages that chrono supports, besides English. */
const CHRONO_PARSERS: ReadonlyMap<string, ChronoParser> = new Map([
  ['de', chrono.de.casual],
  ['es', chrono.es.casual],
  ['fi', chrono.fi.casual],
  ['fr', chrono.fr.casual],
  ['id', chrono.id.casual],
  ['it', chrono.it.casual],
  ['ja', chrono.ja.casual],
  ['nl', chrono.nl.casual],
  ['pt', chrono.pt.casual],
  ['ru', chrono.ru.casual],
  ['sv', chrono.sv.casual],
  ['uk', chrono.uk.casual],
  ['vi', chrono.vi.casual],
  ['zh', chrono.zh.casual],
]);

/**
 * Lets chrono parse dates that the language tables do not cover ("twenty-fifth of december", "domani"). Of its
 * results, only days that are explicit in the text are used, no times, zones or implied values.
 *
 * @param tokens of the text; chrono only changes stretches with an unknown word
 * @param today on the reader's calendar
 */
export function addChronoDates(
  text: string,
  tokens: readonly Token[],
  locale: string | undefined,
  today: Temporal.PlainDate,
): readonly Token[] {
  if (!tokens.some((token) => token.kind === 'unknown')) return tokens;
  const visible = keepDateWords(text, tokens);
  // Noon in UTC, so that no zone or clock change has an effect.
  const instant = new Date(`${today.toString()}T12:00:00Z`);
  const own = CHRONO_PARSERS.get(locale?.toLowerCase().split(/[-_]/)[0] ?? '');
  let result = tokens;
  for (const parser of own === undefined ? [chrono.en.casual] : [own, chrono.en.casual]) {
    for (const found of parser.parse(visible, { instant, timezone: 0 })) result = insertDate(result, found);
  }
  return result;
}

/** Replaces everything that has been parsed already by spaces. */
function keepDateWords(text: string, tokens: readonly Token[]): string {
  const kept = tokens.filter((token) => {
    if (token.kind === 'known') return token.month !== undefined || token.weekday !== undefined;
    return token.kind === 'unknown' || token.kind === 'number' || token.kind === 'ordinal';
  });
  let words = '';
  for (const { start, end } of kept) words = words.padEnd(start, ' ') + text.slice(start, end);
  return words;
}

function insertDate(tokens: readonly Token[], found: chrono.ParsedResult): readonly Token[] {
  const [start, end] = [found.index, found.index + found.text.length];
  const first = tokens.findIndex((token) => token.start === start);
  const last = tokens.findIndex((token) => token.end === end);
  const covered = tokens.slice(first, last + 1);
  if (first < 0 || last < first || !covered.some(({ kind }) => kind === 'unknown')) return tokens;
  const day = toDateMeaning(found);
  return day === undefined ? tokens : [...tokens.slice(0, first), { start, end, ...day }, ...tokens.slice(last + 1)];
}

function toDateMeaning(found: chrono.ParsedResult) {
  const { start, end } = found;
  const says = (component: chrono.Component) => start.isCertain(component);
  // "next week" is not a single day.
  if ((end !== null && end !== undefined) || says('hour') || found.tags().has('result/relativeDate')) return undefined;
  const [year, month, day, weekday] = (['year', 'month', 'day', 'weekday'] as const).map(
    (component) => start.get(component) ?? undefined,
  );
  if (says('day') && says('month') && month !== undefined && day !== undefined) {
    const inYear = says('year') && year !== undefined ? { year } : {};
    return { kind: 'date', date: { order: 'known', month, day, ...inYear } } as const;
  }
  if (says('weekday') && !says('day') && weekday !== undefined) return { kind: 'known', terms: [], weekday } as const;
  return undefined;
}
