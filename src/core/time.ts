import { Temporal } from 'temporal-polyfill';

/** Longer windows are mistakes, such as a wrong year. */
export const MAX_WINDOW_MS = 92 * 24 * 3_600_000;

/** Later instants have no common notation. */
export const LATEST_INSTANT_MS = Date.UTC(9999, 11, 31);

/** An instant as in the HTTP API and the audit: UTC with `Z`, to the second. */
export function utc(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A date and time of day without a zone. */
export type WallClock = Temporal.PlainDateTime;

/** The instant of a wall-clock time, and the effect of a clock change on it. */
export interface Resolved {
  readonly instant: Date;
  /** The wall-clock time does not exist (clocks go forward); the instant is where the gap ends, `until` on the wall. */
  readonly gap?: { readonly until: WallClock };
  /** The wall-clock time exists twice (clocks go back); `instant` is the first pass, `second` the other. */
  readonly overlap?: { readonly second: Date };
}

/** Zones by lower-case name. Unknown names are not cached, because people type any number of them. */
const known = new Map<string, string>();

/** The IANA zone of that name in any case, as the time zone database spells it; undefined for `+02:00`. */
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

export function isZone(name: string): boolean {
  return findZone(name) !== undefined;
}

/** The wall-clock time of an instant in `zone`. */
export function wallClock(instant: Date, zone: string): WallClock {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).toPlainDateTime();
}

/** The offset of `zone` at an instant, in minutes east of UTC. */
export function offsetMinutes(instant: Date, zone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
  return zoned.offsetNanoseconds / 60e9;
}

/** The instant at which the clocks of `zone` (or an offset) show `wall`: the end of a gap, the first of two passes. */
export function resolve(wall: WallClock, zone: string): Resolved {
  const first = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const second = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  if (first.epochMilliseconds === second.epochMilliseconds) return { instant: toDate(first) };
  if (first.toPlainDateTime().equals(wall)) return { instant: toDate(first), overlap: { second: toDate(second) } };
  // In a gap "earlier" lies before the change and "later" after it, so the change is between them.
  const instant = firstMinuteUnlike(toDate(first), toDate(second), zone);
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

function toDate(zoned: Temporal.ZonedDateTime): Date {
  return new Date(zoned.epochMilliseconds);
}

/** Half-open: `end` is the first instant after the window. */
export type Interval = { readonly start: Date; readonly end: Date };
