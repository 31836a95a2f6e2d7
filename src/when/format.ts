import { type WallClock, wallClock } from '../core/time.ts';
import type { Day } from './context.ts';
import type { Clock } from './tokens.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** @param weekday 0 or 7 for Sunday */
export function getWeekdayName(weekday: number): string {
  return WEEKDAYS[weekday % 7] ?? String(weekday);
}

export function getMonthName(month: number): string {
  return MONTHS[month - 1] ?? String(month);
}

type DayParts = Pick<Day, 'dayOfWeek' | 'day' | 'month' | 'year'>;

/** `Thursday 4 February 2027` */
export function formatDay({ dayOfWeek, day, month, year }: DayParts): string {
  return `${getWeekdayName(dayOfWeek)} ${day} ${getMonthName(month)} ${year}`;
}

/** `Thu 4 Feb` */
export function formatShortDay({ dayOfWeek, day, month }: DayParts): string {
  return `${getWeekdayName(dayOfWeek).slice(0, 3)} ${day} ${getMonthName(month).slice(0, 3)}`;
}

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** `02:00` */
export function formatClock({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return `${twoDigits(hour)}:${twoDigits(minute)}`;
}

/** A time of day as the reader types it: `2am` or `02:00`. */
export function writeClock(clock: Clock, { uses24Hours }: { readonly uses24Hours: boolean }): string {
  if (uses24Hours || clock.hour === 24 || clock.hour === 0) return formatClock(clock);
  const minutes = clock.minute === 0 ? '' : `:${twoDigits(clock.minute)}`;
  return `${clock.hour % 12 || 12}${minutes}${clock.hour < 12 ? 'am' : 'pm'}`;
}

/** `Thu 4 Feb, 22:00 to 23:00`, or with both days; with the year when it is not this one. */
export function formatRange(start: Date, end: Date, zone: string, now: Date): string {
  const [from, to, today] = [wallClock(start, zone), wallClock(end, zone), wallClock(now, zone)];
  const day = (wall: WallClock) => `${formatShortDay(wall)}${wall.year === today.year ? '' : ` ${wall.year}`}`;
  const isMidnight = to.hour === 0 && to.minute === 0;
  const sameDay = (last: WallClock) => from.toPlainDate().equals(last.toPlainDate());
  const begin = `${day(from)}, ${formatClock(from)}`;
  if (sameDay(to)) return `${begin} to ${formatClock(to)}`;
  const last = isMidnight ? to.subtract({ days: 1 }) : to;
  const endTime = isMidnight ? '24:00' : formatClock(to);
  return sameDay(last) ? `${begin} to ${endTime}` : `${begin} to ${day(last)}, ${endTime}`;
}

/** `2 hours`, `1 hour 30 minutes`, `3 days` */
export function formatDuration(minutes: number): string {
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [Math.round(minutes % 60), 'minute'],
  ] as const;
  const words = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
  return words.length === 0 ? 'no time' : words.join(' ');
}
