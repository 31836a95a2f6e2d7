import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approve } from '../../src/approvals/commands.ts';
import { approveSeries } from '../../src/approvals/series-commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { edit } from '../../src/maintenance/commands/edit.ts';
import { getMaintenance } from '../../src/maintenance/commands/find.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { editSeries, getSeries, scheduleSeries } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import { hours, minutes, type World, world } from '../world.ts';

const DAY = hours(24);
let w: World;
let boss: Actor;
let [api, db] = [0, 0];
beforeAll(async () => {
  w = await world();
  boss = w.person('admin', 'U0BOSS');
  const { id: scopeId } = await addScope(w.ctx, boss, { name: 'prod' });
  api = (await addService(w.ctx, boss, { name: 'api', scopeId })).id;
  db = (await addService(w.ctx, boss, { name: 'db', scopeId })).id;
  await editScope(w.ctx, boss, scopeId, { requiresApproval: true });
});
afterAll(() => w.close());

/** Daily from three hours ahead, for an hour. */
async function daily(by: Actor = w.ana, services = [api, db]) {
  const { start: _, end: __, ...input } = w.input({ services });
  const hour = new Date(w.clock.now().getTime() + hours(3)).getUTCHours();
  const made = await scheduleSeries(w.ctx, by, { ...input, cron: `0 ${hour} * * *`, durationMinutes: 60 });
  if (made === undefined) throw new Error('nothing was scheduled');
  return made;
}
const next = async (id: number) => getMaintenance(w.ctx, w.ana, (await getSeries(w.ctx, w.ana, id)).nextRun?.id ?? 0);
async function pass(milliseconds: number) {
  w.clock.moveTo(new Date(w.clock.now().getTime() + milliseconds));
  while ((await advanceDueMaintenances(w.ctx)).moved.length > 0);
  await planDueSeries(w.ctx);
}

describe('a series that is approved for some days', () => {
  test('has its scheduled run approved, and those that it makes until then, and no later ones', async () => {
    const { id } = await daily();
    const first = await next(id);
    expect(first.approval).toBe('pending');
    await approveSeries(w.ctx, boss, id, { days: 2 });
    expect(await next(id)).toMatchObject({ id: first.id, approval: 'approved' });
    await pass(DAY);
    expect(await next(id)).toMatchObject({ approval: 'approved' });
    await pass(DAY);
    const last = await next(id);
    expect(last.scheduledEnd.getTime()).toBeGreaterThan(
      (await getSeries(w.ctx, w.ana, id)).standingApproval?.until.getTime() ?? 0,
    );
    expect(last.approval).toBe('pending');
    // One run at a time is approved as before.
    expect(await approve(w.ctx, boss, last.id)).toMatchObject({ approval: 'approved' });
  });

  test('is not approved by who scheduled or changed it, nor by the owner of their token', async () => {
    const owner = w.person('approver', 'U0OWNER');
    const { id } = await daily(owner);
    await expect(approveSeries(w.ctx, owner, id, { days: 30 })).rejects.toThrow('series-second-person-required');
    const token: Actor = { ...w.person('operator', 'token:9'), source: 'http', owner: 'U0CLEO' };
    await editSeries(w.ctx, token, id, { durationMinutes: 30 });
    const cleo = w.person('approver', 'U0CLEO');
    await expect(approveSeries(w.ctx, cleo, id, { days: 30 })).rejects.toThrow('series-second-person-required');
    await expect(approveSeries(w.ctx, token, id, { days: 30 })).rejects.toThrow('person-required');
    await expect(approve(w.ctx, cleo, (await next(id)).id)).rejects.toThrow('second-person-required');
    await approveSeries(w.ctx, boss, id, { days: 30 });
    expect(await next(id)).toMatchObject({ approval: 'approved' });
  });

  test.each<[string, () => Parameters<typeof editSeries>[3], boolean]>([
    ['is shorter', () => ({ durationMinutes: 30 }), true],
    ['covers less', () => ({ services: [api] }), true],
    ['lasts longer', () => ({ durationMinutes: 61 }), false],
    ['runs at another time', () => ({ cron: '30 4 * * *' }), false],
    ['runs in another zone', () => ({ timezone: 'Asia/Tokyo' }), false],
    ['is about something else', () => ({ description: 'Drop all tables' }), false],
  ])('that %s keeps the approval or loses it', async (_, change, keeps) => {
    const { id } = await daily();
    await approveSeries(w.ctx, boss, id, { days: 30 });
    const edited = await editSeries(w.ctx, w.ana, id, change());
    expect(edited?.standingApproval !== null).toBe(keeps);
    expect((await next(id)).approval).toBe(keeps ? 'approved' : 'pending');
    const ended = await w.ctx.database.auditEvent.count({
      where: { subjectId: String(id), type: 'series.approval_ended' },
    });
    expect(ended).toBe(keeps ? 0 : 1);
  });

  test('that covers more needs approvals again', async () => {
    const { id } = await daily(w.ana, [api]);
    await approveSeries(w.ctx, boss, id, { days: 30 });
    expect(await editSeries(w.ctx, w.ana, id, { services: [api, db] })).toMatchObject({ standingApproval: null });
    expect(await next(id)).toMatchObject({ approval: 'pending' });
  });

  test('does not approve a run that somebody changed', async () => {
    const { id } = await daily();
    await approveSeries(w.ctx, boss, id, { days: 30 });
    const run = await next(id);
    const later = new Date(run.scheduledEnd.getTime() + minutes(30));
    expect(await edit(w.ctx, w.ana, run.id, { end: later })).toMatchObject({ approval: 'pending' });
    await approveSeries(w.ctx, boss, id, { days: 60 });
    expect(await next(id)).toMatchObject({ approval: 'pending' });
  });

  test('was seen as it is, for a possible number of days, where a scope requires an approval', async () => {
    const { id, version } = await daily();
    await editSeries(w.ctx, w.ana, id, { durationMinutes: 45 });
    await expect(approveSeries(w.ctx, boss, id, { days: 30, version })).rejects.toThrow('series-outdated');
    await expect(approveSeries(w.ctx, boss, id, { days: 181 })).rejects.toThrow('series-approval-invalid');
    const free = await daily(w.ana, [(await w.service('free')).id]);
    await expect(approveSeries(w.ctx, boss, free.id, { days: 30 })).rejects.toThrow('series-approval-not-needed');
  });
});
