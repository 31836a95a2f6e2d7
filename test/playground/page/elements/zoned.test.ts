import { describe, expect, it } from 'vitest';
import { fromWallClock, toWallClock, zoneCity } from '../../../../src/playground/page/elements/zoned.ts';

const seconds = (instant: string) => Date.parse(instant) / 1000;

describe('the wall clock of a zone', () => {
  it.each([
    ['2026-01-15T15:00:00Z', 'America/New_York', '2026-01-15T10:00'],
    ['2026-01-15T15:00:00Z', 'Asia/Tokyo', '2026-01-16T00:00'],
    ['2026-07-15T15:00:00Z', 'Europe/Berlin', '2026-07-15T17:00'],
    ['2026-01-15T15:00:00Z', 'Asia/Kolkata', '2026-01-15T20:30'],
    ['2026-01-15T15:00:00Z', 'Australia/Lord_Howe', '2026-01-16T02:00'],
  ])('%s in %s is %s, and back', (instant, zone, written) => {
    expect(toWallClock(seconds(instant), zone)).toBe(written);
    expect(fromWallClock(written, zone)).toBe(seconds(instant));
  });

  it('moves a time that the clocks skip on by the gap', () => {
    expect(fromWallClock('2025-03-09T02:30', 'America/New_York')).toBe(seconds('2025-03-09T07:30:00Z'));
  });

  it('takes the first of a time that exists twice', () => {
    expect(fromWallClock('2025-11-02T01:30', 'America/New_York')).toBe(seconds('2025-11-02T05:30:00Z'));
  });

  it.each(['', '2026-02-30T10:00', 'tomorrow'])('has no %j', (written) => {
    expect(fromWallClock(written, 'Europe/Berlin')).toBeNull();
  });
});

it('names a zone by its city', () => {
  expect(zoneCity('America/New_York')).toBe('New York');
  expect(zoneCity('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  expect(zoneCity('UTC')).toBe('UTC');
});
