import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createDemoCatalogue } from '../../src/demo/catalogue.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { CHANNELS, type Playground, startPlayground } from '../../src/playground/server.ts';
import { testDatabase } from '../database.ts';
import { ADMIN_TOKEN } from '../e2e/installation.ts';
import { hours } from '../world.ts';
import { createScenario, PATIENCE } from './stage.ts';

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;

let playground: Playground;
let database: Awaited<ReturnType<typeof testDatabase>>;
let session: pg.Client;
let lull: ChildProcess | undefined;
let url: string;
let scenario: ReturnType<typeof createScenario>;

/** Starts Lull in a child process, on the same database and workspace each time. */
async function startLull(): Promise<void> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      DATABASE_URL: database.url,
      LULL_ADMIN_TOKEN: ADMIN_TOKEN,
      SLACK_API_URL: playground.apiUrl,
      SLACK_BOT_TOKEN: playground.botToken,
      SLACK_APP_TOKEN: playground.appToken,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  lull = child;
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
  while (!printed.includes('ready at')) {
    if (child.exitCode !== null) throw new Error(printed);
    await sleep(25);
  }
  url = /ready at (\S+)/.exec(printed)?.[1] ?? '';
}

async function api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** Kills Lull as a power cut does. */
async function kill(): Promise<void> {
  if (lull === undefined || lull.exitCode !== null || lull.signalCode !== null) return;
  const exited = once(lull, 'exit');
  lull.kill('SIGKILL');
  await exited;
}

