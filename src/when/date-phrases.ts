import type { DayReference, MonthReference } from './day-reference.ts';
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

/** Parses the day at a position. */
export function parseDay(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const start = skipTerms(tokens, at, 'filler');
  return (
    parseMonthEdge(tokens, start) ??
    parseNthWeekday(tokens, start) ??
    parseMonthAndDay(tokens, start) ??
    parseDateToken(tokens, start) ??
    parseWeekday(tokens, start) ??
    parseRelativeDay(tokens, start) ??
    parseDayCount(tokens, start) ??
    parseDayOfMonth(tokens, start, start > at) ??
    parseDayInMonth(tokens, start) ??
    parsePeriod(tokens, start)
  );
}

/** `of next month`, `in december 2026`, `of every month`. */
function parseMonth(tokens: TokenStream, at: number): Parse<MonthReference> | undefined {
  const { tokens: list } = tokens;
  const start = skipTerms(tokens, at, 'of', 'in', 'on', 'filler');
  const token = list[start];
  if (hasTerm(token, 'next month')) return { value: { kind: 'next' }, next: start + 1 };
  if (hasTerm(token, 'this month')) return { value: { kind: 'this' }, next: start + 1 };
  if (hasTerm(token, 'monthly')) return { value: { kind: 'every' }, next: start + 1 };
  if (hasTerm(list[start + 1], 'month')) {
    if (hasTerm(token, 'every')) return { value: { kind: 'every' }, next: start + 2 };
    if (hasTerm(token, 'next') || hasTerm(token, 'coming')) return { value: { kind: 'next' }, next: start + 2 };
    if (hasTerm(token, 'this')) return { value: { kind: 'this' }, next: start + 2 };
  }
  if (hasTerm(token, 'month')) {
    if (hasTerm(list[start + 1], 'next')) return { value: { kind: 'next' }, next: start + 2 };
    return { value: { kind: 'the' }, next: start + 1 };
  }
  const month = getMonth(token);
  if (month === undefined) return undefined;
  const year = parseYear(tokens, start + 1);
  return {
    value: { kind: 'named', month, ...(year === undefined ? {} : { year: year.value }) },
    next: year?.next ?? start + 1,
  };
}

/** A year of four digits after a month or a day. */
function parseYear(tokens: TokenStream, at: number): Parse<number> | undefined {
  const { tokens: list } = tokens;
  let start = at;
  if (isSign(list[start], ',', '-', '/') || hasTerm(list[start], 'of')) start++;
  const token = list[start];
  if (token?.kind !== 'number') return undefined;
  const { value, digits } = token;
  // Four digits can also be a time (2030); a year is near the current one.
  const year =
    digits === 4 && value >= tokens.year - 2 && (value <= tokens.year + 12 || value % 100 > 59) && value > 1900;
  if (year) return { value, next: start + 1 };
  const short = digits === 2 && value > 24 && value >= tokens.year - 2001 && start === at;
  return short ? { value: 2000 + value, next: start + 1 } : undefined;
}

function parseMonthEdge(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const token = list[at];
  if (hasTerm(token, 'end of day')) return { value: { kind: 'period', period: 'day' }, next: at + 1 };
  if (hasTerm(token, 'end of month'))
    return { value: { kind: 'last day', month: { kind: 'the' }, wording: 'end' }, next: at + 1 };
  if (hasTerm(token, 'end of year'))
    return { value: { kind: 'date', year: tokens.year, month: 12, day: 31 }, next: at + 1 };
  const first = hasTerm(token, 'first day of') || hasTerm(token, 'start of');
  const said = hasTerm(token, 'last day of') ? 'day' : hasTerm(token, 'end of') ? 'end' : undefined;
  if (!first && said === undefined) return undefined;
  const start = skipTerms(tokens, at + 1, 'of', 'on', 'filler');
  if (hasTerm(list[start], 'day')) return { value: { kind: 'period', period: 'day' }, next: start + 1 };
  if (hasTerm(list[start], 'week')) return { value: { kind: 'period', period: 'week' }, next: start + 1 };
  const year = hasTerm(list[start], 'year')
    ? tokens.year
    : hasTerm(list[start + 1], 'year') && hasTerm(list[start], 'this')
      ? tokens.year
      : undefined;
  const nextYear = hasTerm(list[start], 'next') && hasTerm(list[start + 1], 'year') ? tokens.year + 1 : undefined;
  const chosen = nextYear ?? year;
  if (chosen !== undefined) {
    const next = start + (hasTerm(list[start], 'year') ? 1 : 2);
    return { value: { kind: 'date', year: chosen, ...(first ? { month: 1, day: 1 } : { month: 12, day: 31 }) }, next };
  }
  // Japanese needs no second word: 月末.
  const bare = !/^[\p{Script=Latin} -]/u.test(tokens.folded.charAt(list[at]?.start ?? 0));
  const month = parseMonth(tokens, at + 1) ?? (bare ? { value: { kind: 'the' } as const, next: at + 1 } : undefined);
  if (month === undefined) return undefined;
  if (first) return { value: { kind: 'day of month', day: 1, month: month.value }, next: month.next };
  return { value: { kind: 'last day', month: month.value, wording: said ?? 'end' }, next: month.next };
}

