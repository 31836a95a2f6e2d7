import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService, editService } from '../../src/catalogue/services/commands.ts';
import { addCheck, editCheck } from '../../src/checks/commands.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { edit, extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, reopen, start } from '../../src/maintenance/commands/transitions.ts';
import { findVisible } from '../../src/maintenance/repository/list.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { editSeries, scheduleSeries } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import { hours, type World, world } from '../world.ts';

// What a token limited to the scope `shop` schedules mutes checks of that scope only, whatever changes later.

let w: World;
let deployer: Actor;
const scopes: Record<string, number> = {};
const services: Record<string, number> = {};

const id = (ids: Record<string, number>, name: string) => ids[name] ?? expect.unreachable();

async function check(name: string, on: readonly string[], tags: readonly string[] = ['db']) {
  const ids = on.map((service) => id(services, service));
  return addCheck(w.ctx, w.lull, { name, services: ids, provider: 'builtin', externalId: null, enabled: true, tags });
}

beforeAll(async () => {
  w = await world();
  for (const name of ['shop', 'ledger']) {
    scopes[name] = (await addScope(w.ctx, w.lull, { name })).id;
    services[name] = (await addService(w.ctx, w.lull, { name, scopeId: id(scopes, name) })).id;
  }
  services.loose = (await addService(w.ctx, w.lull, { name: 'loose', scopeId: null })).id;
  for (const name of ['shop', 'ledger', 'loose']) await check(`${name}-db`, [name]);
  await check('both-db', ['shop', 'ledger']);
  await check('nowhere-db', []);
  deployer = { ...w.person('operator', 'token:1'), name: 'deploys', source: 'http', scopes: [id(scopes, 'shop')] };
});
afterAll(() => w.close());

const following = { text: 'tag:db', follows: true };

async function muted(maintenance: Pick<Maintenance, 'id'> | undefined): Promise<string[]> {
  const rows = await w.ctx.database.mute.findMany({
    where: { maintenanceId: maintenance?.id ?? 0, endedAt: null },
    select: { check: { select: { name: true } } },
  });
  return rows.map((row) => row.check.name).sort();
}

async function started(actor: Actor, values: Parameters<World['input']>[0]) {
  const scheduled = await schedule(w.ctx, actor, w.input(values));
  return (await start(w.ctx, actor, scheduled.id)) ?? expect.unreachable();
}

test('a selector mutes checks of the scope, and none of others, of several or of none', async () => {
  for (const follows of [true, false]) {
    const window = await started(deployer, {
      services: [],
      scopeId: id(scopes, 'shop'),
      selector: { ...following, follows },
    });
    expect(await muted(window)).toEqual(['shop-db']);
    await finish(w.ctx, deployer, window.id, 'succeed');
  }
});

test('a service mutes none of its checks that watch a service of another scope', async () => {
  const window = await started(deployer, { services: [id(services, 'shop')] });
  expect(await muted(window)).toEqual(['shop-db']);
  await cancel(w.ctx, deployer, window.id);
});

test('the limit holds when checks and services change later, and when others change the window', async () => {
  const window = await started(deployer, { services: [id(services, 'shop')], selector: following });
  const late = await check('ledger-late', ['ledger']);
  expect(await muted(window)).toEqual(['shop-db']);
  await editCheck(w.ctx, w.lull, late.id, { services: [id(services, 'ledger'), id(services, 'shop')] });
  expect(await muted(window)).toEqual(['shop-db']);
  await extend(w.ctx, w.ana, window.id, 30);
  await edit(w.ctx, w.ana, window.id, { name: 'Renamed by a person' });
  await editCheck(w.ctx, w.lull, late.id, { services: [id(services, 'shop')] });
  expect(await muted(window)).toEqual(['ledger-late', 'shop-db']);
  await editCheck(w.ctx, w.lull, late.id, { services: [id(services, 'ledger')] });
  expect(await muted(window)).toEqual(['shop-db']);
  await finish(w.ctx, deployer, window.id, 'succeed');
  const reopened = await reopen(w.ctx, w.ana, window.id);
  expect(await muted(reopened)).toEqual(['shop-db']);
  await finish(w.ctx, deployer, reopened.id, 'succeed');
});

test('what a person adds is muted, as they may', async () => {
  const window = await started(deployer, { services: [id(services, 'shop')] });
  await edit(w.ctx, w.ana, window.id, { services: [id(services, 'shop'), id(services, 'ledger')] });
  expect(await muted(window)).toEqual(['both-db', 'ledger-db', 'ledger-late', 'shop-db']);
  await finish(w.ctx, w.ana, window.id, 'succeed');
  const another = await started(deployer, { services: [id(services, 'shop')] });
  await edit(w.ctx, w.ana, another.id, { selector: { text: 'name:loose-*', follows: true } });
  expect(await muted(another)).toContain('loose-db');
  await finish(w.ctx, w.ana, another.id, 'succeed');
});

test('what a limited token makes of the window of a person is limited, too', async () => {
  const window = await started(w.ana, { services: [id(services, 'shop')] });
  expect(await muted(window)).toEqual(['both-db', 'shop-db']);
  await edit(w.ctx, deployer, window.id, { selector: following });
  expect(await muted(window)).toEqual(['shop-db']);
  await finish(w.ctx, deployer, window.id, 'succeed');
});

test('a token ends its window although nothing of its scope is left in it, and still sees it', async () => {
  const window = await started(deployer, { services: [id(services, 'shop')] });
  await editService(w.ctx, w.lull, id(services, 'shop'), { scopeId: id(scopes, 'ledger') });
  const reader = { scopes: deployer.scopes ?? [] };
  expect(await muted(window)).toEqual([]);
  expect((await findVisible(w.ctx.database, w.account.id, reader, window.id))?.id).toBe(window.id);
  await expect(extend(w.ctx, deployer, window.id, 30)).rejects.toThrow('outside-scopes');
  expect((await finish(w.ctx, deployer, window.id, 'succeed'))?.status).toBe('succeed');
  await editService(w.ctx, w.lull, id(services, 'shop'), { scopeId: id(scopes, 'shop') });
  const chosen = await started(deployer, { services: [], scopeId: id(scopes, 'shop'), selector: following });
  expect((await extend(w.ctx, deployer, chosen.id, 30))?.maintenance.id).toBe(chosen.id);
  expect((await cancel(w.ctx, deployer, chosen.id))?.status).toBe('canceled');
});

test('runs of a series have its limit, also after a person changed the series', async () => {
  const at = new Date(w.clock.now().getTime() + hours(2));
  const series = await scheduleSeries(w.ctx, deployer, {
    ...w.input({ services: [id(services, 'shop')], selector: following }),
    cron: `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`,
    durationMinutes: 30,
    description: '',
    serviceStatus: 'down',
    risk: null,
    externalReference: null,
    externalLink: null,
  });
  await editSeries(w.ctx, w.ana, series.id, { name: 'Renamed' });
  await planDueSeries(w.ctx);
  const run = await w.ctx.database.maintenance.findFirstOrThrow({
    where: { seriesId: series.id, status: 'scheduled' },
  });
  w.clock.moveTo(run.scheduledStart);
  while ((await advanceDueMaintenances(w.ctx)).moved.length > 0);
  expect(await muted(run)).toEqual(['shop-db']);
});
