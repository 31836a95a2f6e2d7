import type { DayReading, MonthReading } from './days.ts';
import type { Term } from './languages/language.ts';
import { minutesOf } from './lengths.ts';
import type { Lexeme } from './lexemes.ts';

/** What was read from lexemes, and the index of the first one after it. */
export interface Read<T> {
  readonly value: T;
  readonly next: number;
}

export interface Lexemes {
  readonly list: readonly Lexeme[];
  /** The folded text that they were cut from. */
  readonly text: string;
  /** The year it is. */
  readonly year: number;
}

export function has(lexeme: Lexeme | undefined, term: Term): boolean {
  return lexeme?.kind === 'known' && lexeme.terms.includes(term);
}

export function isMark(lexeme: Lexeme | undefined, ...marks: readonly string[]): boolean {
  return lexeme?.kind === 'mark' && marks.includes(lexeme.mark);
}

export function weekdayOf(lexeme: Lexeme | undefined): number | undefined {
  return lexeme?.kind === 'known' ? lexeme.weekday : undefined;
}

export function everyWeekdayOf(lexeme: Lexeme | undefined): number | undefined {
  return lexeme?.kind === 'known' ? lexeme.everyWeekday : undefined;
}

export function monthOf(lexeme: Lexeme | undefined): number | undefined {
  return lexeme?.kind === 'known' ? lexeme.month : undefined;
}

export function ordinalOf(lexeme: Lexeme | undefined): number | undefined {
  if (lexeme?.kind === 'ordinal') return lexeme.value;
  if (lexeme?.kind !== 'known') return undefined;
  return lexeme.ordinal ?? (lexeme.terms.includes('last') ? -1 : undefined);
}

/** The index after words that mean nothing here; a word that can close a range is none of them. */
function skip({ list }: Lexemes, at: number, ...terms: readonly Term[]): number {
  let next = at;
  while (!has(list[next], 'until') && terms.some((term) => has(list[next], term))) next++;
  return next;
}

/** The day that is said at a place. */
export function dayAt(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const start = skip(lexemes, at, 'filler');
  return (
    edgeOfMonth(lexemes, start) ??
    nthWeekday(lexemes, start) ??
    monthAndDay(lexemes, start) ??
    digits(lexemes, start) ??
    weekday(lexemes, start) ??
    relative(lexemes, start) ??
    counted(lexemes, start) ??
    dayOfMonth(lexemes, start, start > at) ??
    inMonth(lexemes, start) ??
    period(lexemes, start)
  );
}

/** `of next month`, `in december 2026`, `of every month`; the name of a month only where one is wanted. */
function monthAt(lexemes: Lexemes, at: number): Read<MonthReading> | undefined {
  const { list } = lexemes;
  const start = skip(lexemes, at, 'of', 'in', 'on', 'filler');
  const lexeme = list[start];
  if (has(lexeme, 'next month')) return { value: { is: 'next' }, next: start + 1 };
  if (has(lexeme, 'this month')) return { value: { is: 'this' }, next: start + 1 };
  if (has(lexeme, 'monthly')) return { value: { is: 'every' }, next: start + 1 };
  if (has(list[start + 1], 'month')) {
    if (has(lexeme, 'every')) return { value: { is: 'every' }, next: start + 2 };
    if (has(lexeme, 'next') || has(lexeme, 'coming')) return { value: { is: 'next' }, next: start + 2 };
    if (has(lexeme, 'this')) return { value: { is: 'this' }, next: start + 2 };
  }
  if (has(lexeme, 'month')) {
    if (has(list[start + 1], 'next')) return { value: { is: 'next' }, next: start + 2 };
    return { value: { is: 'the' }, next: start + 1 };
  }
  const month = monthOf(lexeme);
  if (month === undefined) return undefined;
  const year = yearAt(lexemes, start + 1);
  return {
    value: { is: 'named', month, ...(year === undefined ? {} : { year: year.value }) },
    next: year?.next ?? start + 1,
  };
}