function parseNthWeekday(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const nth = getOrdinal(list[at]);
  const after = list[at + 1];
  const day = getWeekday(after) ?? getPluralWeekday(after);
  if (nth !== undefined && day !== undefined && nth <= 5) {
    const month = parseMonth(tokens, at + 2);
    return {
      value: { kind: 'nth weekday', nth, weekday: day, month: month?.value ?? { kind: 'any' } },
      next: month?.next ?? at + 2,
    };
  }
  // French, Spanish, Portuguese: "viernes último de mes".
  const before = getWeekday(list[at]);
  if (before !== undefined && hasTerm(list[at + 1], 'last')) {
    const month = parseMonth(tokens, at + 2);
    if (month !== undefined)
      return { value: { kind: 'nth weekday', nth: -1, weekday: before, month: month.value }, next: month.next };
    return { value: { kind: 'nth weekday', nth: -1, weekday: before, month: { kind: 'any' } }, next: at + 2 };
  }
  return undefined;
}

function getDayNumber(token: Token | undefined): number | undefined {
  if (token?.kind === 'number' && token.digits <= 2) return token.value;
  const ordinal = getOrdinal(token);
  return ordinal !== undefined && ordinal > 0 ? ordinal : undefined;
}

function parseMonthAndDay(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const yearFirst = list[at]?.kind === 'number' ? parseYear(tokens, at) : undefined;
  if (yearFirst !== undefined && getMonth(list[yearFirst.next]) !== undefined) {
    const rest = parseMonthAndDay(tokens, yearFirst.next);
    if (rest?.value.kind === 'date') return { value: { ...rest.value, year: yearFirst.value }, next: rest.next };
  }
  const month = getMonth(list[at]);
  if (month !== undefined) {
    let start = skipTerms(tokens, at + 1, 'filler', 'on');
    if (isSign(list[start], '-', '/', '.')) start++;
    const day = getDayNumber(list[start]);
    return day === undefined ? undefined : toDate(tokens, month, day, start + 1);
  }
  const day = getDayNumber(list[at]);
  if (day === undefined) return undefined;
  let start = skipTerms(tokens, at + 1, 'of', 'filler');
  if (isSign(list[start], '-', '/', '.')) start++;
  const named = getMonth(list[start]);
  return named === undefined ? undefined : toDate(tokens, named, day, start + 1);
}

function toDate(tokens: TokenStream, month: number, day: number, next: number): Parse<DayReference> {
  const year = parseYear(tokens, next);
  return {
    value: { kind: 'date', month, day, ...(year === undefined ? {} : { year: year.value }) },
    next: year?.next ?? next,
  };
}

function parseDateToken({ tokens: list }: TokenStream, at: number): Parse<DayReference> | undefined {
  const token = list[at];
  if (token?.kind !== 'date') return undefined;
  const { date } = token;
  if (date.order === 'unknown') return { value: { kind: 'either', date }, next: at + 1 };
  const { year, month, day } = date;
  return { value: { kind: 'date', month, day, ...(year === undefined ? {} : { year }) }, next: at + 1 };
}

function parseWeekday(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const of = (
    weekday: number,
    which: 'coming' | 'this' | 'next' | 'this week' | 'next week',
    next: number,
  ): Parse<DayReference> => ({
    value: { kind: 'weekday', weekday, which },
    next,
  });
  for (const which of ['next week', 'this week'] as const) {
    if (!hasTerm(list[at], which)) continue;
    let start = skipTerms(tokens, at + 1, 'on', 'of', 'filler');
    if (isSign(list[start], ',')) start++;
    const day = getWeekday(list[start]);
    if (day !== undefined) return of(day, which, start + 1);
  }
  for (const which of ['next', 'this', 'coming'] as const) {
    const start = hasTerm(list[at], which) ? skipTerms(tokens, at + 1, 'filler', 'coming', 'on') : at;
    const day = start > at ? getWeekday(list[start]) : undefined;
    if (day !== undefined) return of(day, which, start + 1);
  }
  const day = getWeekday(list[at]);
  if (day === undefined) return undefined;
  const after = skipTerms(tokens, at + 1, 'of', 'filler', 'in', 'on');
  for (const which of ['next week', 'this week'] as const)
    if (hasTerm(list[after], which)) return of(day, which, after + 1);
  for (const which of ['next', 'coming'] as const) if (hasTerm(list[at + 1], which)) return of(day, which, at + 2);
  return of(day, 'coming', at + 1);
}

