import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findOpenOccurrence,
  nextOccurrences,
  type Occurrence,
  parseCron,
  previousOccurrences,
} from '../../../src/core/recurrence/index.ts';
import { cases } from '../../draws.ts';
import { cronLines } from './lines.ts';
import { moments } from './moments.ts';
import { minutesPerDay, type Start, startsBetween } from './oracle.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

const runs = { numRuns: cases(100) };
const timeout = 3_600_000;

const runningLines = cronLines.filter((line) => parseCron(line).ok);

/** Long enough for the oracle to find a few hundred starts, at most four years. */
function findHorizon(cron: string): number {
  return Math.min(1461, Math.ceil(3 + 300 / minutesPerDay(cron))) * DAY;
}

function toStart(occurrence: Occurrence): Start {
  const at = occurrence.start.getTime();
  const { notice } = occurrence;
  if (notice === undefined) return { at };
  if (/not exist/.test(notice)) return { at, change: 'moved' };
  return { at, change: /second of two/.test(notice) ? 'second' : 'first' };
}

describe('recurrence agrees with the oracle on', () => {
  it('the windows after an instant and the effects of clock changes', { timeout }, () => {
    fc.assert(
      fc.property(runningLines, moments, (cron, { zone, at }) => {
        const horizon = at + findHorizon(cron);
        const expected = startsBetween(cron, zone, at + 1, horizon);
        const found = nextOccurrences({ cron, timezone: zone, durationMinutes: 1 }, new Date(at), expected.length + 1);
        expect(found.slice(0, expected.length).map(toStart)).toEqual(expected);
        expect(found[expected.length]?.start.getTime()).toBeGreaterThanOrEqual(horizon);
      }),
      runs,
    );
  });

  it('the windows before an instant, newest first', { timeout }, () => {
    fc.assert(
      fc.property(runningLines, moments, (cron, { zone, at }) => {
        const horizon = at - findHorizon(cron);
        const expected = startsBetween(cron, zone, horizon, at).reverse();
        const found = previousOccurrences(
          { cron, timezone: zone, durationMinutes: 1 },
          new Date(at),
          expected.length + 1,
        );
        expect(found.slice(0, expected.length).map(toStart)).toEqual(expected);
        expect(found[expected.length]?.start.getTime()).toBeLessThan(horizon);
      }),
      runs,
    );
  });

  it('the window that is open at an instant', { timeout }, () => {
    const durations = fc.oneof(fc.integer({ min: 1, max: 180 }), fc.integer({ min: 180, max: 3 * 1440 }));
    fc.assert(
      fc.property(runningLines, moments, durations, (cron, { zone, at }, durationMinutes) => {
        const open = startsBetween(cron, zone, at - durationMinutes * MINUTE + 1, at + 1);
        const found = findOpenOccurrence({ cron, timezone: zone, durationMinutes }, new Date(at));
        expect(found?.start.getTime()).toBe(open.at(-1)?.at);
        if (found) expect(found.end.getTime() - found.start.getTime()).toBe(durationMinutes * MINUTE);
      }),
      runs,
    );
  });

  it('both directions', { timeout }, () => {
    fc.assert(
      fc.property(runningLines, moments, fc.integer({ min: 1, max: 40 }), (cron, { zone, at }, count) => {
        const recurrence = { cron, timezone: zone, durationMinutes: 30 };
        const ahead = nextOccurrences(recurrence, new Date(at), count);
        const last = ahead.at(-1);
        if (last === undefined) throw new Error(`${cron} has no window after ${new Date(at).toISOString()}`);
        const back = previousOccurrences(recurrence, new Date(last.start.getTime() + 1), count);
        expect(back.reverse()).toEqual(ahead);
      }),
      runs,
    );
  });
});

describe('parseCron agrees with cron-parser on', () => {
  /** cron-parser notices a repeated day only in months that have it: `3-31/4,4/27` alone has the 31st twice. */
  it('which lines are valid, as a whole and field by field', { timeout }, () => {
    fc.assert(
      fc.property(cronLines, (cron) => {
        const reading = parseCron(cron);
        const read = [cron, ...fieldsAlone(cron)].every((line) => parsedBy(line) !== undefined);
        if (reading.ok) expect(read).toBe(true);
        else if (!/would never run/.test(reading.reason)) expect(read).toBe(false);
      }),
      { ...runs, examples: [['0 0 3-31/4,4/27 4/9 0L']] },
    );
  });

  it('the matching minutes in UTC, in both directions', { timeout }, () => {
    fc.assert(
      fc.property(runningLines, moments, (cron, { at }) => {
        const recurrence = { cron, timezone: 'UTC', durationMinutes: 1 };
        const walk = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(at) });
        const back = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(at) });
        expect(nextOccurrences(recurrence, new Date(at), 3).map(({ start }) => start)).toEqual(
          walk.take(3).map((date) => date.toDate()),
        );
        expect(previousOccurrences(recurrence, new Date(at), 3).map(({ start }) => start)).toEqual(
          back.take(-3).map((date) => date.toDate()),
        );
      }),
      runs,
    );
  });
});

function fieldsAlone(cron: string): string[] {
  return cron.split(' ').map((field, at) => ['*', '*', '*', '*', '*'].with(at, field).join(' '));
}

function parsedBy(cron: string): object | undefined {
  try {
    return CronExpressionParser.parse(cron, { tz: 'UTC' });
  } catch {
    return undefined;
  }
}
