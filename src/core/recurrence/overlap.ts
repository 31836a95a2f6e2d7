import type { CronLine } from './cron.ts';
import { startsDownFrom, startsFrom } from './occurrences.ts';
import {
  millisecondsOf,
  type Occurrence,
  occurrenceAt,
  type Recurrence,
  type Schedule,
  scheduleOf,
} from './schedule.ts';
import { DAY, type InstantMs, MINUTE } from './zone-clock.ts';

/** Two windows in a row, of which the second starts before the first is over. */
export interface SelfOverlap {
  readonly first: Occurrence;
  readonly second: Occurrence;
  /** `line`: it is so by the cron line itself. `clock-change`: only where the clocks change between the two. */
  readonly cause: 'line' | 'clock-change';
}

/** The calendar repeats its months and weekdays after 28 years. */
const CALENDAR_DAYS = 28 * 366;
const CLOCK_CHANGES = 10 * 366 * DAY;

/**
 * Whether windows of a recurrence would overlap, and the first two that do, from an instant on. What the cron line itself
 * makes overlap is always found (28 years hold every calendar); what only clock changes make overlap, over ten years.
 *
 * @throws RangeError when the recurrence or the instant is none
 */
export function overlapsItself(recurrence: Recurrence, from: Date): SelfOverlap | undefined {
  const schedule = scheduleOf(recurrence);
  const start = millisecondsOf(from);
  return overlapOfLine(schedule, start) ?? overlapAtClockChange(schedule, start);
}

function overlapOfLine(schedule: Schedule, from: InstantMs): SelfOverlap | undefined {
  const { line, clock, duration } = schedule;
  const day = dayBeforeCloseOne(line, Math.floor(from / DAY) - 1, duration);
  if (day === undefined) return undefined;
  let first: InstantMs | undefined;
  for (const second of startsFrom(line, clock, Math.max(from, (day - 1) * DAY))) {
    if (first !== undefined && second - first < duration) {
      return { first: occurrenceAt(schedule, first), second: occurrenceAt(schedule, second), cause: 'line' };
    }
    if (second > (day + CALENDAR_DAYS) * DAY) return undefined;
    first = second;
  }
  return undefined;
}

/** The first matching day on which, or from which to the next, two starts are closer than the duration on the wall clock. */
function dayBeforeCloseOne(line: CronLine, from: number, duration: number): number | undefined {
  const withinDay = Math.min(...line.minutes.slice(1).map((minute, index) => minute - (line.minutes[index] ?? 0)));
  let day = line.dayAtOrAfter(from);
  if (withinDay * MINUTE < duration) return day;
  const overnight = (line.firstMinute - line.lastMinute) * MINUTE;
  while (day !== undefined && day < from + CALENDAR_DAYS) {
    const later = line.dayAtOrAfter(day + 1);
    if (later === undefined || (later - day) * DAY + overnight < duration) return later === undefined ? undefined : day;
    day = later;
  }
  return undefined;
}

function overlapAtClockChange(schedule: Schedule, from: InstantMs): SelfOverlap | undefined {
  const { line, clock, duration } = schedule;
  for (let span = clock.spanAt(from); span.end < from + CLOCK_CHANGES; span = clock.spanAt(span.end)) {
    const next = clock.spanAt(span.end);
    if (next.offset === span.offset) continue;
    // Only starts on the two sides of the change, or the one at the change and its next, are nearer than the line says.
    let [first] = startsDownFrom(line, clock, span.end - 1);
    let pairs = 0;
    for (const second of startsFrom(line, clock, span.end)) {
      if (first !== undefined && first >= from && second - first < duration) {
        return { first: occurrenceAt(schedule, first), second: occurrenceAt(schedule, second), cause: 'clock-change' };
      }
      first = second;
      pairs += 1;
      if (pairs === 2) break;
    }
  }
  return undefined;
}
