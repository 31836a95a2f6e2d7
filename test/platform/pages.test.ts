import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountOfTeam } from '../../src/access/accounts.ts';
import { pageOfEvents } from '../../src/audit/repository.ts';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import * as catalogue from '../../src/catalogue/search.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck } from '../../src/checks/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { pageOfComments } from '../../src/comments/repository.ts';
import { addFreeze } from '../../src/freezes/commands.ts';
import { findSeenFreeze, pageOfFreezes } from '../../src/freezes/repository.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { countFound, findSeen, searchMaintenances } from '../../src/maintenance/repository/search.ts';
import { claimRequest, keepAnswer } from '../../src/platform/request-keys.ts';
import { scheduleSeries } from '../../src/series/commands/schedule.ts';
import { findSeenSeries, searchSeries } from '../../src/series/repository.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { findSubscription, pageOfSubscriptions } from '../../src/subscriptions/repository.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
let other: number;
let theirs: { scope: number; service: number; check: string; maintenance: number; series: number; freeze: number };
let subscription: number;
const first = { direction: 'asc', limit: 10 } as const;
const everywhere = { reader: 'internal' } as const;

beforeAll(async () => {
  w = await world();
  const { ground, lull } = w;
  const team = { id: 'T0OTHER', name: 'Other' };
  other = (await accountOfTeam(ground.database, team, { timezone: 'UTC', defaultChannel: null })).id;
  const { id: scope } = await addScope(ground, lull, { name: 'Production' });
  const { id: service } = await addService(ground, lull, { name: 'api', scopeId: scope });
  const register = { provider: 'builtin', externalId: null, enabled: true, tags: [] };
  const { id: check } = await addCheck(ground, lull, { ...register, name: 'health', services: [service] });
  const input = w.input({ services: [service] });
  const { id: maintenance } = await schedule(ground, w.ana, input);
  await comment(ground, w.ana, maintenance, { text: 'Half done', internal: false });
  const cron = { cron: '0 3 * * *', durationMinutes: 60 };
  const { id: series } = await scheduleSeries(ground, w.ana, { ...input, ...cron });
  const quiet = { ...w.soon(hours(500), hours(1)), reason: 'Quiet', effect: 'warn' as const };
  const { id: freeze } = await addFreeze(ground, lull, { ...quiet, scopeId: scope });
  await subscribe(ground, lull, { channel: 'C0OPEN', audience: 'public', scopeId: scope });
  subscription = (await ground.database.subscription.findFirstOrThrow()).id;
  theirs = { scope, service, check, maintenance, series, freeze };
});
afterAll(() => w.close());

describe('no page of one account shows a row of another', () => {
  const { reader } = everywhere;
  const db = () => w.ground.database;
  const byName = { ...first, field: 'name' as const };
  const byId = { ...first, field: 'id' as const };
  test.each<[string, (accountId: number) => Promise<unknown>]>([
    ['maintenances', (of) => searchMaintenances(db(), of, reader, {}, { ...first, field: 'scheduledStart' })],
    ['how many maintenances', async (of) => Array.from({ length: await countFound(db(), of, reader, {}) })],
    ['a maintenance', async (of) => [await findSeen(db(), of, reader, theirs.maintenance)].filter(Boolean)],
    ['comments', (of) => pageOfComments(db(), of, theirs.maintenance, reader, byId)],
    ['history', (of) => pageOfEvents(db(), of, theirs.maintenance, byId)],
    ['series', (of) => searchSeries(db(), of, reader, {}, byName)],
    ['one series', async (of) => [await findSeenSeries(db(), of, reader, theirs.series)].filter(Boolean)],
    ['scopes', (of) => catalogue.searchScopes(db(), of, reader, {}, byName)],
    ['a scope', async (of) => [await catalogue.findSeenScope(db(), of, reader, theirs.scope)].filter(Boolean)],
    ['services', (of) => catalogue.searchServices(db(), of, reader, {}, byName)],
    ['a service', async (of) => [await catalogue.findSeenService(db(), of, reader, theirs.service)].filter(Boolean)],
    ['checks', (of) => catalogue.searchChecks(db(), of, reader, {}, byName)],
    ['a check', async (of) => [await catalogue.findSeenCheck(db(), of, reader, theirs.check)].filter(Boolean)],
    ['freezes', (of) => pageOfFreezes(db(), of, reader, {}, { ...first, field: 'start' })],
    ['a freeze', async (of) => [await findSeenFreeze(db(), of, reader, theirs.freeze)].filter(Boolean)],
    ['subscriptions', (of) => pageOfSubscriptions(db(), of, reader, {}, byId)],
    ['a subscription', async (of) => [await findSubscription(db(), of, subscription)].filter(Boolean)],
  ])('%s', async (_, page) => {
    expect(await page(w.account.id)).not.toEqual([]);
    expect(await page(other)).toEqual([]);
  });
});

test('who is limited to scopes sees the freezes and subscriptions of those, and freezes of everything', async () => {
  const db = w.ground.database;
  const elsewhere = { scopes: [theirs.scope + 1_000] };
  const there = { scopes: [theirs.scope] };
  const start = { ...first, field: 'start' as const };
  const id = { ...first, field: 'id' as const };
  expect(await pageOfFreezes(db, w.account.id, there, {}, start)).toHaveLength(1);
  expect(await pageOfFreezes(db, w.account.id, elsewhere, {}, start)).toEqual([]);
  expect(await pageOfSubscriptions(db, w.account.id, there, {}, id)).toHaveLength(1);
  expect(await pageOfSubscriptions(db, w.account.id, elsewhere, {}, id)).toEqual([]);
  expect(await findSubscription(db, w.account.id, subscription, elsewhere)).toBeUndefined();
  const always = { ...w.soon(hours(600), hours(1)), reason: 'Always', effect: 'warn' as const, scopeId: null };
  await addFreeze(w.ground, w.lull, always);
  expect(await pageOfFreezes(db, w.account.id, elsewhere, {}, start)).toMatchObject([{ reason: 'Always' }]);
});

test('a key of one account is nothing to another', async () => {
  const db = w.ground.database;
  const mine = { accountId: w.account.id, actorId: 'token:1', key: 'K' };
  expect(await claimRequest(db, mine, 'a')).toEqual({ outcome: 'first' });
  await keepAnswer(db, mine, { status: 201, headers: {}, body: '{"id":1}' });
  expect(await claimRequest(db, mine, 'a')).toMatchObject({ outcome: 'answered' });
  expect(await claimRequest(db, { ...mine, accountId: other }, 'b')).toEqual({ outcome: 'first' });
});

describe('whatever writes to it, the database refuses', () => {
  const run = (sql: string) => w.ground.database.$executeRawUnsafe(sql);
  test.each([
    ['an open maintenance that is deleted', 'update maintenances set deleted_at = now()', 'maintenances_deleted_over'],
    [
      'half an answer',
      `insert into request_keys (account_id, actor_id, key, fingerprint, status) select id, 'x', 'x', 'x', 200 from accounts`,
      'request_keys_answered',
    ],
  ])('%s', async (_, sql, constraint) => {
    await expect(run(sql)).rejects.toThrow(constraint);
  });
});
