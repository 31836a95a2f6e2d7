import { describe, expect, test } from 'vitest';
import { ruleText } from '../../src/calendars/days.ts';
import { compare, toCalendarRules } from '../../src/calendars/rules.ts';
import { listObservances } from '../../src/calendars/zone.ts';

const recurrence = (cron: string, durationMinutes = 60, timezone = 'Europe/Berlin') => ({
  cron,
  timezone,
  durationMinutes,
});
const between = { start: new Date('2027-01-01T00:00:00Z'), end: new Date('2028-01-01T00:00:00Z') };

describe('the rule of a cron line', () => {
  test.each([
    ['0 3 * * *', 'FREQ=DAILY'],
    ['0 3 * * 0-6', 'FREQ=DAILY'],
    ['0 3 * * 0', 'FREQ=WEEKLY;BYDAY=SU'],
    ['0 3 * 1,6 1-5', 'FREQ=WEEKLY;BYMONTH=1,6;BYDAY=MO,TU,WE,TH,FR'],
    ['0 3 1,15 * *', 'FREQ=MONTHLY;BYMONTHDAY=1,15'],
    ['0 3 L * *', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    ['0 3 * * 5#2', 'FREQ=MONTHLY;BYDAY=2FR'],
    ['0 3 * * 5L', 'FREQ=MONTHLY;BYDAY=-1FR'],
    ['0 3 1 1 *', 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1'],
    ['0 3 29 2 *', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29'],
  ])('%s is %s', (cron, text) => {
    expect(toCalendarRules(recurrence(cron))?.map(({ days, minute }) => [ruleText(days), minute])).toEqual([
      [text, 180],
    ]);
  });

  test('is one for each time of day', () => {
    expect(toCalendarRules(recurrence('30 1,13 * * *'))?.map(({ minute }) => minute)).toEqual([90, 810]);
  });

  test.each(['0 3 13 * 5', '0 3 * * 1,5L', '*/5 * * * *', '0 * * * *'])('%s has none', (cron) => {
    expect(toCalendarRules(recurrence(cron))).toBeUndefined();
  });
});

describe('rules beside the windows of a series', () => {
  const compared = (cron: string, durationMinutes = 60) => {
    const series = recurrence(cron, durationMinutes);
    const { slots, others } = compare(series, toCalendarRules(series) ?? [], between);
    return {
      count: slots.length,
      doubtful: slots.filter(({ exact }) => !exact).map(({ wall }) => new Date(wall).toISOString().slice(0, 16)),
      others: others.map(({ start }) => start.toISOString()),
    };
  };

  test('agree where clocks do not matter', () => {
    expect(compared('0 12 * * *')).toEqual({ count: 365, doubtful: [], others: [] });
  });

  test('do not where a minute is left out: the run stands by itself', () => {
    expect(compared('30 2 * * 0')).toEqual({
      count: 52,
      doubtful: ['2027-03-28T02:30', '2027-10-31T02:30'],
      others: ['2027-03-28T01:00:00.000Z'],
    });
  });

  test('do not where a window lasts over a clock change: calendars count its end on the wall or not', () => {
    expect(compared('0 1 * * 0', 240).doubtful).toEqual(['2027-03-28T01:00', '2027-10-31T01:00']);
  });

  test('miss the second pass of a line that runs in both', () => {
    expect(compared('0-30/30 2 * * *').others).toEqual([
      '2027-03-28T01:00:00.000Z',
      '2027-10-31T01:00:00.000Z',
      '2027-10-31T01:30:00.000Z',
    ]);
  });
});

describe('what the clocks of a zone do', () => {
  const time = { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2038-01-01T00:00:00Z') };
  const habits = (zone: string) => listObservances(zone, time).map(({ kind, rule }) => [kind, rule]);

  test('is a habit where it is one', () => {
    expect(habits('Europe/Berlin')).toEqual([
      ['STANDARD', undefined],
      ['STANDARD', { month: 10, nth: -1, weekday: 0 }],
      ['DAYLIGHT', { month: 3, nth: -1, weekday: 0 }],
    ]);
    expect(habits('America/New_York').slice(1)).toEqual([
      ['STANDARD', { month: 11, nth: 1, weekday: 0 }],
      ['DAYLIGHT', { month: 3, nth: 2, weekday: 0 }],
    ]);
  });

  test('is nothing where they never change', () => {
    expect(listObservances('Asia/Kolkata', time)).toMatchObject([{ from: 19_800_000, to: 19_800_000 }]);
  });

  test('is each change by itself where the moon decides', () => {
    const changes = listObservances('Africa/Casablanca', time).slice(1);
    expect(changes.map(({ rule }) => rule)).toEqual([undefined, undefined]);
    expect(changes.every((change) => change.changes.length > 5)).toBe(true);
  });
});
