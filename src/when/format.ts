import { Temporal } from 'temporal-polyfill';
import { type WallClock, wallClock } from '../core/time.ts';
import { getMonthName } from './numeric-dates.ts';
import type { Clock } from './tokens.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export function getWeekdayName(weekday: number): string {
  return WEEKDAYS[weekday % 7] ?? String(weekday);
}

/** `Thursday 4 February 2027` */
export function formatDay(day: {
  readonly dayOfWeek: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}): string {
  return `${getWeekdayName(day.dayOfWeek)} ${day.day} ${getMonthName(day.month)} ${day.year}`;
}

/** `Thu 4 Feb` */
export function formatShortDay(day: {
  readonly dayOfWeek: number;
  readonly day: number;
  readonly month: number;
}): string {
  return `${getWeekdayName(day.dayOfWeek).slice(0, 3)} ${day.day} ${getMonthName(day.month).slice(0, 3)}`;
}

/** `02:00` */
export function formatClock({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** A time of day as the reader types it: `2am` or `02:00`. */
export function writeClock(clock: Clock, hours24: boolean): string {
  if (hours24 || clock.hour === 24 || clock.hour === 0) return formatClock(clock);
  const hour = clock.hour % 12 === 0 ? 12 : clock.hour % 12;
  const minutes = clock.minute === 0 ? '' : `:${String(clock.minute).padStart(2, '0')}`;
  return `${hour}${minutes}${clock.hour < 12 ? 'am' : 'pm'}`;
}

/** `Thu 4 Feb, 22:00 to 23:00`, or with both days; with the year when it is not this one. */
export function formatRange(start: Date, end: Date, zone: string, now: Date): string {
  const [from, to, today] = [wallClock(start, zone), wallClock(end, zone), wallClock(now, zone)];
  const day = (wall: WallClock) => `${formatShortDay(wall)}${wall.year === today.year ? '' : ` ${wall.year}`}`;
  const sameDay = Temporal.PlainDate.compare(from.toPlainDate(), to.toPlainDate()) === 0;
  const begin = `${day(from)}, ${formatClock(from)}`;
  if (sameDay) return `${begin} to ${formatClock(to)}`;
  const midnight = to.hour === 0 && to.minute === 0;
  const eve = to.subtract({ days: 1 });
  if (midnight && eve.toPlainDate().equals(from.toPlainDate())) return `${begin} to 24:00`;
  return midnight ? `${begin} to ${day(eve)}, 24:00` : `${begin} to ${day(to)}, ${formatClock(to)}`;
}

/** `2 hours`, `1 hour 30 minutes`, `3 days` */
export function formatDuration(minutes: number): string {
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [Math.round(minutes % 60), 'minute'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
  return said.length === 0 ? 'no time' : said.join(' ');
}
