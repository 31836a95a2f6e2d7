import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { findOpenOccurrence, nextOccurrences, previousOccurrences } from '../../../src/core/recurrence/index.ts';
import { CLOCK_CHANGES } from './clock-changes.ts';

/** Parses a wall-clock time with an offset that may have seconds, which Date does not support. */
function instant(text: string): Date {
  const [, wall = '', sign, hours, minutes, seconds = '0'] = /^(.*)([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const east = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return new Date(Temporal.PlainDateTime.from(wall).toZonedDateTime('UTC').epochMilliseconds - east * 1000);
}

describe.each(CLOCK_CHANGES)('$zone, where $night', ({ zone, cases }) => {
  it.each(cases)('$line after $after runs at $runs', ({ line, after, runs }) => {
    const recurrence = { cron: line, timezone: zone, durationMinutes: 1 };
    const expected = runs.map(instant);
    expect(nextOccurrences(recurrence, instant(after), runs.length).map(({ start }) => start)).toEqual(expected);

    const last = expected.at(-1) ?? new Date(0);
    const back = previousOccurrences(recurrence, new Date(last.getTime() + 1), runs.length);
    expect(back.map(({ start }) => start)).toEqual(expected.toReversed());

    for (const start of expected) {
      expect(findOpenOccurrence(recurrence, start)?.start).toEqual(start);
      expect(findOpenOccurrence(recurrence, new Date(start.getTime() + 29_999))?.start).toEqual(start);
    }
  });
});
