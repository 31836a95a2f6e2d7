import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve, decline } from '../../src/approvals/commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService, editService } from '../../src/catalogue/services/commands.ts';
import { addCheck, editCheck } from '../../src/checks/commands.ts';
import { addAdHoc, editAdHoc } from '../../src/compat/nodeping/ad-hoc-commands.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { correct } from '../../src/maintenance/commands/correct.ts';
import { edit, extend, type MaintenanceEdit, reschedule } from '../../src/maintenance/commands/edit.ts';
import { getMaintenance } from '../../src/maintenance/commands/find.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { reopen, start } from '../../src/maintenance/commands/transitions.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let boss: Actor;
let [prod, box, web, db, sandbox] = [0, 0, 0, 0, 0];
let [webCheck, dbCheck, boxCheck] = ['', '', ''];
beforeAll(async () => {
  w = await world();
  boss = w.person('admin', 'U0BOSS');
});
afterAll(() => w.close());

/** A guarded scope with two services, and one without approval, each service with a check. */
beforeEach(async () => {
  const name = (what: string) => `${what} ${w.clock.now().getTime()}`;
  prod = (await addScope(w.ctx, boss, { name: name('prod') })).id;
  box = (await addScope(w.ctx, boss, { name: name('box') })).id;
  const add = async (what: string, scopeId: number) => {
    const { id } = await addService(w.ctx, boss, { name: name(what), scopeId });
    const values = { provider: 'builtin', externalId: null, enabled: true, tags: [what] };
    return [id, (await addCheck(w.ctx, boss, { ...values, name: name(what), services: [id] })).id] as const;
  };
  [web, webCheck] = await add('web', prod);
  [db, dbCheck] = await add('db', prod);
  [sandbox, boxCheck] = await add('sandbox', box);
  await editScope(w.ctx, boss, prod, { requiresApproval: true });
});

const request = (services: readonly number[], length = hours(1), by: Actor = w.ana) =>
  schedule(w.ctx, by, w.input({ services, ...w.soon(minutes(5), length) }));
const stored = (id: number) => getMaintenance(w.ctx, w.ana, id);
async function pass(milliseconds: number) {
  w.clock.moveTo(new Date(w.clock.now().getTime() + milliseconds));
  while ((await advanceDueMaintenances(w.ctx)).moved.length > 0);
}
async function running(services: readonly number[], length = hours(1)) {
  const { id, approval } = await request(services, length);
  if (approval === 'pending') await approve(w.ctx, boss, id);
  await pass(minutes(5));
  return id;
}
const muted = async (maintenanceId: number) =>
  (await w.ctx.database.mute.findMany({ where: { maintenanceId, endedAt: null } })).map(({ checkId }) => checkId);
const later = (milliseconds: number) => new Date(w.clock.now().getTime() + milliseconds);

