import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { findProvider, insertProvider } from '../../src/checks/provider-repository.ts';
import { type ListedCheck, listChecks } from '../../src/checks/repository.ts';
import { type Lister, previewSync, syncProvider } from '../../src/checks/sync.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { type World, world } from '../world.ts';

let w: World;
let there: ListedCheck[];
const list: Lister = async () => there;
beforeAll(async () => {
  w = await world();
  const provider = { name: 'icinga', kind: 'icinga2', settings: {}, credentials: null, enabled: true };
  await insertProvider(w.ctx.database, w.account.id, provider, w.clock.now());
});
beforeEach(async () => {
  there = [];
  await sync();
});
afterAll(() => w.close());

const admin = () => w.person('admin');
const listed = (externalId: string, values: Partial<ListedCheck> = {}): ListedCheck => ({
  externalId,
  name: `check ${externalId}`,
  enabled: true,
  tags: [],
  ...values,
});
const preview = () => previewSync(w.ctx, admin(), 'icinga', list);
const sync = async () => syncProvider(w.ctx, admin(), 'icinga', list, (await preview()).fingerprint);
const checks = async () => {
  const all = await listChecks(w.ctx.database, w.account.id);
  return all.filter(({ provider }) => provider === 'icinga');
};

test('checks are added with their tags, take over names and tags, and are removed', async () => {
  there = [listed('db1', { tags: ['db'] }), listed('web', { enabled: false })];
  const { difference } = await preview();
  expect(difference.added.map(({ externalId }) => externalId)).toEqual(['db1', 'web']);
  expect(await checks()).toEqual([]);
  await sync();
  const [db1, web] = await checks();
  expect(db1).toMatchObject({ name: 'check db1', externalId: 'db1', tags: ['db'], enabled: true });
  expect(web).toMatchObject({ name: 'check web', enabled: false });

  there = [listed('db1', { name: 'Database', tags: ['db', 'eu'] })];
  const { difference: done } = await sync();
  expect(done.removed.map(({ id }) => id)).toEqual([web?.id]);
  expect(await checks()).toMatchObject([{ id: db1?.id, name: 'Database', tags: ['db', 'eu'] }]);
});

test('a check that returns is the same check', async () => {
  there = [listed('db1')];
  await sync();
  const [before] = await checks();
  there = [];
  await sync();
  expect(await checks()).toEqual([]);
  there = [listed('db1', { tags: ['new'] })];
  await sync();
  expect(await checks()).toMatchObject([{ id: before?.id, tags: ['new'] }]);
});

test('only the confirmed difference is applied', async () => {
  there = [listed('db1')];
  const { fingerprint } = await preview();
  there = [listed('db1'), listed('db2')];
  await expect(syncProvider(w.ctx, admin(), 'icinga', list, fingerprint)).rejects.toThrow('sync-outdated');
  expect(await checks()).toEqual([]);
});

test('a window in progress unmutes a check that was removed, and its record stays', async () => {
  there = [listed('db1'), listed('db2')];
  await sync();
  const ids = (await checks()).map(({ id }) => id);
  const service = await w.service('db');
  await w.ctx.database.serviceCheck.createMany({
    data: ids.map((checkId) => ({ accountId: w.account.id, serviceId: service.id, checkId })),
  });
  const maintenance = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  if (maintenance === undefined) return expect.unreachable();
  await start(w.ctx, w.ana, maintenance.id);
  there = [listed('db1')];
  await sync();
  const mutes = await listMutes(w.ctx.database, w.account.id, maintenance.id);
  expect(mutes.map(({ checkName, endedAt }) => [checkName, endedAt !== null])).toEqual([
    ['check db1', false],
    ['check db2', true],
  ]);
});

test('a sync is recorded with its time, actor and changes', async () => {
  const before = w.clock.now();
  there = [listed('db1')];
  await sync();
  const provider = await findProvider(w.ctx.database, w.account.id, 'icinga');
  expect(provider?.health.lastSyncAt?.getTime()).toBeGreaterThanOrEqual(before.getTime());
  const [event] = await w.ctx.database.auditEvent.findMany({
    where: { type: 'provider.synced' },
    orderBy: { id: 'desc' },
    take: 1,
  });
  expect(event).toMatchObject({
    subjectKind: 'provider',
    subjectId: 'icinga',
    after: { checks_added: 1, checks_removed: 0, checks_changed: 0, added: ['check db1'] },
  });
});

test('a sync needs an admin and a provider', async () => {
  await expect(previewSync(w.ctx, w.ana, 'icinga', list)).rejects.toThrow('role-required');
  await expect(syncProvider(w.ctx, w.ana, 'icinga', list, '')).rejects.toThrow('role-required');
  await expect(previewSync(w.ctx, admin(), 'nagios', list)).rejects.toThrow('provider-not-found');
});

test('ten thousand checks are added, changed and removed, and those of others stay', async () => {
  await w.service('other', ['health']);
  const before = (await listChecks(w.ctx.database, w.account.id)).length;
  there = Array.from({ length: 10_000 }, (_, index) => listed(`host${index}`, { tags: ['a', `t${index % 7}`] }));
  await sync();
  expect(await checks()).toHaveLength(10_000);
  there = there.map((each) => ({ ...each, name: `${each.name} renamed` }));
  expect((await sync()).difference.changed).toHaveLength(10_000);
  expect((await checks()).every(({ name }) => name.endsWith('renamed'))).toBe(true);
  there = [];
  await sync();
  expect(await listChecks(w.ctx.database, w.account.id)).toHaveLength(before);
});
