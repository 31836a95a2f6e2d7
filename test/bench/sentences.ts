import * as chrono from 'chrono-node';
import { readSentence, readWhen } from '../../src/when/index.ts';
import type { Lab } from './lab.ts';
import { median, type Row } from './report.ts';

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

/** Reading a sentence, compared with bare chrono-node, which finds dates but no zones, durations or ambiguities. */
export async function* sentences(lab: Lab): AsyncIterable<Row> {
  const calls = lab.scale.size(600, 20);
  const baseline = time(calls, WINDOWS, (text) =>
    chrono.parse(text, { instant: context.now, timezone: 'CST' }, { forwardDate: true }),
  );
  const texts = { windows: WINDOWS, series: SERIES, 'questions, with their choices': QUESTIONS, refusals: REFUSALS };
  const taken = Object.entries(texts).map(([name, list]) => {
    return [name, time(calls, list, (text) => readWhen(text, context))] as const;
  });
  const commands = time(calls, COMMANDS, (text) => readSentence(text, { ...context, services }));
  const us = (milliseconds: number) => `${(milliseconds * 1000).toFixed(0)} µs`;
  for (const [name, took] of [...taken, ['whole commands, with 100 services', commands] as const]) {
    yield {
      what: `sentences: ${name}`,
      lull: us(took),
      baseline: `chrono-node on the windows: ${us(baseline)}`,
      ratio: took / baseline,
    };
  }
}

/** The median time of a call, in milliseconds. */
function time(calls: number, texts: readonly string[], call: (text: string) => unknown): number {
  const times: number[] = [];
  for (let index = 0; index < calls; index++) {
    const begun = performance.now();
    call(texts[index % texts.length] ?? '');
    times.push(performance.now() - begun);
  }
  return median(times.slice(calls / 10));
}
