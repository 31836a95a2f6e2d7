import { type Match, parseAt } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import type { TokenOf } from './tokens.ts';

type DateMeaning = TokenOf<'date' | 'invalid'>;

const DATE_END = '(?![\\p{Script=Latin}\\d])';

const YEAR_FIRST = new RegExp(`(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:${DATE_END}|(?=t\\d))`, 'uy');

const COMPACT = /((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:(?![\d\p{Script=Latin}])|(?=t\d))/uy;

const YEAR_LAST = new RegExp(`(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${DATE_END}`, 'uy');

const DAY_AND_MONTH = new RegExp(`(\\d{1,2})(/)(\\d{1,2})(?!/)${DATE_END}`, 'uy');

const DAY_MONTH_DOTS = /(\d{1,2})\.(\d{1,2})\.(?!\d)/uy;

const DAY_MONTH_DOT = new RegExp(`(\\d{1,2})\\.(\\d{1,2})(?!\\.\\d)${DATE_END}(?! ?(?:uhr|h|std))`, 'uy');

const JAPANESE_DATE = /(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日?/uy;

/** The order of a date in digits; undefined if a locale uses several or is unknown. */
export type DateOrder = 'day first' | 'month first' | 'year first' | undefined;

export function getDateOrder(locale = ''): DateOrder {
  const [language = '', region] = locale.replace('_', '-').split('-');
  if (/^(?:ja|zh|ko|hu)$/i.test(language)) return 'year first';
  if (language.toLowerCase() !== 'en') return language === '' ? undefined : 'day first';
  if (region === undefined || /^(?:CA|PH|ZA)$/i.test(region)) return undefined;
  return /^(?:US|PR|GU|AS|VI|UM)$/i.test(region) ? 'month first' : 'day first';
}

export function parseNumericDate(text: string, at: number, order: DateOrder): Match<DateMeaning> | undefined {
  const dayMonth = ([source, day, month]: RegExpExecArray) =>
    isDate(undefined, Number(month), Number(day)) ? fromKnownOrder(source, undefined, month, day) : undefined;
  return (
    parseAt(YEAR_FIRST, text, at, ([source, year, , month, day]) => fromKnownOrder(source, year, month, day)) ??
    parseAt(COMPACT, text, at, ([source, year, month, day]) => fromKnownOrder(source, year, month, day)) ??
    parseAt(JAPANESE_DATE, text, at, ([source, year, month, day]) => fromKnownOrder(source, year, month, day)) ??
    parseAt(YEAR_LAST, text, at, (found) => fromUnknownOrder(found, order)) ??
    parseAt(DAY_AND_MONTH, text, at, (found) => fromUnknownOrder(found, order)) ??
    parseAt(DAY_MONTH_DOTS, text, at, dayMonth) ??
    (order === 'day first' ? parseAt(DAY_MONTH_DOT, text, at, dayMonth) : undefined)
  );
}

function fromKnownOrder(source: string, ...[yearText, monthText, dayText]: (string | undefined)[]): DateMeaning {
  const [year, month, day] = [toFullYear(yearText), Number(monthText), Number(dayText)];
  if (!isDate(year, month, day)) return { kind: 'invalid', reason: REFUSALS.notInCalendar(source) };
  return { kind: 'date', date: { order: 'known', year, month, day } };
}

function fromUnknownOrder(
  [source, firstText, sign, secondText, yearText]: RegExpExecArray,
  order: DateOrder,
): DateMeaning {
  const [first, second, year] = [Number(firstText), Number(secondText), toFullYear(yearText)];
  const [dayFirst, monthFirst] = [isDate(year, second, first), isDate(year, first, second)];
  if (!dayFirst && !monthFirst) return { kind: 'invalid', reason: REFUSALS.notInCalendar(source) };
  const isDayFirst =
    first === second || dayFirst !== monthFirst ? dayFirst : readsDayFirst(order, sign === '.', year !== undefined);
  if (isDayFirst === undefined) return { kind: 'date', date: { order: 'unknown', year, first, second } };
  const [month, day] = isDayFirst ? [second, first] : [first, second];
  return { kind: 'date', date: { order: 'known', year, month, day } };
}

/** Undefined where people have to be asked. */
function readsDayFirst(order: DateOrder, hasDots: boolean, hasYear: boolean): boolean | undefined {
  if (order === 'day first' || (hasDots && order !== 'month first')) return true;
  const isMonthFirst = order === 'month first' || (order === 'year first' && !hasYear);
  return isMonthFirst && !hasDots ? false : undefined;
}

function toFullYear(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

/** Whether a date exists; without a year, whether it exists in any year. */
export function isDate(year: number | undefined, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year ?? 2000, month);
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
