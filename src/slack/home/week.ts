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

/** The windows of a day, each with the part of the day it takes, in the words of its zone: `02:00 – 04:00`, `until 04:00`. */
export function onDay<T extends Interval>(
  { interval: day }: Day,
  windows: readonly T[],
  zone: string,
): { readonly window: T; readonly when: string }[] {
  const time = (instant: Date) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
      instant,
    );
  const when = ({ start, end }: Interval): string => {
    const before = start < day.start;
    const after = end > day.end;
    if (before && after) return 'all day';
    if (before) return end.getTime() === day.end.getTime() ? 'all day' : `until ${time(end)}`;
    return after ? `from ${time(start)}` : `${time(start)} – ${time(end)}`;
  };
  return windows
    .filter(({ start, end }) => start < day.end && end > day.start)
    .map((window) => ({ window, when: when(window) }));
}
