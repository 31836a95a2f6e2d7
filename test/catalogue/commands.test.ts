import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope, editScope, removeScope } from '../../src/catalogue/scopes/commands.ts';
import { listScopes } from '../../src/catalogue/scopes/repository.ts';
import { addService, editService, removeService } from '../../src/catalogue/services/commands.ts';
import { findService, listServices } from '../../src/catalogue/services/repository.ts';
import { editCheck } from '../../src/checks/commands.ts';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { findCheck } from '../../src/checks/repository.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, start } from '../../src/maintenance/commands/transitions.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import { type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const held = async (maintenance: number) =>
  (await listMutes(w.ctx.database, w.account.id, maintenance))
    .filter(({ endedAt }) => endedAt === null)
    .map(({ checkName }) => checkName);

test('a service gets another name, a description and owners, and its open maintenances show them', async () => {
  const { id } = await w.service('billing');
  const { id: window } = await schedule(w.ctx, w.ana, w.input({ services: [id] }));
  const edited = await editService(w.ctx, w.lull, id, {
    name: ' invoices ',
    description: 'Money',
    owners: ['U0ANA'],
  });
  expect(edited).toMatchObject({ name: 'invoices', description: 'Money', owners: ['U0ANA'], visibility: 'public' });
  expect((await findMaintenance(w.ctx.database, w.account.id, window))?.services[0]?.name).toBe('invoices');
  const event = await w.ctx.database.auditEvent.findFirst({ where: { type: 'service.changed' } });
  expect(event).toMatchObject({
    before: { name: 'billing', description: '', owners: [] },
    after: { name: 'invoices', description: 'Money', owners: ['U0ANA'] },
  });
});

test('a service needs a name that is unique in its scope, and owners that are people', async () => {
  const { id } = await w.service('search');
  await w.service('feed');
  await expect(editService(w.ctx, w.lull, id, { name: 'FEED' })).rejects.toThrow('service-name-taken');
  await expect(editService(w.ctx, w.lull, id, { owners: ['ana'] })).rejects.toThrow('owner-invalid');
  await expect(editService(w.ctx, w.lull, id, { checks: ['NOPE'] })).rejects.toThrow('reference-unknown');
  await expect(editService(w.ctx, w.ana, id, { name: 'x' })).rejects.toThrow('role-required');
  await expect(editService(w.ctx, w.lull, 999_999, { name: 'x' })).rejects.toThrow('service-not-found');
});

test('a check that joins a service in a running window goes off with it, and one that leaves comes on', async () => {
  const service = await w.service('queue', ['depth', 'age']);
  const other = await w.service('other', ['stray']);
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  await start(w.ctx, w.ana, id);
  expect(await held(id)).toEqual(['age', 'depth']);
  const [depth, age, stray] = [...service.checks, ...other.checks].map((check) => check.id);
  if (!depth || !age || !stray) return expect.unreachable();
  await editService(w.ctx, w.lull, service.id, { checks: [depth, stray] });
  expect(await held(id)).toEqual(['depth', 'stray']);
  await editCheck(w.ctx, w.lull, age, { services: [service.id], tags: ['db', 'db'] });
  expect(await held(id)).toEqual(['age', 'depth', 'stray']);
  await editCheck(w.ctx, w.lull, stray, { services: [] });
  expect(await held(id)).toEqual(['age', 'depth']);
});

test('a service that something open needs is not removed; removed it is nowhere to be chosen, and its name is free', async () => {
  const { id, checks } = await w.service('legacy', ['ping']);
  const window = await schedule(w.ctx, w.ana, w.input({ services: [id] }));
  await expect(removeService(w.ctx, w.lull, id)).rejects.toMatchObject({
    code: 'still-needed',
    params: { kind: 'service', name: 'legacy', count: 1, maintenances: [window.id] },
  });
  await cancel(w.ctx, w.ana, window.id, undefined);
  await removeService(w.ctx, w.lull, id);
  expect(await findService(w.ctx.database, w.account.id, id)).toBeNull();
  expect((await listServices(w.ctx.database, w.account.id)).map(({ name }) => name)).not.toContain('legacy');
  expect((await findMaintenance(w.ctx.database, w.account.id, window.id))?.services[0]?.name).toBe('legacy');
  await expect(schedule(w.ctx, w.ana, w.input({ services: [id] }))).rejects.toThrow('reference-unknown');
  const again = await addService(w.ctx, w.lull, { name: 'Legacy', scopeId: null });
  expect((await editService(w.ctx, w.lull, again.id, { checks: checks.map((check) => check.id) })).checks).toHaveLength(
    1,
  );
});

test('a scope is renamed and hidden, and removed once nothing lives in it', async () => {
  const { id } = await addScope(w.ctx, w.lull, { name: 'Staging', description: 'Before' });
  const service = await addService(w.ctx, w.lull, { name: 'db', scopeId: id });
  expect(await editScope(w.ctx, w.lull, id, { name: 'Preview', visibility: 'internal' })).toMatchObject({
    name: 'Preview',
    description: 'Before',
    visibility: 'internal',
  });
  await addScope(w.ctx, w.lull, { name: 'Other' });
  await expect(editScope(w.ctx, w.lull, id, { name: 'other' })).rejects.toThrow('scope-name-taken');
  await expect(removeScope(w.ctx, w.lull, id)).rejects.toMatchObject({
    code: 'scope-has-services',
    params: { name: 'Preview', services: ['db'] },
  });
  await removeService(w.ctx, w.lull, service.id);
  await removeScope(w.ctx, w.lull, id);
  expect((await listScopes(w.ctx.database, w.account.id)).map(({ name }) => name)).not.toContain('Preview');
  await addScope(w.ctx, w.lull, { name: 'preview' });
});

test('two who change different things of one at the same time both have their way', async () => {
  const { id, checks } = await w.service('twice', ['probe']);
  const check = checks[0]?.id ?? expect.unreachable();
  const scope = await addScope(w.ctx, w.lull, { name: 'Twice' });
  for (let round = 0; round < 5; round++) {
    await Promise.all([
      editService(w.ctx, w.lull, id, { description: `of round ${round}` }),
      editService(w.ctx, w.lull, id, { owners: [`U0ROUND${round}`] }),
      editScope(w.ctx, w.lull, scope.id, { description: `of round ${round}` }),
      editScope(w.ctx, w.lull, scope.id, { reminders: [60 + round] }),
      editCheck(w.ctx, w.lull, check, { name: `probe ${round}` }),
      editCheck(w.ctx, w.lull, check, { tags: [`round-${round}`] }),
    ]);
    const now = { description: `of round ${round}` };
    expect(await findService(w.ctx.database, w.account.id, id)).toMatchObject({
      ...now,
      owners: [`U0ROUND${round}`],
    });
    expect((await listScopes(w.ctx.database, w.account.id)).find(({ name }) => name === 'Twice')).toMatchObject({
      ...now,
      reminders: [60 + round],
    });
    expect(await findCheck(w.ctx.database, w.account.id, check)).toMatchObject({
      name: `probe ${round}`,
      tags: [`round-${round}`],
    });
  }
});

test('of two who give the same name at the same time, the second learns that it is taken', async () => {
  const { id: scope } = await addScope(w.ctx, w.lull, { name: 'Contested' });
  const other = await addScope(w.ctx, w.lull, { name: 'Other one' });
  for (let round = 0; round < 5; round++) {
    const results = await Promise.allSettled([
      addService(w.ctx, w.lull, { name: `same ${round}`, scopeId: scope }),
      addService(w.ctx, w.lull, { name: `SAME ${round}`, scopeId: scope }),
      addScope(w.ctx, w.lull, { name: `Same ${round}` }),
      editScope(w.ctx, w.lull, other.id, { name: `same ${round}` }),
    ]);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(reasons.toSorted()).toEqual(['scope-name-taken', 'service-name-taken']);
  }
});

test('scopes are found by a part of their names, as it is and at most as many as asked for', async () => {
  for (const name of ['Tier 1', 'tier 2', '50% of tier 3', 'Lab_1']) await addScope(w.ctx, w.lull, { name });
  const find = async (matching: string, limit?: number) =>
    (await listScopes(w.ctx.database, w.account.id, { matching, ...(limit && { limit }) }))
      .map(({ name }) => name)
      .sort();
  expect(await find('TIER')).toEqual(['50% of tier 3', 'Tier 1', 'tier 2']);
  expect(await find('0%')).toEqual(['50% of tier 3']);
  expect(await find('_1')).toEqual(['Lab_1']);
  expect(await find('tier\0')).toEqual([]);
  expect(await find('tier', 2)).toHaveLength(2);
});
