import type { DayReference, MonthReference } from './dates.ts';
import {
  getMonth,
  getOrdinal,
  getPluralWeekday,
  getWeekday,
  hasTerm,
  isSign,
  type Parse,
  skipTerms,
  type Token,
  type TokenStream,
} from './tokens.ts';

/** The day that is said at a place. */
export function parseDay(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const start = skipTerms(lexemes, at, 'filler');
  return (
    parseMonthEdge(lexemes, start) ??
    parseNthWeekday(lexemes, start) ??
    parseMonthAndDay(lexemes, start) ??
    parseDateToken(lexemes, start) ??
    parseWeekday(lexemes, start) ??
    parseRelativeDay(lexemes, start) ??
    parseDayCount(lexemes, start) ??
    parseDayOfMonth(lexemes, start, start > at) ??
    parseDayInMonth(lexemes, start) ??
    parsePeriod(lexemes, start)
  );
}

/** `of next month`, `in december 2026`, `of every month`; the name of a month only where one is wanted. */
function parseMonth(lexemes: TokenStream, at: number): Parse<MonthReference> | undefined {
  const { tokens: list } = lexemes;
  const start = skipTerms(lexemes, at, 'of', 'in', 'on', 'filler');
  const lexeme = list[start];
  if (hasTerm(lexeme, 'next month')) return { value: { is: 'next' }, next: start + 1 };
  if (hasTerm(lexeme, 'this month')) return { value: { is: 'this' }, next: start + 1 };
  if (hasTerm(lexeme, 'monthly')) return { value: { is: 'every' }, next: start + 1 };
  if (hasTerm(list[start + 1], 'month')) {
    if (hasTerm(lexeme, 'every')) return { value: { is: 'every' }, next: start + 2 };
    if (hasTerm(lexeme, 'next') || hasTerm(lexeme, 'coming')) return { value: { is: 'next' }, next: start + 2 };
    if (hasTerm(lexeme, 'this')) return { value: { is: 'this' }, next: start + 2 };
  }
  if (hasTerm(lexeme, 'month')) {
    if (hasTerm(list[start + 1], 'next')) return { value: { is: 'next' }, next: start + 2 };
    return { value: { is: 'the' }, next: start + 1 };
  }
  const month = getMonth(lexeme);
  if (month === undefined) return undefined;
  const year = parseYear(lexemes, start + 1);
  return {
    value: { is: 'named', month, ...(year === undefined ? {} : { year: year.value }) },
    next: year?.next ?? start + 1,
  };
}

