import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import { listEventsPage } from '../../src/audit/repository.ts';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import * as catalogue from '../../src/catalogue/search.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck } from '../../src/checks/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { listCommentsPage } from '../../src/comments/repository.ts';
import { addFreeze } from '../../src/freezes/commands.ts';
import { findFreeze, listFreezesPage } from '../../src/freezes/repository.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { countMaintenances, findVisible, searchMaintenances } from '../../src/maintenance/repository/list.ts';
import { claimRequest, saveResponse } from '../../src/platform/idempotency.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { findVisibleSeries, searchSeries } from '../../src/series/repository.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { findSubscription, listSubscriptionsPage } from '../../src/subscriptions/repository.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
let other: number;
let theirs: { scope: number; service: number; check: string; maintenance: number; series: number; freeze: number };
let subscription: number;
const first = { direction: 'asc', limit: 10 } as const;
const everywhere = { reader: 'internal' } as const;

beforeAll(async () => {
  w = await world();
  const { ctx, lull } = w;
  const team = { id: 'T0OTHER', name: 'Other' };
  other = (await findAccountByTeam(ctx.database, team, { timezone: 'UTC', defaultChannel: null })).id;
  const { id: scope } = await addScope(ctx, lull, { name: 'Production' });
  const { id: service } = await addService(ctx, lull, { name: 'api', scopeId: scope });
  const register = { provider: 'builtin', externalId: null, enabled: true, tags: [] };
  const { id: check } = await addCheck(ctx, lull, { ...register, name: 'health', services: [service] });
  const input = w.input({ services: [service] });
  const { id: maintenance } = await schedule(ctx, w.ana, input);
  await comment(ctx, w.ana, maintenance, { text: 'Half done', internal: false });
  const cron = { cron: '0 3 * * *', durationMinutes: 60 };
  const { id: series } = await scheduleSeries(ctx, w.ana, { ...input, ...cron });
  const quiet = { ...w.soon(hours(500), hours(1)), reason: 'Quiet', effect: 'warn' as const };
  const { id: freeze } = await addFreeze(ctx, lull, { ...quiet, scopeId: scope });
  await subscribe(ctx, lull, { channel: 'C0OPEN', audience: 'public', scopeId: scope });
  subscription = (await ctx.database.subscription.findFirstOrThrow()).id;
  theirs = { scope, service, check, maintenance, series, freeze };
});
afterAll(() => w.close());

describe('a page of one account shows no row of another', () => {
  const { reader } = everywhere;
  const db = () => w.ctx.database;
  const byName = { ...first, field: 'name' as const };
  const byId = { ...first, field: 'id' as const };
  test.each<[string, (accountId: number) => Promise<unknown>]>([
    ['maintenances', (of) => searchMaintenances(db(), of, reader, {}, { ...first, field: 'scheduledStart' })],
    ['the number of maintenances', async (of) => Array.from({ length: await countMaintenances(db(), of, { reader }) })],
    ['a maintenance', async (of) => [await findVisible(db(), of, reader, theirs.maintenance)].filter(Boolean)],
    ['comments', (of) => listCommentsPage(db(), of, theirs.maintenance, reader, byId)],
    ['history', (of) => listEventsPage(db(), of, theirs.maintenance, byId)],
    ['series', (of) => searchSeries(db(), of, reader, {}, byName)],
    ['a series', async (of) => [await findVisibleSeries(db(), of, reader, theirs.series)].filter(Boolean)],
    ['scopes', (of) => catalogue.searchScopes(db(), of, reader, {}, byName)],
    ['a scope', async (of) => [await catalogue.findVisibleScope(db(), of, reader, theirs.scope)].filter(Boolean)],
    ['services', (of) => catalogue.searchServices(db(), of, reader, {}, byName)],
    ['a service', async (of) => [await catalogue.findVisibleService(db(), of, reader, theirs.service)].filter(Boolean)],
    ['checks', (of) => catalogue.searchChecks(db(), of, reader, {}, byName)],
    ['a check', async (of) => [await catalogue.findVisibleCheck(db(), of, reader, theirs.check)].filter(Boolean)],
    ['freezes', (of) => listFreezesPage(db(), of, reader, { over: true }, w.clock.now(), { ...first, field: 'start' })],
    ['a freeze', async (of) => [await findFreeze(db(), of, theirs.freeze, w.clock.now(), reader)].filter(Boolean)],
    ['subscriptions', (of) => listSubscriptionsPage(db(), of, reader, {}, byId)],
    ['a subscription', async (of) => [await findSubscription(db(), of, subscription)].filter(Boolean)],
  ])('%s', async (_, page) => {
    expect(await page(w.account.id)).not.toEqual([]);
    expect(await page(other)).toEqual([]);
  });
});

test('a reader limited to scopes sees the freezes and subscriptions of those scopes, and global freezes', async () => {
  const db = w.ctx.database;
  const elsewhere = { scopes: [theirs.scope + 1_000] };
  const there = { scopes: [theirs.scope] };
  const start = { ...first, field: 'start' as const };
  const id = { ...first, field: 'id' as const };
  expect(await listFreezesPage(db, w.account.id, there, { over: true }, w.clock.now(), start)).toHaveLength(1);
  expect(await listFreezesPage(db, w.account.id, elsewhere, { over: true }, w.clock.now(), start)).toEqual([]);
  expect(await listSubscriptionsPage(db, w.account.id, there, {}, id)).toHaveLength(1);
  expect(await listSubscriptionsPage(db, w.account.id, elsewhere, {}, id)).toEqual([]);
  expect(await findSubscription(db, w.account.id, subscription, elsewhere)).toBeUndefined();
  const always = { ...w.soon(hours(600), hours(1)), reason: 'Always', effect: 'warn' as const, scopeId: null };
  await addFreeze(w.ctx, w.lull, always);
  expect(await listFreezesPage(db, w.account.id, elsewhere, { over: true }, w.clock.now(), start)).toMatchObject([
    { reason: 'Always' },
  ]);
});

test('idempotency keys of two accounts are independent', async () => {
  const db = w.ctx.database;
  const mine = { accountId: w.account.id, actorId: 'token:1', key: 'K' };
  expect(await claimRequest(db, mine, 'a')).toEqual({ outcome: 'claimed' });
  await saveResponse(db, mine, { status: 201, headers: {}, body: '{"id":1}' });
  expect(await claimRequest(db, mine, 'a')).toMatchObject({ outcome: 'processed' });
  expect(await claimRequest(db, { ...mine, accountId: other }, 'b')).toEqual({ outcome: 'claimed' });
});

describe('the database rejects', () => {
  const run = (sql: string) => w.ctx.database.$executeRawUnsafe(sql);
  test.each([
    ['deleting an open maintenance', 'update maintenances set deleted_at = now()', 'maintenances_deleted_over'],
    [
      'an incomplete stored response',
      `insert into request_keys (account_id, actor_id, key, fingerprint, status) select id, 'x', 'x', 'x', 200 from accounts`,
      'request_keys_answered',
    ],
  ])('%s', async (_, sql, constraint) => {
    await expect(run(sql)).rejects.toThrow(constraint);
  });
});
