import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import { bench, describe } from 'vitest';
import {
  findOpenOccurrence,
  nextOccurrences,
  previousOccurrences,
  type Recurrence,
} from '../../src/core/recurrence/index.ts';

/**
 * The cost of finding the next occurrence of a series, at instants over several years: Lull compared with cron-parser and
 * croner. Both get a zone (and are wrong around clock changes) and a parsed expression, so that only the search is
 * measured. Prints medians and their ratios next to the table of vitest.
 */
const series: Recurrence[] = [
  { cron: '0 3 * * 0', timezone: 'America/New_York', durationMinutes: 120 },
  { cron: '30 2 * * *', timezone: 'Europe/Berlin', durationMinutes: 60 },
  { cron: '*/15 9-17 * * 1-5', timezone: 'Australia/Lord_Howe', durationMinutes: 10 },
  { cron: '0 22 * * 2,4', timezone: 'Asia/Kolkata', durationMinutes: 120 },
  { cron: '0 4 L * *', timezone: 'America/Sao_Paulo', durationMinutes: 240 },
  { cron: '0 1 * * 0#1', timezone: 'UTC', durationMinutes: 60 },
  { cron: '0 0 1 1,4,7,10 *', timezone: 'Asia/Tokyo', durationMinutes: 60 },
];

const begin = new Date('2026-11-21T00:00:00Z').getTime();
const YEARS = 3 * 365 * 86_400_000;

/** The same pseudo-random instants for every library. */
function instants(): () => Date {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return new Date(begin + (state / 2_147_483_648) * YEARS);
  };
}

/** The median of the first task, in microseconds; the others are printed as multiples of it. */
let lullNext: number | undefined;

function asked(name: string, ask: (index: number, instant: Date) => unknown): void {
  const instant = instants();
  const taken: number[] = [];
  let index = 0;
  bench(
    name,
    () => {
      index = (index + 1) % series.length;
      const at = instant();
      const start = performance.now();
      ask(index, at);
      taken.push(performance.now() - start);
    },
    {
      teardown: (_task, mode) => {
        taken.sort((a, b) => a - b);
        const median = (taken[taken.length >> 1] ?? Number.NaN) * 1000;
        taken.length = 0;
        if (mode !== 'run') return;
        lullNext ??= median;
        console.log(
          `median ${median.toFixed(1).padStart(7)} µs, ${(median / lullNext).toFixed(1).padStart(6)} × lull next: ${name}`,
        );
      },
    },
  );
}

const each = <T>(make: (recurrence: Recurrence) => T) => series.map(make) as [T, ...T[]];
const at = <T>(list: readonly [T, ...T[]], index: number): T => list[index] ?? list[0];

describe('the next window of a series', () => {
  const ours = each((recurrence) => recurrence);
  const parsed = each(({ cron, timezone }) => CronExpressionParser.parse(cron, { tz: timezone }));
  const parsedUtc = each(({ cron }) => CronExpressionParser.parse(cron, { tz: 'UTC' }));
  const croners = each(({ cron, timezone }) => new Cron(cron, { timezone, paused: true }));

  asked('lull next', (index, instant) => nextOccurrences(at(ours, index), instant));
  asked('lull previous', (index, instant) => previousOccurrences(at(ours, index), instant));
  asked('lull containing', (index, instant) => findOpenOccurrence(at(ours, index), instant));
  asked('lull next 5', (index, instant) => nextOccurrences(at(ours, index), instant, 5));
  asked('cron-parser next, UTC', (index, instant) => {
    at(parsedUtc, index).reset(instant);
    return at(parsedUtc, index).next();
  });
  asked('cron-parser next, its zone', (index, instant) => {
    at(parsed, index).reset(instant);
    return at(parsed, index).next();
  });
  asked('croner next, its zone', (index, instant) => at(croners, index).nextRun(instant));
});
