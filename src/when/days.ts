import { Temporal } from 'temporal-polyfill';
import { daysIn, isDate, monthName } from './digit-dates.ts';
import type { DigitDate, Length } from './lexemes.ts';

export type Day = Temporal.PlainDate;

/** The month that a day is counted in: `every` and `the` ("of the month") name no one month. */
export type MonthReading =
  | { readonly is: 'this' | 'next' | 'the' | 'every' | 'any' }
  | { readonly is: 'named'; readonly month: number; readonly year?: number };

/** A day as written. */
export type DayReading =
  | { readonly on: 'relative'; readonly days: number }
  | {
      readonly on: 'weekday';
      readonly weekday: number;
      readonly which: 'coming' | 'this' | 'next' | 'this week' | 'next week';
    }
  | { readonly on: 'date'; readonly month: number; readonly day: number; readonly year?: number }
  | { readonly on: 'either'; readonly date: Extract<DigitDate, { order: 'unknown' }> }
  | { readonly on: 'day of month'; readonly day: number; readonly month: MonthReading }
  /** `nth` is -1 for the last. */
  | { readonly on: 'nth weekday'; readonly nth: number; readonly weekday: number; readonly month: MonthReading }
  /** `said` as "last day of", or as "end of". */
  | { readonly on: 'last day'; readonly month: MonthReading; readonly said: 'day' | 'end' }
  | { readonly on: 'after'; readonly length: Length; readonly base: DayReading }
  | { readonly on: 'next day' }
  /** More than one day, or part of a period. */
  | {
      readonly on: 'period';
      readonly period: 'week' | 'next week' | 'month' | 'next month' | 'weekend' | 'year' | 'day';
    };

/** The days that a reading can mean, the likeliest first, or why there is none. */
export type Days =
  | { readonly days: readonly [Day, ...Day[]]; readonly notice?: string; readonly far?: true }
  | { readonly none: string };

/** Days farther ahead than this, where no year was said, are asked about. */
const FAR = 270;

/**
 * The days that `reading` can mean when today is `today`. `from` is the first day that counts: today, or tomorrow when the time
 * of day has passed. More than one day is for people to choose from.
 */
export function daysOf(reading: DayReading, today: Day, from: Day): Days {
  switch (reading.on) {
    case 'relative':
      return one(today.add({ days: reading.days }));
    case 'next day':
      return one(today.add({ days: 1 }));
    case 'weekday':
      return weekdays(reading, today, from);
    case 'date':
      return dates(reading, from);
    case 'either':
      return { none: 'It has two readings.' };
    case 'day of month':
      return daysOfMonth(reading, today, from);
    case 'nth weekday':
      return nthWeekdays(reading, today, from);
    case 'last day':
      return lastDays(reading, today, from);
    case 'after': {
      const base = daysOf(reading.base, today, from);
      if ('none' in base) return base;
      const { months, days, minutes } = reading.length;
      if (!Number.isInteger(months) || minutes !== 0) return { none: 'Count whole days, weeks or months.' };
      const [first, ...more] = base.days;
      const later = (day: Day) => day.add({ months, days });
      return { days: [later(first), ...more.map(later)] };
    }
    case 'period':
      return { none: 'It is more than one day.' };
  }
}

/** Whether which day is meant depends on what day it is today. */
export function isRelative(reading: DayReading): boolean {
  return !(reading.on === 'date' && reading.year !== undefined);
}

function one(day: Day): Days {
  return { days: [day] };
}

const sundayFirst = (day: Day) => day.dayOfWeek % 7;

function weekdays({ weekday, which }: Extract<DayReading, { on: 'weekday' }>, today: Day, from: Day): Days {
  const ahead = (start: Day) => start.add({ days: (weekday - sundayFirst(start) + 7) % 7 });
  const coming = ahead(from);
  if (which === 'coming' || which === 'this') return one(coming);
  // Weeks begin on Monday here and on Sunday there: where the two differ, both are meant.
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  const sunday = today.subtract({ days: sundayFirst(today) });
  const add = which === 'this week' ? 0 : 7;
  const inMondayWeek = monday.add({ days: add + ((weekday + 6) % 7) });
  const inSundayWeek = sunday.add({ days: add + weekday });
  if (which === 'next') {
    const tomorrow = ahead(today.add({ days: 1 }));
    return distinct([tomorrow, inMondayWeek]);
  }
  return distinct([inMondayWeek, inSundayWeek].filter((day) => which !== 'this week' || !before(day, today)));
}

