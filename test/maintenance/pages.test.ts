import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countMaintenances,
  listAsJson,
  listMaintenances,
  type MaintenancePage,
  searchMaintenances,
} from '../../src/maintenance/repository/list.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import type { MaintenanceFilter } from '../../src/maintenance/repository/search.ts';
import { STATUSES } from '../../src/maintenance/rules/status.ts';
import { countRowsVisited, recordingStatements } from '../statements.ts';
import { hours, type World, world } from '../world.ts';

/** Of them, every tenth of the last half is scheduled. */
const WINDOWS = 16_000;
/** How many there were when the statistics were made. */
const FEW = 500;
/** What a page may read of them: a thousand in its order, twice, with a service of each, and what belongs to the page. */
const MAX_VISITED = 5_500;
const LIMIT = 50;

let w: World;
let session: pg.Client;
let services: { readonly common: number; readonly over: number; readonly newest: number };

beforeAll(async () => {
  w = await world();
  session = await w.session();
  const [common, over, newest] = [await w.service('common'), await w.service('over'), await w.service('newest')];
  services = { common: common.id, over: over.id, newest: newest.id };
  for (const table of TABLES) await session.query(`alter table ${table} set (autovacuum_enabled = off)`);
  await insertWindows(1, FEW);
  await session.query('analyze');
  await insertWindows(FEW + 1, WINDOWS);
});
afterAll(() => w.close());

const insertWindows = (first: number, last: number) =>
  session.query(
    `with windows as (
       select i, i > $2 / 2 and i % 10 = 0 as open, $3::timestamptz + (i - $2 / 2) * interval '1 hour' as start
       from generate_series($7::int, $8::int) i
     ), made as (
       insert into maintenances (account_id, key, name, timezone, status, scheduled_start_date, scheduled_end_date, start_date,
         end_date, next_due_at, reminded_until, owner_id, owner_name, creation_date, update_date)
       select $1, 'B' || i, 'Index rebuild ' || i, 'UTC', case when open then 'scheduled' else 'succeed' end, start,
         start + interval '1 hour', case when not open then start end, case when not open then start + interval '1 hour' end,
         case when open then start end, $3, 'U0ANA', 'Ana', $3, start
       from windows order by i returning id, key
     )
     insert into maintenance_services (account_id, maintenance_id, service_id)
     select $1, id, case when substr(key, 2)::int > $2 - 30 then $6 when substr(key, 2)::int % 100 = 1 then $5 else $4 end::int
     from made`,
    [w.account.id, WINDOWS, w.clock.now(), services.common, services.over, services.newest, first, last],
  );

const TABLES = ['maintenances', 'maintenance_services', 'services'];

const byStart: MaintenancePage = { field: 'scheduledStart', direction: 'asc', limit: LIMIT };
const newestFirst: MaintenancePage = { field: 'scheduledStart', direction: 'desc', limit: LIMIT };
const byId: MaintenancePage = { field: 'id', direction: 'asc', limit: LIMIT };
const byUpdate: MaintenancePage = { field: 'updatedAt', direction: 'asc', limit: LIMIT };
const from = (distance: number) => new Date(w.clock.now().getTime() + distance);

/** Each page, and how many rows belong to its filter if not all of them can be expected to stay unread. */
const PAGES: Record<string, () => { filter: MaintenanceFilter; page: MaintenancePage; matching?: number }> = {
  'all, the oldest first': () => ({ filter: {}, page: byStart }),
  'what the public sees': () => ({ filter: { reader: 'public' }, page: newestFirst }),
  'open ones': () => ({ filter: { statuses: ['scheduled', 'in-progress'] }, page: byStart }),
  'open ones by id': () => ({ filter: { statuses: ['scheduled', 'in-progress'] }, page: byId, matching: 800 }),
  'open ones by their last change': () => ({ filter: { statuses: ['scheduled'] }, page: byUpdate, matching: 800 }),
  'those that are over, the newest first': () => ({ filter: { statuses: ['succeed', 'failed'] }, page: newestFirst }),
  'scheduled ones on a common service': () => ({
    filter: { statuses: ['scheduled'], services: [services.common] },
    page: newestFirst,
  }),
  'scheduled ones on a service whose windows are over': () => ({
    filter: { statuses: ['scheduled'], services: [services.over] },
    page: newestFirst,
    matching: 160,
  }),
  'those on a new service, the oldest first': () => ({
    filter: { services: [services.newest] },
    page: byStart,
    matching: 30,
  }),
  'those on a service that does not exist': () => ({ filter: { services: [999_999] }, page: byId }),
  'those that ended long ago': () => ({ filter: { endBefore: from(-hours(7_900)) }, page: newestFirst }),
  'those that start soon, by id': () => ({
    filter: { startAfter: from(hours(7_990)) },
    page: byId,
    matching: 10,
  }),
  'those changed lately, the oldest first': () => ({ filter: { updatedAfter: from(hours(7_990)) }, page: byUpdate }),
  'those with a text, the oldest first': () => ({ filter: { texts: ['rebuild 15999'] }, page: byStart, matching: 1 }),
};

