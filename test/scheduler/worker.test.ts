import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addCheck } from '../../src/checks/commands.ts';
import { addProvider } from '../../src/checks/provider-commands.ts';
import type { Providers } from '../../src/checks/providers/provider.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { countActiveJobs, enqueue, listTakenJobs } from '../../src/platform/jobs.ts';
import { runTransaction } from '../../src/platform/transaction.ts';
import { inTransaction } from '../../src/platform/transactions.ts';
import type { Worker } from '../../src/scheduler/worker.ts';
import { Monitoring, only } from '../checks/monitoring.ts';
import { connected } from '../checks/providers/connected.ts';
import { administer } from '../database.ts';
import { Channels, inSlack } from '../delivery/channels.ts';
import { Wire } from '../platform/wire.ts';
import { type World, world } from '../world.ts';
import { aWorker } from './a-worker.ts';

let w: World;
let channels: Channels;
let monitoring: Monitoring;
let workers: Worker[];

beforeEach(async () => {
  w = await world();
  channels = new Channels();
  monitoring = new Monitoring();
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await w.close();
});

async function worker(providers: Providers = only(monitoring)): Promise<Worker> {
  const made = aWorker(w, channels, providers);
  workers.push(made);
  await made.start();
  return made;
}
const eventually = (statement: () => unknown) => vi.waitFor(statement, { timeout: 20_000, interval: 20 });
const scheduled = async (...named: string[]) => {
  const service = await w.service(`service ${Math.random()}`, ['health']);
  return schedule(w.ctx, w.ana, w.input({ services: [service.id], channels: named }));
};
/** Every job in the queue, including failed ones. */
const left = () => w.ctx.database.$queryRaw`select * from graphile_worker.jobs`;
const idle = () => eventually(async () => expect(await countActiveJobs(w.ctx.database)).toBe(0));

test('jobs announce a window, mute and unmute its check, and write its thread', async () => {
  await worker();
  const { id } = await scheduled();
  await start(w.ctx, w.ana, id);
  await eventually(() => expect(monitoring.off.size).toBe(1));
  await finish(w.ctx, w.ana, id, 'succeed');
  await eventually(() => expect(monitoring.off.size).toBe(0));
  await eventually(() => expect(channels.notes('C0DEFAULT').join('\n')).toMatch(/Switched on again: health/));
  expect(channels.live('C0DEFAULT')).toHaveLength(1);
});

