import { Temporal } from 'temporal-polyfill';
import type { Interval } from '../../domain/maintenance.ts';

/** How many days the calendar shows, today included. */
const DAYS = 7;

/** One day of a zone, from its first instant to that of the next: 23 or 25 hours where clocks change. */
export interface Day {
  /** ISO 8601, such as `2026-11-22`. */
  readonly date: string;
  readonly interval: Interval;
}

/** Today and the days after it, as the clocks of an IANA zone count them. */
export function daysAhead(now: Date, zone: string): Day[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  const startOf = (date: Temporal.PlainDate) => new Date(date.toZonedDateTime(zone).epochMilliseconds);
  return Array.from({ length: DAYS }, (_, days) => {
    const date = today.add({ days });
    return { date: date.toString(), interval: { start: startOf(date), end: startOf(date.add({ days: 1 })) } };
  });
}

/** A window on one day: what of its start and end falls on that day. Neither: it takes the whole day. */
export interface Entry<T> {
  readonly window: T;
  readonly from?: Date;
  readonly until?: Date;
}

/** The windows that take a part of a day, in the order given. */
export function onDay<T extends Interval>({ interval: day }: Day, windows: readonly T[]): Entry<T>[] {
  return windows
    .filter(({ start, end }) => start < day.end && end > day.start)
    .map((window) => ({
      window,
      ...(window.start >= day.start && !(window.start.getTime() === day.start.getTime() && window.end >= day.end)
        ? { from: window.start }
        : {}),
      ...(window.end < day.end || (window.end.getTime() === day.end.getTime() && window.start > day.start)
        ? { until: window.end }
        : {}),
    }));
}
