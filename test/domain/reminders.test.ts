import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueStep, nextDue } from '../../src/domain/lifecycle.ts';
import type { Lifecycle, Status } from '../../src/domain/maintenance.ts';
import {
  BEFORE_END,
  dueReminder,
  inOrder,
  problemsOfReminders,
  REMINDERS,
  remindedAfter,
} from '../../src/domain/reminders.ts';

const CASES = { numRuns: Number(process.env.LULL_CASES ?? 500) };
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
  reminders: REMINDERS,
  remindedUntil: later(-10_000),
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
      { at: later(120 - BEFORE_END), did: `${BEFORE_END} before the end` },
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
    expect(told(running({ scheduledEnd: later(BEFORE_END) }), 0, 5, BEFORE_END)).toEqual(['finish']);
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

  test('a window that is looked at each minute is reminded of at each of its times that is ahead of the last move', () => {
    fc.assert(
      fc.property(operations, (all) => {
        let minute = 0;
        let moved = 0;
        let now = a({ scheduledStart: later(2000), scheduledEnd: later(2120), remindedUntil: later(0) });
        const did: number[] = [];
        const expected: number[] = [];
        const startsAt = () => (now.scheduledStart.getTime() - T.getTime()) / 60_000;
        const settle = () => {
          const due = REMINDERS.map((minutes) => startsAt() - minutes).filter((at) => at > moved && at <= minute);
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
            const remindedUntil = remindedAfter(now, { start, end }, later(minute));
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
    expect(remindedAfter(window, { start: T, end: later(120) }, later(-30))).toEqual(later(-60));
  });
});

describe('the reminders of a scope', () => {
  test('are kept longest first, each once', () => {
    expect(inOrder([15, 1440, 15, 60])).toEqual([1440, 60, 15]);
  });

  test('are whole minutes within a month, ten at most', () => {
    expect(problemsOfReminders([43_200, 1])).toEqual([]);
    expect(problemsOfReminders([])).toEqual([]);
    expect(problemsOfReminders([0, 1.5, 43_201, 60])).toMatchObject([
      { field: 'reminders', message: expect.stringContaining('has 0, 1.5, 43201; whole numbers of minutes') },
    ]);
    expect(problemsOfReminders(Array.from({ length: 11 }, (_, index) => index + 1))).toMatchObject([
      { message: expect.stringContaining('11 times; at most 10') },
    ]);
  });
});
