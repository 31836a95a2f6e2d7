import type { CronLine } from './cron.ts';
import {
  millisecondsOf,
  type Occurrence,
  occurrenceAt,
  type Recurrence,
  type Schedule,
  scheduleOf,
} from './schedule.ts';
import { DAY, type InstantMs, type Span, type ZoneClock } from './zone-clock.ts';

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

/** No clock change moves a wall-clock time so far. */
const REACH = 2 * DAY;
const FIRST_INSTANT: InstantMs = new Date('0001-01-01T00:00:00Z').getTime();
const LAST_INSTANT: InstantMs = new Date('9999-12-31T23:59:59Z').getTime();

/**
 * The instants at which a cron line starts a window, on the clocks of a zone, ascending, from `from` (inclusive).
 *
 * Between two clock changes wall-clock time runs straight, so that the rules are only needed where one span meets the next:
 * matching minutes that the change left out run once, at its instant; matching minutes that come again after it run again,
 * unless the line holds plain values.
 */
export function* startsFrom(line: CronLine, clock: ZoneClock, from: InstantMs): Generator<InstantMs> {
  let floor = Math.max(from, FIRST_INSTANT);
  while (floor <= LAST_INSTANT) {
    const span = clock.spanAt(floor);
    if (span.start >= floor && leavesOutAMatch(line, span)) {
      yield span.start;
      floor = span.start + 1;
    }
    let wall = line.atOrAfter(Math.max(floor + span.offset, firstFreshWall(line, span)));
    while (wall !== undefined && wall - span.offset < span.end) {
      yield wall - span.offset;
      wall = line.atOrAfter(wall + 1);
    }
    // Spans without a match are passed over in one step; a minute repeated after this one is not.
    const ahead = line.atOrAfter(span.end + span.offset - REACH);
    if (ahead === undefined) return;
    floor = Math.max(span.end, ahead - REACH);
  }
}

/** The same instants descending, down from `to` (inclusive). */
export function* startsDownFrom(line: CronLine, clock: ZoneClock, to: InstantMs): Generator<InstantMs> {
  let ceiling = Math.min(to, LAST_INSTANT);
  while (ceiling >= FIRST_INSTANT) {
    const span = clock.spanAt(ceiling);
    const atStart = leavesOutAMatch(line, span);
    const lowest = Math.max(span.start + span.offset + (atStart ? 1 : 0), firstFreshWall(line, span));
    let wall = line.atOrBefore(ceiling + span.offset);
    while (wall !== undefined && wall >= lowest) {
      yield wall - span.offset;
      wall = line.atOrBefore(wall - 1);
    }
    if (atStart) yield span.start;
    const behind = line.atOrBefore(span.start + span.before);
    if (behind === undefined) return;
    ceiling = Math.min(span.start - 1, behind + REACH);
  }
}

/** Whether the clock change that opens a span leaves out a minute that the line names. */
function leavesOutAMatch(line: CronLine, span: Span): boolean {
  if (span.before >= span.offset) return false;
  const wall = line.atOrAfter(span.start + span.before);
  return wall !== undefined && wall < span.start + span.offset;
}

/** Where a line's wall-clock time begins in a span: a line of plain values passes over what the span repeats. */
function firstFreshWall(line: CronLine, span: Span): number {
  return span.start + (line.plain ? Math.max(span.offset, span.before) : span.offset);
}
