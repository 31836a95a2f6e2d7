import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { findZone, isZone, offsetMinutes, resolve, wallClock } from '../../src/core/time.ts';

const wall = (text: string) => Temporal.PlainDateTime.from(text);

describe('a wall-clock time', () => {
  it('has one instant on most days', () => {
    expect(resolve(wall('2027-02-04T02:00'), 'America/Chicago')).toEqual({ instant: new Date('2027-02-04T08:00:00Z') });
    expect(resolve(wall('2027-02-04T02:00'), '+05:30')).toEqual({ instant: new Date('2027-02-03T20:30:00Z') });
  });

  it.each([
    ['2027-03-28T02:30', 'Europe/Paris', '2027-03-28T01:00:00Z', '2027-03-28T03:00:00'],
    ['2027-03-28T02:00', 'Europe/Paris', '2027-03-28T01:00:00Z', '2027-03-28T03:00:00'],
    ['2026-10-04T02:10', 'Australia/Lord_Howe', '2026-10-03T15:30:00Z', '2026-10-04T02:30:00'],
    ['2011-12-30T10:00', 'Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31T00:00:00'],
  ])('%s in %s falls into a gap and is the end of it', (text, zone, instant, until) => {
    const resolved = resolve(wall(text), zone);
    expect(resolved.instant).toEqual(new Date(instant));
    expect(resolved.gap?.until.toString()).toBe(until);
    expect(resolved.overlap).toBeUndefined();
  });

  it.each([
    ['2026-11-01T01:30', 'America/Chicago', '2026-11-01T06:30:00Z', '2026-11-01T07:30:00Z'],
    ['2027-04-04T01:45', 'Australia/Lord_Howe', '2027-04-03T14:45:00Z', '2027-04-03T15:15:00Z'],
  ])('%s in %s comes twice and is the first', (text, zone, first, second) => {
    expect(resolve(wall(text), zone)).toEqual({ instant: new Date(first), overlap: { second: new Date(second) } });
  });

  it('is what the clocks show at its instant', () => {
    expect(wallClock(new Date('2027-03-28T01:00:00Z'), 'Europe/Paris').toString()).toBe('2027-03-28T03:00:00');
    expect(offsetMinutes(new Date('2027-03-28T00:59:59Z'), 'Europe/Paris')).toBe(60);
    expect(offsetMinutes(new Date('2027-03-28T01:00:00Z'), 'Europe/Paris')).toBe(120);
  });
});

describe('a zone', () => {
  it.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['ASIA/KOLKATA', 'Asia/Kolkata'],
    ['US/Eastern', 'US/Eastern'],
    ['utc', 'UTC'],
    ['Etc/GMT-2', 'Etc/GMT-2'],
  ])('%s is %s', (written, name) => {
    expect(findZone(written)).toBe(name);
    expect(isZone(written)).toBe(true);
  });

  it.each(['', '+02:00', 'UTC+2', 'Z', 'Europe/Atlantis', 'America/New York', 'localtime', 'x'.repeat(100)])(
    '"%s" is none',
    (written) => {
      expect(isZone(written)).toBe(false);
    },
  );
});
