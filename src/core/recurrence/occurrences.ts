import type { CronLine } from './cron.ts';
import type { Occurrence, Recurrence, Schedule } from './schedule.ts';
import { createOccurrence, toInstantMs, toSchedule } from './schedule.ts';
import { DAY_MS, type InstantMs, type OffsetSpan, type ZoneClock } from './zone-clock.ts';

/**
 * The first windows that start after an instant, at most `count`. Fewer only at the end of the year 9999, or where the
 * next would start after `until`: a rare series takes long to search, as each year of its zone is sampled.
 * @throws RangeError
 */
export function nextOccurrences(recurrence: Recurrence, after: Date, count = 1, until?: Date): Occurrence[] {
  const schedule = toSchedule(recurrence);
  const last = until?.getTime() ?? LAST_INSTANT_MS;
  const starts = ascendingStarts(schedule.line, schedule.clock, toInstantMs(after) + 1);
  return take(starts, count, schedule, (start) => start <= last);
}

/** The last windows that start before an instant, and not before `since`, newest first. @throws RangeError */
export function previousOccurrences(recurrence: Recurrence, before: Date, count = 1, since?: Date): Occurrence[] {
  const schedule = toSchedule(recurrence);
  const first = since?.getTime() ?? FIRST_INSTANT_MS;
  const starts = descendingStarts(schedule.line, schedule.clock, toInstantMs(before) - 1);
  return take(starts, count, schedule, (start) => start >= first);
}

/** The window that is open at an instant; of overlapping ones, the one that started last. @throws RangeError */
export function findOpenOccurrence(recurrence: Recurrence, instant: Date): Occurrence | undefined {
  const schedule = toSchedule(recurrence);
  const at = toInstantMs(instant);
  // All windows have the same duration, so once the last to start has ended, all earlier ones have too.
  const [latest] = take(descendingStarts(schedule.line, schedule.clock, at), 1, schedule, () => true);
  return latest !== undefined && latest.end.getTime() > at ? latest : undefined;
}

function take(
  starts: Iterable<InstantMs>,
  count: number,
  schedule: Schedule,
  isInside: (start: InstantMs) => boolean,
): Occurrence[] {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`The count is ${count}: expected a whole number, 0 or more.`);
  const taken: Occurrence[] = [];
  if (count === 0) return taken;
  for (const start of starts) {
    if (!isInside(start)) break;
    taken.push(createOccurrence(schedule, start));
    if (taken.length === count) break;
  }
  return taken;
}

/** Larger than any clock change. */
const MAX_CLOCK_SHIFT_MS = 2 * DAY_MS;
const FIRST_INSTANT_MS: InstantMs = new Date('0001-01-01T00:00:00Z').getTime();
const LAST_INSTANT_MS: InstantMs = new Date('9999-12-31T23:59:59Z').getTime();

/**
 * The instants at which a cron line starts a window in a zone, ascending, from `from` (inclusive).
 *
 * Within a span of constant offset every match is a start. Where one span meets the next, matches in a gap run once, at
 * the instant the gap ends, and matches in a repeated stretch run again unless the line has plain times.
 */
export function* ascendingStarts(line: CronLine, clock: ZoneClock, from: InstantMs): Generator<InstantMs> {
  let floor = Math.max(from, FIRST_INSTANT_MS);
  while (floor <= LAST_INSTANT_MS) {
    const span = clock.spanAt(floor);
    if (span.start >= floor && gapHidesMatch(line, span)) {
      yield span.start;
      floor = span.start + 1;
    }
    let wall = line.atOrAfter(Math.max(floor + span.offset, firstUnrepeatedWall(line, span)));
    while (wall !== undefined && wall - span.offset < span.end) {
      yield wall - span.offset;
      wall = line.atOrAfter(wall + 1);
    }
    // Skip spans without a match, but not past a minute that the next span might repeat.
    const ahead = line.atOrAfter(span.end + span.offset - MAX_CLOCK_SHIFT_MS);
    if (ahead === undefined) return;
    floor = Math.max(span.end, ahead - MAX_CLOCK_SHIFT_MS);
  }
}

/** The same instants in descending order, from `to` (inclusive). */
export function* descendingStarts(line: CronLine, clock: ZoneClock, to: InstantMs): Generator<InstantMs> {
  let ceiling = Math.min(to, LAST_INSTANT_MS);
  while (ceiling >= FIRST_INSTANT_MS) {
    const span = clock.spanAt(ceiling);
    const atStart = gapHidesMatch(line, span);
    const lowest = Math.max(span.start + span.offset + (atStart ? 1 : 0), firstUnrepeatedWall(line, span));
    let wall = line.atOrBefore(ceiling + span.offset);
    while (wall !== undefined && wall >= lowest) {
      yield wall - span.offset;
      wall = line.atOrBefore(wall - 1);
    }
    if (atStart) yield span.start;
    const behind = line.atOrBefore(span.start + span.before);
    if (behind === undefined) return;
    ceiling = Math.min(span.start - 1, behind + MAX_CLOCK_SHIFT_MS);
  }
}

/** Whether the clock change before a span skips a minute that matches the line. */
function gapHidesMatch(line: CronLine, span: OffsetSpan): boolean {
  if (span.before >= span.offset) return false;
  const wall = line.atOrAfter(span.start + span.before);
  return wall !== undefined && wall < span.start + span.offset;
}

/** The first wall-clock time of a span at which a line may run: a line with plain times skips the repeated stretch. */
function firstUnrepeatedWall(line: CronLine, span: OffsetSpan): number {
  return span.start + (line.hasPlainTimes ? Math.max(span.offset, span.before) : span.offset);
}