describe('jobs', () => {
  test('of one channel run one after another, those of several channels concurrently', async () => {
    let [now, most] = [0, 0];
    const inChannel = new Map<string, number>();
    const overlapping: string[] = [];
    channels.before = async (channel) => {
      now++;
      most = Math.max(most, now);
      inChannel.set(channel, (inChannel.get(channel) ?? 0) + 1);
      if (inChannel.get(channel) !== 1) overlapping.push(channel);
      await sleep(30);
      inChannel.set(channel, (inChannel.get(channel) ?? 0) - 1);
      now--;
    };
    for (let i = 0; i < 4; i++) await scheduled('C1', 'C2');
    await Promise.all([worker(), worker()]);
    await eventually(() => expect(channels.live('C2')).toHaveLength(4));
    await eventually(() => expect(channels.live('C0DEFAULT')).toHaveLength(4));
    expect(overlapping).toEqual([]);
    expect(most).toBeGreaterThan(1);
  });

  test('of a rolled back change never run', async () => {
    await worker();
    const { id } = await scheduled();
    await eventually(() => expect(channels.live('C0DEFAULT')).toHaveLength(1));
    await idle();
    const calls = channels.calls.length;
    await runTransaction(w.ctx.database, async (tx) => {
      await tx.maintenance.update({ where: { id }, data: { name: 'never' } });
      await enqueue(tx, 'announce', { accountId: w.account.id, ...inSlack('C0DEFAULT') });
      throw new Error('no');
    }).catch(() => {});
    await sleep(300);
    expect(channels.calls).toHaveLength(calls);
  });

  test('that are waiting are not enqueued twice', async () => {
    for (let i = 0; i < 3; i++) {
      await enqueue(w.ctx.database, 'announce', {
        accountId: w.account.id,
        ...inSlack('C0DEFAULT'),
      });
    }
    expect(await countActiveJobs(w.ctx.database)).toBe(1);
  });

  test('that are enqueued again while they end cause no deadlock', async () => {
    const one = await worker();
    const { database } = w.ctx;
    // Without an announcement there is nothing to do, so these jobs end at once.
    const announcements = Array.from({ length: 8 }, (_, at) => ({
      accountId: w.account.id,
      ...inSlack(`C${at}`),
    }));
    for (let round = 0; round < 100; round++) {
      await runTransaction(database, async (tx) => {
        for (const each of announcements) await enqueue(tx, 'announce', each);
      });
      expect(one.ready).toBe(true);
    }
    await idle();
    expect(await left()).toEqual([]);
  });

  test('that two changes enqueue in different orders do not make them wait for each other', async () => {
    const asking = ['C1', 'C2'].map((channel) => ({ accountId: w.account.id, ...inSlack(channel) }));
    // Each has enqueued its first job before either enqueues its second.
    let begun = 0;
    let bothBegan = () => {};
    const together = new Promise<void>((resolve) => {
      bothBegan = resolve;
    });
    let tries = 0;
    const change = (order: typeof asking) =>
      inTransaction(w.ctx, async (tx) => {
        tries++;
        for (const [at, each] of order.entries()) {
          if (at === 1) {
            if (++begun === 2) bothBegan();
            await together;
          }
          await enqueue(tx, 'announce', each);
        }
      });
    await Promise.all([change(asking), change(asking.toReversed())]);
    expect(tries).toBe(2);
    const { rows } = await (await w.session()).query<{ count: number }>(
      "select count(distinct split_part(key, '#', 1))::int as count from graphile_worker.jobs",
    );
    expect(rows).toEqual([{ count: 2 }]);
  });

  test('that are delayed run when they are due, and not at the next poll', async () => {
    await worker();
    await idle();
    await scheduled();
    await eventually(() => expect(channels.live('C0DEFAULT')).toHaveLength(1));
    await idle();
    await w.ctx.database.announcement.updateMany({ data: { version: { increment: 1 }, rendered: null } });
    const job = { accountId: w.account.id, ...inSlack('C0DEFAULT') };
    await enqueue(w.ctx.database, 'announce', job, { notBefore: new Date(Date.now() + 1_500) });
    await eventually(() => expect(channels.calls).toContain('update C0DEFAULT'));
  });

  test('that are not there cost next to nothing', async () => {
    await worker();
    await idle();
    const statements = new Set<string>();
    const look = async () => {
      const rows = await w.ctx.database.$queryRaw<{ statement: string }[]>`
        select pid || ' ' || query_start::text as statement from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and query not like '%pg_stat_activity%'`;
      for (const { statement } of rows) statements.add(statement);
    };
    await look();
    const before = statements.size;
    for (let i = 0; i < 100; i++) {
      await sleep(50);
      await look();
    }
    expect(statements.size - before).toBeLessThan(10);
  });

  test('that failed are retried', async () => {
    let tries = 0;
    channels.before = async () => {
      tries++;
      if (tries === 1) throw new Error('a socket hung up');
    };
    await worker();
    await scheduled();
    await eventually(() => expect(channels.live('C0DEFAULT')).toHaveLength(1));
    expect(tries).toBe(2);
  });
});

