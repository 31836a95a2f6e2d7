import * as chrono from 'chrono-node';
import { bench, describe } from 'vitest';
import { readSentence, readWhen } from '../../src/when/index.ts';

/**
 * The cost of parsing a sentence: Lull compared with bare chrono-node, which finds dates but no zones, durations or
 * ambiguities. Prints medians and their ratios next to the table of vitest.
 */
const context = { now: new Date('2027-02-03T16:00:00Z'), timezone: 'America/Chicago' };
const services = Array.from({ length: 100 }, (_, id) => ({ id, name: `service-${id}` }));

const WINDOWS = [
  'tomorrow 2am for 2h',
  'saturday 5am Europe/Madrid for 45m',
  'tonight 10:30pm-1am',
  'first monday of next month 3am',
  '2027-03-01 22:00 to 2027-03-02 01:30',
  'in 20 minutes for 1h',
];
const SERIES = [
  'every sunday at 3am for 2h',
  'weekdays 23:30-00:30',
  'last friday of every month at 22:00',
  'cron 0 3 * * 0 for 2h',
];
const QUESTIONS = ['tomorrow at 5 for 1h', 'friday', '06/07/2027 8am for 1h', 'next friday at 2am'];
const REFUSALS = [
  '2027-04-31 02:00 for 1h',
  'every other friday at 2am',
  'hello world',
  'saturday 5am Europe/Atlantis',
];
const COMMANDS = WINDOWS.map((text) => `service-7, service-12 and service-99 ${text} #ops ref:CHG-1: Postgres upgrade`);

/** The median of the first task, in microseconds; the others are printed as multiples of it. */
let first: number | undefined;

function asked(name: string, texts: readonly string[], ask: (text: string) => unknown): void {
  const taken: number[] = [];
  let index = 0;
  bench(
    name,
    () => {
      index = (index + 1) % texts.length;
      const start = performance.now();
      ask(texts[index] ?? '');
      taken.push(performance.now() - start);
    },
    {
      teardown: (_task, mode) => {
        taken.sort((a, b) => a - b);
        const median = (taken[taken.length >> 1] ?? Number.NaN) * 1000;
        taken.length = 0;
        if (mode !== 'run') return;
        first ??= median;
        console.log(
          `median ${median.toFixed(1).padStart(7)} µs, ${(median / first).toFixed(1).padStart(6)} × lull windows: ${name}`,
        );
      },
    },
  );
}

describe('parsing words about time', () => {
  asked('lull windows', WINDOWS, (text) => readWhen(text, context));
  asked('lull series', SERIES, (text) => readWhen(text, context));
  asked('lull questions, with their choices', QUESTIONS, (text) => readWhen(text, context));
  asked('lull refusals', REFUSALS, (text) => readWhen(text, context));
  asked('lull commands, 100 services', COMMANDS, (text) => readSentence(text, { ...context, services }));
  asked('chrono-node on the windows', WINDOWS, (text) =>
    chrono.parse(text, { instant: context.now, timezone: 'CST' }, { forwardDate: true }),
  );
});
