import { describe, expect, test } from 'vitest';
import { entriesOnDay, listDaysAhead } from '../../src/home/content.ts';

const window = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) });

describe('the week ahead', () => {
  test('begins with today as the zone counts it, whatever day it is elsewhere', () => {
    const now = new Date('2026-11-22T02:00:00Z');
    expect(listDaysAhead(now, 'America/New_York')[0]?.date).toBe('2026-11-21');
    expect(listDaysAhead(now, 'Asia/Tokyo').map(({ date }) => date)).toEqual([
      '2026-11-22',
      '2026-11-23',
      '2026-11-24',
      '2026-11-25',
      '2026-11-26',
      '2026-11-27',
      '2026-11-28',
    ]);
  });

  test('has a day of 23 hours and one of 25 where clocks change, and no gap between days', () => {
    for (const [now, hours] of [
      ['2026-03-08T12:00:00Z', 23],
      ['2026-11-01T12:00:00Z', 25],
    ] as const) {
      const days = listDaysAhead(new Date(now), 'America/New_York');
      const [first] = days;
      expect((first ? first.interval.end.getTime() - first.interval.start.getTime() : 0) / 3_600_000).toBe(hours);
      for (const [index, day] of days.slice(1).entries()) {
        expect(day.interval.start).toEqual(days[index]?.interval.end);
      }
    }
  });

  test('begins a day at the instant that exists where midnight does not', () => {
    const [day] = listDaysAhead(new Date('2026-09-06T12:00:00Z'), 'America/Santiago');
    expect(day?.interval.start).toEqual(new Date('2026-09-06T04:00:00Z'));
  });
});

describe('a day', () => {
  const [day] = listDaysAhead(new Date('2026-11-22T12:00:00Z'), 'Europe/Berlin');
  const takes = (start: string, end: string) =>
    day &&
    entriesOnDay(day, [window(start, end)]).map(({ from, until }) => [from?.toISOString(), until?.toISOString()]);
  test.each([
    ['2026-11-22T01:00:00.000Z', '2026-11-22T03:00:00.000Z', 'its start and its end'],
    ['2026-11-22T20:00:00.000Z', '2026-11-22T23:00:00.000Z', 'its start and its end, at midnight'],
    ['2026-11-21T23:00:00.000Z', '2026-11-22T03:00:00.000Z', 'its start, at midnight, and its end'],
  ])('shows of a window from %s to %s %s', (start, end) => {
    expect(takes(start, end)).toEqual([[start, end]]);
  });

  test('shows of a longer window what falls on it, and neither start nor end of one that takes all of it', () => {
    expect(takes('2026-11-21T20:00:00.000Z', '2026-11-22T03:00:00.000Z')).toEqual([
      [undefined, '2026-11-22T03:00:00.000Z'],
    ]);
    expect(takes('2026-11-22T22:00:00.000Z', '2026-11-23T03:00:00.000Z')).toEqual([
      ['2026-11-22T22:00:00.000Z', undefined],
    ]);
    for (const [start, end] of [
      ['2026-11-20T00:00:00Z', '2026-11-25T00:00:00Z'],
      ['2026-11-20T00:00:00Z', '2026-11-22T23:00:00Z'],
      ['2026-11-21T23:00:00Z', '2026-11-22T23:00:00Z'],
    ] as const) {
      expect(takes(start, end)).toEqual([[undefined, undefined]]);
    }
  });

  test('leaves out what ends as it begins, and what begins as it ends', () => {
    expect(takes('2026-11-21T20:00:00Z', '2026-11-21T23:00:00Z')).toEqual([]);
    expect(takes('2026-11-22T23:00:00Z', '2026-11-23T01:00:00Z')).toEqual([]);
  });
});
