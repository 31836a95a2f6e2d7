import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedTransitions,
  can,
  computePostCheckAt,
  dueStep,
  nextDue,
  TRANSITIONS,
  validatePostCheck,
} from '../../../src/maintenance/rules/lifecycle.ts';
import { effectiveStatus, formatDuration, SERVICE_STATUSES, STATUSES } from '../../../src/maintenance/rules/status.ts';
import { computeEndedAt } from '../../../src/maintenance/rules/times.ts';

const at = (time: string) => new Date(`2026-11-22T${time}Z`);

describe('a maintenance', () => {
  test.each([
    ['scheduled', ['start', 'extend', 'reschedule', 'edit', 'cancel']],
    ['in-progress', ['finish', 'extend', 'edit', 'cancel']],
    ['succeed', []],
    ['failed', []],
    ['canceled', []],
  ] as const)('that is %s can %s, and nothing else', (status, allowed) => {
    expect(allowedTransitions(status)).toEqual(allowed);
    for (const transition of TRANSITIONS) {
      expect(can(status, transition)).toBe(allowed.some((each) => each === transition));
    }
  });

  test('never ends before it started', () => {
    expect(computeEndedAt({ startedAt: at('02:00:00') }, at('03:00:00'))).toEqual(at('03:00:00'));
    expect(computeEndedAt({ startedAt: at('02:00:00') }, at('01:59:59'))).toEqual(at('02:00:00'));
    expect(computeEndedAt({ startedAt: null }, at('01:00:00'))).toEqual(at('01:00:00'));
  });

  test('that is over is due once more, to look at its checks', () => {
    const over = {
      status: 'succeed',
      scheduledStart: at('02:00:00'),
      scheduledEnd: at('04:00:00'),
      startedAt: at('02:00:00'),
      endedAt: at('04:00:00'),
      endsAt: null,
      reminders: [15],
      remindedUntil: at('02:00:00'),
      run: null,
      postCheckAt: computePostCheckAt(at('04:00:00'), 5),
    } as const;
    expect(nextDue(over)).toEqual(at('04:05:00'));
    expect(dueStep(over, at('04:04:59'))).toBeUndefined();
    expect(dueStep(over, at('04:05:00'))).toEqual({ kind: 'look' });
    expect(computePostCheckAt(at('04:00:00'), 0)).toBeNull();
    expect(nextDue({ ...over, postCheckAt: null })).toBeNull();
    expect([0, 5, 1440].flatMap(validatePostCheck)).toEqual([]);
    expect([-1, 1.5, 1441].map((minutes) => validatePostCheck(minutes).length)).toEqual([1, 1, 1]);
  });

  test('has one of the five statuses', () => {
    expect(STATUSES).toEqual(['scheduled', 'in-progress', 'succeed', 'failed', 'canceled']);
  });
});

describe('a service', () => {
  test('is what the worst of its own status and its windows says', () => {
    expect(effectiveStatus('up', [])).toBe('up');
    expect(effectiveStatus('up', ['degraded', 'down', 'up'])).toBe('down');
    expect(effectiveStatus('down', ['up'])).toBe('down');
    expect(effectiveStatus('degraded', ['up'])).toBe('degraded');
  });

  test('is so whatever the order of its windows', () => {
    const status = fc.constantFrom(...SERVICE_STATUSES);
    fc.assert(
      fc.property(status, fc.array(status), (own, windows) => {
        expect(effectiveStatus(own, windows)).toBe(effectiveStatus(own, [...windows].reverse()));
      }),
    );
  });
});

test.each([
  [0, '1 min'],
  [29_000, '1 min'],
  [90_000, '2 min'],
  [45 * 60_000, '45 min'],
  [2 * 3_600_000, '2 h'],
  [150 * 60_000, '2 h 30 min'],
  [24 * 3_600_000, '1 day'],
  [50 * 3_600_000 + 60_000, '2 days 2 h 1 min'],
])('%d ms are said as %s', (milliseconds, words) => {
  expect(formatDuration(milliseconds)).toBe(words);
});