/** A year of four digits after a month or a day. */
function parseYear(lexemes: TokenStream, at: number): Parse<number> | undefined {
  const { tokens: list } = lexemes;
  let start = at;
  if (isSign(list[start], ',', '-', '/') || hasTerm(list[start], 'of')) start++;
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

function parseMonthEdge(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const lexeme = list[at];
  if (hasTerm(lexeme, 'end of day')) return { value: { on: 'period', period: 'day' }, next: at + 1 };
  if (hasTerm(lexeme, 'end of month'))
    return { value: { on: 'last day', month: { is: 'the' }, said: 'end' }, next: at + 1 };
  if (hasTerm(lexeme, 'end of year'))
    return { value: { on: 'date', year: lexemes.year, month: 12, day: 31 }, next: at + 1 };
  const first = hasTerm(lexeme, 'first day of') || hasTerm(lexeme, 'start of');
  const said = hasTerm(lexeme, 'last day of') ? 'day' : hasTerm(lexeme, 'end of') ? 'end' : undefined;
  if (!first && said === undefined) return undefined;
  const start = skipTerms(lexemes, at + 1, 'of', 'on', 'filler');
  if (hasTerm(list[start], 'day')) return { value: { on: 'period', period: 'day' }, next: start + 1 };
  if (hasTerm(list[start], 'week')) return { value: { on: 'period', period: 'week' }, next: start + 1 };
  const year = hasTerm(list[start], 'year')
    ? lexemes.year
    : hasTerm(list[start + 1], 'year') && hasTerm(list[start], 'this')
      ? lexemes.year
      : undefined;
  const nextYear = hasTerm(list[start], 'next') && hasTerm(list[start + 1], 'year') ? lexemes.year + 1 : undefined;
  const chosen = nextYear ?? year;
  if (chosen !== undefined) {
    const next = start + (hasTerm(list[start], 'year') ? 1 : 2);
    return { value: { on: 'date', year: chosen, ...(first ? { month: 1, day: 1 } : { month: 12, day: 31 }) }, next };
  }
  // In Japanese the one word says it: 月末.
  const bare = !/^[\p{Script=Latin} -]/u.test(lexemes.folded.charAt(list[at]?.start ?? 0));
  const month = parseMonth(lexemes, at + 1) ?? (bare ? { value: { is: 'the' } as const, next: at + 1 } : undefined);
  if (month === undefined) return undefined;
  if (first) return { value: { on: 'day of month', day: 1, month: month.value }, next: month.next };
  return { value: { on: 'last day', month: month.value, said: said ?? 'end' }, next: month.next };
}

function parseNthWeekday(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const nth = getOrdinal(list[at]);
  const after = list[at + 1];
  const day = getWeekday(after) ?? getPluralWeekday(after);
  if (nth !== undefined && day !== undefined && nth <= 5) {
    const month = parseMonth(lexemes, at + 2);
    return {
      value: { on: 'nth weekday', nth, weekday: day, month: month?.value ?? { is: 'any' } },
      next: month?.next ?? at + 2,
    };
  }
  // French, Spanish, Portuguese: "viernes último de mes".
  const before = getWeekday(list[at]);
  if (before !== undefined && hasTerm(list[at + 1], 'last')) {
    const month = parseMonth(lexemes, at + 2);
    if (month !== undefined)
      return { value: { on: 'nth weekday', nth: -1, weekday: before, month: month.value }, next: month.next };
    return { value: { on: 'nth weekday', nth: -1, weekday: before, month: { is: 'any' } }, next: at + 2 };
  }
  return undefined;
}

function getDayNumber(lexeme: Token | undefined): number | undefined {
  if (lexeme?.kind === 'number' && lexeme.digits <= 2) return lexeme.value;
  const ordinal = getOrdinal(lexeme);
  return ordinal !== undefined && ordinal > 0 ? ordinal : undefined;
}

function parseMonthAndDay(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const yearFirst = list[at]?.kind === 'number' ? parseYear(lexemes, at) : undefined;
  if (yearFirst !== undefined && getMonth(list[yearFirst.next]) !== undefined) {
    const rest = parseMonthAndDay(lexemes, yearFirst.next);
    if (rest?.value.on === 'date') return { value: { ...rest.value, year: yearFirst.value }, next: rest.next };
  }
  const month = getMonth(list[at]);
  if (month !== undefined) {
    let start = skipTerms(lexemes, at + 1, 'filler', 'on');
    if (isSign(list[start], '-', '/', '.')) start++;
    const day = getDayNumber(list[start]);
    return day === undefined ? undefined : toDate(lexemes, month, day, start + 1);
  }
  const day = getDayNumber(list[at]);
  if (day === undefined) return undefined;
  let start = skipTerms(lexemes, at + 1, 'of', 'filler');
  if (isSign(list[start], '-', '/', '.')) start++;
  const named = getMonth(list[start]);
  return named === undefined ? undefined : toDate(lexemes, named, day, start + 1);
}

function toDate(lexemes: TokenStream, month: number, day: number, next: number): Parse<DayReference> {
  const year = parseYear(lexemes, next);
  return {
    value: { on: 'date', month, day, ...(year === undefined ? {} : { year: year.value }) },
    next: year?.next ?? next,
  };
}

function parseDateToken({ tokens: list }: TokenStream, at: number): Parse<DayReference> | undefined {
  const lexeme = list[at];
  if (lexeme?.kind !== 'date') return undefined;
  const { date } = lexeme;
  if (date.order === 'unknown') return { value: { on: 'either', date }, next: at + 1 };
  const { year, month, day } = date;
  return { value: { on: 'date', month, day, ...(year === undefined ? {} : { year }) }, next: at + 1 };
}

function parseWeekday(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const of = (
    weekday: number,
    which: 'coming' | 'this' | 'next' | 'this week' | 'next week',
    next: number,
  ): Parse<DayReference> => ({
    value: { on: 'weekday', weekday, which },
    next,
  });
  for (const which of ['next week', 'this week'] as const) {
    if (!hasTerm(list[at], which)) continue;
    let start = skipTerms(lexemes, at + 1, 'on', 'of', 'filler');
    if (isSign(list[start], ',')) start++;
    const day = getWeekday(list[start]);
    if (day !== undefined) return of(day, which, start + 1);
  }
  for (const which of ['next', 'this', 'coming'] as const) {
    const start = hasTerm(list[at], which) ? skipTerms(lexemes, at + 1, 'filler', 'coming', 'on') : at;
    const day = start > at ? getWeekday(list[start]) : undefined;
    if (day !== undefined) return of(day, which, start + 1);
  }
  const day = getWeekday(list[at]);
  if (day === undefined) return undefined;
  const after = skipTerms(lexemes, at + 1, 'of', 'filler', 'in', 'on');
  for (const which of ['next week', 'this week'] as const)
    if (hasTerm(list[after], which)) return of(day, which, after + 1);
  for (const which of ['next', 'coming'] as const) if (hasTerm(list[at + 1], which)) return of(day, which, at + 2);
  return of(day, 'coming', at + 1);
}

function parseRelativeDay({ tokens: list }: TokenStream, at: number): Parse<DayReference> | undefined {
  const lexeme = list[at];
  const days = hasTerm(lexeme, 'today')
    ? 0
    : hasTerm(lexeme, 'tomorrow')
      ? 1
      : hasTerm(lexeme, 'overmorrow')
        ? 2
        : undefined;
  if (days !== undefined) return { value: { on: 'relative', days }, next: at + 1 };
  if (hasTerm(lexeme, 'next day')) return { value: { on: 'next day' }, next: at + 1 };
  return undefined;
}

const TODAY: DayReference = { on: 'relative', days: 0 };

/** `in 2 days`, `3 weeks from now`, `a week from friday`. Hours and minutes are no days. */
function parseDayCount(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const after = hasTerm(list[at], 'in');
  const lexeme = list[after ? at + 1 : at];
  const next = after ? at + 2 : at + 1;
  if (lexeme?.kind !== 'length') return undefined;
  const { length } = lexeme;
  if (length.minutes !== 0 || (length.days === 0 && length.months === 0)) return undefined;
  if (after || hasTerm(list[next], 'from now')) {
    return { value: { on: 'after', length, base: TODAY }, next: after ? next : next + 1 };
  }
  if (!hasTerm(list[next], 'from') && !hasTerm(list[next], 'after')) return undefined;
  const base = parseDay(lexemes, next + 1);
  const isFor = hasTerm(list[at - 1], 'for');
  if (base === undefined || base.value.on === 'period' || isFor) {
    return hasTerm(list[next + 1], 'now') && !isFor
      ? { value: { on: 'after', length, base: TODAY }, next: next + 2 }
      : undefined;
  }
  return { value: { on: 'after', length, base: base.value }, next: base.next };
}

/** `the 15th`, `the 5th of next month`, `le 15`. */
function parseDayOfMonth(lexemes: TokenStream, at: number, article: boolean): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const lexeme = list[at];
  const named = hasTerm(lexeme, 'on the day') && list[at + 1]?.kind === 'number';
  const written = named ? list[at + 1] : lexeme;
  const ordinal = getOrdinal(written);
  const day = named || (article && hasTerm(list[at - 1], 'on the day')) ? getDayNumber(written) : ordinal;
  if (day === undefined || day < 1) return undefined;
  const after = named ? at + 2 : at + 1;
  // "second" and the like count something; a number alone is a day.
  const counts = lexeme?.kind === 'known' && ordinal !== undefined;
  const month = parseMonth(lexemes, after);
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
function parseDayInMonth(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const is = hasTerm(list[at], 'next month') ? 'next' : hasTerm(list[at], 'this month') ? 'this' : undefined;
  if (is === undefined) return undefined;
  const inner = parseDay(lexemes, skipTerms(lexemes, at + 1, 'on', 'of', 'filler'));
  if (inner?.value.on === 'nth weekday' || inner?.value.on === 'day of month' || inner?.value.on === 'last day') {
    if (inner.value.month.is === 'any' || inner.value.month.is === 'the') {
      return { value: { ...inner.value, month: { is } }, next: inner.next };
    }
  }
  return undefined;
}

function parsePeriod(lexemes: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = lexemes;
  const lexeme = list[at];
  const of = (period: Extract<DayReference, { on: 'period' }>['period'], next = at + 1): Parse<DayReference> => ({
    value: { on: 'period', period },
    next,
  });
  if (hasTerm(lexeme, 'next week')) return of('next week');
  if (hasTerm(lexeme, 'this week')) return of('week');
  if (hasTerm(lexeme, 'next month')) return of('next month');
  if (hasTerm(lexeme, 'this month')) return of('month');
  if (hasTerm(lexeme, 'weekend')) return of('weekend');
  const which = hasTerm(lexeme, 'next') || hasTerm(lexeme, 'this') || hasTerm(lexeme, 'coming');
  if (which && hasTerm(list[at + 1], 'weekend')) return of('weekend', at + 2);
  if (which && hasTerm(list[at + 1], 'week')) return of(hasTerm(lexeme, 'this') ? 'week' : 'next week', at + 2);
  if (which && hasTerm(list[at + 1], 'month')) return of(hasTerm(lexeme, 'this') ? 'month' : 'next month', at + 2);
  if (which && hasTerm(list[at + 1], 'year')) return of('year', at + 2);
  if (hasTerm(lexeme, 'week') && hasTerm(list[at + 1], 'next')) return of('next week', at + 2);
  return undefined;
}
