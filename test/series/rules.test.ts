import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextOccurrences } from '../../src/core/recurrence/index.ts';
import {
  computePlanningDueAt,
  isNewestMissed,
  type MadeRun,
  occursAt,
  PLAN_AHEAD_MS,
  PLAN_AHEAD_RUNS,
  type Planning,
  planNextRuns,
  type SeriesValues,
  validateSeries,
} from '../../src/series/rules.ts';
import { httpProblemText } from '../../src/texts/http-errors.ts';
import { zones } from '../core/recurrence/moments.ts';
import { cases } from '../draws.ts';

const at = (text: string) => new Date(text);
const sundays: Planning = {
  cron: '0 3 * * 0',
  timezone: 'Europe/Berlin',
  durationMinutes: 120,
  enabled: true,
  plannedUntil: at('2027-03-15T12:00:00Z'),
};
const starts = (runs: readonly { start: Date }[]) => runs.map(({ start }) => start.toISOString().slice(0, 16));

describe('the runs of a series that are due', () => {
  test('are one at least, however far it is', () => {
    const yearly = { ...sundays, cron: '0 3 24 12 *' };
    const { runs, plannedUntil } = planNextRuns(yearly, [], yearly.plannedUntil, 50);
    expect(starts(runs)).toEqual(['2027-12-24T02:00']);
    expect(plannedUntil).toEqual(at('2027-12-24T02:00:00Z'));
  });

  test('are all that start within a day', () => {
    const everySixHours = { ...sundays, cron: '0 */6 * * *', durationMinutes: 10 };
    const { runs } = planNextRuns(everySixHours, [], at('2027-03-15T12:00:00Z'), 50);
    expect(starts(runs)).toEqual(['2027-03-15T17:00', '2027-03-15T23:00', '2027-03-16T05:00', '2027-03-16T11:00']);
  });

  test('are no more than may wait at once, and there is room again when the first begins', () => {
    const everyMinute = { ...sundays, cron: '* * * * *', durationMinutes: 1 };
    const now = at('2027-03-15T12:00:00Z');
    const { runs, plannedUntil } = planNextRuns(everyMinute, [], now, 50);
    expect(runs).toHaveLength(PLAN_AHEAD_RUNS);
    const made = runs.map(({ start }) => ({ occurrence: start, open: true }));
    expect(computePlanningDueAt({ ...everyMinute, plannedUntil }, made, now)).toEqual(at('2027-03-15T12:01:00Z'));
  });

  test('are none for a series that is paused', () => {
    expect(planNextRuns({ ...sundays, enabled: false }, [], at('2027-04-01T00:00:00Z'), 50).runs).toEqual([]);
    expect(computePlanningDueAt({ ...sundays, enabled: false }, [], at('2027-04-01T00:00:00Z'))).toBeNull();
  });

  test('after a time when nothing ran: those wholly past were missed, the one that is open is not', () => {
    const { runs } = planNextRuns(sundays, [], at('2027-03-28T02:30:00Z'), 50);
    expect(runs.map(({ start, missed }) => [start.toISOString().slice(0, 16), missed])).toEqual([
      ['2027-03-21T02:00', true],
      // Clocks went forward that night: 03:00 is 01:00 UTC.
      ['2027-03-28T01:00', false],
      ['2027-04-04T01:00', false],
    ]);
  });

  test('are one more than those detached from windows that it has no longer', () => {
    const other = { occurrence: at('2027-03-20T02:00:00Z'), open: true };
    const planned = { ...sundays, plannedUntil: at('2027-03-21T02:00:00Z') };
    const { runs } = planNextRuns(planned, [other], at('2027-03-15T12:00:00Z'), 50);
    expect(starts(runs)).toEqual(['2027-03-28T01:00']);
  });

  test('leave out what has a run already, and do not count one that is open no longer', () => {
    const skipped = { occurrence: at('2027-03-21T02:00:00Z'), open: false };
    const { runs } = planNextRuns(sundays, [skipped], sundays.plannedUntil, 50);
    expect(starts(runs)).toEqual(['2027-03-28T01:00']);
  });
});

describe('a series looks for its next run', () => {
  const now = at('2027-03-15T12:00:00Z');
  const planned = { ...sundays, plannedUntil: at('2027-03-21T02:00:00Z') };

  test('when the last one made begins', () => {
    const made = [{ occurrence: at('2027-03-21T02:00:00Z'), open: true }];
    expect(computePlanningDueAt(planned, made, now)).toEqual(at('2027-03-21T02:00:00Z'));
  });

  test('a day before it, where that is sooner', () => {
    const daily = { ...planned, cron: '0 3 * * *', plannedUntil: at('2027-03-16T02:00:00Z') };
    const made = [{ occurrence: at('2027-03-16T02:00:00Z'), open: true }];
    expect(computePlanningDueAt(daily, made, now)).toEqual(at('2027-03-16T02:00:00Z'));
    const hourly = { ...planned, cron: '0 * * * *', plannedUntil: at('2027-03-16T02:00:00Z') };
    expect(computePlanningDueAt(hourly, made, now)).toEqual(at('2027-03-15T03:00:00Z'));
  });

  test('at once when none is open ahead', () => {
    expect(computePlanningDueAt(planned, [], now)).toEqual(now);
  });
});

