import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextOccurrences, parseCron, type Recurrence } from '../../../src/core/recurrence/index.ts';
import { dueStep, nextDue } from '../../../src/maintenance/rules/lifecycle.ts';
import {
  DEFAULT_REMINDERS_MINUTES,
  dueReminder,
  END_REMINDER_MINUTES,
  nextReminder,
  QUIET_AFTER_RUN_MINUTES,
  remindedUntilAfterChange,
  sortReminders,
  validateReminders,
} from '../../../src/maintenance/rules/reminders.ts';
import type { Lifecycle, Status } from '../../../src/maintenance/rules/status.ts';
import { cronLines } from '../../core/recurrence/lines.ts';
import { zones } from '../../core/recurrence/moments.ts';
import { cases } from '../../draws.ts';

const CASES = { numRuns: cases(250) };
/** For many cases (milliseconds). */
const PATIENCE = 3_600_000;
const T = new Date('2026-11-22T02:00:00Z');
/** So many minutes after T. */
const later = (minutes: number) => new Date(T.getTime() + minutes * 60_000);

/** From T for two hours, scheduled long ago. */
const a = (values: Partial<Lifecycle> = {}): Lifecycle => ({
  status: 'scheduled',
  scheduledStart: T,
  scheduledEnd: later(120),
  startedAt: null,
  endedAt: null,
  endsAt: null,
  reminders: DEFAULT_REMINDERS_MINUTES,
  remindedUntil: later(-10_000),
  run: null,
  ...values,
});
const running = (values: Partial<Lifecycle> = {}) =>
  a({ status: 'in-progress', startedAt: T, remindedUntil: T, ...values });

/** Lives a maintenance through these looks at the clock, and tells what each of them did. */
function live(maintenance: Lifecycle, looks: readonly Date[]): { at: Date; did: string }[] {
  let now = maintenance;
  const did: { at: Date; did: string }[] = [];
  for (const at of looks) {
    for (let step = dueStep(now, at); step !== undefined; step = dueStep(now, at)) {
      switch (step.kind) {
        case 'remind':
          did.push({ at, did: `${step.reminder.minutes} before the ${step.reminder.of}` });
          now = { ...now, remindedUntil: at };
          break;
        case 'start':
          did.push({ at, did: 'start' });
          now = { ...now, status: 'in-progress', startedAt: at, remindedUntil: at };
          break;
        default:
          did.push({ at, did: step.kind });
          now = { ...now, status: step.kind === 'miss' ? 'failed' : 'succeed' };
      }
    }
  }
  return did;
}
const told = (maintenance: Lifecycle, ...minutes: number[]) =>
  live(maintenance, minutes.map(later)).map(({ did }) => did);

describe('a window is reminded of', () => {
  test('at each of its times, and before its end', () => {
    const every = Array.from({ length: 1600 }, (_, index) => index - 1450);
    expect(live(a(), every.map(later))).toEqual([
      { at: later(-1440), did: '1440 before the start' },
      { at: later(-60), did: '60 before the start' },
      { at: later(-15), did: '15 before the start' },
      { at: T, did: 'start' },
      { at: later(120 - END_REMINDER_MINUTES), did: `${END_REMINDER_MINUTES} before the end` },
      { at: later(120), did: 'finish' },
    ]);
  });

  test('once, by the nearest, when several came due while nothing looked', () => {
    expect(told(a(), -10)).toEqual(['15 before the start']);
    expect(told(a(), -40, -39, -15)).toEqual(['60 before the start', '15 before the start']);
  });

  test('no more when it has begun, is over or was missed', () => {
    expect(told(a(), 0)).toEqual(['start']);
    expect(told(a(), 115)).toEqual(['start']);
    expect(told(a(), 120)).toEqual(['miss']);
    expect(told(running(), 120)).toEqual(['finish']);
    for (const status of ['succeed', 'failed', 'canceled'] satisfies Status[]) {
      expect(told(a({ status }), -60, 0, 115, 200)).toEqual([]);
    }
  });

  test('only by what is still ahead when it is scheduled', () => {
    expect(told(a({ remindedUntil: later(-60) }), -60, -30, -15)).toEqual(['15 before the start']);
    expect(told(a({ remindedUntil: later(-5) }), -4, -1)).toEqual([]);
  });

  test('not before its end when it is as short as that', () => {
    expect(told(running({ scheduledEnd: later(END_REMINDER_MINUTES) }), 0, 5, END_REMINDER_MINUTES)).toEqual([
      'finish',
    ]);
  });

  test('not at all when its scope wants none', () => {
    expect(told(a({ reminders: [] }), -1440, -15, 0)).toEqual(['start']);
  });
});

