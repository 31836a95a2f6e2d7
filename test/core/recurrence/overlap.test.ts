import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSelfOverlap, nextOccurrences, parseCron, type Recurrence } from '../../../src/core/recurrence/index.ts';
import { cases } from '../../draws.ts';
import { cronLines } from './lines.ts';
import { moments } from './moments.ts';
import { minutesPerDay, startsBetween } from './oracle.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const now = new Date('2026-11-21T12:00:00Z');
const hours = (count: number) => count * 60;

function overlap(cron: string, durationMinutes: number, timezone = 'America/New_York') {
  const found = findSelfOverlap({ cron, timezone, durationMinutes }, now);
  return found && [found.cause, found.first.start.toISOString(), found.second.start.toISOString()];
}

describe('findSelfOverlap', () => {
  it('finds a window that lasts past the start of the next', () => {
    expect(overlap('0 3 * * *', hours(24) + 1)).toEqual([
      'line',
      '2026-11-22T08:00:00.000Z',
      '2026-11-23T08:00:00.000Z',
    ]);
    expect(overlap('*/30 * * * *', 31)).toEqual(['line', '2026-11-21T12:00:00.000Z', '2026-11-21T12:30:00.000Z']);
  });

  it('finds an overlap of only some windows', () => {
    expect(overlap('0 22,23 * * *', 90)).toEqual(['line', '2026-11-22T03:00:00.000Z', '2026-11-22T04:00:00.000Z']);
    expect(overlap('0 0 1,31 * *', hours(25))).toEqual([
      'line',
      '2026-12-31T05:00:00.000Z',
      '2027-01-01T05:00:00.000Z',
    ]);
    expect(overlap('0,59 0,23 * * *', 2)).toEqual(['line', '2026-11-22T04:59:00.000Z', '2026-11-22T05:00:00.000Z']);
  });

  it('finds an overlap years ahead', () => {
    expect(overlap('0 3 29 2 *', 4 * hours(24 * 366), 'UTC')).toEqual([
      'line',
      '2028-02-29T03:00:00.000Z',
      '2032-02-29T03:00:00.000Z',
    ]);
  });

  it('finds an overlap that a clock change causes', () => {
    expect(overlap('0 0 * * *', hours(24))).toEqual([
      'clock-change',
      '2027-03-14T05:00:00.000Z',
      '2027-03-15T04:00:00.000Z',
    ]);
    expect(overlap('30 2,3 * * *', 40)).toEqual([
      'clock-change',
      '2027-03-14T07:00:00.000Z',
      '2027-03-14T07:30:00.000Z',
    ]);
    expect(overlap('30 * * * *', 40)).toEqual(['clock-change', '2027-03-14T06:30:00.000Z', '2027-03-14T07:00:00.000Z']);
  });

  it('accepts a window that ends when the next starts', () => {
    expect(overlap('0 * * * *', 60)).toBeUndefined();
    expect(overlap('0 0 * * *', hours(24), 'Asia/Kolkata')).toBeUndefined();
    expect(overlap('* * * * *', 1)).toBeUndefined();
    expect(overlap('0 3 29 2 *', 4 * hours(24 * 365), 'UTC')).toBeUndefined();
  });

  it('agrees with the oracle', { timeout: 3_600_000 }, () => {
    const durations = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 60 * 24 * 40 }));
    fc.assert(
      fc.property(
        cronLines.filter((line) => parseCron(line).ok),
        moments,
        durations,
        (cron, { zone, at }, durationMinutes) => {
          const recurrence: Recurrence = { cron, timezone: zone, durationMinutes };
          const found = findSelfOverlap(recurrence, new Date(at));
          if (found) {
            expect(found.first.start.getTime()).toBeGreaterThanOrEqual(at);
            expect(nextOccurrences(recurrence, found.first.start)).toEqual([found.second]);
            expect(found.first.end > found.second.start).toBe(true);
          } else {
            const days = Math.min(1461, Math.ceil(3 + 300 / minutesPerDay(cron)));
            const starts = startsBetween(cron, zone, at, at + days * DAY).map((start) => start.at);
            const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
            expect(gaps.filter((gap) => gap < durationMinutes * MINUTE)).toEqual([]);
          }
        },
      ),
      { numRuns: cases(100) },
    );
  });
});