test('of hanging monitoring systems delay neither other jobs nor messages', async () => {
  const dead = ['dead-1', 'dead-2', 'dead-3', 'dead-4', 'dead-5'];
  let letGo = () => {};
  const hanging = new Promise<never>((_, reject) => {
    letGo = () => reject(new Error('at last'));
  });
  hanging.catch(() => {});
  const asked = new Set<string>();
  const service = await w.service('api', ['health']);
  for (const name of dead) {
    const input = { name, kind: 'nodeping', settings: {}, credentials: { token: 'x' }, enabled: true };
    await addProvider(w.ctx, w.lull, input, connected(w.ctx.database));
    const check = { name, services: [service.id], provider: name, externalId: name, enabled: true, tags: [] };
    await addCheck(w.ctx, w.lull, check);
  }
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  await worker({
    provider: async (_, name) => {
      if (!dead.includes(name)) return monitoring;
      return Object.assign(new Monitoring(), {
        read: () => {
          asked.add(name);
          return hanging;
        },
      });
    },
  });
  await start(w.ctx, w.ana, id);
  await eventually(() => expect([...asked].sort()).toEqual(dead));
  await eventually(() => expect(monitoring.off.size).toBe(1));
  await eventually(() => expect(channels.notes('C0DEFAULT').join('\n')).toMatch(/Switched off: health/));
  letGo();
});

describe('a process that was killed', () => {
  test('has its running jobs taken over, and the jobs queued behind them run', async () => {
    const { id } = await scheduled();
    const { database } = w.ctx;
    // A killed process leaves a job and its queue locked.
    await database.$executeRaw`
      update graphile_worker._private_jobs set locked_by = 'pool-gone', locked_at = now(), attempts = 1`;
    await database.$executeRaw`
      update graphile_worker._private_job_queues set locked_by = 'pool-gone', locked_at = now()`;
    const other = await scheduled();
    await worker();
    await eventually(() => expect(channels.live('C0DEFAULT').map(({ message }) => message.text)).toHaveLength(2));
    const posted = channels.live('C0DEFAULT').map(({ message }) => JSON.stringify(message.blocks));
    for (const each of [id, other.id]) expect(posted.some((text) => text.includes(`Maintenance ${each}`))).toBe(true);
  });

  test('is not confused with one that runs a long job', async () => {
    let inHand = false;
    let letGo = () => {};
    channels.before = () => {
      inHand = true;
      return new Promise((resolve) => {
        letGo = resolve;
      });
    };
    await worker();
    await scheduled();
    await eventually(() => expect(inHand).toBe(true));
    expect((await listTakenJobs(w.ctx.database)).map(({ workerLives }) => workerLives)).toEqual([true]);
    channels.before = async () => {};
    letGo();
    await idle();
  });
});