const listOf = async (filter: MaintenanceFilter, page: MaintenancePage) => {
  const { reader = 'internal', ...search } = filter;
  const { items } = await listAsJson(w.ctx.database, w.account.id, reader, search, page);
  return (JSON.parse(`[${items}]`) as { readonly id: number }[]).map(({ id }) => id);
};

/** The most rows that its statements visit together, with the plans that PostgreSQL may have for each. */
async function countVisited(work: () => Promise<unknown>): Promise<number> {
  let visited = 0;
  for (const statement of await recordingStatements(work)) {
    const custom = await countRowsVisited(w, statement, 'custom');
    visited += statement.replanned ? custom : Math.max(custom, await countRowsVisited(w, statement, 'generic'));
  }
  return visited;
}

describe.each(['outdated', 'missing', 'current'] as const)('with %s statistics', (state) => {
  beforeAll(async () => {
    if (state === 'current') await session.query('analyze');
    if (state !== 'missing') return;
    await session.query('analyze maintenances');
    await session.query(`
      select pg_clear_relation_stats('public', 'maintenance_services');
      select pg_clear_attribute_stats('public', 'maintenance_services', attname, false)
      from pg_attribute where attrelid = 'maintenance_services'::regclass and attnum > 0`);
  });

  test.each(Object.keys(PAGES))('a page of %s is found without reading all maintenances', async (name) => {
    const { filter, page, matching = 0 } = PAGES[name]?.() ?? { filter: {}, page: byId };
    expect(await countVisited(() => listOf(filter, page))).toBeLessThanOrEqual(MAX_VISITED + 3 * matching);
  });

  test.each(['active', 'open', 'past'])(
    'what Slack lists as %s is found without reading all maintenances',
    async (kind) => {
      const statuses = STATUSES.filter((status) => (kind === 'past' ? status !== 'scheduled' : status === 'scheduled'));
      const filter = kind === 'active' ? { statuses: ['in-progress' as const] } : { statuses };
      const page = { limit: 10, offset: 20, newestFirst: kind === 'past' };
      const work = () => listMaintenances(w.ctx.database, w.account.id, filter, page);
      expect(await countVisited(work)).toBeLessThanOrEqual(MAX_VISITED);
    },
  );
});

const read = new Map<MaintenancePage, Promise<readonly Maintenance[]>>();
function listAll(page: MaintenancePage): Promise<readonly Maintenance[]> {
  const known =
    read.get(page) ?? searchMaintenances(w.ctx.database, w.account.id, 'internal', {}, { ...page, limit: WINDOWS });
  read.set(page, known);
  return known;
}

test.each(Object.keys(PAGES))('a page of %s has the right rows', async (name) => {
  const { filter, page } = PAGES[name]?.() ?? { filter: {}, page: byId };
  const { reader = 'internal', ...search } = filter;
  const all = await listAll(page);
  expect(all).toHaveLength(WINDOWS);
  const { statuses, services: onServices, endBefore, startAfter, updatedAfter, texts } = search;
  const expected = all.filter(
    (one) =>
      (statuses === undefined || statuses.includes(one.status)) &&
      (onServices === undefined || one.services.some(({ id }) => onServices.includes(id))) &&
      (endBefore === undefined || one.scheduledEnd < endBefore) &&
      (startAfter === undefined || one.scheduledStart > startAfter) &&
      (updatedAfter === undefined || one.updatedAt > updatedAfter) &&
      (texts === undefined || texts.some((text) => one.name.includes(text))),
  );
  expect(await listOf(filter, page)).toEqual(expected.slice(0, LIMIT).map(({ id }) => id));
  expect(await countMaintenances(w.ctx.database, w.account.id, filter)).toBe(expected.length);
  const second = { ...page, offset: 20 };
  const found = await searchMaintenances(w.ctx.database, w.account.id, reader, search, second);
  expect(found.map(({ id }) => id)).toEqual(expected.slice(20, 20 + LIMIT).map(({ id }) => id));
});
