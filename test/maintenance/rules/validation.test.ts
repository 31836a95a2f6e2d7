import { describe, expect, test } from 'vitest';
import { LATEST_INSTANT_MS, MAX_WINDOW_MS } from '../../../src/core/time.ts';
import { START_GRACE_MS, validateTimes } from '../../../src/maintenance/rules/validation.ts';

const MINUTE = 60_000;
const now = new Date('2026-11-22T02:00:00Z');
const at = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const fields = (start: Date, end: Date) => validateTimes({ start, end }, now).map(({ field }) => field);

describe('the times of a window', () => {
  test('a start that passed up to five minutes ago still counts as now', () => {
    expect(START_GRACE_MS).toBe(5 * MINUTE);
    expect(fields(at(-START_GRACE_MS), at(MINUTE))).toEqual([]);
    expect(fields(at(-START_GRACE_MS - 1), at(MINUTE))).toEqual(['scheduled_start_date']);
  });

  test('the end is after the start', () => {
    expect(fields(at(MINUTE), at(MINUTE + 1))).toEqual([]);
    expect(fields(at(MINUTE), at(MINUTE))).toEqual(['scheduled_end_date']);
  });

  test('it lasts 92 days at most', () => {
    expect(fields(at(0), at(MAX_WINDOW_MS))).toEqual([]);
    expect(fields(at(0), at(MAX_WINDOW_MS + 1))).toEqual(['scheduled_end_date']);
  });

  test('it ends in the year 9999 at the latest', () => {
    expect(fields(new Date(LATEST_INSTANT_MS - MINUTE), new Date(LATEST_INSTANT_MS))).toEqual([]);
    expect(fields(new Date(LATEST_INSTANT_MS - MINUTE), new Date(LATEST_INSTANT_MS + 1))).toEqual([
      'scheduled_end_date',
    ]);
  });
});
