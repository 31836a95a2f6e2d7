import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { addFreeze, removeFreeze } from '../../src/freezes/commands.ts';
import { FreezeConflict } from '../../src/freezes/rules.ts';
import { type ScheduleInput, schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, reopen, start } from '../../src/maintenance/commands/transitions.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let service: number;

beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health', 'latency'])).id;
});
afterAll(() => w.close());

async function running(values: Partial<ScheduleInput> = {}) {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], visibility: 'internal', ...values }));
  await start(w.ctx, w.ana, id);
  return id;
}
async function over(values: Partial<ScheduleInput> = {}) {
  const id = await running(values);
  await finish(w.ctx, w.ana, id, 'succeed');
  return id;
}

describe('a window that is over', () => {
  test('is reopened as a new one on the same things, now and for 30 minutes', async () => {
    const id = await over();
    const opened = await reopen(w.ctx, w.ana, id);
    expect(opened).toMatchObject({
      name: 'Postgres upgrade (reopened)',
      status: 'in-progress',
      visibility: 'internal',
      reopensId: id,
      services: [{ id: service }],
      checks: null,
    });
    expect(opened.scheduledEnd.getTime() - opened.scheduledStart.getTime()).toBe(minutes(30));
    expect(await listMutes(w.ctx.database, w.account.id, opened.id)).toHaveLength(2);
    const where = { maintenanceId: id, type: 'maintenance.reopened' };
    expect(await w.ctx.database.auditEvent.findMany({ where })).toMatchObject([
      { actorId: w.ana.id, internal: true, after: { maintenance: opened.id } },
    ]);
  });

  test('is announced where it was, once reopened', async () => {
    const opened = await reopen(w.ctx, w.ana, await over({ channels: ['C0WAR', 'C0ROOM'] }));
    const announced = await w.ctx.database.announcement.findMany({ where: { maintenanceId: opened.id } });
    expect(announced.map(({ channel }) => channel).toSorted()).toEqual(['C0DEFAULT', 'C0ROOM', 'C0WAR']);
  });

  test('is reopened once, by however many presses at one time', async () => {
    const id = await over();
    const opened = await Promise.all([1, 2, 3].map(() => reopen(w.ctx, w.ana, id)));
    expect(new Set(opened.map((each) => each.id)).size).toBe(1);
  });

  test('is reopened anew once that is over, too, and keeps its name', async () => {
    const id = await over();
    const first = await reopen(w.ctx, w.ana, id, 'one');
    await finish(w.ctx, w.ana, first.id, 'succeed');
    // A redelivery does not open another one.
    expect((await reopen(w.ctx, w.ana, id, 'one')).id).toBe(first.id);
    expect((await reopen(w.ctx, w.ana, id, 'two')).id).not.toBe(first.id);
    const again = await reopen(w.ctx, w.ana, first.id);
    expect(again.name).toBe('Postgres upgrade (reopened)');
  });
});

describe('cannot be reopened', () => {
  test('one in progress, or that never began', async () => {
    const id = await running();
    await expect(reopen(w.ctx, w.ana, id)).rejects.toMatchObject({ kind: 'conflict' });
    const planned = await schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(hours(5), hours(1)) }));
    await expect(reopen(w.ctx, w.ana, planned.id)).rejects.toThrow('never-started');
  });

  test('by somebody who only looks', async () => {
    const id = await over();
    await expect(reopen(w.ctx, w.person('viewer', 'U0EVE'), id)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('in a freeze, unless an admin says why', async () => {
    const id = await over();
    const boss = w.person('admin', 'U0BOSS');
    const freeze = await addFreeze(w.ctx, boss, {
      ...w.soon(0, hours(1)),
      scopeId: null,
      reason: 'Holidays',
      effect: 'block',
    });
    await expect(reopen(w.ctx, w.ana, id)).rejects.toBeInstanceOf(FreezeConflict);
    const opened = await reopen(w.ctx, boss, id, undefined, 'The database is down');
    expect(opened.status).toBe('in-progress');
    await removeFreeze(w.ctx, boss, freeze.id);
  });

  test('where a second person approves each window, and nothing is left of the try', async () => {
    const scope = await w.ctx.database.scope.create({ data: { accountId: w.account.id, name: 'Production' } });
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], scopeId: scope.id }));
    await start(w.ctx, w.ana, id);
    await finish(w.ctx, w.ana, id, 'succeed');
    await w.ctx.database.scope.update({ where: { id: scope.id }, data: { requiresApproval: true } });
    const before = await w.ctx.database.maintenance.count();
    await expect(reopen(w.ctx, w.ana, id)).rejects.toThrow('reopen-needs-approval');
    expect(await w.ctx.database.maintenance.count()).toBe(before);
  });
});
