import { Prisma } from '../../../prisma/client/client.ts';
import { queryReplanned, queryRows, sql } from '../../platform/sql.ts';
import { OPEN_STATUSES, type Status } from '../rules/status.ts';
import { type MaintenanceFilter, toCondition, toSource } from './search.ts';

// PostgreSQL estimates how many rows a filter leaves, and where in an order they are. When it is wrong, it reads all
// maintenances of an account for a page. So it gets no choice where a page is usually found quickly.

const { join, raw } = Prisma;

/** PostgreSQL plans a statement once, for this many rows at most; a constant, so that it knows. */
const MAX_PAGE = 201;

/** A page is looked for among so many rows in its order, before it is looked for among all. */
const MAX_WALKED = 1_000;

/** The order of a page, of rows with the alias `m`. */
export interface PageOrder {
  readonly by: Prisma.Sql;
  /** The same within one status, if there is an index for it. */
  readonly within?: (status: Status) => Prisma.Sql;
  /** The filters that its index answers. */
  readonly indexed: readonly (keyof MaintenanceFilter)[];
}

export interface PageRequest {
  readonly accountId: number;
  readonly filter: MaintenanceFilter;
  readonly order: PageOrder;
  /** Where the page begins. */
  readonly after?: Prisma.Sql | undefined;
  readonly limit: number;
  readonly offset?: number | undefined;
}

/** A statement that finds a page. */
export interface Attempt {
  readonly page: Prisma.Sql;
  /** Whether rows may be missing, for a statement that calls the page `page`; then the next attempt finds them. */
  readonly isIncomplete: Prisma.Sql;
  readonly query: typeof queryRows;
}

/** How to find a page: each attempt until one is complete. */
export function* planPage(request: PageRequest): Generator<Attempt, void> {
  const { filter, order, limit, offset = 0 } = request;
  const filters = new Set(listFilters(filter));
  const isWithin = (known: readonly string[]) => [...filters].every((name) => known.includes(name));
  const isIndexed = isWithin(order.indexed);
  const isNear = !isIndexed && offset + limit < MAX_WALKED && RARE.every((name) => !filters.has(name));
  // Its statement is built only if the first one did not find all.
  if (isNear) yield nearby(request);
  const query = offset === 0 && (isIndexed || isWithin(KEPT)) ? queryRows : queryReplanned;
  yield { page: isIndexed ? walk(request, filter) : selectAll(request), isIncomplete: sql`false`, query };
}

/** Statements with these filters alone have one good plan. */
const KEPT: readonly string[] = ['statuses', 'series'];
/** These usually leave few rows, which are not among the first. */
const RARE = ['series', 'texts', 'matching', 'owner', 'approvableBy'];

function listFilters({ reader = 'internal', content = {}, ...others }: MaintenanceFilter): readonly string[] {
  const given = (values: object) =>
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : name));
  return [
    ...given(others),
    ...(reader === 'internal' ? [] : ['reader']),
    ...(given(content).length === 0 ? [] : ['content']),
  ];
}

/** The filters that the index of an order answers. */
function indexedFilter({ filter, order }: PageRequest): MaintenanceFilter {
  return Object.fromEntries(order.indexed.flatMap((name) => (name in filter ? [[name, filter[name]]] : [])));
}

/** The page, if it is among the first rows in its order. */
function nearby(request: PageRequest): Attempt {
  const { accountId, filter, order, limit } = request;
  const first = (count: number) => walk({ ...request, limit: count, offset: 0 }, indexedFilter(request));
  return {
    page: sql`
      select m.* from (${first(MAX_WALKED)}) m
      where ${toCondition(accountId, filter)} order by ${order.by} ${range(request)}`,
    isIncomplete: sql`
      case when (select count(*) from page) < ${limit} then exists (
        select from (${first(MAX_WALKED + 1)}) m offset ${MAX_WALKED}) else false end`,
    query: queryRows,
  };
}

const range = ({ limit, offset = 0 }: PageRequest) =>
  offset === 0 ? sql`limit ${limit}` : sql`limit ${limit} offset ${offset}`;

/** Rows in their order, by its index: of each status alone, where the order is not one across statuses. */
function walk(request: PageRequest, filter: MaintenanceFilter): Prisma.Sql {
  const { accountId, order, after, limit, offset = 0 } = request;
  const most = raw(String(Math.max(limit + offset, MAX_PAGE)));
  const rows = (part: MaintenanceFilter, by: Prisma.Sql) => sql`
    select m.* from maintenances m where ${and(toCondition(accountId, part), after)} order by ${by} limit ${most}`;
  const { within } = order;
  if (within === undefined || filter.statuses === undefined || filter.statuses.length === 0)
    return sql`select m.* from (${rows(filter, order.by)}) m ${range(request)}`;
  const branches = [...new Set(filter.statuses)].map(
    (status) => sql`(${rows({ ...filter, statuses: [status] }, within(status))})`,
  );
  return sql`select m.* from (${join(branches, ' union all ')}) m order by ${order.by} ${range(request)}`;
}

/** Of all rows that the filter leaves. */
function selectAll(request: PageRequest): Prisma.Sql {
  const { accountId, filter, order, after } = request;
  const { source, condition } = toSource(accountId, filter);
  const page = sql`order by ${order.by} ${range(request)}`;
  if (order.within !== undefined || !isOpen(filter))
    return sql`select m.* from ${source} where ${and(condition, after)} ${page}`;
  // Open maintenances are few and the newest, so that an order in which they are last is no way to them.
  const open = sql`select m.* from ${source} where ${condition} offset 0`;
  return sql`select m.* from (${open}) m where ${after ?? sql`true`} ${page}`;
}

const isOpen = ({ statuses }: MaintenanceFilter) =>
  statuses?.every((status) => OPEN_STATUSES.includes(status)) === true;

const and = (condition: Prisma.Sql, after: Prisma.Sql | undefined) =>
  after === undefined ? condition : sql`${condition} and ${after}`;
