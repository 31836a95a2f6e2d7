import { Temporal } from 'temporal-polyfill';
import { askBetween, quote, type ReaderContext, todayIn } from './context.ts';
import type { Day, DayReference, MonthReference } from './day-reference.ts';
import { formatDay, getWeekdayName } from './format.ts';
import { daysInMonth, getMonthName, isDate } from './numeric-dates.ts';
import type { Bound, PhraseOf } from './phrases.ts';
import { ambiguity, refuse, type Unresolved } from './results.ts';
import { replaceSpan } from './source-text.ts';
import { NOTICES, QUESTIONS, REFUSALS } from './texts.ts';

/** The days that a reference can mean, the likeliest first, or why there is none. */
export type DayCandidates =
  | { readonly days: readonly [Day, ...Day[]]; readonly notice?: string; readonly far?: true }
  | { readonly problem: string };

/** Dates without a year that are further ahead cause a question. */
const FAR_DAYS = 270;

/**
 * The days that a reference can mean. `from` is the first possible day: today, or tomorrow when the time
 * of day has passed. People choose between several days.
 */
export function findDays(reading: DayReference, today: Day, from: Day): DayCandidates {
  switch (reading.kind) {
    case 'relative':
      return oneDay(today.add({ days: reading.days }));
    case 'next day':
      return oneDay(today.add({ days: 1 }));
    case 'weekday':
      return findWeekdays(reading, today, from);
    case 'date':
      return findDates(reading, from);
    case 'either':
      return { problem: REFUSALS.twoReadings };
    case 'day of month':
      return findDaysOfMonth(reading, today, from);
    case 'nth weekday':
      return findNthWeekdays(reading, today, from);
    case 'last day':
      return findLastDays(reading, today, from);
    case 'after': {
      const base = findDays(reading.base, today, from);
      if ('problem' in base) return base;
      const { months, days, minutes } = reading.duration;
      if (!Number.isInteger(months) || minutes !== 0) return { problem: REFUSALS.notWholeDays };
      const [first, ...more] = base.days;
      const later = (day: Day) => day.add({ months, days });
      return { days: [later(first), ...more.map(later)] };
    }
    case 'period':
      return { problem: REFUSALS.severalDays };
  }
}

/** Whether the day depends on today. */
export function dependsOnToday(reading: DayReference): boolean {
  return !(reading.kind === 'date' && reading.year !== undefined);
}

function oneDay(day: Day): DayCandidates {
  return { days: [day] };
}

const sundayFirst = (day: Day) => day.dayOfWeek % 7;

function findWeekdays(
  { weekday, which }: Extract<DayReference, { kind: 'weekday' }>,
  today: Day,
  from: Day,
): DayCandidates {
  const ahead = (start: Day) => start.add({ days: (weekday - sundayFirst(start) + 7) % 7 });
  const coming = ahead(from);
  if (which === 'coming' || which === 'this') return oneDay(coming);
  // Weeks begin on Monday or Sunday, depending on the reader; where the two differ, both are possible.
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  const sunday = today.subtract({ days: sundayFirst(today) });
  const add = which === 'this week' ? 0 : 7;
  const inMondayWeek = monday.add({ days: add + ((weekday + 6) % 7) });
  const inSundayWeek = sunday.add({ days: add + weekday });
  if (which === 'next') {
    const tomorrow = ahead(today.add({ days: 1 }));
    return distinctDays([tomorrow, inMondayWeek]);
  }
  return distinctDays([inMondayWeek, inSundayWeek].filter((day) => which !== 'this week' || !isBefore(day, today)));
}

function distinctDays(days: readonly Day[]): DayCandidates {
  const [first, ...rest] = [...days].sort(Temporal.PlainDate.compare);
  if (first === undefined) return { problem: REFUSALS.weekdayPast };
  return { days: [first, ...rest.filter((day) => !day.equals(first))] };
}

