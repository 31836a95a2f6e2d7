import { describe, expect, test } from 'vitest';
import { ruleText } from '../../src/calendars/days.ts';
import { timeZoneText } from '../../src/calendars/ical/time-zone.ts';
import { compare, compareWhereDecisive, toCalendarRules } from '../../src/calendars/rules.ts';

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

describe('rules compared with the windows of a series', () => {
  const compared = (cron: string, durationMinutes = 60) => {
    const series = recurrence(cron, durationMinutes);
    const { slots, others } = compare(series, toCalendarRules(series) ?? [], between);
    return {
      count: slots.length,
      ambiguous: slots.filter(({ exact }) => !exact).map(({ wall }) => new Date(wall).toISOString().slice(0, 16)),
      others: others.map(({ start }) => start.toISOString()),
    };
  };

  test.each(['0 12 * * *', '30 2 * * *', '0 1 * * 0', '30 1,13 * * 1-5', '0 3 29 2 *'])(
    '%s is compared around clock changes only, with the same result',
    (cron) => {
      const series = recurrence(cron, 90);
      const rules = toCalendarRules(series) ?? [];
      const all = compare(series, rules, between);
      const some = compareWhereDecisive(series, rules, between, []);
      const isInexact = ({ exact }: { exact: boolean }) => !exact;
      expect(some.slots.filter(isInexact)).toEqual(all.slots.filter(isInexact));
      expect(some.others).toEqual(all.others);
      for (const rule of rules) {
        const first = (slots: typeof all.slots) => slots.find((slot) => slot.rule === rule && slot.exact);
        expect(first(some.slots)).toEqual(first(all.slots));
      }
      expect(some.slots.length).toBeLessThan(40);
    },
  );

  test('agree away from clock changes', () => {
    expect(compared('0 12 * * *')).toEqual({ count: 365, ambiguous: [], others: [] });
  });

  test('differ where clocks skip a minute: the run is a single event', () => {
    expect(compared('30 2 * * 0')).toEqual({
      count: 52,
      ambiguous: ['2027-03-28T02:30', '2027-10-31T02:30'],
      others: ['2027-03-28T01:00:00.000Z'],
    });
  });

  test('are ambiguous for a window across a clock change', () => {
    expect(compared('0 1 * * 0', 240).ambiguous).toEqual(['2027-03-28T01:00', '2027-10-31T01:00']);
  });

  test('miss the second pass of a line that runs in both', () => {
    expect(compared('0-30/30 2 * * *').others).toEqual([
      '2027-03-28T01:00:00.000Z',
      '2027-10-31T01:00:00.000Z',
      '2027-10-31T01:30:00.000Z',
    ]);
  });
});

describe('a time zone in a calendar', () => {
  const period = { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2029-01-01T00:00:00Z') };
  const observances = (zone: string) =>
    [...timeZoneText(zone, period).matchAll(/BEGIN:([SD]\w+)\r\nDTSTART:(\w+)\r\n\S+FROM:(\S+)\r\n\S+TO:(\S+)/g)].map(
      ([, ...values]) => values.join(' '),
    );

  test('lists each clock change', () => {
    expect(observances('Europe/Berlin')).toEqual([
      'STANDARD 20260930T000000 +0200 +0200',
      'STANDARD 20261025T030000 +0200 +0100',
      'DAYLIGHT 20270328T020000 +0100 +0200',
      'STANDARD 20271031T030000 +0200 +0100',
      'DAYLIGHT 20280326T020000 +0100 +0200',
      'STANDARD 20281029T030000 +0200 +0100',
    ]);
    expect(observances('America/New_York').slice(1, 3)).toEqual([
      'STANDARD 20261101T020000 -0400 -0500',
      'DAYLIGHT 20270314T020000 -0500 -0400',
    ]);
  });

  test('has only its offset when its clocks never change', () => {
    expect(observances('Asia/Kolkata')).toEqual(['STANDARD 20260930T000000 +0530 +0530']);
  });

  test('lists clock changes that follow the moon', () => {
    expect(observances('Africa/Casablanca').slice(1)).toHaveLength(4);
  });
});
