import { expect, test } from 'vitest';
import { editScope, removeScope, saveScope } from '../../src/catalogue/scopes/commands.ts';
import { addService, editService, removeService } from '../../src/catalogue/services/commands.ts';
import { addCheck, editCheck, removeCheck } from '../../src/checks/commands.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { endSubscription, subscribe } from '../../src/subscriptions/commands.ts';
import { calling } from '../http/v1/calling.ts';
import { type World, world } from '../world.ts';

const BEFORE = {
  scopes: [
    { name: 'Production', requires_approval: true },
    { name: 'Staging', requires_approval: true },
    { name: 'Lab' },
    { name: 'Old' },
  ],
  services: [
    { name: 'api', scope: 'Production' },
    { name: 'web', scope: 'Production' },
    { name: 'api', scope: 'Staging' },
    { name: 'mail' },
  ],
  checks: [
    { external_id: 'api', name: 'api', services: ['Production/api'] },
    { external_id: 'web', name: 'web', services: ['Production/web'] },
    { external_id: 'mail', name: 'mail', services: ['mail'] },
  ],
  subscriptions: [
    { channel: 'C0PROD', scope: 'Production' },
    { channel: 'C0ALL', audience: 'public' },
  ],
};

const AFTER = {
  scopes: [
    { name: 'New', reminders: [30, 5] },
    { name: 'PRODUCTION', description: 'Real', visibility: 'internal' },
    { name: 'Staging', reminders: [10] },
    { name: 'Lab', requires_approval: true },
  ],
  services: [
    { name: 'Api', scope: 'Production', owners: ['U0ANA'] },
    { name: 'api', scope: 'Staging', visibility: 'internal' },
    { name: 'mail', description: 'Post' },
    { name: 'fresh', scope: 'New' },
  ],
  checks: [
    { external_id: 'api', name: 'api', services: ['mail'], tags: ['x'] },
    { external_id: 'more', name: 'more', services: ['mail', 'New/fresh'] },
    { external_id: 'mail', name: 'mail!' },
  ],
  subscriptions: [
    { channel: 'C0PROD', scope: 'Production', audience: 'public' },
    { channel: 'C0NEW', service: 'New/fresh' },
  ],
};

/** The same for all accounts, as their times are compared. */
const NOW = new Date();

/** An account with the first document, with planned windows that await an approval and one that runs. */
async function prepare() {
  const w = await world();
  w.clock.now = () => NOW;
  const at = calling(w);
  expect(await at.call('PUT', '/catalogue', BEFORE)).toMatchObject({ status: 200 });
  const { items: services } = (await at.get('/services')).body;
  const { items: scopes } = (await at.get('/scopes')).body;
  const { items: checks } = (await at.get('/checks')).body;
  const idOf = <T>(all: { id: T; name: string }[], name: string): T =>
    all.find((each) => each.name === name)?.id ?? expect.unreachable();
  const ids = {
    scope: (name: string) => idOf<number>(scopes, name),
    check: (name: string) => idOf<string>(checks, name),
    service: (name: string, scope?: string) =>
      idOf<number>(
        services.filter((each: { scope: number | null }) => each.scope === (scope ? idOf(scopes, scope) : null)),
        name,
      ),
  };
  for (const on of [
    [ids.service('api', 'Production')],
    [ids.service('api', 'Production'), ids.service('api', 'Staging')],
  ]) {
    await schedule(w.ctx, w.ana, w.input({ services: on }));
  }
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [ids.service('mail')] }));
  await start(w.ctx, w.ana, id);
  return { w, at, ids };
}

/** What changed, with names in place of ids, which differ. */
async function readEffects(w: World) {
  const { database } = w.ctx;
  const names = new Map((await database.scope.findMany()).map(({ id, name }) => [id, name]));
  const services = new Map((await database.service.findMany()).map(({ id, name }) => [id, name]));
  const readable = (values: unknown) =>
    JSON.parse(JSON.stringify(values), (field, value) => {
      if (field === 'scope') return names.get(value) ?? value;
      if (field === 'service') return services.get(value) ?? value;
      return field === 'services' ? value.map((each: number) => services.get(each)) : value;
    });
  const events = await database.auditEvent.findMany({ orderBy: { id: 'asc' } });
  const maintenances = await database.maintenance.findMany({ orderBy: { id: 'asc' } });
  const mutes = await database.mute.findMany({ include: { check: true }, orderBy: { check: { name: 'asc' } } });
  const announcements = await database.announcement.findMany({
    orderBy: [{ maintenanceId: 'asc' }, { channel: 'asc' }],
  });
  const posts = await database.post.findMany({ include: { announcement: true, event: true } });
  return {
    events: events.map(({ type, maintenanceId, before, after }) => [
      type,
      maintenanceId,
      readable(before),
      readable(after),
    ]),
    maintenances: maintenances.map(({ id, approval, version, scheduledStart, nextDueAt }) => {
      return { id, approval, version, dueIn: (nextDueAt?.getTime() ?? 0) - scheduledStart.getTime() > -3_600_000 };
    }),
    mutes: mutes.map(({ maintenanceId, check, endedAt }) => [maintenanceId, check.name, endedAt === null]),
    announcements: announcements.map(({ maintenanceId, channel, audience }) => [maintenanceId, channel, audience]),
    hidden: posts
      .map(({ announcement: { channel, maintenanceId }, event }) => `${maintenanceId} ${channel} ${event.type}`)
      .sort(),
  };
}

