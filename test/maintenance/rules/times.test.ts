import { describe, expect, test } from 'vitest';
import type { Times } from '../../../src/maintenance/rules/status.ts';
import {
  changeEnd,
  currentWindow,
  deviatedPlan,
  endOfStartAt,
  shownWindow,
} from '../../../src/maintenance/rules/times.ts';

const at = (time: string) => new Date(`2027-03-10T${time}Z`);
const plan = { start: at('02:00:00'), end: at('04:00:00') };

/** Planned from 02:00 to 04:00. */
const times = (values: Partial<Times> = {}): Times => ({
  status: 'scheduled',
  scheduledStart: plan.start,
  scheduledEnd: plan.end,
  startedAt: null,
  endsAt: null,
  endedAt: null,
  ...values,
});
const running = (start: string, end: string) => times({ status: 'in-progress', startedAt: at(start), endsAt: at(end) });

describe('the current window', () => {
  test('is the plan until it starts, then from its start to the instant it ends by itself, then what happened', () => {
    expect(currentWindow(times())).toEqual(plan);
    expect(currentWindow(running('01:40:00', '03:40:00'))).toEqual({ start: at('01:40:00'), end: at('03:40:00') });
    const over = times({ status: 'succeed', startedAt: at('01:40:00'), endedAt: at('03:10:00') });
    expect(currentWindow(over)).toEqual({ start: at('01:40:00'), end: at('03:10:00') });
  });

  test('of one that was canceled before it started is its plan', () => {
    expect(currentWindow(times({ status: 'canceled', endedAt: at('02:00:01') }))).toEqual(plan);
  });
});

describe('the plan is shown as well', () => {
  test.each([
    ['01:59:00', '04:00:00', true],
    ['02:01:00', '04:00:00', true],
    ['02:00:00', '04:01:00', true],
    ['02:00:59', '04:00:00', false],
    ['01:59:01', '03:59:01', false],
  ])('from a minute of difference on: %s to %s', (start, end, differs) => {
    const window = running(start, end);
    expect(deviatedPlan(window)).toEqual(differs ? plan : undefined);
    expect(shownWindow(window)).toEqual(differs ? currentWindow(window) : plan);
  });
});

describe('a window that starts', () => {
  test.each([
    ['early keeps its length', '01:00:00', '03:00:00'],
    ['at its start keeps its end', '02:00:00', '04:00:00'],
    ['late keeps its end', '03:00:00', '04:00:00'],
  ])('%s', (_, now, end) => {
    expect(endOfStartAt(plan, at(now))).toEqual(at(end));
  });
});

describe('another end', () => {
  const end = at('05:00:00');
  test('changes the plan of a scheduled window', () => {
    expect(changeEnd(times(), end)).toEqual({ scheduledEnd: end });
  });
  test.each(['02:00:00', '02:20:00'])('of a window that started at %s changes its plan as well', (start) => {
    expect(changeEnd(running(start, '04:00:00'), end)).toEqual({ endsAt: end, scheduledEnd: end });
  });
  test('of a window that started early leaves its plan alone', () => {
    expect(changeEnd(running('01:59:59', '03:59:59'), end)).toEqual({ endsAt: end });
  });
});
