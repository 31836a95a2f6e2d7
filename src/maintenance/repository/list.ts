import { Prisma } from '../../../prisma/client/client.ts';
import { contentVersion } from '../../access/accounts.ts';
import { isId } from '../../core/keys.ts';
import { Pauses } from '../../core/pauses.ts';
import type { Reader } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import type { Page, Position } from '../../platform/rows.ts';
import { queryReplanned, queryRows, sql } from '../../platform/sql.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { OPEN_STATUSES } from '../rules/status.ts';
import { type Maintenance, type MaintenanceRow, toMaintenance } from './maintenances.ts';
import { type PageOrder, type PageRequest, planPage } from './pages.ts';
import { type MaintenanceFilter, type MaintenanceSearch, toCondition, toSource } from './search.ts';
import { servicesAsJson, windowColumns } from './stored-window.ts';
import { seesSeriesOf, seesService, shownParts, touches } from './visibility.ts';

const { join, raw } = Prisma;

/** The columns of `MaintenanceRow`, of a row of `maintenances` with the alias `m` that the reader can see. */
const selectFor = (reader: Reader) => sql`
  ${windowColumns('m', reader)}, m.status, m.missed,
  m.scheduled_start_date as "scheduledStart", m.scheduled_end_date as "scheduledEnd", m.start_date as "startedAt",
  m.end_date as "endedAt", m.ends_at as "endsAt", m.post_check_date as "postCheckAt", m.reopens_id as "reopensId",
  m.reminded_until as "remindedUntil", m.selected, m.approval, m.requested_by as "requestedBy", m.approved, m.occurrence,
  m.run_state as "runState", m.overridden_freezes as "overriddenFreezes", m.freeze_reason as "freezeReason",
  m.deleted_at as "deletedAt",
  (select json_build_object('id', r.id, 'key', r.key, 'enabled', r.enabled, 'cron', r.cron, 'timezone', r.timezone,
      'durationMinutes', r.duration_minutes, 'duringFreeze', r.during_freeze, 'visibility', r.visibility,
      'scope', (select json_build_object('visibility', s.visibility) from scopes s where s.id = r.scope_id),
      'services', ${servicesAsJson('r')})
    from series r where r.id = m.series_id) as series`;

/** The same for members of the account. */
export const SELECTED = selectFor('internal');

async function readMaintenances(rows: readonly MaintenanceRow[]): Promise<Maintenance[]> {
  const maintenances: Maintenance[] = [];
  const pauses = new Pauses();
  for (const row of rows) {
    maintenances.push(toMaintenance(row));
    await pauses.pause();
  }
  return maintenances;
}

async function select(db: Queries, condition: Prisma.Sql, order: Prisma.Sql, reader: Reader = 'internal') {
  const found = sql`select ${selectFor(reader)} from maintenances m where ${condition} order by ${order}`;
  return readMaintenances(await queryRows<MaintenanceRow>(db, found));
}

type PageRow = MaintenanceRow & { readonly found: boolean; readonly incomplete: boolean };

async function selectPage(db: Queries, request: PageRequest): Promise<Maintenance[]> {
  for (const { page, isIncomplete, query } of planPage(request)) {
    const statement = sql`
      with page as materialized (${page})
      select ${selectFor(request.filter.reader ?? 'internal')}, m.id is not null as found, whole.incomplete
      from (select ${isIncomplete} as incomplete) whole left join page m on true order by ${request.order.by}`;
    const rows = await query<PageRow>(db, statement);
    if (rows[0]?.incomplete === true) continue;
    const found = rows.flatMap(({ found, incomplete: _, ...row }) => (found ? [row] : []));
    return readMaintenances(found);
  }
  throw new Error('no attempt found a complete page');
}

export async function findMaintenance(db: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  return findVisible(db, accountId, 'internal', id);
}

/** The maintenance, if the reader can see it. */
export async function findVisible(db: Queries, accountId: number, reader: Reader, id: number) {
  return isId(id) ? (await select(db, toOne(accountId, reader, id), sql`m.id`, reader))[0] : undefined;
}

const toOne = (accountId: number, reader: Reader, id: number) =>
  sql`${toCondition(accountId, { reader })} and m.id = ${id}`;

export async function isVisible(db: Queries, accountId: number, reader: Reader, id: number): Promise<boolean> {
  if (!isId(id)) return false;
  const statement = sql`select 1 from maintenances m where ${toOne(accountId, reader, id)}`;
  return (await queryRows(db, statement)).length > 0;
}

export async function findIdByKey(db: Queries, accountId: number, key: string): Promise<number | undefined> {
  const where = { accountId, key: key.toUpperCase(), deletedAt: null };
  return (await db.maintenance.findFirst({ where, select: { id: true } }))?.id;
}