describe('whenever the clock is looked at', () => {
  const maintenances = fc
    .record({
      start: fc.integer({ min: 0, max: 5000 }),
      length: fc.integer({ min: 1, max: 3000 }),
      reminders: fc.array(fc.integer({ min: 1, max: 43_200 }), { maxLength: 10 }),
      seen: fc.integer({ min: -50_000, max: 5000 }),
      status: fc.constantFrom<Status>('scheduled', 'in-progress'),
    })
    .map(({ start, length, reminders, seen, status }) =>
      a({
        status,
        scheduledStart: later(start),
        scheduledEnd: later(start + length),
        startedAt: status === 'in-progress' ? later(start) : null,
        reminders,
        remindedUntil: later(seen),
      }),
    );
  const looks = fc
    .array(fc.integer({ min: -50_000, max: 9000 }), { minLength: 1, maxLength: 40 })
    .map((all) => all.sort((x, y) => x - y).map(later));

  test('it reminds before what it reminds of, at most once a look, never of what was seen to, never twice', () => {
    fc.assert(
      fc.property(maintenances, looks, (maintenance, all) => {
        const times = all.filter((at) => at >= maintenance.remindedUntil);
        const reminders = live(maintenance, times).filter(({ did }) => did.includes('before'));
        expect(new Set(reminders.map(({ at }) => at.getTime())).size).toBe(reminders.length);
        expect(new Set(reminders.map(({ did }) => did)).size).toBe(reminders.length);
        for (const { at, did } of reminders) {
          const minutes = Number.parseInt(did, 10);
          const of = did.endsWith('start') ? maintenance.scheduledStart : maintenance.scheduledEnd;
          expect(of.getTime()).toBeGreaterThan(at.getTime());
          expect(of.getTime() - at.getTime()).toBeLessThanOrEqual(minutes * 60_000);
          expect(of.getTime() - minutes * 60_000).toBeGreaterThan(maintenance.remindedUntil.getTime());
        }
      }),
      CASES,
    );
  });

  test('no nearer reminder is due than the one that is posted', () => {
    fc.assert(
      fc.property(maintenances, fc.integer({ min: -50_000, max: 9000 }).map(later), (maintenance, now) => {
        const reminder = dueReminder(maintenance, now);
        if (reminder?.of !== 'start') return;
        const left = (maintenance.scheduledStart.getTime() - now.getTime()) / 60_000;
        for (const nearer of maintenance.reminders.filter((minutes) => minutes < reminder.minutes)) {
          expect(nearer).toBeLessThan(left);
        }
      }),
      CASES,
    );
  });

  test('there is a step exactly when the due instant has come, and after the step it lies ahead', () => {
    fc.assert(
      fc.property(maintenances, fc.integer({ min: -50_000, max: 9000 }).map(later), (maintenance, now) => {
        const due = nextDue(maintenance);
        const step = dueStep(maintenance, now);
        expect(step !== undefined).toBe(due !== null && due <= now);
        if (step?.kind !== 'remind') return;
        const next = nextDue({ ...maintenance, remindedUntil: now });
        expect(next?.getTime()).toBeGreaterThan(now.getTime());
      }),
      CASES,
    );
  });
});

