import { LRUCache } from 'lru-cache';
import { CronLine } from '../core/recurrence/cron.ts';
import { DAY_MS } from '../core/recurrence/zone-clock.ts';

/** The days of an RRULE (RFC 5545). */
export interface DayRule {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  /** 1 to 12; empty: all. */
  readonly months: readonly number[];
  /** Of the month, 1 to 31; -1 is the last one. Empty: all. */
  readonly days: readonly number[];
  /** 0 is Sunday; `nth` of the month, -1 is the last one, 0 each. Empty: all. */
  readonly weekdays: readonly { readonly nth: number; readonly weekday: number }[];
}

/** Days since 1970: 28 years contain every combination of first weekday and length of a year. */
const FIRST_DAY = Date.UTC(2000, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(2027, 11, 31) / DAY_MS;
const PLACES = Array.from({ length: LAST_DAY - FIRST_DAY + 1 }, (_, index) => placeOf(FIRST_DAY + index));

/**
 * The RRULE that matches exactly the days of a cron line; undefined when no form that calendars support does.
 * @param cron a line that `parseCron` accepted
 */
export function findDayRule(cron: string): DayRule | undefined {
  return dayRules.memo(cron.split(' ').slice(2).join(' ')).rule;
}

/** By the fields of days: many series differ only in their time of day. */
const dayRules = new LRUCache<string, { readonly rule: DayRule | undefined }>({
  max: 1000,
  memoMethod: (days) => {
    const places = listPlaces(new CronLine(`0 0 ${days}`));
    return { rule: candidates([...places]).find((rule) => matchesExactly(rule, places)) };
  },
});

/** The text after `RRULE:`. */
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

/** @param day since 1970 */
export function matchesDay(rule: DayRule, day: number): boolean {
  return matchesPlace(rule, placeOf(day));
}

function matchesPlace({ months, days, weekdays }: DayRule, on: Place): boolean {
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
  /** Among the same weekdays of the month. */
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

function listPlaces(line: CronLine): ReadonlySet<Place> {
  const places = new Set<Place>();
  for (
    let day = line.dayAtOrAfter(FIRST_DAY, LAST_DAY);
    day !== undefined;
    day = line.dayAtOrAfter(day + 1, LAST_DAY)
  ) {
    const place = PLACES[day - FIRST_DAY];
    if (place !== undefined) places.add(place);
  }
  return places;
}

/** The rules that may match exactly these days, the simplest first. */
function candidates(places: readonly Place[]): DayRule[] {
  const values = (read: (place: Place) => number) => [...new Set(places.map(read))].sort((a, b) => a - b);
  const allMonths = values(({ month }) => month);
  const months = allMonths.length === 12 ? [] : allMonths;
  const weekdays = values(({ weekday }) => weekday);
  const monthly = months.length === 0 ? ('MONTHLY' as const) : ('YEARLY' as const);
  const none = { months, days: [], weekdays: [] };
  const nths = [...new Map(places.map(({ nth, weekday }) => [nth * 7 + weekday, { nth, weekday }])).values()];
  return [
    { ...none, frequency: 'DAILY' },
    { ...none, frequency: 'WEEKLY', weekdays: weekdays.map((weekday) => ({ nth: 0, weekday })) },
    { ...none, frequency: monthly, days: values(({ day }) => day) },
    { ...none, frequency: monthly, days: [-1] },
    { ...none, frequency: monthly, weekdays: nths.sort((a, b) => a.nth - b.nth || a.weekday - b.weekday) },
    { ...none, frequency: monthly, weekdays: weekdays.map((weekday) => ({ nth: -1, weekday })) },
  ];
}

function matchesExactly(rule: DayRule, wanted: ReadonlySet<Place>): boolean {
  return PLACES.every((place) => matchesPlace(rule, place) === wanted.has(place));
}
