import { Temporal } from 'temporal-polyfill';

/** Seconds since 1970 as what a `datetime-local` input holds, `YYYY-MM-DDTHH:mm`, in the zone. */
export function toWallClock(seconds: number, zone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone);
  return at.toPlainDateTime().toString({ smallestUnit: 'minute' });
}

/**
 * What a `datetime-local` input holds as seconds since 1970; `null` when it is no date.
 * A time that a clock change skips is moved on by the gap, one that exists twice is the first: as browsers do.
 */
export function fromWallClock(written: string, zone: string): number | null {
  try {
    const at = Temporal.PlainDateTime.from(written).toZonedDateTime(zone, { disambiguation: 'compatible' });
    return Math.floor(at.epochMilliseconds / 1000);
  } catch {
    return null;
  }
}

/** The name of a zone as people say it: `New York` for `America/New_York`. */
export function zoneCity(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}