const isBefore = (a: Day, b: Day) => Temporal.PlainDate.compare(a, b) < 0;

function findDates({ year, month, day }: Extract<DayReference, { kind: 'date' }>, from: Day): DayCandidates {
  if (!isDate(year, month, day)) {
    return { problem: explainMissingDay(day, month, year) };
  }
  if (year !== undefined) return oneDay(Temporal.PlainDate.from({ year, month, day }));
  for (let candidate = from.year; candidate <= from.year + 8; candidate++) {
    if (day > daysInMonth(candidate, month)) continue;
    const date = Temporal.PlainDate.from({ year: candidate, month, day });
    if (!isBefore(date, from)) return markIfFar(date, from);
  }
  return { problem: explainMissingDay(day, month, undefined) };
}

function explainMissingDay(day: number, month: number, year: number | undefined): string {
  const most = daysInMonth(year ?? 2000, month);
  const name = `${getMonthName(month)}${year === undefined ? '' : ` ${year}`}`;
  return REFUSALS.noSuchDate(day, name, most);
}

function markIfFar(date: Day, from: Day): DayCandidates {
  return date.year > from.year && from.until(date).days > FAR_DAYS ? { days: [date], far: true } : oneDay(date);
}

interface Month {
  readonly year: number;
  readonly month: number;
}

function nextMonth({ year, month }: Month): Month {
  return month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
}

/** The months to search, in order. */
function monthsToSearch(reading: MonthReference, today: Day, from: Day): readonly Month[] {
  const now = { year: today.year, month: today.month };
  switch (reading.kind) {
    case 'this':
      return [now];
    case 'next':
      return [nextMonth(now)];
    case 'named': {
      if (reading.year !== undefined) return [{ year: reading.year, month: reading.month }];
      return [0, 1, 2, 3, 4].map((n) => ({ year: from.year + n, month: reading.month }));
    }
    default: {
      const months: Month[] = [{ year: from.year, month: from.month }];
      for (let i = 0; i < 12; i++) months.push(nextMonth(months[i] ?? now));
      return months;
    }
  }
}

function findInMonths(
  reading: MonthReference,
  today: Day,
  from: Day,
  day: (month: Month) => number | undefined,
  missing: (month: Month) => string,
): DayCandidates {
  const months = monthsToSearch(reading, today, from);
  for (const month of months) {
    const found = day(month);
    if (found === undefined) continue;
    const date = Temporal.PlainDate.from({ ...month, day: found });
    if (
      reading.kind !== 'this' &&
      reading.kind !== 'next' &&
      isBefore(date, from) &&
      !(reading.kind === 'named' && reading.year !== undefined)
    ) {
      continue;
    }
    return reading.kind === 'named' && reading.year === undefined ? markIfFar(date, from) : oneDay(date);
  }
  return { problem: missing(months[0] ?? { year: today.year, month: today.month }) };
}

function findDaysOfMonth(
  { day, month }: Extract<DayReference, { kind: 'day of month' }>,
  today: Day,
  from: Day,
): DayCandidates {
  if (day < 1 || day > 31) return { problem: REFUSALS.noSuchDayOfMonth(day) };
  const exists = ({ year, month: m }: Month) => (day <= daysInMonth(year, m) ? day : undefined);
  return findInMonths(month, today, from, exists, ({ year, month: m }) => explainMissingDay(day, m, year));
}

function findNthWeekdays(
  { nth, weekday, month }: Extract<DayReference, { kind: 'nth weekday' }>,
  today: Day,
  from: Day,
): DayCandidates {
  const find = ({ year, month: m }: Month) => {
    const first = Temporal.PlainDate.from({ year, month: m, day: 1 });
    const offset = (weekday - sundayFirst(first) + 7) % 7;
    const last = daysInMonth(year, m);
    const day = nth > 0 ? 1 + offset + 7 * (nth - 1) : 1 + offset + 7 * Math.floor((last - 1 - offset) / 7);
    return day <= last ? day : undefined;
  };
  return findInMonths(month, today, from, find, ({ year, month: m }) => REFUSALS.noSuchWeekday(getMonthName(m), year));
}