/** A year of four digits after a month or a day. */
function yearAt(lexemes: Lexemes, at: number): Read<number> | undefined {
  const { list } = lexemes;
  let start = at;
  if (isMark(list[start], ',', '-', '/') || has(list[start], 'of')) start++;
  const lexeme = list[start];
  if (lexeme?.kind !== 'number') return undefined;
  const { value, digits } = lexeme;
  // Four digits can be a time as well (2030): what is near is a year.
  const year =
    digits === 4 && value >= lexemes.year - 2 && (value <= lexemes.year + 12 || value % 100 > 59) && value > 1900;
  if (year) return { value, next: start + 1 };
  const short = digits === 2 && value > 24 && value >= lexemes.year - 2001 && start === at;
  return short ? { value: 2000 + value, next: start + 1 } : undefined;
}

function edgeOfMonth(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const { list } = lexemes;
  const lexeme = list[at];
  if (has(lexeme, 'end of day')) return { value: { on: 'period', period: 'day' }, next: at + 1 };
  if (has(lexeme, 'end of month'))
    return { value: { on: 'last day', month: { is: 'the' }, said: 'end' }, next: at + 1 };
  if (has(lexeme, 'end of year'))
    return { value: { on: 'date', year: lexemes.year, month: 12, day: 31 }, next: at + 1 };
  const first = has(lexeme, 'first day of') || has(lexeme, 'start of');
  const said = has(lexeme, 'last day of') ? 'day' : has(lexeme, 'end of') ? 'end' : undefined;
  if (!first && said === undefined) return undefined;
  const start = skip(lexemes, at + 1, 'of', 'on', 'filler');
  if (has(list[start], 'day')) return { value: { on: 'period', period: 'day' }, next: start + 1 };
  if (has(list[start], 'week')) return { value: { on: 'period', period: 'week' }, next: start + 1 };
  const year = has(list[start], 'year')
    ? lexemes.year
    : has(list[start + 1], 'year') && has(list[start], 'this')
      ? lexemes.year
      : undefined;
  const nextYear = has(list[start], 'next') && has(list[start + 1], 'year') ? lexemes.year + 1 : undefined;
  const chosen = nextYear ?? year;
  if (chosen !== undefined) {
    const next = start + (has(list[start], 'year') ? 1 : 2);
    return { value: { on: 'date', year: chosen, ...(first ? { month: 1, day: 1 } : { month: 12, day: 31 }) }, next };
  }
  // In Japanese the one word says it: 月末.
  const bare = !/^[\p{Script=Latin} -]/u.test(lexemes.text.charAt(list[at]?.start ?? 0));
  const month = monthAt(lexemes, at + 1) ?? (bare ? { value: { is: 'the' } as const, next: at + 1 } : undefined);
  if (month === undefined) return undefined;
  if (first) return { value: { on: 'day of month', day: 1, month: month.value }, next: month.next };
  return { value: { on: 'last day', month: month.value, said: said ?? 'end' }, next: month.next };
}

function nthWeekday(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const { list } = lexemes;
  const nth = ordinalOf(list[at]);
  const after = list[at + 1];
  const day = weekdayOf(after) ?? everyWeekdayOf(after);
  if (nth !== undefined && day !== undefined && nth <= 5) {
    const month = monthAt(lexemes, at + 2);
    return {
      value: { on: 'nth weekday', nth, weekday: day, month: month?.value ?? { is: 'any' } },
      next: month?.next ?? at + 2,
    };
  }
  // French, Spanish, Portuguese: "viernes último de mes".
  const before = weekdayOf(list[at]);
  if (before !== undefined && has(list[at + 1], 'last')) {
    const month = monthAt(lexemes, at + 2);
    if (month !== undefined)
      return { value: { on: 'nth weekday', nth: -1, weekday: before, month: month.value }, next: month.next };
    return { value: { on: 'nth weekday', nth: -1, weekday: before, month: { is: 'any' } }, next: at + 2 };
  }
  return undefined;
}

function numberAt(lexeme: Lexeme | undefined): number | undefined {
  if (lexeme?.kind === 'number' && lexeme.digits <= 2) return lexeme.value;
  const ordinal = ordinalOf(lexeme);
  return ordinal !== undefined && ordinal > 0 ? ordinal : undefined;
}

