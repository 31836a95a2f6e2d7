import type { DayOf, DayReference, MonthReference } from './phrases.ts';
import type { Parse, Token, TokenStream } from './tokens.ts';
import { getAnyWeekday, getMonth, getOrdinal, getWeekday, hasTerm, isSign, parsed, skipTerms } from './tokens.ts';

type DayParse = Parse<DayReference> | undefined;

export function parseDay(stream: TokenStream, at: number): DayParse {
  const start = skipTerms(stream, at, 'filler');
  return (
    parseMonthEdge(stream, start) ??
    parseNthWeekday(stream, start) ??
    parseMonthAndDay(stream, start) ??
    parseDateToken(stream, start) ??
    parseWeekday(stream, start) ??
    parseRelativeDay(stream, start) ??
    parseDayCount(stream, start) ??
    parseDayOfMonth(stream, start, start > at) ??
    parseDayInMonth(stream, start) ??
    parsePeriod(stream, start)
  );
}

/** `of next month`, `in december 2026`, `of every month`. */
function parseMonth(stream: TokenStream, at: number): Parse<MonthReference> | undefined {
  const start = skipTerms(stream, at, 'of', 'in', 'on', 'filler');
  const [token, after] = [stream.list[start], stream.list[start + 1]];
  if (hasTerm(token, 'next month')) return parsed(start + 1, { kind: 'next' });
  if (hasTerm(token, 'this month')) return parsed(start + 1, { kind: 'this' });
  if (hasTerm(token, 'monthly')) return parsed(start + 1, { kind: 'every' });
  if (hasTerm(after, 'month')) {
    if (hasTerm(token, 'every')) return parsed(start + 2, { kind: 'every' });
    if (hasTerm(token, 'next', 'coming')) return parsed(start + 2, { kind: 'next' });
    if (hasTerm(token, 'this')) return parsed(start + 2, { kind: 'this' });
  }
  if (hasTerm(token, 'month')) {
    return hasTerm(after, 'next') ? parsed(start + 2, { kind: 'next' }) : parsed(start + 1, { kind: 'the' });
  }
  const month = getMonth(token);
  if (month === undefined) return undefined;
  const year = parseYear(stream, start + 1);
  return parsed(year?.next ?? start + 1, { kind: 'named', month, year: year?.value });
}

/** A year of four digits after a month or a day. */
function parseYear({ list, year: current }: TokenStream, at: number): Parse<number> | undefined {
  const start = isSign(list[at], ',', '-', '/') || hasTerm(list[at], 'of') ? at + 1 : at;
  const token = list[start];
  if (token?.kind !== 'number') return undefined;
  const { value, digits } = token;
  // Four digits can also be a time (2030); a year is near the current one.
  if (digits === 4 && value >= current - 2 && (value <= current + 12 || value % 100 > 59) && value > 1900) {
    return parsed(start + 1, value);
  }
  const short = digits === 2 && value > 24 && value >= current - 2001 && start === at;
  return short ? parsed(start + 1, 2000 + value) : undefined;
}

function parseMonthEdge(stream: TokenStream, at: number): DayParse {
  const { list, year, folded } = stream;
  const token = list[at];
  if (hasTerm(token, 'end of day')) return parsed(at + 1, { kind: 'period', period: 'day' });
  if (hasTerm(token, 'end of month')) {
    return parsed(at + 1, { kind: 'last day', month: { kind: 'the' }, wording: 'end' });
  }
  if (hasTerm(token, 'end of year')) return parsed(at + 1, { kind: 'date', year, month: 12, day: 31 });
  const first = hasTerm(token, 'first day of', 'start of');
  const wording = hasTerm(token, 'last day of') ? 'day' : 'end';
  if (!first && !hasTerm(token, 'last day of', 'end of')) return undefined;
  const start = skipTerms(stream, at + 1, 'of', 'on', 'filler');
  const [unit, after] = [list[start], list[start + 1]];
  if (hasTerm(unit, 'day')) return parsed(start + 1, { kind: 'period', period: 'day' });
  if (hasTerm(unit, 'week')) return parsed(start + 1, { kind: 'period', period: 'week' });
  const inYear = (next: number, chosen: number): DayParse =>
    parsed(next, { kind: 'date', year: chosen, ...(first ? { month: 1, day: 1 } : { month: 12, day: 31 }) });
  if (hasTerm(unit, 'next') && hasTerm(after, 'year')) return inYear(start + 2, year + 1);
  if (hasTerm(unit, 'year')) return inYear(start + 1, year);
  if (hasTerm(unit, 'this') && hasTerm(after, 'year')) return inYear(start + 2, year);
  // Japanese needs no second word: 月末.
  const bare = !/^[\p{Script=Latin} -]/u.test(folded.charAt(token?.start ?? 0));
  const month = parseMonth(stream, at + 1) ?? (bare ? parsed(at + 1, { kind: 'the' } as const) : undefined);
  if (month === undefined) return undefined;
  if (first) return parsed(month.next, { kind: 'day of month', day: 1, month: month.value });
  return parsed(month.next, { kind: 'last day', month: month.value, wording });
}