function findLastDays({ month }: Extract<DayReference, { kind: 'last day' }>, today: Day, from: Day): DayCandidates {
  const reading: MonthReference = month.kind === 'the' ? { kind: 'any' } : month;
  return findInMonths(
    reading,
    today,
    from,
    ({ year, month: m }) => daysInMonth(year, m),
    () => '',
  );
}

export interface ResolvedDay {
  readonly day: Day;
  readonly notices: readonly string[];
}

/**
 * The day of a bound, relative to `today`. `accept` tells whether a day is late enough.
 * Undefined for a bound without a day.
 */
export function resolveDay(
  bound: Bound,
  today: Day,
  reader: ReaderContext,
  accept: (day: Day) => boolean,
): ResolvedDay | Unresolved | undefined {
  const { days } = bound;
  const either = days.find((phrase) => phrase.day.kind === 'either');
  if (either?.day.kind === 'either') return askDateOrder(either, either.day.date, reader);
  const period = days.find((phrase) => phrase.day.kind === 'period');
  if (period !== undefined && days.length === 1) return askDayOfPeriod(period, today, reader);
  const ranked = days.filter((phrase) => phrase !== period).sort((a, b) => rankSpecificity(b) - rankSpecificity(a));
  const [main, ...others] = ranked;
  if (main === undefined) return undefined;
  if (others.some((other) => other.day.kind !== 'weekday' && other.day.kind !== 'relative')) {
    return refuse(REFUSALS.twoDays(quote(main, reader), quote(others[0] ?? main, reader)));
  }
  if (main.day.kind === 'nth weekday' && main.day.nth === -1 && main.day.month.kind === 'any') {
    const name = getWeekdayName(main.day.weekday);
    return refuse(
      REFUSALS.lastWeekdayPast(quote(main, reader)),
      `last ${name.toLowerCase()} of next month 02:00 for 2h`,
    );
  }
  const notices: string[] = [];
  let found = findDays(main.day, today, today);
  if ('problem' in found) return refuse(found.problem);
  if (canMoveForward(main) && found.days.every((day) => !accept(day))) {
    const passed = found.days[0];
    const later = findDays(main.day, today, today.add({ days: 1 }));
    if (!('problem' in later)) {
      found = later;
      if (main.day.kind === 'weekday')
        notices.push(NOTICES.timePassedToday(formatDay(later.days[0]), formatDay(passed)));
    }
  } else if (main.day.kind === 'weekday' && main.day.which === 'coming' && found.days[0].equals(today)) {
    notices.push(NOTICES.weekdayIsToday(getWeekdayName(today.dayOfWeek), formatDay(today)));
  }
  const possible = found.days.filter(accept);
  const [day = found.days[0], second] = possible;
  if (second !== undefined) {
    return askBetween(QUESTIONS.whichDayIs(quote(main, reader)), [
      { phrase: main, replacements: possible.map((each) => each.toString()) },
    ]);
  }
  if (found.far === true) {
    return askBetween(QUESTIONS.isNextDate(quote(main, reader), formatDay(day)), [
      { phrase: main, replacements: [day.toString()] },
    ]);
  }
  for (const other of others) {
    const mismatch = explainDisagreement(other, day, today);
    if (mismatch !== undefined) return refuse(mismatch, `${day.toString()} 02:00 for 2h`);
  }
  return { day, notices };
}

const SPECIFICITY = [
  'period',
  'weekday',
  'relative',
  'next day',
  'day of month',
  'after',
  'last day',
  'nth weekday',
  'either',
  'date',
];

function rankSpecificity(phrase: PhraseOf<'day'>): number {
  return SPECIFICITY.indexOf(phrase.day.kind);
}

