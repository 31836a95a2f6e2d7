import { LRUCache } from 'lru-cache';

/**
 * Instants are milliseconds since the epoch. A wall-clock time uses the same scale: the local date and time of a zone
 * read as though it were UTC, so that `wall = instant + offset`.
 */
export type InstantMs = number;
export type WallMs = number;

export const MINUTE_MS = 60_000;
export const DAY_MS = 1440 * MINUTE_MS;

/** A stretch of constant offset. All values are in milliseconds. */
export interface OffsetSpan {
  readonly start: InstantMs;
  /** Exclusive. */
  readonly end: InstantMs;
  /** Wall-clock time minus instant. */
  readonly offset: number;
  /** The offset just before `start`. */
  readonly before: number;
}

export interface ZoneClock {
  readonly zone: string;
  /** The span that contains an instant. Its ends are clock changes, or more than a day away from the instant. */
  spanAt(instant: InstantMs): OffsetSpan;
}

/** How much time is sampled together. */
export const BLOCK_MS = 365 * DAY_MS;
/** Larger than any clock change in history (a day, where a zone crossed the date line). */
const MARGIN_MS = 2 * DAY_MS;
/** The closest two clock changes in the time zone database are almost four days apart (Africa/Freetown, 1939). */
const PROBE_STEP_MS = 3 * DAY_MS;

/** Each year is sampled once and cached, because Temporal is slow. @throws RangeError for an unknown zone */
export function getZoneClock(zone: string): ZoneClock {
  return zoneClocks.memo(zone);
}

const zoneClocks = new LRUCache<string, ZoneClock>({
  max: 128,
  memoMethod: (zone) => createZoneClock(zone, createOffsetReader(zone)),
});

type OffsetAt = (instant: InstantMs) => number;

/** @param offsetAt the offset of the zone at any instant; nothing else is known of it */
export function createZoneClock(zone: string, offsetAt: OffsetAt): ZoneClock {
  const blocks = new LRUCache<number, readonly OffsetSpan[]>({
    max: 256,
    memoMethod: (index) => sampleSpans(offsetAt, index * BLOCK_MS - MARGIN_MS, (index + 1) * BLOCK_MS + MARGIN_MS),
  });
  return {
    zone,
    spanAt(instant) {
      for (const span of blocks.memo(Math.floor(instant / BLOCK_MS))) {
        if (instant < span.end) return span;
      }
      throw new Error(`no span of ${zone} holds the instant ${instant}`);
    },
  };
}

function sampleSpans(offsetAt: OffsetAt, from: InstantMs, to: InstantMs): readonly OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let start = from;
  let offset = offsetAt(from);
  let before = offsetAt(from - 1000);
  for (let last = from; last < to; last += PROBE_STEP_MS) {
    const probe = Math.min(last + PROBE_STEP_MS, to);
    if (offsetAt(probe) === offset) continue;
    const change = findChange(offsetAt, last, probe);
    spans.push({ start, end: change, offset, before });
    before = offset;
    offset = offsetAt(change);
    start = change;
  }
  spans.push({ start, end: to, offset, before });
  return spans;
}

/** The first whole second after `low` with another offset than `low`. `high` must have another offset. */
function findChange(offsetAt: OffsetAt, low: InstantMs, high: InstantMs): InstantMs {
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

function createOffsetReader(zone: string): OffsetAt {
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
    const utcDay = Math.floor(instant / DAY_MS);
    // No offset reaches two days, so the day of the month identifies the date.
    const ahead = [0, 1, -1].find((days) => new Date((utcDay + days) * DAY_MS).getUTCDate() === day);
    if (ahead === undefined) throw new Error(`${zone} is more than a day from UTC at ${instant}`);
    const wall = (utcDay + ahead) * DAY_MS + hour * 3600_000 + minute * MINUTE_MS + second * 1000;
    return wall - Math.floor(instant / 1000) * 1000;
  };
}
