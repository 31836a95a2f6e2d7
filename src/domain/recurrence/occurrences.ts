import {
  millisecondsOf,
  type Occurrence,
  occurrenceAt,
  type Recurrence,
  type Schedule,
  scheduleOf,
} from './schedule.ts';
import { startsDownFrom, startsFrom } from './starts.ts';
import type { InstantMs } from './zone-clock.ts';

/**
 * The next windows: those that start after an instant, in order. Fewer than `count` only when the year 9999 is over.
 *
 * @throws RangeError when the cron line, the zone, the duration, the instant or the count is none
 */
export function next(recurrence: Recurrence, after: Date, count = 1): Occurrence[] {
  const schedule = scheduleOf(recurrence);
  return take(startsFrom(schedule.line, schedule.clock, millisecondsOf(after) + 1), count, schedule);
}

/**
 * The last windows: those that start before an instant, newest first.
 *
 * @throws RangeError as {@link next} does
 */
export function previous(recurrence: Recurrence, before: Date, count = 1): Occurrence[] {
  const schedule = scheduleOf(recurrence);
  return take(startsDownFrom(schedule.line, schedule.clock, millisecondsOf(before) - 1), count, schedule);
}

/**
 * The window that is open at an instant: it has started, now or before, and ends later. Of windows that overlap, the one
 * that started last.
 *
 * @throws RangeError as {@link next} does
 */
export function containing(recurrence: Recurrence, instant: Date): Occurrence | undefined {
  const schedule = scheduleOf(recurrence);
  const at = millisecondsOf(instant);
  // All windows last the same time: when the last to start is over, so are those before it.
  const [latest] = take(startsDownFrom(schedule.line, schedule.clock, at), 1, schedule);
  return latest !== undefined && latest.end.getTime() > at ? latest : undefined;
}

function take(starts: Iterable<InstantMs>, count: number, schedule: Schedule): Occurrence[] {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`The count is ${count}: expected a whole number, 0 or more.`);
  const taken: Occurrence[] = [];
  if (count === 0) return taken;
  for (const start of starts) {
    taken.push(occurrenceAt(schedule, start));
    if (taken.length === count) break;
  }
  return taken;
}