describe('work in progress', () => {
  test.each<[string, () => MaintenanceEdit]>([
    ['services', () => ({ services: [sandbox, web] })],
    ['checks', () => ({ checks: [boxCheck, webCheck] })],
    ['a selector', () => ({ selector: { text: 'tag:web', follows: true } })],
    ['its scope', () => ({ scopeId: prod })],
  ])('that needed no approval does not grow into a scope that requires one, by %s', async (_, change) => {
    const id = await running([sandbox]);
    await expect(edit(w.ctx, w.ana, id, change())).rejects.toThrow('growth-not-approved');
    await expect(correct(w.ctx, w.ana, id, () => ({ status: 'in-progress', ...change() }))).rejects.toThrow(
      'growth-not-approved',
    );
    expect(await muted(id)).toEqual([boxCheck]);
  });

  test('that was approved for a minute on one service lasts neither 30 days nor covers another', async () => {
    const id = await running([web], minutes(1));
    const month = { end: later(hours(24 * 30)) };
    await expect(edit(w.ctx, w.ana, id, month)).rejects.toThrow('end-not-approved');
    await expect(edit(w.ctx, w.ana, id, { services: [web, db] })).rejects.toThrow('growth-not-approved');
    await expect(extend(w.ctx, w.ana, id, 61)).rejects.toThrow('end-not-approved');
    await expect(correct(w.ctx, w.ana, id, () => ({ status: 'in-progress', ...month }))).rejects.toThrow(
      'end-not-approved',
    );
    expect(await stored(id)).toMatchObject({ approval: 'approved' });
    expect(await muted(id)).toEqual([webCheck]);
  });

  test('is extended for up to an hour while approvers are asked, and ends then without an answer', async () => {
    const id = await running([web]);
    const { approved } = await stored(id);
    const extended = await extend(w.ctx, w.ana, id, 45);
    expect(extended?.maintenance).toMatchObject({
      approval: 'pending',
      endsAt: new Date((approved?.end.getTime() ?? 0) + minutes(45)),
    });
    expect(await muted(id)).toEqual([webCheck]);
    await pass(minutes(100));
    expect(await stored(id)).toMatchObject({ status: 'in-progress' });
    await pass(minutes(6));
    expect(await stored(id)).toMatchObject({ status: 'succeed' });
    expect(await muted(id)).toEqual([]);
  });

  test('that is extended is approved by another person, and then extended again', async () => {
    const id = await running([web]);
    await extend(w.ctx, w.person('approver', 'U0BEN'), id, 60);
    await expect(approve(w.ctx, w.person('approver', 'U0BEN'), id)).rejects.toThrow('second-person-required');
    await expect(approve(w.ctx, w.person('approver', 'U0ANA'), id)).rejects.toThrow('second-person-required');
    await approve(w.ctx, boss, id);
    expect(await stored(id)).toMatchObject({ approval: 'approved', status: 'in-progress' });
    expect(await extend(w.ctx, w.ana, id, 30)).toMatchObject({ maintenance: { approval: 'pending' } });
  });

  test('whose extension is declined ends as it was approved to, or at once when that is past', async () => {
    const id = await running([web]);
    const end = (await stored(id)).endsAt;
    await extend(w.ctx, w.ana, id, 30);
    await decline(w.ctx, boss, id, 'Not tonight');
    expect(await stored(id)).toMatchObject({ status: 'in-progress', approval: 'approved', endsAt: end });
    const late = await running([web]);
    await extend(w.ctx, w.ana, late, 30);
    await pass(minutes(70));
    await decline(w.ctx, boss, late);
    await pass(0);
    expect(await stored(late)).toMatchObject({ status: 'succeed' });
  });

  test('whose extension is declined is not extended again by whoever wants it, and can end earlier', async () => {
    const id = await running([web]);
    await extend(w.ctx, w.ana, id, 30);
    await decline(w.ctx, boss, id, 'Not tonight');
    await expect(extend(w.ctx, w.ana, id, 30)).rejects.toThrow('end-not-approved');
    await expect(edit(w.ctx, w.ana, id, { end: later(minutes(75)) })).rejects.toThrow('end-not-approved');
    expect(await edit(w.ctx, w.ana, id, { end: later(minutes(20)) })).toMatchObject({ approval: 'approved' });
    await expect(extend(w.ctx, w.ana, id, 60)).rejects.toThrow('end-not-approved');
  });

  test('can shrink, and cannot be reopened without an approval', async () => {
    const id = await running([web, db]);
    expect(await edit(w.ctx, w.ana, id, { services: [web], end: later(minutes(30)) })).toMatchObject({
      approval: 'approved',
    });
    expect(await muted(id)).toEqual([webCheck]);
    expect(await edit(w.ctx, w.ana, id, { services: [web, db] })).toMatchObject({ approval: 'approved' });
    await pass(hours(1));
    await expect(reopen(w.ctx, w.ana, id)).rejects.toThrow('reopen-needs-approval');
  });

  test('of the NodePing interface neither starts nor grows where a scope requires approval', async () => {
    const adHoc = { name: 'Ad hoc', durationMinutes: 30 };
    await expect(addAdHoc(w.ctx, w.ana, { ...adHoc, checks: [webCheck], enabled: true })).rejects.toThrow(
      'enabling-needs-approval',
    );
    const made = await addAdHoc(w.ctx, w.ana, { ...adHoc, checks: [boxCheck], enabled: true });
    await pass(0);
    const { key } = 'open' in made ? made.open : made.waiting;
    await expect(editAdHoc(w.ctx, w.ana, key, { checks: [boxCheck, dbCheck] })).rejects.toThrow('growth-not-approved');
  });
});

describe('an early start', () => {
  test('is approved for an hour before the approved start, and for as long as planned', async () => {
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [web], ...w.soon(minutes(61), hours(1)) }));
    await approve(w.ctx, boss, id);
    await expect(start(w.ctx, w.ana, id)).rejects.toThrow('start-not-approved');
    await pass(minutes(1));
    await start(w.ctx, w.ana, id);
    await expect(extend(w.ctx, w.ana, id, 61)).rejects.toThrow('end-not-approved');
    expect(await extend(w.ctx, w.ana, id, 60)).toMatchObject({ maintenance: { approval: 'pending' } });
  });
});