function monthAndDay(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const { list } = lexemes;
  const yearFirst = list[at]?.kind === 'number' ? yearAt(lexemes, at) : undefined;
  if (yearFirst !== undefined && monthOf(list[yearFirst.next]) !== undefined) {
    const rest = monthAndDay(lexemes, yearFirst.next);
    if (rest?.value.on === 'date') return { value: { ...rest.value, year: yearFirst.value }, next: rest.next };
  }
  const month = monthOf(list[at]);
  if (month !== undefined) {
    let start = skip(lexemes, at + 1, 'filler', 'on');
    if (isMark(list[start], '-', '/', '.')) start++;
    const day = numberAt(list[start]);
    return day === undefined ? undefined : withYear(lexemes, month, day, start + 1);
  }
  const day = numberAt(list[at]);
  if (day === undefined) return undefined;
  let start = skip(lexemes, at + 1, 'of', 'filler');
  if (isMark(list[start], '-', '/', '.')) start++;
  const named = monthOf(list[start]);
  return named === undefined ? undefined : withYear(lexemes, named, day, start + 1);
}

function withYear(lexemes: Lexemes, month: number, day: number, next: number): Read<DayReading> {
  const year = yearAt(lexemes, next);
  return {
    value: { on: 'date', month, day, ...(year === undefined ? {} : { year: year.value }) },
    next: year?.next ?? next,
  };
}

function digits({ list }: Lexemes, at: number): Read<DayReading> | undefined {
  const lexeme = list[at];
  if (lexeme?.kind !== 'date') return undefined;
  const { date } = lexeme;
  if (date.order === 'unknown') return { value: { on: 'either', date }, next: at + 1 };
  const { year, month, day } = date;
  return { value: { on: 'date', month, day, ...(year === undefined ? {} : { year }) }, next: at + 1 };
}

function weekday(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const { list } = lexemes;
  const of = (
    weekday: number,
    which: 'coming' | 'this' | 'next' | 'this week' | 'next week',
    next: number,
  ): Read<DayReading> => ({
    value: { on: 'weekday', weekday, which },
    next,
  });
  for (const which of ['next week', 'this week'] as const) {
    if (!has(list[at], which)) continue;
    let start = skip(lexemes, at + 1, 'on', 'of', 'filler');
    if (isMark(list[start], ',')) start++;
    const day = weekdayOf(list[start]);
    if (day !== undefined) return of(day, which, start + 1);
  }
  for (const which of ['next', 'this', 'coming'] as const) {
    const start = has(list[at], which) ? skip(lexemes, at + 1, 'filler', 'coming', 'on') : at;
    const day = start > at ? weekdayOf(list[start]) : undefined;
    if (day !== undefined) return of(day, which, start + 1);
  }
  const day = weekdayOf(list[at]);
  if (day === undefined) return undefined;
  const after = skip(lexemes, at + 1, 'of', 'filler', 'in', 'on');
  for (const which of ['next week', 'this week'] as const)
    if (has(list[after], which)) return of(day, which, after + 1);
  for (const which of ['next', 'coming'] as const) if (has(list[at + 1], which)) return of(day, which, at + 2);
  return of(day, 'coming', at + 1);
}

function relative({ list }: Lexemes, at: number): Read<DayReading> | undefined {
  const lexeme = list[at];
  const days = has(lexeme, 'today') ? 0 : has(lexeme, 'tomorrow') ? 1 : has(lexeme, 'overmorrow') ? 2 : undefined;
  if (days !== undefined) return { value: { on: 'relative', days }, next: at + 1 };
  if (has(lexeme, 'next day')) return { value: { on: 'next day' }, next: at + 1 };
  return undefined;
}

const TODAY: DayReading = { on: 'relative', days: 0 };

