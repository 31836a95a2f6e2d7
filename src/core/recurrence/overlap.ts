import type { CronLine } from './cron.ts';
import { ascendingStarts, descendingStarts } from './occurrences.ts';
import type { Occurrence, Recurrence, Schedule } from './schedule.ts';
import { createOccurrence, toInstantMs, toSchedule } from './schedule.ts';
import { DAY_MS, type InstantMs, MINUTE_MS } from './zone-clock.ts';

export interface SelfOverlap {
  readonly first: Occurrence;
  readonly second: Occurrence;
  /** `line`: the cron line alone causes it. `clock-change`: only a clock change between the two does. */
  readonly cause: 'line' | 'clock-change';
}

/** 28 years: the pattern of months, weekdays and leap days then repeats. */
const CALENDAR_CYCLE_DAYS = 28 * 366;
const CLOCK_CHANGE_HORIZON_MS = 10 * 366 * DAY_MS;

/**
 * The first two windows of a recurrence that overlap, from an instant on. An overlap caused by the cron line is always
 * found, because the search covers 28 years; one caused by a clock change is searched for over ten years.
 *
 * @throws RangeError for an invalid recurrence or instant
 */
export function findSelfOverlap(recurrence: Recurrence, from: Date): SelfOverlap | undefined {
  const schedule = toSchedule(recurrence);
  const start = toInstantMs(from);
  return findLineOverlap(schedule, start) ?? findClockChangeOverlap(schedule, start);
}

function findLineOverlap(schedule: Schedule, from: InstantMs): SelfOverlap | undefined {
  const { line, clock, durationMs: duration } = schedule;
  const day = findCrowdedDay(line, Math.floor(from / DAY_MS) - 1, duration);
  if (day === undefined) return undefined;
  let first: InstantMs | undefined;
  for (const second of ascendingStarts(line, clock, Math.max(from, (day - 1) * DAY_MS))) {
    if (first !== undefined && second - first < duration) {
      return { first: createOccurrence(schedule, first), second: createOccurrence(schedule, second), cause: 'line' };
    }
    if (second > (day + CALENDAR_CYCLE_DAYS) * DAY_MS) return undefined;
    first = second;
  }
  return undefined;
}

/** The first matching day with two starts closer than the duration on the wall clock, or one too close to the next day. */
function findCrowdedDay(line: CronLine, from: number, duration: number): number | undefined {
  const withinDay = Math.min(...line.minutes.slice(1).map((minute, index) => minute - (line.minutes[index] ?? 0)));
  let day = line.dayAtOrAfter(from);
  if (withinDay * MINUTE_MS < duration) return day;
  const overnight = (line.firstMinute - line.lastMinute) * MINUTE_MS;
  if (DAY_MS + overnight >= duration) return undefined;
  while (day !== undefined && day < from + CALENDAR_CYCLE_DAYS) {
    const later = line.dayAtOrAfter(day + 1);
    if (later === undefined || (later - day) * DAY_MS + overnight < duration)
      return later === undefined ? undefined : day;
    day = later;
  }
  return undefined;
}

function findClockChangeOverlap(schedule: Schedule, from: InstantMs): SelfOverlap | undefined {
  const { line, clock, durationMs: duration } = schedule;
  for (let span = clock.spanAt(from); span.end < from + CLOCK_CHANGE_HORIZON_MS; span = clock.spanAt(span.end)) {
    const next = clock.spanAt(span.end);
    if (next.offset === span.offset) continue;
    // A clock change brings closer only the starts on its two sides, or the start at the change and the one after it.
    let [first] = descendingStarts(line, clock, span.end - 1);
    let pairs = 0;
    for (const second of ascendingStarts(line, clock, span.end)) {
      if (first !== undefined && first >= from && second - first < duration) {
        return {
          first: createOccurrence(schedule, first),
          second: createOccurrence(schedule, second),
          cause: 'clock-change',
        };
      }
      first = second;
      pairs += 1;
      if (pairs === 2) break;
    }
  }
  return undefined;
}
