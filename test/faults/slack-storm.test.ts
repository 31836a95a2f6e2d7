import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Lull } from '../../src/app/lull.ts';
import type { MethodFault } from '../../src/playground/web-api/faults.ts';
import { sweep } from '../../src/scheduler/sweeper.ts';
import { type Installation, install, textOf } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { cutConnections, pickRandom, randomBelow } from './chance.ts';

/** Length of the storm in real seconds; `LULL_STORM=300` makes it longer. */
const SECONDS = Number(process.env.LULL_STORM ?? 10);
/** People change only the latest windows. */
const IN_REACH = 6;

let env: Installation;
let other: Lull;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false, tierLimits: false } });
  other = await env.again();
});
afterAll(async () => {
  await other.stop();
  await env.close();
});

const fromNow = (milliseconds: number) => new Date(env.clock.now().getTime() + milliseconds).toISOString();

/** Faults of Slack; a lost response is lost after the call took effect. */
const FAULTS: readonly [method: string, fault: MethodFault][] = [
  ['chat.postMessage', { status: 502, afterWork: true }],
  ['chat.postMessage', { status: 'hang_up', afterWork: true }],
  ['chat.postMessage', { status: 503 }],
  ['chat.postMessage', { status: 429, retryAfter: 1 }],
  ['chat.update', { status: 500 }],
  ['chat.postEphemeral', { status: 502 }],
  ['views.publish', { status: 502 }],
  ['conversations.replies', { status: 502 }],
  ['reactions.add', { status: 502, afterWork: true }],
];

test(
  `with two instances, wrong answers from Slack and lost connections, each window is announced once and completely (${SECONDS} s)`,
  async () => {
    const { database } = env.lull.ctx;
    const services: { id: number }[] = (await env.api('GET', '/api/v1/services')).body.items;
    const checksBefore: { id: string; enabled: boolean }[] = (await env.api('GET', '/api/v1/checks')).body.items;
    const windows: { id: number; name: string }[] = [];
    const recentId = () => pickRandom(windows.slice(-IN_REACH))?.id ?? 0;
    const command = (who: 'ana' | 'jonas', line: string) =>
      env.playground.as(who).command('#ops', `/maintenance ${line}`);
    const actions: (() => unknown)[] = [
      async () => {
        const name = `Job ${windows.length + 1} of the storm ${randomBelow(1e6)}`;
        const { status, body } = await env.api('POST', '/api/v1/maintenances', {
          name,
          service: pickRandom(services).id,
          scheduled_start_date: fromNow(2000 + randomBelow(3) * 1000),
          scheduled_end_date: fromNow(7000 + randomBelow(5) * 1000),
        });
        if (status === 201) windows.push({ id: body.id, name });
      },
      () => command('ana', `start ${recentId()}`),
      () => command('ana', `finish ${recentId()} all well`),
      () => command('ana', `cancel ${recentId()}`),
      () => command('jonas', `extend ${recentId()} 1m`),
      () => command('jonas', `comment ${recentId()} word ${randomBelow(1e9)}`),
      () => env.playground.as('ana').openHome(),
    ];
    const until = Date.now() + SECONDS * 1000;
    const runners = Array.from({ length: 3 }, async () => {
      while (Date.now() < until) {
        await pickRandom(actions)();
        await sleep(randomBelow(200));
      }
    });
    const faultInjector = (async () => {
      while (Date.now() < until) {
        await sleep(200 + randomBelow(600));
        const kind = Math.random();
        if (kind < 0.1) env.playground.faults.disconnect('drop');
        else if (kind < 0.2) await cutConnections(env.database.url, 0.3);
        else env.playground.faults.method(...pickRandom(FAULTS));
      }
    })();
    await Promise.all([...runners, faultInjector]);
    env.playground.faults.clearMethods();

    // Waits until every connection is back, every job is done, and every event is posted.
    env.clock.moveTo(new Date(env.clock.now().getTime() + hours(6)));
    const waitUntilSettled = () =>
      vi.waitFor(
        async () => {
          await Promise.all([env.lull.timer.wake(), other.timer.wake()]);
          expect(await database.maintenance.count({ where: { nextDueAt: { lte: env.clock.now() } } })).toBe(0);
          const pendingJobs = database.$queryRaw`
          select key, last_error from graphile_worker.jobs
          where not (key like 'post-check:%' or key like 'prune-downtimes:%' or key like 'ingest-replies:%')`;
          expect(await pendingJobs).toEqual([]);
        },
        { timeout: minutes(4), interval: 250 },
      );
    await waitUntilSettled();
    await sweep(env.lull.ctx);
    await waitUntilSettled();

    const ana = env.playground.as('ana');
    for (const window of windows) {
      for (const channel of ['#ops', '#status']) {
        const announcements = ana
          .messages(channel)
          .filter(({ ts, threadTs }) => threadTs === undefined || threadTs === ts)
          .filter((message) => textOf(message).includes(`: ${window.name}`));
        const texts = announcements.map((message) => message.text);
        expect(texts, channel).toEqual([expect.stringMatching(/(?:Done|Canceled|Missed|Failed): /)]);
        const replies = announcements.flatMap((message) => ana.thread(message)).map(({ text }) => text);
        expect(new Set(replies).size, `${channel}: ${replies.join('\n')}`).toBe(replies.length);
      }
    }
    expect(await database.mute.count({ where: { releasedAt: null } })).toBe(0);
    const checksAfter: typeof checksBefore = (await env.api('GET', '/api/v1/checks')).body.items;
    expect(checksAfter.map(({ id, enabled }) => ({ id, enabled }))).toEqual(
      checksBefore.map(({ id, enabled }) => ({ id, enabled })),
    );
  },
  600_000 + SECONDS * 1000,
);