beforeAll(async () => {
  database = await testDatabase();
  session = new pg.Client({ connectionString: database.url });
  await session.connect();
  const manifest = parse(await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8'));
  playground = await startPlayground({ port: 0, manifest, messageRate: false, tierLimits: false });
  await startLull();
  scenario = createScenario({ playground, api });
  const store = openDatabase(database.url);
  const account = await store.account.findFirstOrThrow();
  await createDemoCatalogue({ database: store, clock: { now: () => new Date() } }, account.id, [
    { channel: CHANNELS.ops, audience: 'internal' },
    { channel: CHANNELS.status, audience: 'public' },
  ]);
  await store.$disconnect();
});
afterEach(async () => {
  playground.faults.clearMethods();
  await session.query('rollback');
});
afterAll(async () => {
  await kill();
  await playground.close();
  await session.end();
  await database.close();
});

const LONG = { timeout: 4 * PATIENCE };
const inADay = () => new Date(Date.now() + hours(24));
const calls = (method: string) => playground.log().filter((exchange) => exchange.title === method).length;
const expectTexts = (thread: readonly string[], ...words: string[]) =>
  expect(thread).toEqual(words.map((each) => expect.stringContaining(each)));

/** Runs `act`, and kills Lull during the call of `method`, which has reached Slack and hangs there. */
async function killInCall<T>(method: string, act: () => Promise<T>): Promise<T> {
  const before = calls(method);
  const result = await act();
  await scenario.ana.waitFor(`${method} to be called`, () => calls(method) > before, PATIENCE);
  await sleep(50);
  await kill();
  return result;
}

/** Ends a window in progress, and asserts that every event was posted once, in order, and its checks are unmuted. */
async function expectCompleteEnd(name: string, id: number): Promise<void> {
  const announcement = await scenario.waitForAnnouncement(name, 'In progress');
  expectTexts(await scenario.waitForThread(announcement, 'Switched off'), 'Started by', 'Switched off');
  expect(await scenario.listEnabledChecks()).toEqual([]);
  await scenario.runCommand(`/maintenance finish ${id}`);
  await scenario.waitForAnnouncement(name, 'Done');
  await scenario.waitForAnnouncement(name, 'Done', '#status');
  expectTexts(
    await scenario.waitForThread(announcement, 'Switched on again'),
    'Started by',
    'Switched off',
    'Ended by',
    'Switched on again',
  );
  expect(scenario.findAnnouncements(name, '#ops')).toHaveLength(1);
  expect(scenario.findAnnouncements(name, '#status')).toHaveLength(1);
  expect(await scenario.listEnabledChecks()).toEqual(['api health', 'api latency']);
}

describe('Lull that is killed and restarted has done everything once', LONG, () => {
  test.each([
    ['before Slack took the announcement', false],
    ['after Slack took the announcement', true],
  ])('%s', async (when, afterWork) => {
    const name = `Killed ${when}`;
    let id = 0;
    // Both channels are announced in concurrently; both calls hang.
    playground.faults.method('chat.postMessage', { status: 503, times: 2, afterWork, delayMs: 1_000 });
    await killInCall('chat.postMessage', async () => {
      id = await scenario.schedule(name, inADay());
    });
    await sleep(1_500);
    expect(scenario.findAnnouncements(name, '#ops').length).toBeLessThanOrEqual(afterWork ? 1 : 0);
    await startLull();
    await scenario.waitForAnnouncement(name);
    await scenario.waitForAnnouncement(name, 'Scheduled', '#status');
    await scenario.runCommand(`/maintenance start ${id}`);
    await expectCompleteEnd(name, id);
  });

  test('between the claim of a thread note and its post', async () => {
    const name = 'Killed before a note';
    const id = await scenario.schedule(name, inADay());
    await scenario.waitForAnnouncement(name);
    await scenario.waitForAnnouncement(name, 'Scheduled', '#status');
    playground.faults.method('chat.postMessage', { status: 503, times: 2, delayMs: 1_000 });
    await killInCall('chat.postMessage', () => scenario.ana.command('#ops', `/maintenance start ${id}`));
    await sleep(1_500);
    await startLull();
    await expectCompleteEnd(name, id);
  });

  test('between the acknowledgment of a reply and its comment', async () => {
    const name = 'Killed before a comment';
    const id = await scenario.schedule(name, inADay());
    const announcement = await scenario.waitForAnnouncement(name);
    // Yuki is not cached yet, so Lull looks her up.
    playground.faults.method('users.info', { status: 503, delayMs: 1_000 });
    const yuki = playground.as('yuki');
    const reply = await killInCall('users.info', async () =>
      yuki.say('#ops', 'The disk is in', { thread: announcement }),
    );
    expect(playground.log().findLast(({ title }) => title === 'message')?.outcome).toBe('ok');
    await startLull();
    await scenario.ana.waitFor('the mark', () => yuki.again(reply)?.reactions.length === 1, PATIENCE);
    const { body } = await api('GET', `/api/v1/maintenances/${id}/comments`);
    expect(body).toMatchObject({ items: [{ comment: 'The disk is in', internal: true }] });
  });

  test('between the start of a window and the muting of its checks', async () => {
    const name = 'Killed before the checks';
    const id = await scenario.schedule(name, inADay());
    await scenario.waitForAnnouncement(name);
    // The lock blocks the job queue of the provider: the start is stored, and no check is muted.
    await session.query('begin');
    const { rowCount } = await session.query(
      "select 1 from graphile_worker._private_job_queues where queue_name like 'provider:%' for update",
    );
    expect(rowCount).toBe(1);
    await scenario.runCommand(`/maintenance start ${id}`);
    await scenario.waitForAnnouncement(name, 'In progress');
    expect(await scenario.listEnabledChecks()).toEqual(['api health', 'api latency']);
    await kill();
    await session.query('rollback');
    await startLull();
    await expectCompleteEnd(name, id);
  });

  test.each([
    ['off', 'start', 'In progress'],
    ['on again', 'finish', 'Done'],
  ])('while its checks are switched %s', async (what, command, status) => {
    const name = `Killed while switching ${what}`;
    const id = await scenario.schedule(name, inADay());
    const announcement = await scenario.waitForAnnouncement(name);
    if (command === 'finish') {
      await scenario.runCommand(`/maintenance start ${id}`);
      await scenario.waitForThread(announcement, 'Switched off');
    }
    // The provider has read the checks, and hangs while it writes one of them.
    await session.query('begin');
    await session.query("select 1 from checks where name = 'api latency' for no key update");
    await scenario.runCommand(`/maintenance ${command} ${id}`);
    await scenario.waitForAnnouncement(name, status);
    await expect
      .poll(
        async () => {
          // PostgreSQL caches statistics within a transaction.
          await session.query('select pg_stat_clear_snapshot()');
          const { rows } = await session.query(
            "select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%checks%'",
          );
          return rows[0].count;
        },
        { timeout: PATIENCE },
      )
      .toBeGreaterThan(0);
    await kill();
    await session.query('rollback');
    await startLull();
    if (command === 'start') return expectCompleteEnd(name, id);
    const all = ['Started by', 'Switched off', 'Ended by', 'Switched on again'];
    expectTexts(await scenario.waitForThread(announcement, 'Switched on again'), ...all);
    expect(await scenario.listEnabledChecks()).toEqual(['api health', 'api latency']);
  });
});
