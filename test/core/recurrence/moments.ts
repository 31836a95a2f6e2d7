import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';

const DAY = 86_400_000;
const NOTABLE = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Africa/Casablanca',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Africa/Monrovia',
  'Europe/Dublin',
  'Asia/Gaza',
  'Antarctica/Troll',
  'UTC',
];

/** Any IANA zone, more often one with unusual clock changes. */
export const zones: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NOTABLE),
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
);

export interface Moment {
  zone: string;
  /** Milliseconds since the epoch, in the years 1850 to 2120. */
  at: number;
}

/** A zone and an instant, in three of four cases close to a clock change if the zone has any. */
export const moments: fc.Arbitrary<Moment> = fc
  .record({
    zone: zones,
    at: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2035, 0) }) },
      { weight: 1, arbitrary: fc.integer({ min: Date.UTC(1850, 0), max: Date.UTC(2120, 0) }) },
    ),
    near: fc.oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.integer({ min: -2 * DAY, max: 2 * DAY }) },
      { weight: 1, arbitrary: fc.integer({ min: -240, max: 240 }).map((minutes) => minutes * 60_000) },
    ),
  })
  .map(({ zone, at, near }) => {
    if (near === undefined) return { zone, at };
    const change = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
    return { zone, at: (change?.epochMilliseconds ?? at) + near };
  });