describe('a database that is lost', () => {
  test('after it gave a job, before its answer arrives, has the job done all the same', async () => {
    const wire = await Wire.open(w.url);
    let lost = 0;
    const one = aWorker({ ...w, url: wire.url }, channels, only(monitoring));
    workers.push(one);
    await one.start();
    wire.loses = (asked, answered) => {
      const gives = asked.includes('get_job') && answered.includes('"channelKind"');
      if (gives) lost++;
      return gives && lost === 1;
    };
    await scheduled();
    await eventually(() => expect(channels.live('C0DEFAULT')).toHaveLength(1));
    await idle();
    expect(lost).toBeGreaterThan(0);
    await one.stop();
    await wire.close();
  });

  test('again while the queue starts again has it start once more', async () => {
    const wire = await Wire.open(w.url);
    const one = aWorker({ ...w, url: wire.url }, channels, only(monitoring));
    workers.push(one);
    await one.start();
    const lost: string[] = [];
    wire.loses = (asked) => {
      const next = ['_private_jobs as jobs\nusing unnest', '_private_tasks as tasks (identifier)'][lost.length];
      const loses = next !== undefined && asked.includes(next);
      if (loses) lost.push(next);
      return loses;
    };
    await scheduled();
    await eventually(() => expect(lost).toHaveLength(2));
    await scheduled('C0NEXT');
    await eventually(() => expect(channels.live('C0NEXT')).toHaveLength(1));
    await one.stop();
    await wire.close();
  });

  test('after a job was done, before the queue has noted that, delays other jobs for a moment, whatever still runs', async () => {
    const wire = await Wire.open(w.url);
    let lost = 0;
    const one = aWorker({ ...w, url: wire.url }, channels, only(monitoring));
    workers.push(one);
    await one.start();
    wire.loses = (asked) => asked.includes('_private_jobs as jobs\nusing unnest') && lost++ === 0;
    let letGo = () => {};
    const hanging = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    channels.before = async (channel) => {
      if (channel === 'C0SLOW') await hanging;
    };
    await scheduled('C0SLOW');
    await scheduled('C0ONE');
    await eventually(() => expect(lost).toBeGreaterThan(0));
    await scheduled('C0TWO');
    await eventually(() => expect(channels.live('C0TWO')).toHaveLength(1));
    expect(channels.live('C0SLOW')).toEqual([]);
    letGo();
    await eventually(() => expect(channels.live('C0SLOW')).toHaveLength(1));
    await one.stop();
    await wire.close();
  });

  test('during a job, four times in a row, has the job done a few seconds later', async () => {
    let losses = 0;
    channels.before = async () => {
      if (++losses <= 4) await w.ctx.database.$queryRaw`select pg_terminate_backend(pg_backend_pid())`;
    };
    await worker();
    await scheduled();
    // A job that fails four times for another reason waits for a minute and a half.
    await eventually(() => expect(channels.live('C0DEFAULT')).toHaveLength(1));
    expect(losses).toBe(5);
  });

  test('without a word while a job ends is waited for once, and not again by each runner that stops', async () => {
    const wire = await Wire.open(w.url);
    const url = new URL(wire.url);
    // A minute otherwise.
    url.searchParams.set('query_timeout', '1000');
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => lines.push(line) });
    const one = aWorker({ ...w, url: url.href }, channels, only(monitoring), log);
    workers.push(one);
    await one.start();
    let silenced = 0;
    channels.after = async () => {
      if (silenced++ === 0) wire.silence();
    };
    await scheduled();
    await eventually(() => expect(lines.join('')).toContain('the job queue cannot reach the database'));
    await eventually(() => expect(one.ready).toBe(true));
    await idle();
    expect(channels.live('C0DEFAULT')).toHaveLength(1);
    expect(lines.filter((line) => line.includes('UNLISTEN: Error: Query read timeout'))).toEqual([]);
    await one.stop();
    await wire.close();
  });

  test('during a job causes only a pause', async () => {
    const name = new URL(w.url).pathname.slice(1);
    channels.after = async () => {
      channels.after = async () => {};
      await administer(`alter database ${name} allow_connections false`);
      await administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
      await sleep(500);
    };
    const one = await worker();
    const { id } = await scheduled();
    await eventually(() => expect(channels.live('C0DEFAULT')).toHaveLength(1));
    await sleep(1500);
    expect(one.ready).toBe(false);
    await administer(`alter database ${name} allow_connections true`);
    await eventually(() => expect(one.ready).toBe(true));
    const database = openDatabase(w.url);
    await eventually(async () => {
      const announcement = await database.announcement.findFirstOrThrow({ where: { maintenanceId: id } });
      expect(announcement.messageRef).not.toBeNull();
    });
    await database.$disconnect();
    expect(channels.live('C0DEFAULT')).toHaveLength(1);
  });
});

test('a stopping worker finishes its running jobs and takes no others', async () => {
  let inHand = false;
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  channels.before = async () => {
    inHand = true;
    await answered;
  };
  const one = await worker();
  await scheduled();
  await eventually(() => expect(inHand).toBe(true));
  await scheduled();
  const stopped = one.stop();
  answer();
  await stopped;
  workers = [];
  expect(channels.live('C0DEFAULT')).toHaveLength(1);
  expect(await countActiveJobs(w.ctx.database)).toBe(1);
});
