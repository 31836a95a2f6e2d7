import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { bench, describe } from 'vitest';
import { parse } from 'yaml';
import type { Message } from '../../src/playground/protocol.ts';
import type { Playground } from '../../src/playground/server.ts';
import { install } from '../e2e/installation.ts';
import { createScenario } from '../faults/stage.ts';
import { runInSocketMode, runOverHttp } from '../playground/bolt-app.ts';
import { hours } from '../world.ts';

/**
 * How long Slack waits for the acknowledgment of a request, which must come within three seconds: commands, presses and
 * submitted forms at fifty per second, acknowledged by Lull under load and by a bare Bolt app.
 */
const SECONDS = Number(process.env.LULL_BENCH_SECONDS ?? 4);
/** A round is two commands, a press, and the form that it opened: four requests. In milliseconds. */
const ROUND = 80;
const PEOPLE = ['ana', 'jonas', 'yuki'] as const;
const FREELY = { messageRate: false, tierLimits: false } as const;

type Kind = 'command' | 'press' | 'submission';
type Taken = Record<Kind, number[]>;

/** Sends the requests without waiting for earlier acknowledgments. Returns how long each took, in milliseconds. */
async function drive(playground: Playground, message: Message, line: string): Promise<Taken> {
  const taken: Taken = { command: [], press: [], submission: [] };
  const timed = async (kind: Kind, act: () => Promise<{ readonly error?: string | undefined }>) => {
    const begun = performance.now();
    const { error } = await act();
    if (error !== undefined) throw new Error(`a ${kind} was not acknowledged: ${error}`);
    taken[kind].push(performance.now() - begun);
  };
  const round = async (name: (typeof PEOPLE)[number]) => {
    const person = playground.as(name);
    const commands = [1, 2].map(() => timed('command', () => person.command('#ops', line)));
    await timed('press', () => person.press(message, 'maintenance.comment'));
    await person.waitFor('the form', () => person.view());
    await person.fill({ comment: 'All quiet' });
    await timed('submission', async () => {
      await person.submit();
      return {};
    });
    await Promise.all(commands);
  };
  const busy = new Map<string, Promise<void>>();
  const rounds: Promise<void>[] = [];
  const begun = performance.now();
  for (let count = 0; count < (SECONDS * 1000) / ROUND; count++) {
    await sleep(begun + count * ROUND - performance.now());
    const name = PEOPLE[count % PEOPLE.length] ?? 'ana';
    // Each person has one form open at a time.
    const next = (busy.get(name) ?? Promise.resolve()).then(() => round(name));
    busy.set(name, next);
    rounds.push(next);
  }
  await Promise.all(rounds);
  return taken;
}

function bare(app: App): void {
  app.command('/maintenance', ({ ack }) => ack());
  app.action('maintenance.comment', async ({ ack, body, client }) => {
    await ack();
    if (!('trigger_id' in body)) return;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'bare',
        title: { type: 'plain_text', text: 'Comment' },
        submit: { type: 'plain_text', text: 'Add' },
        blocks: [
          {
            type: 'input',
            block_id: 'comment',
            label: { type: 'plain_text', text: 'Comment' },
            element: { type: 'plain_text_input', action_id: 'value' },
          },
        ],
      },
    });
  });
  app.view('bare', ({ ack }) => ack());
}

async function driveBare(mode: 'socket' | 'http'): Promise<Taken> {
  const manifest = parse(await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8'));
  const run = mode === 'socket' ? runInSocketMode : runOverHttp;
  const { app, playground, stop } = await run(bare, { ...FREELY, manifest });
  try {
    await app.client.chat.postMessage({
      channel: 'C0OPS00001',
      text: 'A message with a button',
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'maintenance.comment',
              text: { type: 'plain_text', text: 'Comment' },
              value: '1',
            },
          ],
        },
      ],
    });
    const [message] = playground.as('ana').messages('#ops').slice(-1);
    if (message === undefined) throw new Error('nothing was posted');
    return await drive(playground, message, '/maintenance list');
  } finally {
    await stop();
  }
}

async function driveLull(mode: 'socket' | 'http'): Promise<Taken> {
  const env = await install({ mode, playground: FREELY });
  try {
    const scenario = createScenario(env);
    await scenario.schedule('Under load', new Date(env.clock.now().getTime() + hours(24)));
    return await drive(env.playground, await scenario.waitForAnnouncement('Under load'), '/maintenance list');
  } finally {
    await env.close();
  }
}

/** The quantile of sorted values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function print(mode: string, lull: Taken, bolt: Taken): void {
  for (const kind of ['command', 'press', 'submission'] as const) {
    const row = ([0.5, 0.99] as const).map((share) => {
      const [own, others] = [quantile(lull[kind], share), quantile(bolt[kind], share)];
      return `p${share * 100} ${own.toFixed(1).padStart(6)} ms, ${(own / others).toFixed(1).padStart(5)} × bare Bolt`;
    });
    console.log(`${mode.padEnd(6)} ${kind.padEnd(10)} ${row.join('   ')}   (${lull[kind].length} of each)`);
  }
}

describe(`request to acknowledgement, 50 requests a second for ${SECONDS} s`, () => {
  for (const mode of ['socket', 'http'] as const) {
    bench(
      `${mode}: a bare Bolt app, then Lull`,
      async () => {
        const bolt = await driveBare(mode);
        print(mode, await driveLull(mode), bolt);
      },
      { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 },
    );
  }
});
