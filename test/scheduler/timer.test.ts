import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel } from '../../src/maintenance/commands/transitions.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import type { ActionContext } from '../../src/platform/transactions.ts';
import { Timer } from '../../src/scheduler/timer.ts';
import { administer } from '../database.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';

let w: World;
let service: number;
let alarms: Timer[];
let databases: Database[];

beforeEach(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
  alarms = [];
  databases = [];
});
afterEach(async () => {
  await Promise.all(alarms.map((alarm) => alarm.stop()));
  await Promise.all(databases.map((database) => database.$disconnect()));
  await w.close();
});

/** Starts a timer as in another process: it shares only the database and the clock with the others. */
async function alarm(): Promise<Timer> {
  const database = openDatabase(w.url);
  databases.push(database);
  const made = new Timer({ database, clock: w.clock }, w.url, silent);
  alarms.push(made);
  await made.start();
  return made;
}

const planned = (from: number, length = hours(1), ctx: ActionContext = w.ctx): Promise<Maintenance> =>
  schedule(ctx, w.ana, w.input({ services: [service], ...w.soon(from, length) }));
const found = (id: number) => findMaintenance(w.ctx.database, w.account.id, id);
const statusOf = async (id: number) => (await found(id))?.status;
const eventsOf = async (id: number) =>
  (await w.ctx.database.auditEvent.findMany({ where: { maintenanceId: id }, orderBy: { id: 'asc' } })).map(
    (event) => event.type,
  );
const eventually = (statement: () => unknown) => vi.waitFor(statement, { timeout: 15_000, interval: 20 });

describe('a sleeping timer', () => {
  test('starts and ends a newly scheduled window on time', async () => {
    await alarm();
    // Long enough for a busy machine to start it in time; otherwise it would be missed.
    const { id } = await planned(300, 3000);
    await eventually(async () => expect(await statusOf(id)).toBe('succeed'));
    const { startedAt, endedAt, scheduledStart, scheduledEnd } = (await found(id)) as Maintenance;
    expect(startedAt?.getTime()).toBeGreaterThanOrEqual(scheduledStart.getTime());
    expect(endedAt?.getTime()).toBeGreaterThanOrEqual(scheduledEnd.getTime());
  });

  test('that wakes a moment early sleeps on until the window is due', async () => {
    // Slower than the timers of the process.
    const begun = Date.now();
    w.clock.now = () => new Date(begun + Math.floor((Date.now() - begun) * 0.8));
    const lookedAt: number[] = [];
    const first = async () => {
      lookedAt.push(w.clock.now().getTime());
    };
    const watch = new Timer({ ...w.ctx, first }, w.url, silent);
    alarms.push(watch);
    await watch.start();
    const { id, scheduledStart } = await planned(2_000);
    const due = scheduledStart.getTime();
    await eventually(async () => expect(await statusOf(id)).toBe('in-progress'));
    expect(lookedAt.filter((at) => at >= due - 500 && at < due)).toEqual([]);
    expect(lookedAt.some((at) => at >= due)).toBe(true);
  });

  test('does not take what comes due while it looks for the work of another process', async () => {
    const { id, scheduledStart } = await planned(minutes(5));
    let now = new Date(scheduledStart.getTime() - 1);
    w.clock.now = () => now;
    let transactions = 0;
    const first = async () => {
      // After it has looked at maintenances, and before it has looked at series.
      if (++transactions > 1) now = scheduledStart;
    };
    const sleeps = vi.spyOn(globalThis, 'setTimeout');
    const watch = new Timer({ ...w.ctx, first }, w.url, silent);
    alarms.push(watch);
    await watch.start();
    await eventually(async () => expect(await statusOf(id)).toBe('in-progress'));
    expect(sleeps.mock.calls.map(([, ms]) => ms)).not.toContain(50);
    sleeps.mockRestore();
  });

  test('catches up after the clock was moved, with all steps in order', async () => {
    const watch = await alarm();
    const { id } = await planned(hours(1));
    w.clock.moveTo(new Date(w.clock.now().getTime() + hours(1)));
    await watch.wake();
    w.clock.moveTo(new Date(w.clock.now().getTime() + hours(1)));
    await watch.wake();
    expect(await eventsOf(id)).toEqual(['maintenance.scheduled', 'maintenance.started', 'maintenance.finished']);
  });
});

describe('several timers on one database', () => {
  test('advance each maintenance once', async () => {
    const both = [await alarm(), await alarm()];
    const made = await Promise.all(Array.from({ length: 12 }, () => planned(minutes(10))));
    w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(10)));
    await Promise.all(both.map((each) => each.wake()));
    for (const { id } of made) {
      await eventually(async () => expect(await statusOf(id)).toBe('in-progress'));
      expect(await eventsOf(id)).toEqual(['maintenance.scheduled', 'maintenance.started']);
    }
  });
});

