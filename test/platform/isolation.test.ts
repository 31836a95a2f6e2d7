import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import { findInstallation, putInstallation } from '../../src/access/repository.ts';
import { createSecretCalendar, revokeCalendar } from '../../src/calendars/commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import * as scopesStore from '../../src/catalogue/scopes/repository.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import * as servicesStore from '../../src/catalogue/services/repository.ts';
import { addCheck, removeCheck } from '../../src/checks/commands.ts';
import { listMutedChecks, listMutes, listUnreleasedMutes } from '../../src/checks/mute-repository.ts';
import { removeProvider } from '../../src/checks/provider-commands.ts';
import {
  filterUnmuted,
  findAnyCheck,
  findProvider,
  insertProvider,
  listProviders,
  sealedCredentials,
} from '../../src/checks/provider-repository.ts';
import * as checksStore from '../../src/checks/repository.ts';
import { applyCheckChanges, importChecks, listStoredChecks } from '../../src/checks/repository.ts';
import { comment } from '../../src/comments/commands.ts';
import { listComments } from '../../src/comments/repository.ts';
import type { UserError } from '../../src/core/errors.ts';
import { systemActor } from '../../src/core/permissions.ts';
import { extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { getMaintenance } from '../../src/maintenance/commands/find.ts';
import { preview, schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import * as announcements from '../../src/maintenance/repository/announcements.ts';
import { discardDraft, findDraft, saveDraft } from '../../src/maintenance/repository/changes.ts';
import * as maintenanceListStore from '../../src/maintenance/repository/list.ts';
import { lockMaintenance } from '../../src/maintenance/repository/locked.ts';
import { readSurroundings } from '../../src/maintenance/repository/surroundings.ts';
import type { Queries } from '../../src/platform/database.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { httpErrorText } from '../../src/texts/http-errors.ts';
import { type World, world } from '../world.ts';

let w: World;
/** Ids of the first account; the second account has one service only. */
let theirs: {
  service: number;
  scope: number;
  check: string;
  free: string;
  maintenance: number;
  planned: number;
  draft: string;
  calendar: number;
};
let other: { id: number; actor: ReturnType<typeof systemActor>; service: number };
let db: Queries;

beforeAll(async () => {
  w = await world();
  db = w.ctx.database;
  const service = await w.service('api', ['health']);
  const free = (await w.service('free', ['free'])).checks[0]?.id ?? '';
  const scope = await addScope(w.ctx, w.lull, { name: 'EU' });
  await editScope(w.ctx, w.lull, scope.id, { reminders: [5] });
  const check = service.checks[0]?.id ?? '';
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  await start(w.ctx, w.ana, id);
  const planned = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  await comment(w.ctx, w.ana, id, { text: 'private', internal: true });
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal', serviceId: service.id });
  const draft = await saveDraft(db, w.account.id, 'U0ANA', {}, w.clock.now());
  const { calendar } = await createSecretCalendar(w.ctx, w.ana, { name: 'On call', scopes: [], services: [] });
  theirs = {
    service: service.id,
    scope: scope.id,
    check,
    free,
    maintenance: id,
    planned: planned.id,
    draft,
    calendar: calendar.id,
  };
  const installation = { token: 'v1.a.b', botUserId: 'U0BOT', botId: null, scopes: [], installedById: 'U0ANA' };
  await putInstallation(db, w.account.id, installation, w.clock.now());
  const provider = { name: 'theirs', kind: 'nodeping', settings: {}, credentials: 'v1.a.b', enabled: true };
  await insertProvider(db, w.account.id, provider, w.clock.now());
  const defaults = { timezone: 'UTC', defaultChannel: null };
  const account = await findAccountByTeam(db, { id: 'T0OTHER', name: 'Other' }, defaults);
  const actor = systemActor(account.id);
  other = {
    id: account.id,
    actor,
    service: (await addService(w.ctx, actor, { name: 'their own', scopeId: null })).id,
  };
});
afterAll(() => w.close());

describe('an id of another account gets the same error as one that does not exist', () => {
  const ctx = () => w.ctx;
  test.each<[string, () => Promise<unknown>, 'not-found' | 'invalid']>([
    ['revoke a calendar', () => revokeCalendar(ctx(), other.actor, theirs.calendar), 'not-found'],
    [
      'create a calendar of its service and scope',
      () => createSecretCalendar(ctx(), other.actor, { name: 'x', scopes: [theirs.scope], services: [theirs.service] }),
      'invalid',
    ],
    ['find a maintenance', () => getMaintenance(ctx(), other.actor, theirs.maintenance), 'not-found'],
    ['start a maintenance', () => start(ctx(), other.actor, theirs.maintenance), 'not-found'],
    ['finish a maintenance', () => finish(ctx(), other.actor, theirs.maintenance, 'succeed'), 'not-found'],
    ['extend a maintenance', () => extend(ctx(), other.actor, theirs.maintenance, 30), 'not-found'],
    [
      'reschedule a maintenance',
      () => reschedule(ctx(), other.actor, theirs.maintenance, w.soon(1e6, 1e6)),
      'not-found',
    ],
    ['cancel a maintenance', () => cancel(ctx(), other.actor, theirs.maintenance, undefined), 'not-found'],
    [
      'comment on a maintenance',
      () => comment(ctx(), other.actor, theirs.maintenance, { text: 'x', internal: false }),
      'not-found',
    ],
    ['schedule on its service', () => schedule(ctx(), other.actor, w.input({ services: [theirs.service] })), 'invalid'],
    [
      'schedule on its check',
      () => schedule(ctx(), other.actor, w.input({ services: [other.service], checks: [theirs.check] })),
      'invalid',
    ],
    [
      'schedule in its scope',
      () => schedule(ctx(), other.actor, w.input({ services: [other.service], scopeId: theirs.scope })),
      'invalid',
    ],
    ['add a service', () => addService(ctx(), other.actor, { name: 'x', scopeId: theirs.scope }), 'invalid'],
    [
      'add a check',
      () =>
        addCheck(ctx(), other.actor, {
          name: 'x',
          services: [theirs.service],
          provider: 'builtin',
          externalId: null,
          enabled: true,
          tags: [],
        }),
      'invalid',
    ],
    ['remove its check', () => removeCheck(ctx(), other.actor, theirs.check), 'not-found'],
    ['remove its monitoring system', () => removeProvider(ctx(), other.actor, 'theirs'), 'not-found'],
    ['edit its scope', () => editScope(ctx(), other.actor, theirs.scope, { reminders: [] }), 'not-found'],
    [
      'subscribe to its service',
      () => subscribe(ctx(), other.actor, { channel: 'C2', audience: 'internal', serviceId: theirs.service }),
      'invalid',
    ],
    [
      'subscribe to its scope',
      () => subscribe(ctx(), other.actor, { channel: 'C2', audience: 'internal', scopeId: theirs.scope }),
      'invalid',
    ],
  ])('%s', async (_, act, kind) => {
    const before = await db.auditEvent.count();
    const refusal: UserError = await act().then(
      () => expect.unreachable('it was done'),
      (error: UserError) => error,
    );
    expect(refusal.kind).toBe(kind);
    expect(httpErrorText(refusal)).toMatch(/^There is no /);
    expect(await db.auditEvent.count()).toBe(before);
  });
});

describe('a query of one account returns nothing of another', () => {
  const window = { start: new Date(0), end: new Date('2099-01-01T00:00:00Z') };
  const about = () => ({ services: [theirs.service], scopes: [theirs.scope] });
  test.each<[string, () => Promise<unknown>, unknown]>([
    ['a maintenance', () => maintenanceListStore.findMaintenance(db, other.id, theirs.maintenance), undefined],
    ['a maintenance to lock', () => lockMaintenance(db, other.id, theirs.maintenance), undefined],
    ['maintenances', () => maintenanceListStore.listMaintenances(db, other.id), []],
    ['the number of maintenances', () => maintenanceListStore.countMaintenances(db, other.id, {}), 0],
    [
      'overlaps',
      () => {
        const occupied = { services: [theirs.service], checks: [], checkedServices: [], selectors: [] };
        return maintenanceListStore.listOverlaps(db, other.id, { ...window, id: 0 }, occupied, 5);
      },
      { overlaps: [], count: 0 },
    ],
    ['selectors in use', () => maintenanceListStore.listOpenSelectors(db, other.id, window), []],
    ['the number of open windows', () => maintenanceListStore.countOpenBetween(db, other.id, [window], null), []],
    ['scopes', () => scopesStore.listScopes(db, other.id), []],
    ['a scope', () => scopesStore.findScope(db, other.id, theirs.scope), null],
    [
      'scopes to change',
      () => scopesStore.readScopesForChange(db, other.id, [theirs.scope], ['EU']),
      { byId: new Map(), named: new Map(), followed: false },
    ],
    [
      'services to change',
      () => servicesStore.readServicesForChange(db, other.id, [{ id: theirs.service, name: 'api', scopeId: null }]),
      { byId: new Map(), named: new Map(), followed: false },
    ],
    ['services', () => servicesStore.listServices(db, other.id, { ids: [theirs.service] }), []],
    ['services by name', () => servicesStore.listServices(db, other.id, { matching: 'api' }), []],
    ['the number of services', () => servicesStore.countServices(db, other.id), 1],
    ['a service by name', () => servicesStore.findServiceByName(db, other.id, 'api', null), null],
    ['checks', () => checksStore.listChecks(db, other.id), []],
    ['checks of a service', () => checksStore.listChecks(db, other.id, { services: [theirs.service] }), []],
    ['a check', () => checksStore.findCheck(db, other.id, theirs.check), null],
    [
      'checks to change',
      () =>
        checksStore.readChecksForChange(
          db,
          other.id,
          [theirs.check],
          [{ provider: 'builtin', externalId: theirs.check }],
        ),
      { byId: new Map(), same: new Map() },
    ],
    ['comments', () => listComments(db, other.id, theirs.maintenance), []],
    ['mutes', () => listMutes(db, other.id, theirs.maintenance), []],
    ['muted checks', () => listMutedChecks(db, other.id, 'builtin'), []],
    ['monitoring systems', () => listProviders(db, other.id), []],
    ['a monitoring system', () => findProvider(db, other.id, 'theirs'), undefined],
    ['its credentials', () => sealedCredentials(db, other.id, 'theirs'), null],
    ['its unreleased mutes', () => listUnreleasedMutes(db, other.id, 'builtin'), { checks: 0, maintenances: [] }],
    [
      'an announcement',
      () => announcements.findAnnouncement(db, other.id, theirs.maintenance, { channelKind: 'slack', channel: 'C1' }),
      undefined,
    ],
    [
      'what surrounds a window',
      () => readSurroundings(db, other.id, { ...about(), checks: [theirs.check], channels: ['C1'], between: window }),
      {
        defaultChannel: undefined,
        timezone: 'UTC',
        postCheckAfter: 5,
        services: new Map(),
        scopes: new Map(),
        checks: new Map(),
        chosen: new Map(),
        freezes: [],
        subscriptions: [],
        publicChannels: new Set(),
        webhooks: [],
        hasHomes: false,
      },
    ],
    ['checks to sync', () => listStoredChecks(db, other.id, 'builtin'), []],
    ['any check of a provider', () => findAnyCheck(db, other.id, 'builtin'), undefined],
    ['checks that no window mutes', () => filterUnmuted(db, other.id, 'builtin', [theirs.free]), []],
    ['an installation', () => findInstallation(db, { accountId: other.id }), undefined],
    ['an installation by team', () => findInstallation(db, { teamId: 'T0OTHER' }), undefined],
    ['a draft', () => findDraft(db, other.id, theirs.draft), undefined],
  ])('%s', async (_, query, nothing) => {
    expect(await query()).toEqual(nothing);
  });

  test('a preview shows no overlap or destination of another account', async () => {
    const input = w.input({ services: [theirs.service] });
    expect(await preview(w.ctx, other.actor, input)).toMatchObject({
      checks: [],
      destinations: [],
      needsApproval: false,
      overlaps: [],
      overlapCount: 0,
      freezes: [],
    });
  });

  test('a sync of one account changes no check of another', async () => {
    const [before] = await listStoredChecks(db, w.account.id, 'builtin');
    if (before === undefined) return expect.unreachable();
    const after = { externalId: before.externalId, name: 'another', enabled: true, tags: ['x'] };
    await applyCheckChanges(db, other.id, [{ before, after }]);
    await importChecks(db, other.id, 'builtin', [after]);
    expect(await listStoredChecks(db, w.account.id, 'builtin')).toContainEqual(before);
    await db.check.deleteMany({ where: { accountId: other.id } });
  });

  test('an account cannot discard a draft of another', async () => {
    await discardDraft(db, other.id, theirs.draft);
    expect(await findDraft(db, w.account.id, theirs.draft)).toEqual({});
  });
});

describe('the database rejects a row that refers to another account', () => {
  const NOW = 'now()';
  test.each<[string, (of: { a: number } & typeof theirs & { mine: number }) => string]>([
    [
      'a service in its scope',
      ({ a, scope }) => `insert into services (account_id, scope_id, name) values (${a}, ${scope}, 'x')`,
    ],
    ['a check of its service', ({ a, mine, check }) => `insert into service_checks values (${a}, ${mine}, '${check}')`],
    [
      'a maintenance in its scope',
      ({ a, scope }) => `insert into maintenances (account_id, key, name, timezone, scope_id, scheduled_start_date,
        scheduled_end_date, next_due_at, owner_id, owner_name, creation_date, update_date)
        values (${a}, 'K', 'x', 'UTC', ${scope}, ${NOW}, ${NOW} + interval '1 h', ${NOW}, 'U', 'U', ${NOW}, ${NOW})`,
    ],
    [
      'a service of its maintenance',
      ({ a, maintenance, mine }) => `insert into maintenance_services values (${a}, ${maintenance}, ${mine})`,
    ],
    [
      'a check of its maintenance',
      ({ a, maintenance, check }) => `insert into maintenance_checks values (${a}, ${maintenance}, '${check}')`,
    ],
    [
      'a mute',
      ({ a, planned, check }) =>
        `insert into mutes (account_id, check_id, maintenance_id, muted_at) values (${a}, '${check}', ${planned}, ${NOW})`,
    ],
    [
      'a comment',
      ({
        a,
        maintenance,
      }) => `insert into comments (account_id, maintenance_id, text, author_id, author_name, source, creation_date)
        values (${a}, ${maintenance}, 'x', 'U', 'U', 'slack', ${NOW})`,
    ],
    [
      'an announcement',
      ({ a, maintenance }) =>
        `insert into announcements (id, account_id, maintenance_id, channel_kind, channel) values (gen_random_uuid(), ${a}, ${maintenance}, 'slack', 'C9')`,
    ],
    [
      'an event',
      ({
        a,
        maintenance,
      }) => `insert into audit_events (account_id, at, actor_id, actor_name, source, type, maintenance_id)
        values (${a}, ${NOW}, 'U', 'U', 'slack', 'x', ${maintenance})`,
    ],
    [
      'a subscription to its service',
      ({ a, service }) =>
        `insert into subscriptions (account_id, channel_kind, channel, service_id) values (${a}, 'slack', 'C9', ${service})`,
    ],
    [
      'a subscription to its scope',
      ({ a, scope }) =>
        `insert into subscriptions (account_id, channel_kind, channel, scope_id) values (${a}, 'slack', 'C9', ${scope})`,
    ],
  ])('%s', async (_, statement) => {
    const sql = statement({ a: other.id, mine: other.service, ...theirs });
    await expect(w.ctx.database.$executeRawUnsafe(sql)).rejects.toThrow(/foreign key constraint/i);
  });
});
