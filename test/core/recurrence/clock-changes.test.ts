import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { containing, next, previous } from '../../../src/core/recurrence/index.ts';
import { CLOCK_CHANGES } from './clock-changes.ts';

/** A wall-clock time with its offset, of which Date reads no seconds. */
function instant(text: string): Date {
  const [, wall = '', sign, hours, minutes, seconds = '0'] = /^(.*)([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const east = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return new Date(Temporal.PlainDateTime.from(wall).toZonedDateTime('UTC').epochMilliseconds - east * 1000);
}

describe.each(CLOCK_CHANGES)('$zone, where $night', ({ zone, cases }) => {
  it.each(cases)('$line after $after runs at $runs', ({ line, after, runs }) => {
    const recurrence = { cron: line, timezone: zone, durationMinutes: 1 };
    const expected = runs.map(instant);
    expect(next(recurrence, instant(after), runs.length).map(({ start }) => start)).toEqual(expected);

    const last = expected.at(-1) ?? new Date(0);
    const back = previous(recurrence, new Date(last.getTime() + 1), runs.length);
    expect(back.map(({ start }) => start)).toEqual(expected.toReversed());

    for (const start of expected) {
      expect(containing(recurrence, start)?.start).toEqual(start);
      expect(containing(recurrence, new Date(start.getTime() + 29_999))?.start).toEqual(start);
    }
  });
});