function parseNthWeekday(stream: TokenStream, at: number): DayParse {
  const [token, after] = [stream.list[at], stream.list[at + 1]];
  const ordinal = getOrdinal(token);
  const ofMonth = (nth: number, weekday: number): DayParse => {
    const month = parseMonth(stream, at + 2);
    return parsed(month?.next ?? at + 2, { kind: 'nth weekday', nth, weekday, month: month?.value ?? { kind: 'any' } });
  };
  const weekday = getAnyWeekday(after);
  if (ordinal !== undefined && weekday !== undefined && ordinal <= 5) return ofMonth(ordinal, weekday);
  // French, Spanish, Portuguese: "viernes último de mes".
  const before = getWeekday(token);
  return before !== undefined && hasTerm(after, 'last') ? ofMonth(-1, before) : undefined;
}

function getDayNumber(token: Token | undefined): number | undefined {
  if (token?.kind === 'number' && token.digits <= 2) return token.value;
  const ordinal = getOrdinal(token);
  return ordinal !== undefined && ordinal > 0 ? ordinal : undefined;
}

function parseMonthAndDay(stream: TokenStream, at: number): DayParse {
  const { list } = stream;
  const yearFirst = list[at]?.kind === 'number' ? parseYear(stream, at) : undefined;
  if (yearFirst !== undefined && getMonth(list[yearFirst.next]) !== undefined) {
    const rest = parseMonthAndDay(stream, yearFirst.next);
    if (rest?.value.kind === 'date') return parsed(rest.next, { ...rest.value, year: yearFirst.value });
  }
  const monthFirst = getMonth(list[at]);
  const dayFirst = monthFirst === undefined ? getDayNumber(list[at]) : undefined;
  if (monthFirst === undefined && dayFirst === undefined) return undefined;
  let start = skipTerms(stream, at + 1, 'filler', monthFirst === undefined ? 'of' : 'on');
  if (isSign(list[start], '-', '/', '.')) start++;
  const month = monthFirst ?? getMonth(list[start]);
  const day = dayFirst ?? getDayNumber(list[start]);
  if (month === undefined || day === undefined) return undefined;
  const year = parseYear(stream, start + 1);
  return parsed(year?.next ?? start + 1, { kind: 'date', month, day, year: year?.value });
}

function parseDateToken({ list }: TokenStream, at: number): DayParse {
  const token = list[at];
  if (token?.kind !== 'date') return undefined;
  const { date } = token;
  if (date.order === 'unknown') return parsed(at + 1, { kind: 'either', date });
  return parsed(at + 1, { kind: 'date', month: date.month, day: date.day, year: date.year });
}

function parseWeekday(stream: TokenStream, at: number): DayParse {
  const { list } = stream;
  const coming = (next: number, weekday: number, which: DayOf<'weekday'>['which']): DayParse =>
    parsed(next, { kind: 'weekday', weekday, which });
  for (const which of ['next week', 'this week'] as const) {
    if (!hasTerm(list[at], which)) continue;
    let start = skipTerms(stream, at + 1, 'on', 'of', 'filler');
    if (isSign(list[start], ',')) start++;
    const day = getWeekday(list[start]);
    if (day !== undefined) return coming(start + 1, day, which);
  }
  for (const which of ['next', 'this', 'coming'] as const) {
    if (!hasTerm(list[at], which)) continue;
    const start = skipTerms(stream, at + 1, 'filler', 'coming', 'on');
    const day = getWeekday(list[start]);
    if (day !== undefined) return coming(start + 1, day, which);
  }
  const day = getWeekday(list[at]);
  if (day === undefined) return undefined;
  const after = skipTerms(stream, at + 1, 'of', 'filler', 'in', 'on');
  for (const which of ['next week', 'this week'] as const) {
    if (hasTerm(list[after], which)) return coming(after + 1, day, which);
  }
  for (const which of ['next', 'coming'] as const) {
    if (hasTerm(list[at + 1], which)) return coming(at + 2, day, which);
  }
  return coming(at + 1, day, 'coming');
}

