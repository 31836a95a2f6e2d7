import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Message } from '../../src/playground/protocol.ts';
import { type Playground, startPlayground } from '../../src/playground/server.ts';
import { freePort } from '../port.ts';
import type { Lab } from './lab.ts';
import { quantile, type Row, spread } from './report.ts';

/** A round is two commands, a press, and the form that it opened: four requests, 50 a second. In milliseconds. */
const ROUND_MS = 80;
const PEOPLE = ['ana', 'jonas', 'yuki'] as const;
const KINDS = ['command', 'press', 'submission'] as const;
/** At most so much slower than Bolt itself, at the 99th percentile. */
const REQUIRED = 3;

type Taken = Record<(typeof KINDS)[number], number[]>;

/**
 * How long Slack waits for the acknowledgment of a request, which must come within three seconds, from Lull and from a Bolt
 * app that does nothing else.
 */
export async function* acknowledgement(lab: Lab): AsyncIterable<Row> {
  const bolt = await driveBolt(lab);
  const lull = await driveLull(lab);
  for (const kind of KINDS) {
    const ratio = quantile(lull[kind], 0.99) / quantile(bolt[kind], 0.99);
    yield {
      what: `acknowledgement of a ${kind}`,
      lull: spread(lull[kind]),
      baseline: `bare Bolt: ${spread(bolt[kind])}`,
      ratio,
      required: `p99 ≤ ${REQUIRED} times Bolt's`,
      met: ratio <= REQUIRED,
    };
  }
}

async function startSlack(eventsUrl: string): Promise<Playground> {
  const manifest = parse(await readFile('manifest.yml', 'utf8'));
  return startPlayground({ port: 0, eventsUrl, manifest, messageRate: false, tierLimits: false });
}

async function driveBolt(lab: Lab): Promise<Taken> {
  const port = await freePort();
  const playground = await startSlack(`http://127.0.0.1:${port}/slack/events`);
  try {
    const { signingSecret, botToken, apiUrl } = playground;
    await lab.fork('bare-bolt', [String(port), signingSecret, botToken, apiUrl]);
    const button = {
      type: 'button',
      action_id: 'maintenance.comment',
      text: { type: 'plain_text', text: 'Comment' },
      value: '1',
    };
    await fetch(`${apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        channel: 'C0OPS00001',
        text: 'A message with a button',
        blocks: [{ type: 'actions', elements: [button] }],
      }),
    });
    return await drive(lab, playground);
  } finally {
    await playground.close();
    await lab.release();
  }
}

async function driveLull(lab: Lab): Promise<Taken> {
  let playground: Playground | undefined;
  try {
    const lull = await lab.lull({
      slack: async (eventsUrl) => {
        playground = await startSlack(eventsUrl);
        return playground;
      },
    });
    if (playground === undefined) throw new Error('there is no Slack');
    const [service] = await lull.catalogue(['api']);
    await lull.api('POST', '/subscriptions', { channel: 'C0OPS00001' });
    const start = Date.now() + 86_400_000;
    await lull.api('POST', '/maintenances', {
      name: 'Under load',
      services: [service],
      scheduled_start_date: new Date(start),
      scheduled_end_date: new Date(start + 3_600_000),
    });
    await lull.drained();
    return await drive(lab, playground);
  } finally {
    await playground?.close();
    await lab.release();
  }
}

/** Sends the requests without waiting for earlier acknowledgments, with the last message in the channel. */
async function drive(lab: Lab, playground: Playground): Promise<Taken> {
  const [message] = playground.as('ana').messages('#ops').slice(-1);
  if (message === undefined) throw new Error('nothing was posted');
  await driveFor(lab.scale.seconds, playground, message); // warms up
  return driveFor(lab.scale.seconds * 2, playground, message);
}

/** @returns how long each acknowledgment took, in milliseconds */
async function driveFor(seconds: number, playground: Playground, message: Message): Promise<Taken> {
  const taken: Taken = { command: [], press: [], submission: [] };
  const timed = async (kind: keyof Taken, act: () => Promise<{ readonly error?: string | undefined }>) => {
    const begun = performance.now();
    const { error } = await act();
    if (error !== undefined) throw new Error(`a ${kind} was not acknowledged: ${error}`);
    taken[kind].push(performance.now() - begun);
  };
  const round = async (name: (typeof PEOPLE)[number]) => {
    const person = playground.as(name);
    const commands = [1, 2].map(() => timed('command', () => person.command('#ops', '/maintenance list')));
    await timed('press', () => person.press(message, 'maintenance.comment'));
    await person.waitFor('the form', () => person.view());
    await person.fill({ comment: 'All quiet' });
    await timed('submission', async () => {
      await person.submit();
      return {};
    });
    await Promise.all(commands);
  };
  // Each person has one form open at a time.
  const busy = new Map<string, Promise<void>>();
  const begun = performance.now();
  for (let count = 0; count < (seconds * 1000) / ROUND_MS; count++) {
    await sleep(begun + count * ROUND_MS - performance.now());
    const name = PEOPLE[count % PEOPLE.length] ?? 'ana';
    busy.set(
      name,
      (busy.get(name) ?? Promise.resolve()).then(() => round(name)),
    );
  }
  await Promise.all(busy.values());
  return taken;
}
