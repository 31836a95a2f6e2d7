import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck } from '../../src/checks/commands.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { addFreeze, countFrozen, editFreeze, type NewFreeze, removeFreeze } from '../../src/freezes/commands.ts';
import { listFreezes } from '../../src/freezes/repository.ts';
import { FreezeConflict, MAX_FREEZES } from '../../src/freezes/rules.ts';
import { edit, extend, type MaintenanceEdit, reschedule } from '../../src/maintenance/commands/edit.ts';
import { preview, schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { countingStatements } from '../statements.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let boss: Actor;
let prod: number;
let api: number;
let web: number;
beforeAll(async () => {
  w = await world();
  boss = w.person('admin', 'U0BOSS');
  prod = (await addScope(w.ctx, boss, { name: 'prod' })).id;
  api = (await addService(w.ctx, boss, { name: 'api', scopeId: prod })).id;
  web = (await addService(w.ctx, boss, { name: 'web', scopeId: null })).id;
});
afterEach(() => w.ctx.database.freeze.deleteMany());
afterAll(() => w.close());

/** From four to eight hours from now. */
const freeze = (values: Partial<NewFreeze> = {}) =>
  addFreeze(w.ctx, boss, {
    ...w.soon(hours(4), hours(4)),
    scopeId: null,
    reason: 'Holidays',
    effect: 'block',
    ...values,
  });
const events = (maintenanceId: number) =>
  w.ctx.database.auditEvent.findMany({ where: { maintenanceId }, orderBy: { id: 'asc' } });
const free = (services = [api]) => schedule(w.ctx, w.ana, w.input({ services, ...w.soon(hours(1), hours(1)) }));

describe('a freeze that blocks', () => {
  test('refuses what would fall into it, says which and what to do, and changes nothing', async () => {
    await freeze();
    const before = await w.ctx.database.maintenance.count();
    const within = w.input({ services: [web], ...w.soon(hours(5), hours(1)) });
    await expect(schedule(w.ctx, w.ana, within)).rejects.toMatchObject({
      code: 'window-frozen',
      params: { freezes: [{ reason: 'Holidays', scope: null }] },
    });
    expect(await w.ctx.database.maintenance.count()).toBe(before);
  });

  test('refuses a move, an extension and an edit into it', async () => {
    await freeze({ scopeId: prod });
    const { id } = await free();
    await expect(reschedule(w.ctx, w.ana, id, w.soon(hours(5), hours(1)))).rejects.toThrow(FreezeConflict);
    await expect(extend(w.ctx, w.ana, id, 180)).rejects.toThrow(FreezeConflict);
    await expect(edit(w.ctx, w.ana, id, w.soon(hours(5), hours(1)))).rejects.toThrow(FreezeConflict);
    expect((await extend(w.ctx, w.ana, id, 60))?.maintenance.scheduledEnd).toBeInstanceOf(Date);
  });

  test('refuses to start work early into it, and lets work start that was planned in it', async () => {
    await addFreeze(w.ctx, boss, {
      ...w.soon(-hours(1), hours(2)),
      scopeId: null,
      reason: 'Launch',
      effect: 'block',
    });
    const later = await schedule(w.ctx, w.ana, w.input({ services: [api], ...w.soon(hours(3), hours(1)) }));
    await expect(start(w.ctx, boss, later.id)).rejects.toThrow(FreezeConflict);
    const within = w.input({ services: [api], ...w.soon(minutes(20), hours(1)), overrideReason: 'Agreed' });
    const { id } = await schedule(w.ctx, boss, within);
    expect(await start(w.ctx, w.ana, id)).toMatchObject({ status: 'in-progress' });
  });

  test('of a scope is for what touches it by its services or by the checks it names, and for nothing else', async () => {
    await freeze({ scopeId: prod });
    const when = w.soon(hours(5), hours(1));
    const { checks } = await w.service('queue', ['queue depth']);
    const [check] = checks;
    await w.ctx.database.serviceCheck.create({
      data: { accountId: w.account.id, serviceId: api, checkId: check?.id ?? '' },
    });
    await expect(schedule(w.ctx, w.ana, w.input({ services: [web, api], ...when }))).rejects.toThrow(FreezeConflict);
    await expect(schedule(w.ctx, w.ana, w.input({ services: [], checks: [check?.id ?? ''], ...when }))).rejects.toThrow(
      FreezeConflict,
    );
    await expect(schedule(w.ctx, w.ana, w.input({ services: [web], ...when }))).resolves.toMatchObject({});
  });

  test('is overridden by an admin with a reason, which is recorded', async () => {
    const { id: freezeId } = await freeze();
    const asked = w.input({ services: [api], ...w.soon(hours(5), hours(1)) });
    await expect(schedule(w.ctx, w.ana, { ...asked, overrideReason: 'Urgent' })).rejects.toMatchObject({
      code: 'role-required',
      params: { permission: 'override-freeze', needed: 'admin' },
    });
    await expect(schedule(w.ctx, boss, { ...asked, overrideReason: '  ' })).rejects.toThrow('reason-required');
    const { id } = await schedule(w.ctx, boss, { ...asked, overrideReason: ' Disk is failing ' });
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'maintenance.freeze_overridden',
      actorId: 'U0BOSS',
      internal: true,
      after: { freezes: [{ id: freezeId, reason: 'Holidays' }], override_reason: 'Disk is failing' },
    });
    // What does not grow is not asked about it again.
    await edit(w.ctx, w.ana, id, { description: 'Disk 3', end: w.soon(hours(5), minutes(50)).end });
    await expect(reschedule(w.ctx, w.ana, id, w.soon(hours(6), hours(1)))).rejects.toThrow(FreezeConflict);
    await reschedule(w.ctx, boss, id, { ...w.soon(hours(6), hours(1)), overrideReason: 'Still failing' });
  });

  test('leaves alone what was scheduled before it', async () => {
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [api], ...w.soon(hours(5), hours(1)) }));
    await freeze();
    await edit(w.ctx, w.ana, id, { name: 'Renamed', end: w.soon(hours(5), minutes(30)).end });
    expect(await w.ctx.database.maintenance.findUnique({ where: { id } })).toMatchObject({ status: 'scheduled' });
  });

  test('lets nothing grow that is in it, also when an admin overrode it for what was there', async () => {
    const services = [api];
    const before = await schedule(w.ctx, w.ana, w.input({ services, ...w.soon(hours(5), hours(1)) }));
    await freeze();
    const overridden = w.input({ services, ...w.soon(hours(6), hours(1)), overrideReason: 'Agreed' });
    const growth: readonly MaintenanceEdit[] = [
      { end: w.soon(hours(7), minutes(1)).end },
      { services: [api, web] },
      { selector: { text: 'tag:web', follows: true } },
    ];
    for (const { id } of [before, await schedule(w.ctx, boss, overridden)]) {
      for (const change of growth) {
        await expect(edit(w.ctx, w.ana, id, change), JSON.stringify(change)).rejects.toThrow(FreezeConflict);
      }
    }
  });

  test('holds no longer once it is removed, and the audit knows what it was', async () => {
    const { id } = await freeze();
    await removeFreeze(w.ctx, boss, id);
    await schedule(w.ctx, w.ana, w.input({ services: [api], ...w.soon(hours(5), minutes(30)) }));
    await expect(removeFreeze(w.ctx, boss, id)).rejects.toMatchObject({ code: 'freeze-not-found', params: { id } });
    const [event] = await w.ctx.database.auditEvent.findMany({
      where: { type: 'freeze.removed', subjectKind: 'freeze', subjectId: String(id) },
    });
    expect(event).toMatchObject({ before: { reason: 'Holidays', effect: 'block', scope: null } });
  });
});