function canMoveForward({ day }: PhraseOf<'day'>): boolean {
  switch (day.kind) {
    case 'weekday':
      return day.which === 'coming';
    case 'date':
      return day.year === undefined;
    case 'day of month':
    case 'nth weekday':
    case 'last day':
      return day.month.kind !== 'this' && day.month.kind !== 'next';
    default:
      return false;
  }
}

function explainDisagreement(other: PhraseOf<'day'>, day: Day, today: Day): string | undefined {
  if (other.day.kind === 'weekday' && other.day.weekday !== day.dayOfWeek % 7) {
    return REFUSALS.wrongWeekday(formatDay(day), getWeekdayName(other.day.weekday));
  }
  if (other.day.kind === 'relative' && !today.add({ days: other.day.days }).equals(day)) {
    return REFUSALS.twoDates(formatDay(day), formatDay(today.add({ days: other.day.days })));
  }
  return undefined;
}

function askDateOrder(
  phrase: PhraseOf<'day'>,
  { first, second, year }: { readonly first: number; readonly second: number; readonly year?: number },
  reader: ReaderContext,
): Unresolved {
  const today = todayIn(reader.timezone, reader.now);
  const by = [
    { month: second, day: first },
    { month: first, day: second },
  ].flatMap((date) => {
    const days = findDays({ kind: 'date', ...date, ...(year === undefined ? {} : { year }) }, today, today);
    return 'problem' in days ? [] : [days.days[0].toString()];
  });
  return askBetween(QUESTIONS.whichDayIs(quote(phrase, reader)), [{ phrase, replacements: by }]);
}

/** Asks for one day of a longer period. */
function askDayOfPeriod(phrase: PhraseOf<'day'>, today: Day, reader: ReaderContext): Unresolved {
  const period = phrase.day.kind === 'period' ? phrase.day.period : 'week';
  const question = QUESTIONS.whichDayOfPeriod(quote(phrase, reader));
  const saturday = today.add({ days: (6 - today.dayOfWeek + 7) % 7 });
  const monday = today.subtract({ days: today.dayOfWeek - 1 }).add({ days: 7 });
  const run = (first: Day, count: number) => Array.from({ length: count }, (_, n) => first.add({ days: n }).toString());
  switch (period) {
    case 'weekend': {
      const first = /next|nachst|prochain|proxim/i.test(quote(phrase, reader)) ? saturday.add({ days: 7 }) : saturday;
      const both = first.equals(saturday) ? run(first, 2) : [...run(saturday, 2), ...run(first, 2)];
      return askBetween(question, [{ phrase, replacements: both }]);
    }
    case 'next week':
      return askBetween(question, [{ phrase, replacements: run(monday, 7) }]);
    case 'week':
      return askBetween(question, [{ phrase, replacements: run(today, 8 - today.dayOfWeek) }]);
    case 'day':
      return ambiguity(QUESTIONS.endOfDay, [
        { edits: [replaceSpan(phrase, '17:00')] },
        { edits: [replaceSpan(phrase, '18:00')] },
        { edits: [replaceSpan(phrase, '24:00')] },
      ]);
    case 'month':
    case 'next month': {
      const first = period === 'month' ? today.add({ days: 1 }) : today.add({ months: 1 }).with({ day: 1 });
      const last = first.with({ day: first.daysInMonth });
      return askBetween(question, [{ phrase, replacements: [first.toString(), last.toString()] }]);
    }
    case 'year':
      return refuse(REFUSALS.sayWhichDay(quote(phrase, reader)), `${today.year + 1}-01-15 02:00 for 2h`);
  }
}

/** Whether the day depends on today, which can differ between zones. */
export function boundDependsOnToday(bound: Bound): boolean {
  return bound.tonight !== undefined || bound.days.some((phrase) => dependsOnToday(phrase.day));
}
