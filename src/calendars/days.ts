import { LRUCache } from 'lru-cache';
import { CronLine } from '../core/recurrence/cron.ts';
import { DAY_MS } from '../core/recurrence/zone-clock.ts';

/** The days of an RRULE of RFC 5545, one a day at most. */
export interface DayRule {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  /** 1 to 12; empty: all. */
  readonly months: readonly number[];
  /** Of the month, 1 to 31; -1 is the last one. Empty: all. */
  readonly days: readonly number[];
  /** 0 is Sunday; `nth` of the month, -1 is the last one, 0 each. Empty: all. */
  readonly weekdays: readonly { readonly nth: number; readonly weekday: number }[];
}

/** Days since 1970: 28 years that hold every pair of first weekday and length of a year. */
const FIRST = Date.UTC(2000, 0, 1) / DAY_MS;
const LAST = Date.UTC(2027, 11, 31) / DAY_MS;

/**
 * The RRULE that matches exactly the days of a cron line; undefined when no form that calendars support does.
 * @param cron a line that `parseCron` accepted
 */
export function findDayRule(cron: string): DayRule | undefined {
  return dayRules.memo(cron).rule;
}

const dayRules = new LRUCache<string, { readonly rule: DayRule | undefined }>({
  max: 200,
  memoMethod: (cron) => {
    const wanted = daysOf(new CronLine(cron));
    return { rule: formsFor(wanted).find((rule) => namesExactly(rule, wanted)) };
  },
});

/** As it is written after `RRULE:`. */
export function ruleText({ frequency, months, days, weekdays }: DayRule): string {
  const parts = [`FREQ=${frequency}`];
  if (months.length > 0) parts.push(`BYMONTH=${months.join(',')}`);
  if (days.length > 0) parts.push(`BYMONTHDAY=${days.join(',')}`);
  if (weekdays.length > 0) {
    parts.push(`BYDAY=${weekdays.map(({ nth, weekday }) => `${nth === 0 ? '' : nth}${WEEKDAYS[weekday]}`).join(',')}`);
  }
  return parts.join(';');
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** Whether a rule names a day, counted from 1970. */
export function namesDay({ months, days, weekdays }: DayRule, day: number): boolean {
  const on = placeOf(day);
  return (
    (months.length === 0 || months.includes(on.month)) &&
    (days.length === 0 || days.includes(on.day) || (on.last && days.includes(-1))) &&
    (weekdays.length === 0 ||
      weekdays.some(
        ({ nth, weekday }) =>
          weekday === on.weekday && (nth === 0 || nth === on.nth || (nth === -1 && on.nthFromEnd === 1)),
      ))
  );
}

interface Place {
  readonly month: number;
  readonly day: number;
  /** The last day of its month. */
  readonly last: boolean;
  readonly weekday: number;
  /** The how-manieth of its weekday in the month. */
  readonly nth: number;
  readonly nthFromEnd: number;
}

function placeOf(dayNumber: number): Place {
  const date = new Date(dayNumber * DAY_MS);
  const day = date.getUTCDate();
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return {
    month: date.getUTCMonth() + 1,
    day,
    last: day === length,
    weekday: date.getUTCDay(),
    nth: Math.ceil(day / 7),
    nthFromEnd: Math.ceil((length - day + 1) / 7),
  };
}

function daysOf(line: CronLine): ReadonlySet<number> {
  const days = new Set<number>();
  for (let day = line.dayAtOrAfter(FIRST, LAST); day !== undefined; day = line.dayAtOrAfter(day + 1, LAST))
    days.add(day);
  return days;
}

/** The rules that these days may be, the plainest first. Which one they are, comparing says. */
function formsFor(wanted: ReadonlySet<number>): DayRule[] {
  const places = [...wanted].map(placeOf);
  const unless = (whole: number, values: readonly number[]) => (values.length === whole ? [] : values);
  const seen = (read: (place: Place) => number) => [...new Set(places.map(read))].sort((a, b) => a - b);
  const months = unless(
    12,
    seen(({ month }) => month),
  );
  const weekdays = seen(({ weekday }) => weekday);
  const monthly = months.length === 0 ? ('MONTHLY' as const) : ('YEARLY' as const);
  const none = { months, days: [], weekdays: [] };
  const nths = [...new Map(places.map(({ nth, weekday }) => [nth * 7 + weekday, { nth, weekday }])).values()];
  return [
    { ...none, frequency: 'DAILY' },
    { ...none, frequency: 'WEEKLY', weekdays: weekdays.map((weekday) => ({ nth: 0, weekday })) },
    { ...none, frequency: monthly, days: seen(({ day }) => day) },
    { ...none, frequency: monthly, days: [-1] },
    { ...none, frequency: monthly, weekdays: nths.sort((a, b) => a.nth - b.nth || a.weekday - b.weekday) },
    { ...none, frequency: monthly, weekdays: weekdays.map((weekday) => ({ nth: -1, weekday })) },
  ];
}

function namesExactly(rule: DayRule, wanted: ReadonlySet<number>): boolean {
  for (let day = FIRST; day <= LAST; day += 1) if (namesDay(rule, day) !== wanted.has(day)) return false;
  return true;
}