function parseRelativeDay({ list }: TokenStream, at: number): DayParse {
  const days = (['today', 'tomorrow', 'overmorrow'] as const).findIndex((term) => hasTerm(list[at], term));
  if (days >= 0) return parsed(at + 1, { kind: 'relative', days });
  return hasTerm(list[at], 'next day') ? parsed(at + 1, { kind: 'next day' }) : undefined;
}

const TODAY: DayReference = { kind: 'relative', days: 0 };

/** `in 2 days`, `3 weeks from now`, `a week from friday`, but not hours and minutes. */
function parseDayCount(stream: TokenStream, at: number): DayParse {
  const { list } = stream;
  const isDelay = hasTerm(list[at], 'in');
  const token = list[isDelay ? at + 1 : at];
  const next = isDelay ? at + 2 : at + 1;
  if (token?.kind !== 'duration') return undefined;
  const { duration } = token;
  if (duration.minutes !== 0 || (duration.days === 0 && duration.months === 0)) return undefined;
  if (isDelay || hasTerm(list[next], 'from now')) {
    return parsed(isDelay ? next : next + 1, { kind: 'after', duration, base: TODAY });
  }
  if (!hasTerm(list[next], 'from', 'after') || hasTerm(list[at - 1], 'for')) return undefined;
  const base = parseDay(stream, next + 1);
  if (base !== undefined && base.value.kind !== 'period') {
    return parsed(base.next, { kind: 'after', duration, base: base.value });
  }
  return hasTerm(list[next + 1], 'now') ? parsed(next + 2, { kind: 'after', duration, base: TODAY }) : undefined;
}

/** `the 15th`, `the 5th of next month`, `le 15`. */
function parseDayOfMonth(stream: TokenStream, at: number, article: boolean): DayParse {
  const { list } = stream;
  const token = list[at];
  const named = hasTerm(token, 'on the day') && list[at + 1]?.kind === 'number';
  const source = named ? list[at + 1] : token;
  const ordinal = getOrdinal(source);
  const day = named || (article && hasTerm(list[at - 1], 'on the day')) ? getDayNumber(source) : ordinal;
  if (day === undefined || day < 1) return undefined;
  const after = named ? at + 2 : at + 1;
  const month = parseMonth(stream, after);
  if (month?.value.kind === 'named') {
    return parsed(month.next, { kind: 'date', month: month.value.month, day, year: month.value.year });
  }
  if (month !== undefined) return parsed(month.next, { kind: 'day of month', day, month: month.value });
  // A word such as "second" may count something else; a number alone is a day.
  if (token?.kind === 'known' && ordinal !== undefined && !article) return undefined;
  return parsed(after, { kind: 'day of month', day, month: { kind: 'any' } });
}

/** `next month on the 5th`, `来月の第1月曜日`. */
function parseDayInMonth(stream: TokenStream, at: number): DayParse {
  const token = stream.list[at];
  const kind = hasTerm(token, 'next month') ? 'next' : 'this';
  if (!hasTerm(token, 'next month', 'this month')) return undefined;
  const inner = parseDay(stream, skipTerms(stream, at + 1, 'on', 'of', 'filler'));
  if (inner?.value.kind === 'nth weekday' || inner?.value.kind === 'day of month' || inner?.value.kind === 'last day') {
    const open = inner.value.month.kind === 'any' || inner.value.month.kind === 'the';
    if (open) return parsed(inner.next, { ...inner.value, month: { kind } });
  }
  return undefined;
}

function parsePeriod({ list }: TokenStream, at: number): DayParse {
  const [token, after] = [list[at], list[at + 1]];
  const period = (next: number, kind: DayOf<'period'>['period']): DayParse =>
    parsed(next, { kind: 'period', period: kind });
  if (hasTerm(token, 'next week')) return period(at + 1, 'next week');
  if (hasTerm(token, 'this week')) return period(at + 1, 'week');
  if (hasTerm(token, 'next month')) return period(at + 1, 'next month');
  if (hasTerm(token, 'this month')) return period(at + 1, 'month');
  if (hasTerm(token, 'weekend')) return period(at + 1, 'weekend');
  if (hasTerm(token, 'week') && hasTerm(after, 'next')) return period(at + 2, 'next week');
  if (!hasTerm(token, 'next', 'this', 'coming')) return undefined;
  if (hasTerm(after, 'weekend')) return period(at + 2, 'weekend');
  if (hasTerm(after, 'week')) return period(at + 2, hasTerm(token, 'this') ? 'week' : 'next week');
  if (hasTerm(after, 'month')) return period(at + 2, hasTerm(token, 'this') ? 'month' : 'next month');
  return hasTerm(after, 'year') ? period(at + 2, 'year') : undefined;
}