describe('a freeze that warns', () => {
  test('lets it through, is shown before, and is told of', async () => {
    await freeze({ effect: 'warn' });
    const asked = w.input({ services: [web], ...w.soon(hours(5), hours(1)) });
    const shown = await preview(w.ctx, w.ana, asked);
    expect(shown.freezes).toMatchObject([{ reason: 'Holidays', effect: 'warn' }]);
    const { id } = await schedule(w.ctx, w.ana, asked);
    expect((await events(id)).map(({ type }) => type)).toEqual(['maintenance.scheduled', 'maintenance.freeze_entered']);
  });
});

test('another account neither sees a freeze nor can remove it, and it holds for nobody else', async () => {
  const { id } = await freeze();
  const other = await findAccountByTeam(
    w.ctx.database,
    { id: 'T0OTHER', name: 'Other' },
    { timezone: 'UTC', defaultChannel: null },
  );
  const stranger: Actor = { ...boss, accountId: other.id };
  await expect(removeFreeze(w.ctx, stranger, id)).rejects.toMatchObject({ code: 'freeze-not-found', params: { id } });
  expect(await listFreezes(w.ctx.database, other.id, w.clock.now())).toEqual([]);
  const theirs = (await addService(w.ctx, stranger, { name: 'api', scopeId: null })).id;
  await schedule(w.ctx, stranger, w.input({ services: [theirs], ...w.soon(hours(5), hours(1)) }));
  await expect(
    addFreeze(w.ctx, stranger, { ...w.soon(0, hours(1)), scopeId: prod, reason: 'x', effect: 'block' }),
  ).rejects.toThrow('reference-unknown');
});

