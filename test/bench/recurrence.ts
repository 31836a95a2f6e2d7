import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import {
  findOpenOccurrence,
  nextOccurrences,
  previousOccurrences,
  type Recurrence,
} from '../../src/core/recurrence/index.ts';
import type { Lab } from './lab.ts';
import { median, type Row } from './report.ts';

const SERIES: readonly Recurrence[] = [
  { cron: '0 3 * * 0', timezone: 'America/New_York', durationMinutes: 120 },
  { cron: '30 2 * * *', timezone: 'Europe/Berlin', durationMinutes: 60 },
  { cron: '*/15 9-17 * * 1-5', timezone: 'Australia/Lord_Howe', durationMinutes: 10 },
  { cron: '0 22 * * 2,4', timezone: 'Asia/Kolkata', durationMinutes: 120 },
  { cron: '0 4 L * *', timezone: 'America/Sao_Paulo', durationMinutes: 240 },
  { cron: '0 1 * * 0#1', timezone: 'UTC', durationMinutes: 60 },
  { cron: '0 0 1 1,4,7,10 *', timezone: 'Asia/Tokyo', durationMinutes: 60 },
];
const BEGIN = new Date('2026-11-21T00:00:00Z').getTime();
const YEARS_MS = 3 * 365 * 86_400_000;

/**
 * Finding the next occurrence of a series, at instants over several years. Both libraries get a zone (and are wrong around
 * clock changes) and a parsed expression, so that only the search is measured.
 */
export async function* recurrence(lab: Lab): AsyncIterable<Row> {
  const calls = lab.scale.size(5_000, 50);
  const cronParser = SERIES.map(({ cron, timezone }) => CronExpressionParser.parse(cron, { tz: timezone }));
  const croner = SERIES.map(({ cron, timezone }) => new Cron(cron, { timezone, paused: true }));
  const baseline = time(calls, croner, (each, instant) => each.nextRun(instant));
  const asked = {
    next: time(calls, SERIES, (each, instant) => nextOccurrences(each, instant)),
    previous: time(calls, SERIES, (each, instant) => previousOccurrences(each, instant)),
    'the open one': time(calls, SERIES, (each, instant) => findOpenOccurrence(each, instant)),
    'the next 5': time(calls, SERIES, (each, instant) => nextOccurrences(each, instant, 5)),
  };
  const other = time(calls / 10, cronParser, (each, instant) => {
    each.reset(instant);
    return each.next();
  });
  const us = (milliseconds: number) => `${(milliseconds * 1000).toFixed(1)} µs`;
  for (const [name, took] of Object.entries(asked)) {
    yield {
      what: `recurrence: ${name}`,
      lull: us(took),
      baseline: `croner, next: ${us(baseline)} (cron-parser: ${us(other)})`,
      ratio: took / baseline,
      ...(name === 'next' ? { required: '≤ 1', met: took <= baseline } : {}),
    };
  }
}

/** The median time of a call, in milliseconds, at the same pseudo-random instants for everyone. */
function time<T>(calls: number, subjects: readonly T[], call: (subject: T, instant: Date) => unknown): number {
  let state = 42;
  const times: number[] = [];
  for (let index = 0; index < calls; index++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const instant = new Date(BEGIN + (state / 2_147_483_648) * YEARS_MS);
    const begun = performance.now();
    for (const subject of subjects) call(subject, instant);
    times.push((performance.now() - begun) / subjects.length);
  }
  return median(times.slice(calls / 10));
}