function distinct(days: readonly Day[]): Days {
  const [first, ...rest] = [...days].sort(Temporal.PlainDate.compare);
  if (first === undefined) return { none: 'That day of this week is past.' };
  return { days: [first, ...rest.filter((day) => !day.equals(first))] };
}

const before = (a: Day, b: Day) => Temporal.PlainDate.compare(a, b) < 0;

function dates({ year, month, day }: Extract<DayReading, { on: 'date' }>, from: Day): Days {
  if (!isDate(year, month, day)) {
    return { none: notIn(day, month, year) };
  }
  if (year !== undefined) return one(Temporal.PlainDate.from({ year, month, day }));
  for (let candidate = from.year; candidate <= from.year + 8; candidate++) {
    if (day > daysIn(candidate, month)) continue;
    const date = Temporal.PlainDate.from({ year: candidate, month, day });
    if (!before(date, from)) return withDistance(date, from);
  }
  return { none: notIn(day, month, undefined) };
}

function notIn(day: number, month: number, year: number | undefined): string {
  const most = daysIn(year ?? 2000, month);
  const name = `${monthName(month)}${year === undefined ? '' : ` ${year}`}`;
  return `There is no ${day} ${name}: ${name} has ${most} days.`;
}

function withDistance(date: Day, from: Day): Days {
  return date.year > from.year && from.until(date).days > FAR ? { days: [date], far: true } : one(date);
}

interface Month {
  readonly year: number;
  readonly month: number;
}

function following({ year, month }: Month): Month {
  return month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
}

/** The months to look in, in their order. */
function monthsOf(reading: MonthReading, today: Day, from: Day): readonly Month[] {
  const now = { year: today.year, month: today.month };
  switch (reading.is) {
    case 'this':
      return [now];
    case 'next':
      return [following(now)];
    case 'named': {
      if (reading.year !== undefined) return [{ year: reading.year, month: reading.month }];
      return [0, 1, 2, 3, 4].map((n) => ({ year: from.year + n, month: reading.month }));
    }
    default: {
      const months: Month[] = [{ year: from.year, month: from.month }];
      for (let i = 0; i < 12; i++) months.push(following(months[i] ?? now));
      return months;
    }
  }
}

function inMonths(
  reading: MonthReading,
  today: Day,
  from: Day,
  day: (month: Month) => number | undefined,
  missing: (month: Month) => string,
): Days {
  const months = monthsOf(reading, today, from);
  for (const month of months) {
    const found = day(month);
    if (found === undefined) continue;
    const date = Temporal.PlainDate.from({ ...month, day: found });
    if (
      reading.is !== 'this' &&
      reading.is !== 'next' &&
      before(date, from) &&
      !(reading.is === 'named' && reading.year !== undefined)
    ) {
      continue;
    }
    return reading.is === 'named' && reading.year === undefined ? withDistance(date, from) : one(date);
  }
  return { none: missing(months[0] ?? { year: today.year, month: today.month }) };
}

function daysOfMonth({ day, month }: Extract<DayReading, { on: 'day of month' }>, today: Day, from: Day): Days {
  if (day < 1 || day > 31) return { none: `No month has a day ${day}.` };
  const exists = ({ year, month: m }: Month) => (day <= daysIn(year, m) ? day : undefined);
  return inMonths(month, today, from, exists, ({ year, month: m }) => notIn(day, m, year));
}

function nthWeekdays({ nth, weekday, month }: Extract<DayReading, { on: 'nth weekday' }>, today: Day, from: Day): Days {
  const find = ({ year, month: m }: Month) => {
    const first = Temporal.PlainDate.from({ year, month: m, day: 1 });
    const offset = (weekday - sundayFirst(first) + 7) % 7;
    const last = daysIn(year, m);
    const day = nth > 0 ? 1 + offset + 7 * (nth - 1) : 1 + offset + 7 * Math.floor((last - 1 - offset) / 7);
    return day <= last ? day : undefined;
  };
  return inMonths(month, today, from, find, ({ year, month: m }) => `${monthName(m)} ${year} has no such day.`);
}

function lastDays({ month }: Extract<DayReading, { on: 'last day' }>, today: Day, from: Day): Days {
  const reading: MonthReading = month.is === 'the' ? { is: 'any' } : month;
  return inMonths(
    reading,
    today,
    from,
    ({ year, month: m }) => daysIn(year, m),
    () => '',
  );
}