describe('the maintenances that a new freeze is over', () => {
  test('are the open ones at its time and in its scope', async () => {
    const { id: check } = await addCheck(w.ctx, boss, {
      ...{ name: 'frozen-probe', services: [api], provider: 'builtin', externalId: null, enabled: true, tags: [] },
    });
    const at = { ...w.soon(hours(500), hours(1)), services: [] };
    const after = { ...w.soon(hours(503), hours(1)), services: [api] };
    const selector = (text: string) => ({ text, follows: false });
    for (const input of [
      { ...at, services: [api] },
      { ...at, services: [web] },
      { ...at, services: [web], scopeId: prod },
      { ...at, checks: [check] },
      { ...at, selector: selector('name:frozen-*') },
      { ...at, selector: selector('name:elsewhere') },
      after,
    ]) {
      await schedule(w.ctx, w.ana, w.input(input));
    }
    const freezeOf = (scopeId: number | null) => freeze({ ...w.soon(hours(499), hours(3)), scopeId });
    expect(await countFrozen(w.ctx, boss, await freezeOf(null))).toBe(6);
    expect(await countFrozen(w.ctx, boss, await freezeOf(prod))).toBe(4);
  });

  test('are counted with as many statements for many as for few', async () => {
    const made = await freeze({ ...w.soon(hours(599), hours(3)), scopeId: prod });
    const counts: number[] = [];
    for (const windows of [1, 9]) {
      for (let index = 0; index < windows; index++) {
        await schedule(w.ctx, boss, {
          ...w.input({ services: [api], ...w.soon(hours(600), hours(1)) }),
          overrideReason: 'Agreed',
        });
      }
      counts.push((await countingStatements(() => countFrozen(w.ctx, boss, made))).length);
    }
    expect(await countFrozen(w.ctx, boss, made)).toBe(10);
    expect(counts[1]).toBe(counts[0]);
  });
});

test('an account has so many freezes at most that are not over, and a change reads all of them in as few statements', async () => {
  const asked = () => w.input({ services: [web], ...w.soon(hours(705), hours(1)) });
  const none = await countingStatements(() => schedule(w.ctx, w.ana, asked()));
  const common = { accountId: w.account.id, reason: 'x', effect: 'warn', createdById: 'U1', createdByName: 'Ana' };
  const [soon, over] = [w.soon(hours(700), hours(9)), w.soon(-hours(9), hours(3))];
  const data = Array.from({ length: MAX_FREEZES - 1 }, () => ({ ...common, ...soon, createdAt: w.clock.now() }));
  await w.ctx.database.freeze.createMany({
    data: [...data, { ...data[0], ...common, ...over, createdAt: over.start }],
  });
  const last = await freeze(w.soon(hours(700), hours(9)));
  await expect(freeze()).rejects.toMatchObject({ code: 'too-many-freezes', params: { max: MAX_FREEZES } });
  await editFreeze(w.ctx, boss, last.id, { effect: 'warn' });
  const { id } = await w.ctx.database.freeze.findFirstOrThrow({ where: { end: over.end } });
  await expect(editFreeze(w.ctx, boss, id, soon)).rejects.toThrow('too-many-freezes');
  const all = await countingStatements(() => schedule(w.ctx, w.ana, asked()));
  expect(all.length).toBe(none.length);
});
