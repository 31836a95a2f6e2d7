import type { DigitDate } from './lexemes.ts';
import type { Found } from './zones.ts';

/** A date in digits, or the reason why what is written cannot be one. */
export type DateReading = DigitDate | { readonly wrong: string };

const END = '(?![\\p{Script=Latin}\\d])';
const YEAR_FIRST = new RegExp(`(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:${END}|(?=t\\d))`, 'uy');
const COMPACT =
  /((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d\p{Script=Latin}])|((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=t\d)/uy;
const YEAR_LAST = new RegExp(`(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${END}`, 'uy');
const NO_YEAR = new RegExp(`(\\d{1,2})/(\\d{1,2})(?!/)${END}`, 'uy');
const DAY_MONTH_DOTS = /(\d{1,2})\.(\d{1,2})\.(?!\d)/uy;
const DAY_MONTH_DOT = new RegExp(`(\\d{1,2})\\.(\\d{1,2})(?!\\.\\d)${END}(?! ?(?:uhr|h|std))`, 'uy');
const JAPANESE = /(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日?/uy;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** The order in which a locale writes a date in digits; undefined where both are in use or nothing is known. */
export type Order = 'day first' | 'month first' | 'year first' | undefined;

export function orderOf(locale: string | undefined): Order {
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

/** The date in digits that is written at a place of the folded text. */
export function dateAt(text: string, at: number, order: Order): Found<DateReading> | undefined {
  const found = match(YEAR_FIRST, text, at);
  if (found !== undefined) return known(found, found[1], found[3], found[4], at);
  const compact = match(COMPACT, text, at);
  if (compact !== undefined) {
    return known(compact, compact[1] ?? compact[4], compact[2] ?? compact[5], compact[3] ?? compact[6], at);
  }
  const japanese = match(JAPANESE, text, at);
  if (japanese !== undefined) return known(japanese, japanese[1], japanese[2], japanese[3], at);
  const last = match(YEAR_LAST, text, at);
  if (last !== undefined) return twoWays(last, last[1], last[3], last[4], last[2], at, order);
  const short = match(NO_YEAR, text, at);
  if (short !== undefined) return twoWays(short, short[1], short[2], undefined, '/', at, order);
  const dots = match(DAY_MONTH_DOTS, text, at) ?? (order === 'day first' ? match(DAY_MONTH_DOT, text, at) : undefined);
  if (dots !== undefined && isDate(undefined, Number(dots[2]), Number(dots[1])))
    return known(dots, undefined, dots[2], dots[1], at);
  return undefined;
}

function known(
  { 0: written }: RegExpExecArray,
  yearText: string | undefined,
  monthText: string | undefined,
  dayText: string | undefined,
  at: number,
): Found<DateReading> {
  const [year, month, day] = [fullYear(yearText), Number(monthText), Number(dayText)];
  const end = at + written.length;
  if (!isDate(year, month, day)) return { value: { wrong: notADate(written) }, end };
  return { value: { order: 'known', ...(year === undefined ? {} : { year }), month, day }, end };
}

function twoWays(
  { 0: written }: RegExpExecArray,
  firstText: string | undefined,
  secondText: string | undefined,
  yearText: string | undefined,
  sign: string | undefined,
  at: number,
  order: Order,
): Found<DateReading> {
  const [first, second, year] = [Number(firstText), Number(secondText), fullYear(yearText)];
  const end = at + written.length;
  const dayFirst = isDate(year, second, first);
  const monthFirst = isDate(year, first, second);
  const rest = year === undefined ? {} : { year };
  if (!dayFirst && !monthFirst) return { value: { wrong: notADate(written) }, end };
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

function fullYear(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

/** Whether a calendar has that day; without a year, whether some year has it. */
export function isDate(year: number | undefined, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= daysIn(year ?? 2000, month);
}

export function daysIn(year: number, month: number): number {
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

export function monthName(month: number): string {
  return MONTHS[month - 1] ?? String(month);
}

function notADate(written: string): string {
  return `"${written}" is not in the calendar.`;
}
