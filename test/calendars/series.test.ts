import fc from 'fast-check';
import { foldLines } from 'ical-generator';
import { describe, expect, test } from 'vitest';
import { calendarText } from '../../src/calendars/ical/calendar.ts';
import { foldLine } from '../../src/calendars/ical/fold.ts';
import { nextOccurrences, type Recurrence } from '../../src/core/recurrence/index.ts';
import type { Interval } from '../../src/core/time.ts';
import type { Series } from '../../src/series/repository.ts';
import { cases } from '../draws.ts';
import { shownIn } from './read-back.ts';

const now = new Date('2026-11-20T12:00:00Z');
const period = { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2028-11-01T00:00:00Z') };
const year = { start: now, end: new Date('2027-12-01T00:00:00Z') };

function series(values: Pick<Series, 'cron' | 'timezone' | 'durationMinutes'> & Partial<Series>): Series {
  return {
    id: 1,
    duringFreeze: 'skip',
    freezeOverrides: [],
    accountId: 1,
    key: 'NZT101',
    version: 1,
    name: 'Backups',
    description: '',
    visibility: 'public',
    audience: 'public',
    enabled: true,
    scope: null,
    reminders: [],
    services: [{ id: 1, name: 'api', audience: 'public' }],
    serviceStatus: 'down',
    checks: null,
    selector: null,
    limitedTo: null,
    requestedBy: [],
    standingApproval: null,
    risk: null,
    externalReference: null,
    externalLink: null,
    channels: [],
    owner: { id: 'U1', name: 'Ana' },
    plannedUntil: now,
    nextDueAt: null,
    nextRun: null,
    createdAt: now,
    updatedAt: now,
    ...values,
  };
}

function calendarOf(one: Series): Promise<string> {
  const input = { name: 'Test', windows: [], series: [{ key: '', series: one, read: () => [] }], period, now };
  return calendarText({ ...input, linkTo: ({ id }) => `https://lull.example/maintenances/${id}` });
}

/** Lull's own windows that start between two instants. */
function windowsOf(recurrence: Recurrence, { start, end }: Interval): Interval[] {
  const found: Interval[] = [];
  for (
    let [window] = nextOccurrences(recurrence, start);
    window !== undefined && window.start < end;
    [window] = nextOccurrences(recurrence, window.start)
  ) {
    found.push(window);
  }
  return found;
}

/** Clocks that change by an hour and by a half, and by no habit of the calendar. */
const ZONES = [
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Santiago',
  ...(cases(1) > 1 ? ['UTC', 'America/New_York', 'Asia/Kolkata', 'Africa/Casablanca'] : []),
];
/** By rule where the clocks do not matter, and where they do: in the hour left out, in the one that comes twice, over both. */
const LINES: readonly (readonly [cron: string, minutes: number, repeated: boolean])[] = [
  ['0 12 * * 3', 60, true],
  ['30 1 * * *', 45, true],
  ['0 2 * * 0', 120, true],
  ['30 2 * * *', 30, true],
  ['0 3 * * 0', 240, true],
  ['30 0 * * 6', 1440, true],
  ['0 22 * * 1-5', 360, true],
  ['15 1,2,3 * * *', 20, true],
  ['0 3 1,15 * *', 60, true],
  ['0 3 L * *', 60, true],
  ['0 4 * * 5#2', 60, true],
  ['0 4 * * 0L', 60, true],
  ['0 3 1 1,7 *', 60, true],
  ['0 6 29 2 *', 60, true],
  ['0 3 13 * 5', 60, false],
  ['0 1,2,3,4,5,6 * * *', 10, false],
];

describe.each(ZONES)('in %s', (timezone) => {
  test.each(LINES)(
    '%s for %i min is shown as it runs, over both clock changes',
    async (cron, durationMinutes, repeated) => {
      const one = series({ cron, timezone, durationMinutes });
      const text = await calendarOf(one);
      expect(text.includes('RRULE:FREQ=')).toBe(repeated);
      const span = repeated ? year : { start: now, end: new Date(now.getTime() + 25 * 86_400_000) };
      const expected = windowsOf(one, span);
      expect(shownIn(text, span).map(({ start, end }) => ({ start, end }))).toEqual(
        expected.map(({ start, end }) => ({ start, end })),
      );
    },
  );
});

test('says nothing of clock changes where they change nothing', async () => {
  const text = await calendarOf(series({ cron: '0 12 * * 3', timezone: 'Europe/Berlin', durationMinutes: 60 }));
  expect(text).toContain('RRULE:FREQ=WEEKLY;BYDAY=WE\r\n');
  expect(text).not.toContain('EXDATE');
});

test('leaves out the minute that does not exist, and shows the run that stands for it by itself', async () => {
  const text = await calendarOf(series({ cron: '30 2 * * *', timezone: 'Europe/Berlin', durationMinutes: 30 }));
  expect(text).toMatch(/EXDATE;TZID=Europe\/Berlin:20270328T023000/);
  expect(text).toContain('DTSTART:20270328T010000Z');
});

test('a series that is paused repeats nothing', async () => {
  const text = await calendarOf(series({ cron: '0 12 * * 3', timezone: 'UTC', durationMinutes: 60, enabled: false }));
  expect(text).not.toContain('BEGIN:VEVENT');
});

test('many series with many times of day are listed within a bound, and other work runs while they are', async () => {
  const many = Array.from({ length: 300 }, (_, id) =>
    series({ id, key: `S${id}`, cron: `${id % 60} */2 * * *`, timezone: 'Europe/Berlin', durationMinutes: 30 }),
  );
  const input = {
    name: 'Test',
    windows: [],
    series: many.map((one) => ({ key: one.key, series: one, read: () => [] })),
    period,
    now,
  };
  let turns = 0;
  let isDone = false;
  const others = () => {
    turns += 1;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  const text = await calendarText({ ...input, linkTo: ({ id }) => `https://lull.example/maintenances/${id}` });
  isDone = true;
  const events = text.match(/^UID:S\d+/gm) ?? [];
  expect(events.length).toBeLessThanOrEqual(4000);
  expect(new Set(events).size).toBe(300);
  expect(turns).toBeGreaterThan(1);
});

test('long lines are folded as the library would', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const line = `SUMMARY:${text.replace(/[\r\n]/g, '')}`;
      expect(foldLine(line)).toBe(foldLines(line));
    }),
    { numRuns: cases(200) },
  );
});