function parseRelativeDay({ tokens: list }: TokenStream, at: number): Parse<DayReference> | undefined {
  const token = list[at];
  const days = hasTerm(token, 'today')
    ? 0
    : hasTerm(token, 'tomorrow')
      ? 1
      : hasTerm(token, 'overmorrow')
        ? 2
        : undefined;
  if (days !== undefined) return { value: { kind: 'relative', days }, next: at + 1 };
  if (hasTerm(token, 'next day')) return { value: { kind: 'next day' }, next: at + 1 };
  return undefined;
}

const TODAY: DayReference = { kind: 'relative', days: 0 };

/** `in 2 days`, `3 weeks from now`, `a week from friday`, but not hours and minutes. */
function parseDayCount(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const after = hasTerm(list[at], 'in');
  const token = list[after ? at + 1 : at];
  const next = after ? at + 2 : at + 1;
  if (token?.kind !== 'duration') return undefined;
  const { duration: length } = token;
  if (length.minutes !== 0 || (length.days === 0 && length.months === 0)) return undefined;
  if (after || hasTerm(list[next], 'from now')) {
    return { value: { kind: 'after', duration: length, base: TODAY }, next: after ? next : next + 1 };
  }
  if (!hasTerm(list[next], 'from') && !hasTerm(list[next], 'after')) return undefined;
  const base = parseDay(tokens, next + 1);
  const isFor = hasTerm(list[at - 1], 'for');
  if (base === undefined || base.value.kind === 'period' || isFor) {
    return hasTerm(list[next + 1], 'now') && !isFor
      ? { value: { kind: 'after', duration: length, base: TODAY }, next: next + 2 }
      : undefined;
  }
  return { value: { kind: 'after', duration: length, base: base.value }, next: base.next };
}

/** `the 15th`, `the 5th of next month`, `le 15`. */
function parseDayOfMonth(tokens: TokenStream, at: number, article: boolean): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const token = list[at];
  const named = hasTerm(token, 'on the day') && list[at + 1]?.kind === 'number';
  const written = named ? list[at + 1] : token;
  const ordinal = getOrdinal(written);
  const day = named || (article && hasTerm(list[at - 1], 'on the day')) ? getDayNumber(written) : ordinal;
  if (day === undefined || day < 1) return undefined;
  const after = named ? at + 2 : at + 1;
  // A word such as "second" may count something else; a number alone is a day.
  const counts = token?.kind === 'known' && ordinal !== undefined;
  const month = parseMonth(tokens, after);
  if (month !== undefined) {
    if (month.value.kind === 'named') {
      const { month: m, year } = month.value;
      return { value: { kind: 'date', month: m, day, ...(year === undefined ? {} : { year }) }, next: month.next };
    }
    return { value: { kind: 'day of month', day, month: month.value }, next: month.next };
  }
  if (counts && !article) return undefined;
  return { value: { kind: 'day of month', day, month: { kind: 'any' } }, next: after };
}

/** `next month on the 5th`, `来月の第1月曜日`. */
function parseDayInMonth(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const kind = hasTerm(list[at], 'next month') ? 'next' : hasTerm(list[at], 'this month') ? 'this' : undefined;
  if (kind === undefined) return undefined;
  const inner = parseDay(tokens, skipTerms(tokens, at + 1, 'on', 'of', 'filler'));
  if (inner?.value.kind === 'nth weekday' || inner?.value.kind === 'day of month' || inner?.value.kind === 'last day') {
    if (inner.value.month.kind === 'any' || inner.value.month.kind === 'the') {
      return { value: { ...inner.value, month: { kind } }, next: inner.next };
    }
  }
  return undefined;
}

function parsePeriod(tokens: TokenStream, at: number): Parse<DayReference> | undefined {
  const { tokens: list } = tokens;
  const token = list[at];
  const of = (period: Extract<DayReference, { kind: 'period' }>['period'], next = at + 1): Parse<DayReference> => ({
    value: { kind: 'period', period },
    next,
  });
  if (hasTerm(token, 'next week')) return of('next week');
  if (hasTerm(token, 'this week')) return of('week');
  if (hasTerm(token, 'next month')) return of('next month');
  if (hasTerm(token, 'this month')) return of('month');
  if (hasTerm(token, 'weekend')) return of('weekend');
  const which = hasTerm(token, 'next') || hasTerm(token, 'this') || hasTerm(token, 'coming');
  if (which && hasTerm(list[at + 1], 'weekend')) return of('weekend', at + 2);
  if (which && hasTerm(list[at + 1], 'week')) return of(hasTerm(token, 'this') ? 'week' : 'next week', at + 2);
  if (which && hasTerm(list[at + 1], 'month')) return of(hasTerm(token, 'this') ? 'month' : 'next month', at + 2);
  if (which && hasTerm(list[at + 1], 'year')) return of('year', at + 2);
  if (hasTerm(token, 'week') && hasTerm(list[at + 1], 'next')) return of('next week', at + 2);
  return undefined;
}
