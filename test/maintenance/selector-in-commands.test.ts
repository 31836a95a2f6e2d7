import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { editService, removeService } from '../../src/catalogue/services/commands.ts';
import { addCheck, editCheck } from '../../src/checks/commands.ts';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { edit } from '../../src/maintenance/commands/edit.ts';
import { preview, schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
const ids: Record<string, string> = {};
beforeAll(async () => {
  w = await world();
  for (const [name, tags] of [
    ['db-1', ['db']],
    ['db-2', ['db', 'canary']],
    ['web-1', ['web']],
  ] as const) {
    const check = { name, services: [], provider: 'builtin', externalId: null, enabled: true, tags: [...tags] };
    ids[name] = (await addCheck(w.ctx, w.lull, check)).id;
  }
});
afterAll(() => w.close());

const id = (name: string) => ids[name] ?? expect.unreachable(name);
const held = async (maintenance: number) =>
  (await listMutes(w.ctx.database, w.account.id, maintenance))
    .filter(({ endedAt }) => endedAt === null)
    .map(({ checkName }) => checkName);
const tag = (name: string, ...tags: string[]) => editCheck(w.ctx, w.lull, id(name), { tags });
const selecting = (text: string, follows = false) => ({ text, follows });

test('a window switches off what its selector chooses at its start, and that alone until its end', async () => {
  const window = w.input({ services: [], selector: selecting('tag:db -tag:canary') });
  const seen = await preview(w.ctx, w.ana, { ...window, channels: [] });
  expect(seen.checks.map(({ name }) => name)).toEqual(['db-1']);
  const made = await schedule(w.ctx, w.ana, window);
  await tag('web-1', 'web', 'db');
  await start(w.ctx, w.ana, made.id);
  expect(await held(made.id)).toEqual(['db-1', 'web-1']);
  await tag('web-1', 'web');
  await tag('db-2', 'db');
  expect(await held(made.id)).toEqual(['db-1', 'web-1']);
  await edit(w.ctx, w.ana, made.id, { selector: selecting('web-*') });
  expect(await held(made.id)).toEqual(['web-1']);
  await edit(w.ctx, w.ana, made.id, { services: [(await w.service('lone')).id], selector: null });
  expect(await held(made.id)).toEqual([]);
  await tag('db-2', 'db', 'canary');
});

test('one that follows mutes what comes and lets go of what goes', async () => {
  const service = await w.service('api', ['health']);
  const made = await schedule(
    w.ctx,
    w.ana,
    w.input({ services: [service.id], selector: selecting('tag:db -tag:canary', true) }),
  );
  await start(w.ctx, w.ana, made.id);
  expect(await held(made.id)).toEqual(['db-1', 'health']);
  await tag('db-2', 'db');
  expect(await held(made.id)).toEqual(['db-1', 'db-2', 'health']);
  await tag('db-1', 'cache');
  expect(await held(made.id)).toEqual(['db-2', 'health']);
  await tag('db-1', 'db');
  await tag('db-2', 'db', 'canary');
  expect(await held(made.id)).toEqual(['db-1', 'health']);
});

test('one that follows mutes by what services and scopes are called, and where services are', async () => {
  const { name, ...service } = await w.service('orders', ['orders-1']);
  const first = await addScope(w.ctx, w.lull, { name: 'North' });
  const running = async (text: string) => {
    const made = await schedule(w.ctx, w.ana, w.input({ services: [], selector: selecting(text, true) }));
    await start(w.ctx, w.ana, made.id);
    return made.id;
  };
  const byService = await running(`service:${name}`);
  const byScope = await running('scope:south');
  expect([await held(byService), await held(byScope)]).toEqual([['orders-1'], []]);
  await editService(w.ctx, w.lull, service.id, { scopeId: first.id });
  await editScope(w.ctx, w.lull, first.id, { name: 'South' });
  expect(await held(byScope)).toEqual(['orders-1']);
  await editService(w.ctx, w.lull, service.id, { name: 'purchases' });
  expect([await held(byService), await held(byScope)]).toEqual([[], ['orders-1']]);
  await editService(w.ctx, w.lull, service.id, { name, scopeId: null });
  expect([await held(byService), await held(byScope)]).toEqual([['orders-1'], []]);
  await removeService(w.ctx, w.lull, service.id);
  expect(await held(byService)).toEqual([]);
});

test('it is kept with the window, and each run of a series chooses for itself', async () => {
  const series = await scheduleSeries(w.ctx, w.lull, {
    name: 'Backups',
    description: '',
    visibility: 'public',
    cron: '0 3 * * *',
    timezone: 'UTC',
    durationMinutes: 60,
    scopeId: null,
    services: [],
    checks: null,
    selector: selecting('tag:db', true),
    serviceStatus: 'down',
    risk: null,
    externalReference: null,
    externalLink: null,
    channels: [],
  });
  await planDueSeries(w.ctx);
  const run = series.nextRun ?? expect.unreachable();
  expect((await findMaintenance(w.ctx.database, w.account.id, run.id))?.selector).toEqual({
    text: 'tag:db',
    follows: true,
    chosen: null,
  });
  w.clock.moveTo(run.start);
  while ((await advanceDueMaintenances(w.ctx)).moved.length > 0);
  expect(await held(run.id)).toEqual(['db-1', 'db-2']);
});

test('one that cannot be read is refused with an example, and one that chooses nothing is no fault', async () => {
  await expect(schedule(w.ctx, w.ana, w.input({ services: [], selector: selecting('-tag:db') }))).rejects.toThrow(
    'selector-excludes-only',
  );
  const none = await schedule(w.ctx, w.ana, w.input({ services: [], selector: selecting('tag:nothing') }));
  await start(w.ctx, w.ana, none.id);
  expect(await held(none.id)).toEqual([]);
});

test('somebody limited to a scope chooses no check of another', async () => {
  const scope = await addScope(w.ctx, w.lull, { name: 'Shop' });
  const { checks } = await w.service('ledger', ['ledger-1']);
  expect(checks).toHaveLength(1);
  const shopper = { ...w.person('operator'), name: 'the token', scopes: [scope.id] };
  const other = await addScope(w.ctx, w.lull, { name: 'Ledger' });
  const [service] = await w.ctx.database.service.findMany({ where: { name: 'ledger' } });
  await editService(w.ctx, w.lull, service?.id ?? 0, { scopeId: other.id });
  const window = { ...w.soon(hours(1), hours(1)), scopeId: scope.id, services: [] };
  const input = { ...w.input({ services: [] }), ...window, selector: selecting('ledger-*') };
  const scheduled = await schedule(w.ctx, shopper, input);
  await start(w.ctx, shopper, scheduled.id);
  expect(await held(scheduled.id)).toEqual([]);
});