describe('a scheduled maintenance that was approved', () => {
  test('stays so when it shrinks, and awaits approval again when it grows, moves or is called another name', async () => {
    const { id } = await request([web, db]);
    await approve(w.ctx, boss, id);
    expect(await edit(w.ctx, w.ana, id, { services: [web] })).toMatchObject({ approval: 'approved' });
    expect(await edit(w.ctx, w.ana, id, { services: [web, sandbox] })).toMatchObject({ approval: 'pending' });
    for (const change of [
      () => reschedule(w.ctx, w.ana, id, w.soon(hours(2), minutes(30))),
      () => edit(w.ctx, w.ana, id, { name: 'Something else' }),
      () => edit(w.ctx, w.ana, id, { checks: [webCheck, dbCheck] }),
    ]) {
      await approve(w.ctx, boss, id);
      expect(await change()).toMatchObject({ approval: 'pending' });
    }
  });

  test('is approved as the approver saw it: an earlier version is refused', async () => {
    const { id, version } = await request([web]);
    await edit(w.ctx, w.ana, id, { services: [web, db] });
    await expect(approve(w.ctx, boss, id, undefined, { version })).rejects.toThrow('approval-outdated');
    await approve(w.ctx, boss, id, undefined, { version: version + 1 });
    expect(await stored(id)).toMatchObject({ approval: 'approved', approved: { scopes: [prod] } });
  });
});

describe('nobody approves what is theirs', () => {
  const tokenOf = (owner: string | undefined, more: Partial<Actor> = {}): Actor => ({
    ...w.person('operator', 'token:5'),
    source: 'http',
    ...(owner === undefined ? {} : { owner }),
    ...more,
  });

  test('with their own token, also when somebody else made the maintenance and the token changed it', async () => {
    const { id } = await request([web], hours(1), tokenOf('U0BOSS'));
    await expect(approve(w.ctx, boss, id)).rejects.toThrow('second-person-required');
    const { id: other } = await request([web]);
    await edit(w.ctx, tokenOf('U0BOSS'), other, { services: [web, db] });
    await expect(approve(w.ctx, boss, other)).rejects.toThrow('second-person-required');
    const { id: free } = await request([sandbox], hours(1), tokenOf('U0BOSS'));
    await edit(w.ctx, w.ana, free, { services: [web] });
    await expect(approve(w.ctx, boss, free)).rejects.toThrow('second-person-required');
  });

  test('with a service token that they created; anybody approves for the operator of Lull', async () => {
    const { id } = await request([web], hours(1), tokenOf(undefined, { creator: 'U0BOSS' }));
    await expect(approve(w.ctx, boss, id)).rejects.toThrow('second-person-required');
    const { id: operators } = await request([web], hours(1), tokenOf(undefined, { id: 'admin-token' }));
    expect(await approve(w.ctx, boss, operators)).toMatchObject({ approval: 'approved' });
  });
});

describe('a change of the catalogue', () => {
  test('that moves a service to a scope that requires approval: what is scheduled awaits one, what runs is unmuted', async () => {
    const runningId = await running([sandbox]);
    const { id, approval } = await request([sandbox]);
    expect(approval).toBeNull();
    await editService(w.ctx, boss, sandbox, { scopeId: prod });
    expect(await stored(id)).toMatchObject({ approval: 'pending', requestedBy: ['U0ANA'] });
    expect(await muted(runningId)).toEqual([]);
    expect(await edit(w.ctx, w.ana, runningId, { name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
  });

  test('that moves a service there is not undone by extending what runs', async () => {
    const id = await running([sandbox], hours(3));
    await editService(w.ctx, boss, sandbox, { scopeId: prod });
    expect(await muted(id)).toEqual([]);
    for (let times = 0; times < 2; times++) {
      expect(await extend(w.ctx, w.ana, id, 20)).toMatchObject({ maintenance: { approval: 'pending' } });
      // Has what it covers looked at again.
      await editCheck(w.ctx, boss, boxCheck, { tags: [`tag-${times}`] });
      expect(await muted(id)).toEqual([]);
    }
    await expect(edit(w.ctx, w.ana, id, { services: [sandbox, web] })).rejects.toThrow('growth-not-approved');
  });

  test('that makes a scope require approval leaves what is open there as it is, and lets it grow no more', async () => {
    const runningId = await running([sandbox], hours(3));
    const { id } = await request([sandbox]);
    await editScope(w.ctx, boss, box, { requiresApproval: true });
    expect(await muted(runningId)).toEqual([boxCheck]);
    expect(await stored(id)).toMatchObject({ approval: null });
    await expect(extend(w.ctx, w.ana, runningId, 600)).rejects.toThrow('end-not-approved');
    expect(await extend(w.ctx, w.ana, runningId, 30)).toMatchObject({ maintenance: { approval: 'pending' } });
    await pass(minutes(5));
    expect(await stored(id)).toMatchObject({ status: 'in-progress' });
    expect(await muted(id)).toEqual([boxCheck]);
  });

  test('that has a selector choose a check in such a scope does not mute it', async () => {
    const chosen = { services: [], checks: [boxCheck], selector: { text: 'tag:picked', follows: true } };
    const { id } = await schedule(w.ctx, w.ana, w.input({ ...chosen, ...w.soon(minutes(5), hours(1)) }));
    await pass(minutes(5));
    await editCheck(w.ctx, boss, dbCheck, { tags: ['picked'] });
    expect(await muted(id)).toEqual([boxCheck]);
    await editCheck(w.ctx, boss, dbCheck, { tags: ['db'] });
  });
});
