import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approve, decline } from '../../src/approvals/commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { edit, extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { getMaintenance } from '../../src/maintenance/commands/find.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let boss: Actor;
let ben: Actor;
let prod: number;
let api: number;
let web: number;
beforeAll(async () => {
  w = await world();
  boss = w.person('admin', 'U0BOSS');
  ben = w.person('approver', 'U0BEN');
  prod = (await addScope(w.ctx, boss, { name: 'prod' })).id;
  api = (await addService(w.ctx, boss, { name: 'api', scopeId: prod })).id;
  web = (await addService(w.ctx, boss, { name: 'web', scopeId: null })).id;
  await editScope(w.ctx, boss, prod, { requiresApproval: true });
});
afterAll(() => w.close());

const asked = (by = w.ana, services = [api]) => schedule(w.ctx, by, w.input({ services }));
const stored = (id: number) => getMaintenance(w.ctx, w.ana, id);
async function passed(milliseconds: number) {
  w.clock.moveTo(new Date(w.clock.now().getTime() + milliseconds));
  while ((await advanceDueMaintenances(w.ctx)).moved.length > 0);
}

describe('a maintenance that touches a scope that wants approval', () => {
  test('waits for a second person, and starts once they approved', async () => {
    const { id, approval } = await asked();
    expect(approval).toBe('pending');
    await expect(start(w.ctx, boss, id)).rejects.toMatchObject({
      code: 'approval-missing',
      params: { id, approval: 'pending' },
    });
    await expect(approve(w.ctx, w.ana, id)).rejects.toThrow('role-required');
    await expect(approve(w.ctx, w.person('admin'), id)).rejects.toThrow('second-person-required');
    expect(await approve(w.ctx, ben, id)).toMatchObject({ approval: 'approved' });
    await expect(approve(w.ctx, ben, id)).rejects.toThrow('approval-decided');
    expect(await start(w.ctx, w.ana, id)).toMatchObject({ status: 'in-progress' });
    // What runs is not stopped by asking.
    expect(await extend(w.ctx, w.ana, id, 10)).toMatchObject({
      maintenance: { status: 'in-progress', approval: 'pending' },
    });
  });

  test('waits also when another of its services is elsewhere; one that is wholly elsewhere does not', async () => {
    expect(await asked(w.ana, [web, api])).toMatchObject({ approval: 'pending', scope: null });
    expect(await asked(w.ana, [web])).toMatchObject({ approval: null });
  });

  test.each([
    ['an edit', (id: number) => edit(w.ctx, ben, id, { name: 'Another' })],
    ['a move', (id: number) => reschedule(w.ctx, ben, id, w.soon(hours(3), hours(1)))],
    ['an extension before the start', (id: number) => extend(w.ctx, ben, id, 60)],
  ])('is asked for again after %s, of another than who changed it', async (_, change) => {
    const { id } = await asked();
    await approve(w.ctx, boss, id);
    await change(id);
    expect(await stored(id)).toMatchObject({ approval: 'pending', requestedBy: ['U0ANA', 'U0BEN'] });
    await expect(approve(w.ctx, ben, id)).rejects.toThrow('second-person-required');
    expect(await approve(w.ctx, boss, id)).toMatchObject({ approval: 'approved' });
  });

  test('an edit that changes nothing asks nobody', async () => {
    const { id, name } = await asked();
    await approve(w.ctx, ben, id);
    await edit(w.ctx, w.ana, id, { name });
    expect(await stored(id)).toMatchObject({ approval: 'approved' });
  });

  test('declined with a reason stays, does not start, and may be changed or approved after all', async () => {
    const { id } = await asked();
    expect(await decline(w.ctx, ben, id, 'Not on a Friday')).toMatchObject({
      approval: 'declined',
      status: 'scheduled',
    });
    await expect(start(w.ctx, w.ana, id)).rejects.toMatchObject({
      code: 'approval-missing',
      params: { approval: 'declined' },
    });
    const told = await w.ctx.database.notice.findMany({ where: { maintenanceId: id } });
    expect(told).toMatchObject([{ personId: 'U0ANA', reason: expect.stringMatching(/^declined:/) }]);
    await reschedule(w.ctx, w.ana, id, w.soon(hours(9), hours(1)));
    expect(await stored(id)).toMatchObject({ approval: 'pending', requestedBy: ['U0ANA'] });
    await decline(w.ctx, ben, id, undefined);
    expect(await approve(w.ctx, ben, id)).toMatchObject({ approval: 'approved' });
  });

  test('approved twice at the same time is approved once', async () => {
    const { id } = await asked();
    const done = await Promise.allSettled([approve(w.ctx, ben, id), approve(w.ctx, boss, id)]);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('is canceled when it is not approved at its start, and its owner told; an approved one starts', async () => {
    const [lapsing, declined, approved] = [await asked(), await asked(), await asked()];
    await decline(w.ctx, ben, declined.id, undefined);
    await approve(w.ctx, ben, approved.id);
    await passed(hours(1) + minutes(1));
    expect(await stored(lapsing.id)).toMatchObject({ status: 'canceled', startedAt: null });
    expect(await stored(declined.id)).toMatchObject({ status: 'canceled' });
    expect(await stored(approved.id)).toMatchObject({ status: 'in-progress' });
    const notices = await w.ctx.database.notice.findMany({ where: { maintenanceId: lapsing.id } });
    expect(notices).toMatchObject([{ reason: 'not-approved' }]);
    await expect(approve(w.ctx, ben, lapsing.id)).rejects.toThrow('wrong-status');
  });

  test('is reminded of as unapproved', async () => {
    const { id } = await asked();
    await passed(minutes(46));
    const reminded = () =>
      w.ctx.database.auditEvent.findFirst({
        where: { maintenanceId: id, type: 'maintenance.reminded' },
        orderBy: { id: 'desc' },
      });
    expect(await reminded()).toMatchObject({ after: { awaits_approval: true } });
    const { id: other } = await asked(w.ana, [web]);
    await passed(minutes(46));
    const [event] = await w.ctx.database.auditEvent.findMany({
      where: { maintenanceId: other, type: 'maintenance.reminded' },
    });
    expect(event?.after).not.toHaveProperty('awaits_approval');
  });

  test('is not said to be missed when its whole window passed unapproved', async () => {
    const { id } = await asked();
    await passed(hours(30));
    expect(await stored(id)).toMatchObject({ status: 'canceled', missed: false });
  });
});

test('the runs of a series wait as well, and its owner cannot approve them', async () => {
  const owner = w.person('approver', 'U0OWNER');
  const { start: _, end: __, ...input } = w.input({ services: [api] });
  const series = await scheduleSeries(w.ctx, owner, { ...input, cron: '0 3 * * *', durationMinutes: 60 });
  const id = series?.nextRun?.id ?? 0;
  expect(await stored(id)).toMatchObject({ approval: 'pending', requestedBy: ['U0OWNER'] });
  await expect(approve(w.ctx, owner, id)).rejects.toThrow('second-person-required');
  expect(await approve(w.ctx, ben, id)).toMatchObject({ approval: 'approved' });
});

test('a scope that wants no approval any more frees what waits for it', async () => {
  const { id } = await asked();
  await editScope(w.ctx, boss, prod, { requiresApproval: false });
  expect(await stored(id)).toMatchObject({ approval: null });
  await editScope(w.ctx, boss, prod, { requiresApproval: true });
  expect(await stored(id)).toMatchObject({ approval: null });
  expect(await asked()).toMatchObject({ approval: 'pending' });
});
