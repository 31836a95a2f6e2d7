import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCheck, editCheck } from '../../src/checks/commands.ts';
import { addProvider } from '../../src/checks/provider-commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import { saveHomeViewed } from '../../src/home/repository.ts';
import { correct } from '../../src/maintenance/commands/correct.ts';
import { edit, extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { listUnfinishedChannels } from '../../src/maintenance/repository/announcements.ts';
import { STATUSES } from '../../src/maintenance/rules/status.ts';
import { enqueue } from '../../src/platform/jobs.ts';
import { sweep } from '../../src/scheduler/sweeper.ts';
import { Timer } from '../../src/scheduler/timer.ts';
import { Monitoring } from '../checks/monitoring.ts';
import { connected } from '../checks/providers/connected.ts';
import { Channels } from '../delivery/channels.ts';
import { aWorker } from '../scheduler/a-worker.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';
import { cutConnections, pickRandom, randomBelow } from './chance.ts';

/** Length of the storm in real seconds; `LULL_STORM=300` makes it longer. */
const SECONDS = Number(process.env.LULL_STORM ?? 15);
const PEOPLE = 6;
const INSTANCES = 2;
/** People change only the latest windows, so that several change the same one. */
const IN_REACH = 8;

let w: World;
let channels: Channels;
let systems: Map<string, Monitoring>;
let running: { stop(): Promise<void> }[];

beforeEach(async () => {
  w = await world();
  channels = new Channels();
  systems = new Map(['builtin', 'nodes', 'probes'].map((name) => [name, new Monitoring()]));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  await w.close();
});

/** Starts the timer and the worker of one more process on the database. */
async function startInstance() {
  const worker = aWorker(w, channels, { provider: async (_, name) => systems.get(name) });
  await worker.start();
  running.push(worker);
  const timer = new Timer(w.ctx, w.url, silent);
  await timer.start();
  running.push(timer);
}

/** Four services with checks of three monitoring systems; some checks belong to two services. */
async function createCatalogue() {
  const services = [];
  for (const name of ['api', 'web', 'mail', 'search']) {
    const service = await w.service(name, [`${name} answers`, `${name} is quick`]);
    services.push({ id: service.id, checks: service.checks.map(({ id }) => id) });
  }
  const first = services[0]?.id ?? 0;
  for (const provider of ['nodes', 'probes']) {
    const input = { name: provider, kind: 'nodeping', settings: {}, credentials: { token: 'x' }, enabled: true };
    await addProvider(w.ctx, w.lull, input, connected(w.ctx.database));
    for (const { id } of services) {
      const check = {
        name: `${provider} of ${id}`,
        provider,
        externalId: `${provider}-${id}`,
        enabled: true,
        tags: [],
      };
      await addCheck(w.ctx, w.lull, { ...check, services: [...new Set([id, first])] });
    }
  }
  return services;
}

/** Errors of a connection that the server closed. */
const LOST = /57P01|Connection terminated|not queryable|ECONNRESET|EPIPE/;

const randomSeconds = (most: number) => randomBelow(most) * 1000;

test(
  `concurrent people, instances and lost connections leave nothing undone, unannounced, announced twice or muted (${SECONDS} s)`,
  async () => {
    const services = await createCatalogue();
    await saveHomeViewed(w.ctx.database, w.account.id, w.ana.id);
    for (let count = 0; count < INSTANCES; count++) await startInstance();

    const windows: number[] = [];
    const recentId = () => pickRandom(windows.slice(-IN_REACH)) ?? 0;
    const admin = w.person('admin');
    const actions: (() => Promise<unknown>)[] = [
      async () => {
        // Windows start on even seconds, so that several start and end at the same time.
        const from = 2000 - (w.clock.now().getTime() % 2000) + randomSeconds(3) * 2;
        const input = w.input({
          services: [pickRandom(services).id],
          channels: ['C1'],
          ...w.soon(from, 2000 + randomSeconds(4)),
        });
        windows.push((await schedule(w.ctx, w.ana, input)).id);
      },
      () => start(w.ctx, w.ana, recentId()),
      () => finish(w.ctx, w.ana, recentId(), 'succeed'),
      () => cancel(w.ctx, w.ana, recentId(), 'not today'),
      () => extend(w.ctx, w.ana, recentId(), 1),
      () => reschedule(w.ctx, w.ana, recentId(), w.soon(randomSeconds(4), 3000)),
      () => correct(w.ctx, w.ana, recentId(), () => ({ status: pickRandom(STATUSES) })),
      () => comment(w.ctx, w.ana, recentId(), { text: 'Half way.', internal: false }),
      () => edit(w.ctx, w.ana, recentId(), { services: [pickRandom(services).id] }),
      () => edit(w.ctx, w.ana, recentId(), { checks: pickRandom(services).checks }),
      () => editCheck(w.ctx, admin, pickRandom(pickRandom(services).checks), { services: [pickRandom(services).id] }),
    ];
    const until = Date.now() + SECONDS * 1000;
    const unexpected: unknown[] = [];
    const runners = Array.from({ length: PEOPLE }, async () => {
      while (Date.now() < until) {
        await pickRandom(actions)().catch((error: unknown) => {
          // A request whose connection was lost needs no answer.
          if (!(error instanceof UserError) && !LOST.test(`${JSON.stringify(error)} ${error}`)) unexpected.push(error);
        });
      }
    });
    const connectionCutter = (async () => {
      while (Date.now() < until) {
        await sleep(1500 + randomSeconds(3));
        await cutConnections(w.url, 0.4);
      }
    })();
    await Promise.all([...runners, connectionCutter]);
    expect(unexpected).toEqual([]);

    w.clock.moveTo(new Date(w.clock.now().getTime() + hours(2)));
    const { database } = w.ctx;
    const pendingJobs = () =>
      database.$queryRaw<{ key: string | null; last_error: string | null }[]>`
      select key, last_error from graphile_worker.jobs where not (key like 'post-check:%' or key like 'prune-downtimes:%')`;
    const waitUntilSettled = () =>
      vi.waitFor(
        async () => {
          expect(
            await database.maintenance.groupBy({ by: ['status'], where: { nextDueAt: { lte: w.clock.now() } } }),
          ).toEqual([]);
          expect(await pendingJobs()).toEqual([]);
        },
        { timeout: minutes(3), interval: 250 },
      );
    await waitUntilSettled();
    await sweep(w.ctx);
    await waitUntilSettled();

    expect(await database.maintenance.count({ where: { status: { in: ['scheduled', 'in-progress'] } } })).toBe(0);
    expect(await database.mute.count({ where: { releasedAt: null } })).toBe(0);
    for (const [system, { off }] of systems) expect({ system, off: [...off] }).toEqual({ system, off: [] });
    const corrected = await database.auditEvent.findMany({
      where: { type: 'maintenance.corrected' },
      distinct: ['maintenanceId'],
      select: { maintenanceId: true },
    });
    expect(corrected.length).toBeGreaterThan(0);
    for (const type of [
      'maintenance.started',
      'maintenance.finished',
      'maintenance.canceled',
      'maintenance.missed',
    ] as const) {
      const times = await database.auditEvent.groupBy({
        by: ['maintenanceId'],
        // A correction can have a window start and end again.
        where: { type, maintenanceId: { notIn: corrected.flatMap(({ maintenanceId }) => maintenanceId ?? []) } },
        _count: true,
        having: { id: { _count: { gt: 1 } } },
      });
      expect({ type, times }).toEqual({ type, times: [] });
    }
    for (const channel of ['C0DEFAULT', 'C1']) {
      const keys = channels.in(channel).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(channels.live(channel)).toHaveLength(windows.length);
    }
    // Announcing everything again posts nothing new.
    const calls = channels.calls.length;
    await database.announcement.updateMany({ data: { version: { increment: 1 } } });
    for (const channel of await listUnfinishedChannels(database, w.clock.now())) {
      await enqueue(database, 'announce', channel);
    }
    await waitUntilSettled();
    expect(channels.calls.slice(calls)).toEqual([]);
  },
  600_000 + SECONDS * 1000,
);
