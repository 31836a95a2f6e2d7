import { Temporal } from 'temporal-polyfill';

/** Nothing planned takes longer; a slip in the year does (milliseconds). */
export const MAX_WINDOW_MS = 92 * 24 * 3_600_000;

/** Later instants have no form that everybody reads. */
export const LATEST_INSTANT_MS = Date.UTC(9999, 11, 31);

/** An instant as the HTTP interface and the audit write it: UTC with `Z`, to the second. */
export function utc(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A date and time of day as a clock on the wall shows it; it belongs to a zone only when resolved. */
export type WallClock = Temporal.PlainDateTime;

/** A wall-clock time made into an instant, and what a clock change did to it. */
export interface Resolved {
  readonly instant: Date;
  /** The wall-clock time does not exist (clocks go forward); the instant is where the gap ends, `until` on the wall. */
  readonly gap?: { readonly until: WallClock };
  /** The wall-clock time exists twice (clocks go back); `instant` is the first pass, `second` the other. */
  readonly overlap?: { readonly second: Date };
}

/** Zones that were asked for, by their names in small letters. Names that are none are not kept: people type any number. */
const known = new Map<string, string>();

/**
 * The IANA zone that `name` means, in the spelling of the time zone database, or undefined.
 * Case does not count (`europe/berlin`); offsets such as `+02:00` are no zones.
 */
export function findZone(name: string): string | undefined {
  if (!/^[a-z][a-z0-9_+\-/]*$/i.test(name) || name.length > 64) return undefined;
  const key = name.toLowerCase();
  const zone = known.get(key) ?? lookUp(name);
  if (zone !== undefined) known.set(key, zone);
  return zone;
}

function lookUp(name: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return undefined;
  }
}

/** Is this the name of an IANA zone that this machine knows? */
export function isZone(name: string): boolean {
  return findZone(name) !== undefined;
}

/** What the clocks of `zone` show at `instant`. */
export function wallClock(instant: Date, zone: string): WallClock {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).toPlainDateTime();
}

/** Minutes east of UTC that `zone` keeps at `instant`. */
export function offsetMinutes(instant: Date, zone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
  return zoned.offsetNanoseconds / 60e9;
}

/**
 * The instant at which the clocks of `zone` (an IANA zone or an offset such as `+02:00`) show `wall`.
 * In a gap it is the instant the gap ends; of two passes it is the first.
 */
export function resolve(wall: WallClock, zone: string): Resolved {
  const first = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const second = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  if (first.epochMilliseconds === second.epochMilliseconds) return { instant: dateOf(first) };
  if (first.toPlainDateTime().equals(wall)) {
    return { instant: dateOf(first), overlap: { second: dateOf(second) } };
  }
  // In a gap "earlier" lies before the change and "later" after it, so the change is between them.
  const instant = firstMinuteUnlike(dateOf(first), dateOf(second), zone);
  return { instant, gap: { until: wallClock(instant, zone) } };
}

/** The first minute after `before` whose offset is not that of `before`; by `after` it has changed. */
function firstMinuteUnlike(before: Date, after: Date, zone: string): Date {
  const offset = offsetMinutes(before, zone);
  let same = Math.floor(before.getTime() / 60_000);
  let other = Math.ceil(after.getTime() / 60_000);
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetMinutes(new Date(middle * 60_000), zone) === offset) same = middle;
    else other = middle;
  }
  return new Date(other * 60_000);
}

function dateOf(zoned: Temporal.ZonedDateTime): Date {
  return new Date(zoned.epochMilliseconds);
}

/** Half-open: `end` is the first instant after the window. */
export interface Interval {
  readonly start: Date;
  readonly end: Date;
}