test('planned at every due instant, and only then, every window has its one run in time', () => {
  const lines = fc.constantFrom(
    '0 3 * * 0',
    '30 2 * * *',
    '*/20 * * * *',
    '0 */5 * * *',
    '15 1-3 * 3,10 *',
    '0 0 1 * *',
    '0 2 * * 0L',
  );
  const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 36 * 60 }), fc.integer({ min: 1, max: 60 * 1440 })), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      lines,
      zones,
      fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2029, 0) }),
      steps,
      (cron, timezone, start, minutes) => {
        const begun = new Date(start);
        let series: Planning = {
          cron,
          timezone,
          durationMinutes: 10,
          enabled: true,
          plannedUntil: begun,
        };
        let made: MadeRun[] = [];
        let now = begun;
        const settle = () => {
          for (
            let due = computePlanningDueAt(series, made, now);
            due !== null && due <= now;
            due = computePlanningDueAt(series, made, now)
          ) {
            const { runs, plannedUntil } = planNextRuns(series, made, now, 50);
            expect(runs.length).toBeGreaterThan(0);
            series = { ...series, plannedUntil };
            made = [...made, ...runs.map((run) => ({ occurrence: run.start, open: !run.missed }))];
          }
        };
        settle();
        for (const step of minutes) {
          const due = computePlanningDueAt(series, made, now);
          if (due !== null) expect(planNextRuns(series, made, new Date(due.getTime() - 1), 50).runs).toEqual([]);
          now = new Date(now.getTime() + step * 60_000);
          settle();
          const occurrences = made.map(({ occurrence }) => occurrence.getTime());
          const ahead = occurrences.filter((instant) => instant > now.getTime()).length;
          const expected = nextOccurrences(series, begun, occurrences.length).map((run) => run.start.getTime());
          expect(occurrences).toEqual(expected);
          const [later] = nextOccurrences(series, new Date(Math.max(...occurrences)));
          expect(ahead).toBeGreaterThan(0);
          expect(ahead).toBeLessThanOrEqual(PLAN_AHEAD_RUNS);
          if (ahead < PLAN_AHEAD_RUNS) expect(later?.start.getTime()).toBeGreaterThan(now.getTime() + PLAN_AHEAD_MS);
        }
      },
    ),
    { numRuns: cases(60) },
  );
}, 3_600_000);

test('of windows that were missed in a row, the newest is the one that another missed one does not follow', () => {
  const now = at('2027-03-28T02:30:00Z');
  expect(isNewestMissed(sundays, at('2027-03-14T02:00:00Z'), now)).toBe(false);
  expect(isNewestMissed(sundays, at('2027-03-21T02:00:00Z'), now)).toBe(true);
});

test('an instant is the start of a window, or it is not', () => {
  expect(occursAt(sundays, at('2027-03-28T01:00:00Z'))?.end).toEqual(at('2027-03-28T03:00:00Z'));
  expect(occursAt(sundays, at('2027-03-28T02:00:00Z'))).toBeUndefined();
});

describe('a series that cannot be', () => {
  const right: SeriesValues = {
    ...sundays,
    name: 'Vacuum',
    description: '',
    services: [1],
    checks: null,
    risk: null,
    externalReference: null,
    externalLink: null,
  };
  const wrong = (values: Partial<SeriesValues>) =>
    validateSeries({ ...right, ...values }, at('2027-01-01T00:00:00Z')).map(
      (problem) => `${problem.field}: ${httpProblemText(problem)}`,
    );

  test('has every field named, with its value and what was expected', () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ cron: '0 25 * * *', timezone: 'Europe/Berlino', durationMinutes: 0, name: ' ' })).toEqual([
      expect.stringMatching(/^cron: .*"25".*0-23/),
      expect.stringMatching(/^timezone: .*"Europe\/Berlino".*Europe\/Berlin/),
      expect.stringMatching(/^duration_minutes: .* is 0;.*from 1/),
      expect.stringMatching(/^name: /),
    ]);
    expect(wrong({ durationMinutes: 1.5 })).toEqual([expect.stringContaining('1.5')]);
    expect(wrong({ durationMinutes: 100 * 1440 })).toEqual([expect.stringContaining('144000')]);
  });

  test('would overlap itself', () => {
    expect(wrong({ durationMinutes: 8 * 1440 })).toEqual([
      expect.stringMatching(/^duration_minutes: .*8 days.*7 days/),
    ]);
  });

  test('is not one whose windows touch, or overlap where clocks change alone', () => {
    expect(wrong({ cron: '0 0 * * *', durationMinutes: 1440 })).toEqual([]);
  });
});
