import { findZone } from '../time.ts';
import { type CronLine, parseCron } from './cron.ts';
import type { InstantMs, OffsetSpan, WallMs, ZoneClock } from './zone-clock.ts';
import { DAY_MS, getZoneClock, MINUTE_MS } from './zone-clock.ts';

/** A recurring window: a cron line on the wall clock of a zone, and how long each window lasts. */
export interface Recurrence {
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  /** Elapsed time, in whole minutes, at least 1. */
  readonly durationMinutes: number;
}

/** One window of a recurrence, from `start` to before `end`, both UTC instants. */
export interface Occurrence {
  readonly start: Date;
  readonly end: Date;
  /** A sentence for people, when a clock change moved or repeated the start. */
  readonly notice?: string;
}

export type Schedule = { readonly line: CronLine; readonly clock: ZoneClock; readonly durationMs: number };

/** @throws RangeError for an invalid cron line, zone or duration, with a sentence for people */
export function toSchedule({ cron, timezone, durationMinutes }: Recurrence): Schedule {
  const reading = parseCron(cron);
  if (!reading.ok) throw new RangeError(reading.reason);
  if (!Number.isInteger(durationMinutes) || durationMinutes < 1) {
    throw new RangeError(`The duration is ${durationMinutes} minutes: expected a whole number, 1 or more.`);
  }
  const zone = findZone(timezone);
  if (zone === undefined) {
    throw new RangeError(
      `The time zone "${timezone}" is unknown: expected an IANA name such as Europe/Berlin, or UTC.`,
    );
  }
  return { line: reading.line, clock: getZoneClock(zone), durationMs: durationMinutes * MINUTE_MS };
}

export function createOccurrence({ line, clock, durationMs: duration }: Schedule, start: InstantMs): Occurrence {
  const notice = describeClockChange(line, clock, start);
  return { start: new Date(start), end: new Date(start + duration), ...(notice === undefined ? {} : { notice }) };
}

/** @throws RangeError for an invalid date */
export function toInstantMs(instant: Date): InstantMs {
  const milliseconds = instant.getTime();
  if (Number.isNaN(milliseconds)) throw new RangeError('The instant is an invalid date: expected a point in time.');
  return milliseconds;
}

/** Explains the effect of a clock change: a start replaces minutes that do not exist, or its minute exists twice. */
function describeClockChange(line: CronLine, clock: ZoneClock, start: InstantMs): string | undefined {
  const span = clock.spanAt(start);
  if (start === span.start && span.before < span.offset) return describeGap(line, clock, span);
  const wall = start + span.offset;
  if (wall < span.start + span.before)
    return describeRepeat(clock, wall, span.start, span.before, span.offset, 'second');
  const next = clock.spanAt(span.end);
  if (wall >= span.end + next.offset) {
    return describeRepeat(clock, wall, span.end, span.offset, next.offset, line.hasPlainTimes ? 'only' : 'first');
  }
  return undefined;
}

function describeGap(line: CronLine, clock: ZoneClock, span: OffsetSpan): string | undefined {
  const opens = span.start + span.before;
  const closes = span.start + span.offset;
  const first = line.atOrAfter(opens);
  const last = line.atOrBefore(closes - 1);
  if (first === undefined || last === undefined || first >= closes) return undefined;
  const what =
    first === last ? `${formatTimeAndDate(first)} does not exist` : `${formatTimes(first, last)} do not exist`;
  const instead = formatRelative(last, closes);
  const runs = line.matches(closes) ? `the run at ${instead} stands for it` : `runs at ${instead} instead`;
  return `${what} in ${clock.zone}, where clocks go from ${formatRelative(first, opens)} to ${formatRelative(first, closes)}: ${first === last ? runs : `runs once, at ${instead}`}.`;
}

function describeRepeat(
  clock: ZoneClock,
  wall: WallMs,
  change: InstantMs,
  before: number,
  offset: number,
  pass: 'first' | 'second' | 'only',
): string {
  const where = `where clocks go back from ${formatRelative(wall, change + before)} to ${formatRelative(wall, change + offset)}`;
  const what = {
    first: 'this is the first of two runs',
    second: 'this is the second of two runs',
    only: 'runs the first time only',
  }[pass];
  return `${formatTimeAndDate(wall)} comes twice in ${clock.zone}, ${where}: ${what}.`;
}

const dateFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

function formatTime(wall: WallMs): string {
  return new Date(wall).toISOString().slice(11, wall % MINUTE_MS === 0 ? 16 : 19);
}

/** `02:30 on 14 March 2027`. */
function formatTimeAndDate(wall: WallMs): string {
  return `${formatTime(wall)} on ${dateFormat.format(wall)}`;
}

/** `02:00 to 02:45 on 14 March 2027`. */
function formatTimes(first: WallMs, last: WallMs): string {
  return `${formatRelative(last, first)} to ${formatTimeAndDate(last)}`;
}

/** The time alone when it is on the date that the sentence has already given. */
function formatRelative(given: WallMs, wall: WallMs): string {
  return Math.floor(given / DAY_MS) === Math.floor(wall / DAY_MS) ? formatTime(wall) : formatTimeAndDate(wall);
}