/** Those in progress by their actual start, then the scheduled ones, which did not start, by their plan. */
const OPEN_FIRST: PageOrder = {
  by: sql`m.start_date nulls last, m.scheduled_start_date, m.id`,
  within: (status) => (status === 'scheduled' ? sql`m.scheduled_start_date, m.id` : OPEN_FIRST.by),
  indexed: ['statuses'],
};

/** Ordered by start, those in progress first; `newestFirst`: by the planned start, the latest first. */
export async function listMaintenances(
  db: Queries,
  accountId: number,
  filter: MaintenanceFilter = {},
  { newestFirst = false, ...page }: { limit: number; offset?: number; newestFirst?: boolean } = { limit: 200 },
): Promise<Maintenance[]> {
  const order = newestFirst ? toOrder({ field: 'scheduledStart', direction: 'desc' }) : OPEN_FIRST;
  return selectPage(db, { accountId, filter, order, ...page });
}

/** Those with these ids, deleted ones included, as their messages are still sent and kept up to date. */
export async function findMaintenancesOrDeleted(
  db: Queries,
  accountId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Maintenance>> {
  const found = await select(db, sql`m.account_id = ${accountId} and m.id = any(${[...ids]}::int[])`, sql`m.id`);
  return new Map(found.map((maintenance) => [maintenance.id, maintenance]));
}

export async function countMaintenances(db: Queries, accountId: number, filter: MaintenanceFilter): Promise<number> {
  const { source, condition } = toSource(accountId, filter);
  const statement = sql`select count(*)::int as count from ${source} where ${condition}`;
  const [row] = await queryReplanned<{ count: number }>(db, statement);
  return row?.count ?? 0;
}

/** The columns that maintenances are ordered by, and the filters that their indexes answer. */
const ORDERS = {
  scheduledStart: {
    column: 'scheduled_start_date',
    hasStatus: true,
    indexed: ['statuses', 'startAfter', 'startBefore', 'endBefore'],
  },
  updatedAt: { column: 'update_date', hasStatus: false, indexed: ['updatedAfter'] },
  id: { column: 'id', hasStatus: false, indexed: [] },
} as const;
export type MaintenanceOrder = keyof typeof ORDERS;
export type MaintenancePage = Page<MaintenanceOrder, Date>;

function toOrder({ field, direction }: Pick<MaintenancePage, 'field' | 'direction'>): PageOrder {
  const { column, hasStatus, indexed } = ORDERS[field];
  const way = raw(direction);
  const by = field === 'id' ? sql`m.id ${way}` : sql`m.${raw(column)} ${way}, m.id ${way}`;
  return { by, indexed, ...(hasStatus ? { within: () => by } : {}) };
}

function toRequest(
  accountId: number,
  filter: MaintenanceFilter,
  { after, limit, ...page }: MaintenancePage & { readonly offset?: number },
): PageRequest {
  const past = raw(page.direction === 'asc' ? '>' : '<');
  const isAfter =
    after &&
    (page.field === 'id'
      ? sql`m.id ${past} ${after.id}`
      : sql`(m.${raw(ORDERS[page.field].column)}, m.id) ${past} (${after.value}, ${after.id})`);
  return { accountId, filter, order: toOrder(page), after: isAfter, limit, offset: page.offset };
}

export async function searchMaintenances(
  db: Queries,
  accountId: number,
  reader: Reader,
  search: MaintenanceSearch,
  page: MaintenancePage & { readonly offset?: number },
): Promise<Maintenance[]> {
  return selectPage(db, toRequest(accountId, { ...search, reader }, page));
}

export async function findReopening(db: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  const condition = sql`${toCondition(accountId, { statuses: OPEN_STATUSES })} and m.reopens_id = ${id}`;
  return (await select(db, condition, sql`m.id desc limit 1`))[0];
}

/** Of open windows that share time with this one: in progress by their actual times, scheduled by the plan. */
const isOpenDuring = (start: Prisma.Sql, end: Prisma.Sql) => sql`(
  m.status = 'scheduled' and m.scheduled_start_date < ${end} and m.scheduled_end_date > ${start}
  or m.status = 'in-progress' and m.start_date < ${end} and m.ends_at > ${start})`;
const isOpenBetween = (accountId: number, { start, end }: Interval) =>
  sql`m.account_id = ${accountId} and ${isOpenDuring(sql`${start}`, sql`${end}`)}`;

/** Of windows whose selector chooses now, and not what it chose when they began. */
const isChoosing = sql`m.selector is not null and (m.selector_follows or m.status = 'scheduled')`;

/** The selectors of the open windows that share time with this one and choose now. */
export async function listOpenSelectors(db: Queries, accountId: number, window: Interval): Promise<string[]> {
  const condition = sql`${isOpenBetween(accountId, window)} and ${isChoosing}`;
  const rows = await queryRows<{ selector: string }>(
    db,
    sql`select distinct m.selector from maintenances m where ${condition} order by m.selector`,
  );
  return rows.map(({ selector }) => selector);
}

/** What a window occupies. */
export interface Occupied {
  readonly services: readonly number[];
  readonly checks: readonly string[];
  /** Those of these checks. */
  readonly checkedServices: readonly number[];
  /** Those that choose one of these checks. */
  readonly selectors: readonly string[];
}

/**
 * The first of the open windows that share time and a service or a check with this one, and how many there are.
 * @param window.id of the window itself, if it exists
 */
export async function listOverlaps(
  db: Queries,
  accountId: number,
  window: Interval & { readonly id: number },
  { services, checks, checkedServices, selectors }: Occupied,
  limit: number,
): Promise<{ readonly overlaps: readonly Maintenance[]; readonly count: number }> {
  const condition = sql`${isOpenBetween(accountId, window)} and m.id <> ${window.id} and (
    exists (
      select from maintenance_services on_it where on_it.maintenance_id = m.id
        and (on_it.service_id = any(${[...services]}::int[])
          or not m.names_checks and on_it.service_id = any(${[...checkedServices]}::int[])))
    or exists (
      select from maintenance_checks named
      where named.maintenance_id = m.id and named.check_id = any(${[...checks]}::text[]))
    or m.selected && ${[...checks]}::text[]
    or ${isChoosing} and m.selector = any(${[...selectors]}::text[]))`;
  const found = sql`
    select m.*, (count(*) over ())::int as total from maintenances m where ${condition}
    order by ${OPEN_FIRST} limit ${limit}`;
  const rows = await queryRows<MaintenanceRow & { readonly total: number }>(
    db,
    sql`select ${SELECTED}, m.total from (${found}) m order by ${OPEN_FIRST}`,
  );
  return { overlaps: rows.map(({ total: _, ...row }) => toMaintenance(row)), count: rows[0]?.total ?? 0 };
}

/**
 * How many open windows share time with any of these.
 * @param scopeId only those that touch this scope, or may do so by the checks that a selector chooses now: by selector
 */
export async function countOpenBetween(
  db: Queries,
  accountId: number,
  windows: readonly Interval[],
  scopeId: number | null,
): Promise<readonly { readonly selector: string | null; readonly count: number }[]> {
  const isTouching =
    scopeId === null
      ? sql`true`
      : sql`(${touches('m', [scopeId])} or exists (
          select from service_checks watch join services s on s.id = watch.service_id
          where s.scope_id = ${scopeId} and watch.check_id = any(m.selected)))`;
  return queryRows(
    db,
    sql`
      select case when m.touches is not true then m.selector end as selector, count(*)::int as count
      from (
        select m.selector, ${isTouching} as touches, ${isChoosing} as chooses from maintenances m
        where m.account_id = ${accountId} and exists (
          select from unnest(${windows.map(({ start }) => start)}::timestamptz[], ${windows.map(({ end }) => end)}::timestamptz[])
            as asked (start_date, end_date)
          where ${isOpenDuring(sql`asked.start_date`, sql`asked.end_date`)})
      ) m
      where m.touches or m.chooses group by 1`,
  );
}

/** A page as the HTTP API shows it. */
export interface MaintenanceJson {
  /** JSON objects, separated by commas. */
  readonly items: string;
  /** The last of them, if there are more. */
  readonly last: Position<Date, number> | undefined;
  /** The version of what the account shows. */
  readonly version: string;
}

const utc = (column: string) => raw(`to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);

/** The members of a maintenance in the HTTP API, in its order; a test compares them with those of a single one. */
function members(reader: Reader): readonly (readonly [name: string, value: Prisma.Sql])[] {
  const internal = (value: Prisma.Sql, hidden = sql`null`) => (reader === 'public' ? hidden : value);
  const shown = shownParts(reader);
  const ofRun = (value: Prisma.Sql) =>
    reader === 'public' ? sql`case when ${seesSeriesOf(reader)} then ${value} end` : value;
  return [
    ['id', sql`m.id`],
    ['key', sql`m.key`],
    ...Object.values(CONTENT_FIELDS).map(({ name }) => [name, raw(`m.${name}`)] as const),
    ['status', sql`m.status`],
    ['missed', sql`m.missed`],
    ['scope', shown ? sql`case when ${shown.isScope(sql`m.scope_id`)} then m.scope_id end` : sql`m.scope_id`],
    ['service', sql`on_services.ids[1]`],
    ['services', sql`coalesce(on_services.ids, '{}')`],
    [
      'checks',
      internal(sql`case when m.names_checks then array(
        select check_id from maintenance_checks
        where maintenance_id = m.id and ${shown?.isCheck(sql`maintenance_checks.check_id`) ?? sql`true`} order by position, check_id) end`),
    ],
    ['selector', internal(sql`m.selector`)],
    ['selector_follows', internal(sql`m.selector is not null and m.selector_follows`, sql`false`)],
    ['timezone', sql`m.timezone`],
    ['scheduled_start_date', utc('m.scheduled_start_date')],
    ['scheduled_end_date', utc('m.scheduled_end_date')],
    ['start_date', utc('m.start_date')],
    ['end_date', utc('m.end_date')],
    ['ends_at', utc('m.ends_at')],
    ['owner', internal(sql`m.owner_name`)],
    ['approval', internal(sql`m.approval`)],
    ['series', ofRun(sql`m.series_id`)],
    ['occurrence', ofRun(utc('m.occurrence'))],
    ['run', ofRun(sql`m.run_state`)],
    ['freeze_reason', internal(sql`m.freeze_reason`)],
    ['reopens', internal(sql`m.reopens_id`)],
    ['version', sql`m.version`],
    ['creation_date', utc('m.creation_date')],
    ['update_date', utc('m.update_date')],
  ];
}

/**
 * The services, in their order, of the rows that a statement calls `shown`. Looked up for each, so that PostgreSQL does not
 * read those of all maintenances.
 */
const servicesOfShown = (reader: Reader) => sql`
  on_services as materialized (
    select on_it.maintenance_id, array_agg(s.id order by s.name, s.id) as ids
    from shown
      cross join lateral (select * from maintenance_services where maintenance_id = shown.id offset 0) on_it
      join services s on s.id = on_it.service_id
    where ${seesService(reader)} group by on_it.maintenance_id)`;

const selectMembers = (all: readonly (readonly [name: string, value: Prisma.Sql])[]) => sql`
  select ${join(all.map(([name, value]) => sql`${value} as ${raw(name)}`))}
  from shown m left join on_services on on_services.maintenance_id = m.id`;

/** Its mutes of checks that the reader can see, under the names of the HTTP API. */
const mutesFor = (reader: Reader) => sql`array(
  select row_to_json(mute) from (
    select mute.check_id as "check", c.name, outcome, ${utc('muted_at')} as muted_date, ${utc('decided_at')} as outcome_date,
      ${utc('ended_at')} as end_date, ${utc('released_at')} as release_date, released_at is not null as released, error,
      failing_before
    from mutes mute join checks c on c.id = mute.check_id where mute.maintenance_id = m.id
      and ${shownParts(reader)?.isCheck(sql`c.id`) ?? sql`true`} order by c.name, c.id) mute)`;

/** One maintenance with its mutes, as the HTTP API shows it to this reader; undefined when they cannot see one. */
export async function findAsJson(db: Queries, accountId: number, reader: Reader, id: number) {
  if (!isId(id)) return undefined;
  const all = [...members(reader), ['mutes', reader === 'public' ? sql`'{}'::json[]` : mutesFor(reader)] as const];
  const [found] = await queryRows<{ readonly json: string; readonly version: number }>(
    db,
    sql`
      with shown as (select m.* from maintenances m where ${toOne(accountId, reader, id)}), ${servicesOfShown(reader)}
      select row_to_json(item)::text as json, version from (${selectMembers(all)}) item`,
  );
  return found;
}

type JsonRow = Pick<MaintenanceJson, 'items' | 'version'> &
  Position<Date, number> & { readonly found: number; readonly incomplete: boolean };

/** A page that PostgreSQL writes as JSON, in one statement: much less work than a row at a time. */
export async function listAsJson(
  db: Queries,
  accountId: number,
  reader: Reader,
  search: MaintenanceSearch,
  page: MaintenancePage,
): Promise<MaintenanceJson> {
  const request = toRequest(accountId, { ...search, reader }, { ...page, limit: page.limit + 1 });
  const { by } = request.order;
  const column = raw(`m.${ORDERS[page.field === 'id' ? 'scheduledStart' : page.field].column}`);
  for (const { page: found, isIncomplete, query } of planPage(request)) {
    const statement = sql`
      with page as materialized (${found}),
      shown as materialized (select * from page m order by ${by} limit ${page.limit}),
      ${servicesOfShown(reader)}
      select coalesce(string_agg(row_to_json(item)::text, ','), '') as items, ${contentVersion(accountId)} as version,
        (select count(*)::int from page) as found, ${isIncomplete} as incomplete,
        (select m.id from shown m order by ${by} offset ${page.limit - 1}) as id,
        (select ${column} from shown m order by ${by} offset ${page.limit - 1}) as value
      from (${selectMembers(members(reader))} order by ${by}) item`;
    const [row] = await query<JsonRow>(db, statement);
    if (row === undefined) throw new Error('an aggregate without a row');
    const { items, version, found: count, incomplete, ...last } = row;
    if (!incomplete) return { items, version, last: count > page.limit ? last : undefined };
  }
  throw new Error('no attempt found a complete page');
}