/** `in 2 days`, `3 weeks from now`, `a week from friday`. Hours and minutes are no days. */
function counted(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const { list } = lexemes;
  const after = has(list[at], 'in');
  const lexeme = list[after ? at + 1 : at];
  const next = after ? at + 2 : at + 1;
  if (lexeme?.kind !== 'length') return undefined;
  const { length } = lexeme;
  if (length.minutes !== 0 || (length.days === 0 && length.months === 0)) return undefined;
  if (after || has(list[next], 'from now')) {
    return { value: { on: 'after', length, base: TODAY }, next: after ? next : next + 1 };
  }
  if (!has(list[next], 'from') && !has(list[next], 'after')) return undefined;
  const base = dayAt(lexemes, next + 1);
  const isFor = has(list[at - 1], 'for');
  if (base === undefined || base.value.on === 'period' || isFor) {
    return has(list[next + 1], 'now') && !isFor
      ? { value: { on: 'after', length, base: TODAY }, next: next + 2 }
      : undefined;
  }
  return { value: { on: 'after', length, base: base.value }, next: base.next };
}

/** `the 15th`, `the 5th of next month`, `le 15`. */
function dayOfMonth(lexemes: Lexemes, at: number, article: boolean): Read<DayReading> | undefined {
  const { list } = lexemes;
  const lexeme = list[at];
  const named = has(lexeme, 'on the day') && list[at + 1]?.kind === 'number';
  const written = named ? list[at + 1] : lexeme;
  const ordinal = ordinalOf(written);
  const day = named || (article && has(list[at - 1], 'on the day')) ? numberAt(written) : ordinal;
  if (day === undefined || day < 1) return undefined;
  const after = named ? at + 2 : at + 1;
  // "second" and the like count something; a number alone is a day.
  const counts = lexeme?.kind === 'known' && ordinal !== undefined;
  const month = monthAt(lexemes, after);
  if (month !== undefined) {
    if (month.value.is === 'named') {
      const { month: m, year } = month.value;
      return { value: { on: 'date', month: m, day, ...(year === undefined ? {} : { year }) }, next: month.next };
    }
    return { value: { on: 'day of month', day, month: month.value }, next: month.next };
  }
  if (counts && !article) return undefined;
  return { value: { on: 'day of month', day, month: { is: 'any' } }, next: after };
}

/** `next month on the 5th`, `来月の第1月曜日`: the month before what it holds. */
function inMonth(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const { list } = lexemes;
  const is = has(list[at], 'next month') ? 'next' : has(list[at], 'this month') ? 'this' : undefined;
  if (is === undefined) return undefined;
  const inner = dayAt(lexemes, skip(lexemes, at + 1, 'on', 'of', 'filler'));
  if (inner?.value.on === 'nth weekday' || inner?.value.on === 'day of month' || inner?.value.on === 'last day') {
    if (inner.value.month.is === 'any' || inner.value.month.is === 'the') {
      return { value: { ...inner.value, month: { is } }, next: inner.next };
    }
  }
  return undefined;
}

function period(lexemes: Lexemes, at: number): Read<DayReading> | undefined {
  const { list } = lexemes;
  const lexeme = list[at];
  const of = (period: Extract<DayReading, { on: 'period' }>['period'], next = at + 1): Read<DayReading> => ({
    value: { on: 'period', period },
    next,
  });
  if (has(lexeme, 'next week')) return of('next week');
  if (has(lexeme, 'this week')) return of('week');
  if (has(lexeme, 'next month')) return of('next month');
  if (has(lexeme, 'this month')) return of('month');
  if (has(lexeme, 'weekend')) return of('weekend');
  const which = has(lexeme, 'next') || has(lexeme, 'this') || has(lexeme, 'coming');
  if (which && has(list[at + 1], 'weekend')) return of('weekend', at + 2);
  if (which && has(list[at + 1], 'week')) return of(has(lexeme, 'this') ? 'week' : 'next week', at + 2);
  if (which && has(list[at + 1], 'month')) return of(has(lexeme, 'this') ? 'month' : 'next month', at + 2);
  if (which && has(list[at + 1], 'year')) return of('year', at + 2);
  if (has(lexeme, 'week') && has(list[at + 1], 'next')) return of('next week', at + 2);
  return undefined;
}

/** Whether a length is of hours and minutes, as a time of day is counted. */
export function isShort(lexeme: Lexeme | undefined): boolean {
  return lexeme?.kind === 'length' && lexeme.length.days === 0 && minutesOf(lexeme.length) !== undefined;
}