describe('after a downtime of Lull', () => {
  test('a window that should be in progress starts late and says how late; a past one was missed', async () => {
    const late = await planned(minutes(10), hours(2));
    const missed = await planned(minutes(10), minutes(20));
    w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(55)));
    await alarm();
    expect(await statusOf(late.id)).toBe('in-progress');
    expect(await found(missed.id)).toMatchObject({ status: 'failed', missed: true, startedAt: null, endedAt: null });
    const [start] = await w.ctx.database.auditEvent.findMany({
      where: { maintenanceId: late.id, type: 'maintenance.started' },
    });
    expect(start?.after).toMatchObject({ late_by_minutes: 45 });
  });

  test('a window that started before ends, and says how late', async () => {
    const { id } = await planned(minutes(10), hours(1));
    w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(10)));
    const [first] = [await alarm()];
    await first.stop();
    w.clock.moveTo(new Date(w.clock.now().getTime() + hours(3)));
    await alarm();
    expect(await statusOf(id)).toBe('succeed');
    const [finish] = await w.ctx.database.auditEvent.findMany({
      where: { maintenanceId: id, type: 'maintenance.finished' },
    });
    expect(finish?.after).toMatchObject({ late_by_minutes: 120 });
  });
});

describe('a maintenance that cannot be advanced', () => {
  const refuse = async (id: number) => {
    await w.ctx.database.$executeRawUnsafe(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'not now'; end $$`);
    await w.ctx.database.$executeRawUnsafe(`create trigger refuse before update on maintenances
      for each row when (old.id = ${id}) execute function refuse()`);
  };

  test('does not hold up the others, and is retried until it can', async () => {
    const stuck = await planned(minutes(5));
    const free = await planned(minutes(10));
    await refuse(stuck.id);
    const watch = await alarm();
    w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(10)));
    await watch.wake();
    expect(await statusOf(stuck.id)).toBe('scheduled');
    expect(await statusOf(free.id)).toBe('in-progress');
    expect(watch.ready).toBe(true);
    await w.ctx.database.$executeRawUnsafe('drop trigger refuse on maintenances');
    await eventually(async () => expect(await statusOf(stuck.id)).toBe('in-progress'));
    expect(await eventsOf(stuck.id)).toEqual(['maintenance.scheduled', 'maintenance.started']);
  });

  test('makes no other late that is due before it is retried', async () => {
    let now = new Date();
    w.clock.now = () => now;
    const stuck = await planned(minutes(5));
    await planned(minutes(5) + 500);
    await refuse(stuck.id);
    now = stuck.scheduledStart;
    const sleeps = vi.spyOn(globalThis, 'setTimeout');
    await alarm();
    expect(sleeps.mock.calls.map(([, ms]) => ms)).toContain(500);
    sleeps.mockRestore();
  });
});

describe('a database that is lost', () => {
  test('is used again when it is back, and `ready` shows both', async () => {
    const watch = await alarm();
    expect(watch.ready).toBe(true);
    const name = new URL(w.url).pathname.slice(1);
    await administer(`alter database ${name} allow_connections false`);
    await administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    await eventually(() => expect(watch.ready).toBe(false));
    await watch.wake();
    await administer(`alter database ${name} allow_connections true`);
    await eventually(() => expect(watch.ready).toBe(true));
    const { id } = await planned(100);
    await eventually(async () => expect(await statusOf(id)).toBe('in-progress'));
  });
});

describe('a stopping timer', () => {
  test('finishes the step in progress and starts no other', async () => {
    const [first, second] = [await planned(minutes(5)), await planned(minutes(10))];
    const watch = await alarm();
    const session = await w.session();
    await session.query('begin; lock table audit_events in exclusive mode');
    w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(7)));
    void watch.wake();
    await eventually(async () => {
      const { rows } = await session.query("select 1 from pg_locks where not granted and locktype = 'relation'");
      expect(rows).toHaveLength(1);
    });
    w.clock.moveTo(second.scheduledStart);
    const stop = watch.stop();
    await session.query('commit');
    await stop;
    expect(await statusOf(first.id)).toBe('in-progress');
    expect(await statusOf(second.id)).toBe('scheduled');
  });

  test('leaves a window that comes due later to the next process', async () => {
    const watch = await alarm();
    const { id, scheduledStart } = await planned(minutes(5));
    await watch.stop();
    w.clock.moveTo(scheduledStart);
    await sleep(200);
    expect(await statusOf(id)).toBe('scheduled');
    await cancel(w.ctx, w.ana, id, undefined);
  });
});