describe('however often it is moved', () => {
  const operations = fc.array(
    fc.oneof(
      fc.record({ wait: fc.integer({ min: 1, max: 2000 }) }),
      fc.record({ start: fc.integer({ min: 1, max: 3000 }), length: fc.integer({ min: 1, max: 600 }) }),
    ),
    { maxLength: 8 },
  );

  test('a window that is looked at each minute is reminded of at each of its times that is ahead of the last move', {
    timeout: PATIENCE,
  }, () => {
    fc.assert(
      fc.property(operations, (all) => {
        let minute = 0;
        let moved = 0;
        let now = a({ scheduledStart: later(2000), scheduledEnd: later(2120), remindedUntil: later(0) });
        const did: number[] = [];
        const expected: number[] = [];
        const startsAt = () => (now.scheduledStart.getTime() - T.getTime()) / 60_000;
        const settle = () => {
          const due = DEFAULT_REMINDERS_MINUTES.map((minutes) => startsAt() - minutes).filter(
            (at) => at > moved && at <= minute,
          );
          expected.push(...due);
        };
        for (const operation of all) {
          if (now.status !== 'scheduled') break;
          if ('wait' in operation) {
            for (const end = minute + operation.wait; minute < end && now.status === 'scheduled'; ) {
              minute += 1;
              const step = dueStep(now, later(minute));
              if (step?.kind === 'remind') did.push(minute);
              if (step?.kind === 'remind') now = { ...now, remindedUntil: later(minute) };
              if (step?.kind === 'start') now = { ...now, status: 'in-progress' };
            }
          } else {
            settle();
            const start = later(minute + operation.start);
            const end = later(minute + operation.start + operation.length);
            const remindedUntil = remindedUntilAfterChange(now, { start, end }, later(minute));
            now = { ...now, scheduledStart: start, scheduledEnd: end, remindedUntil };
            moved = minute;
          }
        }
        settle();
        expect(did).toEqual(expected.sort((x, y) => x - y));
      }),
      CASES,
    );
  });

  test('a move to where it is changes nothing', () => {
    const window = a({ remindedUntil: later(-60) });
    expect(remindedUntilAfterChange(window, { start: T, end: later(120) }, later(-30))).toEqual(later(-60));
  });
});

/** The run of a series that stands for its first occurrence after an instant, as it was made. */
function runOf(recurrence: Omit<Recurrence, 'timezone'> & { timezone?: string }, after: Date): Lifecycle {
  const series = { timezone: 'Europe/Berlin', ...recurrence };
  const [window] = nextOccurrences(series, after);
  if (window === undefined) throw new Error(`${series.cron} never occurs after ${after.toISOString()}`);
  const { start, end } = window;
  return a({
    scheduledStart: start,
    scheduledEnd: end,
    run: { series, occurrence: start },
    remindedUntil: new Date(0),
  });
}

/** All that is said of it, looked at each time something is due: minutes before the start, and whether the end is. */
function said(run: Lifecycle): (number | 'end')[] {
  const all: (number | 'end')[] = [];
  let now = run;
  for (let reminder = nextReminder(now); reminder !== undefined; reminder = nextReminder(now)) {
    all.push(reminder.of === 'end' ? 'end' : reminder.minutes);
    now = { ...now, remindedUntil: reminder.at };
  }
  return run.status === 'scheduled'
    ? [...all, ...said({ ...run, status: 'in-progress', remindedUntil: run.scheduledStart })]
    : all;
}