test('a document has the same effects as its changes one by one', async () => {
  const whole = await prepare();
  const single = await prepare();
  try {
    expect(await whole.at.call('PUT', '/catalogue', AFTER)).toMatchObject({ status: 200 });

    const { ids } = single;
    const { ctx, lull, account } = single.w;
    const token = { ...lull, id: 'admin-token' };
    const fresh = (await saveScope(ctx, token, { id: undefined, edit: { name: 'New', reminders: [30, 5] } })).id;
    await editScope(ctx, token, ids.scope('Production'), {
      ...{ name: 'PRODUCTION', description: 'Real', visibility: 'internal', requiresApproval: false },
    });
    await editScope(ctx, token, ids.scope('Staging'), { reminders: [10], requiresApproval: false });
    await editScope(ctx, token, ids.scope('Lab'), { requiresApproval: true });
    await editService(ctx, token, ids.service('api', 'Production'), { name: 'Api', owners: ['U0ANA'] });
    await editService(ctx, token, ids.service('api', 'Staging'), { visibility: 'internal' });
    await editService(ctx, token, ids.service('mail'), { description: 'Post' });
    const service = await addService(ctx, token, { name: 'fresh', scopeId: fresh });
    const mail = ids.service('mail');
    await editCheck(ctx, token, ids.check('api'), { services: [mail], tags: ['x'] });
    const more = { name: 'more', externalId: 'more', provider: 'builtin', tags: [], enabled: true };
    await addCheck(ctx, token, { ...more, services: [mail, service.id] });
    await editCheck(ctx, token, ids.check('mail'), { name: 'mail!', services: [] });
    await subscribe(ctx, token, { channel: 'C0PROD', audience: 'public', scopeId: ids.scope('Production') });
    await subscribe(ctx, token, { channel: 'C0NEW', audience: 'internal', serviceId: service.id });
    const where = { accountId: account.id, channel: 'C0ALL' };
    await endSubscription(ctx, token, (await ctx.database.subscription.findFirstOrThrow({ where })).id);
    await removeCheck(ctx, token, ids.check('web'));
    await removeService(ctx, token, ids.service('web', 'Production'));
    await removeScope(ctx, token, ids.scope('Old'));

    const effects = await readEffects(whole.w);
    expect(effects).toEqual(await readEffects(single.w));
    expect(effects.maintenances.map(({ approval }) => approval)).toEqual([null, null, null]);
    expect(effects.mutes).toEqual([
      [3, 'api', true],
      [3, 'mail!', false],
      [3, 'more', true],
    ]);
    expect((await whole.at.get('/catalogue')).body).toEqual((await single.at.get('/catalogue')).body);
  } finally {
    await whole.w.close();
    await single.w.close();
  }
});

test('the problems of a section are reported in the order of the document, and nothing is changed', async () => {
  const { w, at } = await prepare();
  try {
    const { body: before } = await at.get('/catalogue');
    const services = [
      { name: '', scope: 'Production' },
      { name: 'lost', scope: 'Nowhere' },
      { name: 'api', scope: 'Staging', owners: ['ana'] },
    ];
    const { status, body } = await at.call('PUT', '/catalogue', {
      scopes: [...BEFORE.scopes, { name: 'More' }],
      services,
    });
    expect([status, body.errors.map(({ field }: { field: string }) => field)]).toEqual([
      400,
      ['services.0.name', 'services.1.scope', 'services.2.owners'],
    ]);
    expect((await at.get('/catalogue')).body).toEqual(before);
    const removed = await at.call('PUT', '/catalogue', { services: [] });
    expect([removed.status, removed.body.errors.map(({ field }: { field: string }) => field)]).toEqual([
      409,
      ['services', 'services', 'services'],
    ]);
    expect((await at.get('/catalogue')).body).toEqual(before);
  } finally {
    await w.close();
  }
});
