import { remember } from './remember.ts';

/**
 * Instants are milliseconds since the epoch in UTC. A wall-clock time is a number on the same scale: what the clocks of a
 * zone show, counted as though it were UTC. So `wall = instant + offset`, and wall-clock time has no gaps of its own.
 */
export type InstantMs = number;
export type WallMs = number;

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;

/** Instants from `start` to before `end` (milliseconds) that share one offset. `before` is the offset just before `start`. */
export interface Span {
  readonly start: InstantMs;
  readonly end: InstantMs;
  readonly offset: number;
  readonly before: number;
}

export interface ZoneClock {
  readonly zone: string;
  /** The span that holds an instant. Its edges are clock changes, or lie more than a day from that instant. */
  spanAt(instant: InstantMs): Span;
}

/** What is sampled at a time. */
export const BLOCK = 365 * DAY;
/** Farther than the clocks of any zone were ever moved at once (a day, where the date line moved). */
const MARGIN = 2 * DAY;
/** The nearest two clock changes in the time zone database lie almost four days apart (Africa/Freetown, 1939). */
const STEP = DAY;

/**
 * The clocks of an IANA zone, from the runtime's own copy of the time zone database. A year is sampled when it is first
 * asked for and kept, within bounds: Temporal says the same, but takes its time for every minute that is asked about.
 *
 * @throws RangeError when the runtime knows no zone of that name
 */
export const zoneClock: (zone: string) => ZoneClock = remember(128, (zone) => clockOf(zone, offsetReader(zone)));

/** Milliseconds that the clocks are ahead of UTC at an instant. */
export type OffsetAt = (instant: InstantMs) => number;

/** A zone's clocks from nothing but its offset at any instant. */
export function clockOf(zone: string, offsetAt: OffsetAt): ZoneClock {
  const block = remember(256, (index: number) =>
    spansBetween(offsetAt, index * BLOCK - MARGIN, (index + 1) * BLOCK + MARGIN),
  );
  return {
    zone,
    spanAt(instant) {
      for (const span of block(Math.floor(instant / BLOCK))) {
        if (instant < span.end) return span;
      }
      throw new Error(`no span of ${zone} holds the instant ${instant}`);
    },
  };
}

function spansBetween(offsetAt: OffsetAt, from: InstantMs, to: InstantMs): readonly Span[] {
  const spans: Span[] = [];
  let start = from;
  let offset = offsetAt(from);
  let before = offsetAt(from - 1000);
  for (let probe = from + STEP; probe <= to; probe += STEP) {
    if (offsetAt(probe) === offset) continue;
    const change = firstSecondUnlike(offsetAt, probe - STEP, probe);
    spans.push({ start, end: change, offset, before });
    before = offset;
    offset = offsetAt(change);
    start = change;
  }
  spans.push({ start, end: to, offset, before });
  return spans;
}

/** The first whole second after `low` whose offset is not that of `low`; the offset at `high` is another. */
function firstSecondUnlike(offsetAt: OffsetAt, low: InstantMs, high: InstantMs): InstantMs {
  const offset = offsetAt(low);
  let same = low / 1000;
  let other = high / 1000;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(middle * 1000) === offset) same = middle;
    else other = middle;
  }
  return other * 1000;
}

function offsetReader(zone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const [day = 0, hour = 0, minute = 0, second = 0] = (format.format(instant).match(/\d+/g) ?? []).map(Number);
    const utcDay = Math.floor(instant / DAY);
    // No offset reaches two days, so the day of the month alone says which day it is there.
    const ahead = [0, 1, -1].find((days) => new Date((utcDay + days) * DAY).getUTCDate() === day);
    if (ahead === undefined) throw new Error(`${zone} is more than a day from UTC at ${instant}`);
    const wall = (utcDay + ahead) * DAY + hour * 3600_000 + minute * MINUTE + second * 1000;
    return wall - Math.floor(instant / 1000) * 1000;
  };
}
