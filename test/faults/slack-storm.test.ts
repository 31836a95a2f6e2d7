import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Lull } from '../../src/app/lull.ts';
import type { MethodFault } from '../../src/playground/web-api/faults.ts';
import { sweep } from '../../src/scheduler/sweeper.ts';
import { type Installation, install, textOf } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { cutConnections, oneOf, upTo } from './chance.ts';

/** Length of the storm in real seconds; `LULL_STORM=300` makes it longer. */
const SECONDS = Number(process.env.LULL_STORM ?? 10);
/** People change only the latest windows. */
const IN_REACH = 6;

let at: Installation;
let other: Lull;
beforeAll(async () => {
  at = await install({ playground: { messageRate: false, tierLimits: false } });
  other = await at.again();
});
afterAll(async () => {
  await other.stop();
  await at.close();
});

const fromNow = (milliseconds: number) => new Date(at.clock.now().getTime() + milliseconds).toISOString();

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
    const { database } = at.lull.ctx;
    const services: { id: number }[] = (await at.api('GET', '/api/v1/services')).body.items;
    const before: { id: string; enabled: boolean }[] = (await at.api('GET', '/api/v1/checks')).body.items;
    const windows: { id: number; name: string }[] = [];
    const recent = () => oneOf(windows.slice(-IN_REACH))?.id ?? 0;
    const says = (who: 'ana' | 'jonas', line: string) => at.playground.as(who).command('#ops', `/maintenance ${line}`);
    const deeds: (() => unknown)[] = [
      async () => {
        const name = `Job ${windows.length + 1} of the storm ${upTo(1e6)}`;
        const { status, body } = await at.api('POST', '/api/v1/maintenances', {
          name,
          service: oneOf(services).id,
          scheduled_start_date: fromNow(2000 + upTo(3) * 1000),
          scheduled_end_date: fromNow(7000 + upTo(5) * 1000),
        });
        if (status === 201) windows.push({ id: body.id, name });
      },
      () => says('ana', `start ${recent()}`),
      () => says('ana', `finish ${recent()} all well`),
      () => says('ana', `cancel ${recent()}`),
      () => says('jonas', `extend ${recent()} 1m`),
      () => says('jonas', `comment ${recent()} word ${upTo(1e9)}`),
      () => at.playground.as('ana').openHome(),
    ];
    const until = Date.now() + SECONDS * 1000;
    const people = Array.from({ length: 3 }, async () => {
      while (Date.now() < until) {
        await oneOf(deeds)();
        await sleep(upTo(200));
      }
    });
    const weather = (async () => {
      while (Date.now() < until) {
        await sleep(200 + upTo(600));
        const kind = Math.random();
        if (kind < 0.1) at.playground.faults.disconnect('drop');
        else if (kind < 0.2) await cutConnections(at.database.url, 0.3);
        else at.playground.faults.method(...oneOf(FAULTS));
      }
    })();
    await Promise.all([...people, weather]);
    at.playground.faults.clearMethods();

    // Waits until every connection is back, every job is done, and every event is posted.
    at.clock.moveTo(new Date(at.clock.now().getTime() + hours(6)));
    const rest = () =>
      vi.waitFor(
        async () => {
          await Promise.all([at.lull.timer.wake(), other.timer.wake()]);
          expect(await database.maintenance.count({ where: { nextDueAt: { lte: at.clock.now() } } })).toBe(0);
          const left = database.$queryRaw`
          select key, last_error from graphile_worker.jobs
          where not (key like 'post-check:%' or key like 'prune-downtimes:%' or key like 'ingest-replies:%')`;
          expect(await left).toEqual([]);
        },
        { timeout: minutes(4), interval: 250 },
      );
    await rest();
    await sweep(at.lull.ctx);
    await rest();

    const ana = at.playground.as('ana');
    for (const window of windows) {
      for (const channel of ['#ops', '#status']) {
        const live = ana
          .messages(channel)
          .filter(({ ts, threadTs }) => threadTs === undefined || threadTs === ts)
          .filter((message) => textOf(message).includes(`: ${window.name}`));
        const heads = live.map((message) => message.text);
        expect(heads, channel).toEqual([expect.stringMatching(/(?:Done|Canceled|Missed|Failed): /)]);
        const told = live.flatMap((message) => ana.thread(message)).map(({ text }) => text);
        expect(new Set(told).size, `${channel}: ${told.join('\n')}`).toBe(told.length);
      }
    }
    expect(await database.mute.count({ where: { releasedAt: null } })).toBe(0);
    const after: typeof before = (await at.api('GET', '/api/v1/checks')).body.items;
    expect(after.map(({ id, enabled }) => ({ id, enabled }))).toEqual(
      before.map(({ id, enabled }) => ({ id, enabled })),
    );
  },
  600_000 + SECONDS * 1000,
);