describe('a run of a series', () => {
  // 1 November 2026 is a Sunday.
  test.each([
    ['weekly', '0 3 * * 0', 120, '2026-11-02', [1440, 60, 15, 'end']],
    ['nightly, without that of the night before', '0 3 * * *', 120, '2026-11-02', [60, 15, 'end']],
    ['nightly on weekdays: on Monday as a weekly one', '0 3 * * 1-5', 120, '2026-11-01', [1440, 60, 15, 'end']],
    ['nightly on weekdays: on Tuesday as a nightly one', '0 3 * * 1-5', 120, '2026-11-02T12:00', [60, 15, 'end']],
    ['nightly, in the night that has an hour more', '0 3 * * *', 10, '2026-10-24T12:00', [60, 15]],
    ['every six hours', '0 */6 * * *', 30, '2026-11-02', [60, 15, 'end']],
    ['hourly: not at all', '0 * * * *', 30, '2026-11-02', []],
    ['hourly from 1 to 5: at 1, for all of them', '0 1-5 * * *', 30, '2026-11-02T12:00', [60, 15, 'end']],
    ['hourly from 1 to 5: no more at 2', '0 1-5 * * *', 30, '2026-11-02T00:30', []],
    ['of which one follows the other: before its end', '0 3 * * *', 1440, '2026-11-02', ['end']],
  ] as const)('that is %s', (_, cron, durationMinutes, after, expected) => {
    expect(said(runOf({ cron, durationMinutes }, new Date(`${after.padEnd(16, 'T00:00')}Z`)))).toEqual(expected);
  });

  test('is quiet until an hour after the run before it, and not a minute longer', () => {
    // The run before ends at 5:00, 21 hours before the start at 3:00 less the quiet hour.
    const nightly = runOf({ cron: '0 3 * * *', durationMinutes: 120 }, new Date('2026-11-02T00:00Z'));
    expect(said({ ...nightly, reminders: [1261, 1260, 1259] })).toEqual([1260, 1259, 'end']);
  });

  test('that was moved is reminded of like any other window', () => {
    const hourly = runOf({ cron: '0 * * * *', durationMinutes: 30 }, T);
    const later = (instant: Date) => new Date(instant.getTime() + 60_000);
    const { scheduledStart, scheduledEnd } = hourly;
    const moved = { ...hourly, scheduledStart: later(scheduledStart), scheduledEnd: later(scheduledEnd) };
    expect(said(moved)).toEqual([1440, 60, 15, 'end']);
  });

  test('that is extended is reminded of before its end', () => {
    const hourly = runOf({ cron: '0 * * * *', durationMinutes: 30 }, T);
    expect(said({ ...hourly, scheduledEnd: new Date(hourly.scheduledEnd.getTime() + 60 * 60_000) })).toEqual(['end']);
  });

  test('whose series cannot be read any more starts and ends, and is reminded of', () => {
    const weekly = runOf({ cron: '0 3 * * 0', durationMinutes: 120 }, T);
    const lost = (values: Partial<Recurrence>) =>
      weekly.run && { ...weekly, run: { ...weekly.run, series: { ...weekly.run.series, ...values } } };
    for (const run of [lost({ timezone: 'Mars/Olympus' }), lost({ cron: '0 25 * * *' })]) {
      expect(run && said(run)).toEqual([1440, 60, 15, 'end']);
      expect(run && dueStep(run, run.scheduledStart)).toEqual({ kind: 'start', lateBy: 0 });
    }
  });

  test('whatever its line, zone and length, is reminded of as its scope says, from an hour after the window before it', {
    timeout: PATIENCE,
  }, () => {
    const readable = cronLines.filter((cron) => parseCron(cron).ok);
    fc.assert(
      fc.property(
        readable,
        zones,
        fc.integer({ min: 1, max: 1440 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 10 }),
        fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2029, 0) }).map((instant) => new Date(instant)),
        (cron, timezone, durationMinutes, reminders, after) => {
          const series = { cron, timezone, durationMinutes };
          // Found forwards, as the rule does not.
          const [before, window] = nextOccurrences(series, after, 2);
          if (before === undefined || window === undefined) return;
          const run = { ...runOf(series, before.start), reminders };
          const quiet = before.end.getTime() + QUIET_AFTER_RUN_MINUTES * 60_000;
          const expected = sortReminders(reminders).filter(
            (minutes) => window.start.getTime() - minutes * 60_000 >= quiet,
          );
          const atEnd = window.end.getTime() - END_REMINDER_MINUTES * 60_000;
          const ends = atEnd > window.start.getTime() && atEnd >= quiet;
          expect(said(run)).toEqual([...expected, ...(ends ? ['end'] : [])]);
        },
      ),
      CASES,
    );
  });

  test('is made before its first reminder, however early its scope wants that: when the run before it begins', () => {
    const monthly = runOf({ cron: '0 3 1 * *', durationMinutes: 120 }, T);
    const first = nextReminder({ ...monthly, reminders: [43_200, 40_000] });
    expect(first).toMatchObject({ minutes: 40_000 });
  });
});

describe('the reminders of a scope', () => {
  test('are kept longest first, each once', () => {
    expect(sortReminders([15, 1440, 15, 60])).toEqual([1440, 60, 15]);
  });

  test('are whole minutes within a month, ten at most', () => {
    expect(validateReminders([43_200, 1])).toEqual([]);
    expect(validateReminders([])).toEqual([]);
    expect(validateReminders([0, 1.5, 43_201, 60])).toMatchObject([
      { field: 'reminders', code: 'reminders-invalid', params: { minutes: [0, 1.5, 43_201] } },
    ]);
    expect(validateReminders(Array.from({ length: 11 }, (_, index) => index + 1))).toMatchObject([
      { code: 'too-many-reminders', params: { count: 11, max: 10 } },
    ]);
  });
});
