import type { Prisma } from '../../../prisma/client/client.ts';
import { isId } from '../../core/keys.ts';
import type { Reader } from '../../core/permissions.ts';
import { someFollow } from '../../maintenance/repository/coverage.ts';
import { scopeChange } from '../../maintenance/repository/surroundings.ts';
import { visibleScopes } from '../../maintenance/repository/visibility.ts';
import { OPEN_STATUSES, type Visibility } from '../../maintenance/rules/status.ts';
import { readVisibility } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { byName, nameContains, searchText } from '../../platform/rows.ts';
import { execute, queryReplanned, queryRows, sql } from '../../platform/sql.ts';
import { insertion, updating, write } from '../../platform/transaction.ts';

export interface Scope {
  id: number;
  name: string;
}

export interface ScopeSettings extends Scope {
  description: string;
  visibility: Visibility;
  /** Minutes before the start of a maintenance, longest first. */
  reminders: number[];
  /** Maintenances that touch the scope need an approval to start. */
  requiresApproval: boolean;
}

export interface ScopeValues {
  name: string;
  description?: string | undefined;
  visibility?: Visibility | undefined;
}

const scopeFields = {
  id: true,
  name: true,
  description: true,
  reminders: true,
  requiresApproval: true,
  visibility: true,
} as const;

const toScope = <Row extends { visibility: string }>(row: Row) => ({
  ...row,
  visibility: readVisibility(row.visibility),
});

/** @param query selects scopes of one account */
export async function readScopes(
  db: Queries,
  query: Pick<Prisma.ScopeFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.ScopeWhereInput },
): Promise<ScopeSettings[]> {
  return (await db.scope.findMany({ ...query, select: scopeFields })).map(toScope);
}

interface ScopeFilter {
  readonly reader?: Reader;
  /** A part of their name. */
  readonly matching?: string;
  readonly limit?: number;
}

/** By name. */
export async function listScopes(db: Queries, accountId: number, filter: ScopeFilter = {}): Promise<ScopeSettings[]> {
  const { reader = 'internal', matching, limit } = filter;
  const where = { accountId, removedAt: null, ...(matching && nameContains(matching)), AND: [visibleScopes(reader)] };
  return readScopes(db, { where, orderBy: [...byName], ...(limit !== undefined && { take: limit }) });
}

export async function findScope(db: Queries, accountId: number, id: number): Promise<ScopeSettings | null> {
  if (!isId(id)) return null;
  return (await readScopes(db, { where: { accountId, id, removedAt: null } }))[0] ?? null;
}

/** A scope as it is before it is changed, with its position among the changes that ask for its name. */
type StoredScope = ScopeSettings & { readonly at: number | null; readonly followed: boolean };

/**
 * Scopes that are about to be changed.
 * @param names wanted for scopes, by the positions of the changes; null: none
 */
export async function readScopesForChange(
  tx: Queries,
  accountId: number,
  ids: readonly number[],
  names: readonly (string | null)[],
): Promise<{
  readonly byId: ReadonlyMap<number, ScopeSettings>;
  /** The ids of scopes that have a wanted name in any case, by the positions of the changes. */
  readonly named: ReadonlyMap<number, number>;
  /** Whether open windows may cover other checks once a scope has another name. */
  readonly followed: boolean;
}> {
  const columns = sql`s.id, s.name, s.description, s.visibility, s.reminders, s.requires_approval as "requiresApproval",
    ${someFollow(accountId)} as followed`;
  const rows = await queryReplanned<StoredScope>(
    tx,
    sql`
      select ${columns}, null::int as at from scopes s
      where s.account_id = ${accountId} and s.id = any(${ids.filter(isId)}::int[]) and s.removal_date is null
      union all
      select ${columns}, at::int from unnest(${names.map((name) => name && searchText(name))}::text[]) with ordinality as wanted (name, at)
      join scopes s on s.account_id = ${accountId} and lower(s.name) = lower(wanted.name) and s.removal_date is null`,
  );
  return {
    byId: new Map(rows.flatMap(({ at, followed: _, ...row }) => (at === null ? [[row.id, toScope(row)]] : []))),
    named: new Map(rows.flatMap(({ at, id }) => (at === null ? [] : [[at - 1, id]]))),
    followed: rows.some(({ followed }) => followed),
  };
}

const COLUMNS = ['id', 'account_id', 'name', 'description', 'visibility', 'reminders', 'requires_approval'] as const;

const INSERT = insertion('scopes', COLUMNS);
const UPDATE = updating('scopes', ['account_id', 'id'], COLUMNS);

/** @param isNew otherwise it is there, locked */
export async function writeScope(tx: Queries, accountId: number, scope: ScopeSettings, isNew: boolean): Promise<void> {
  const { id, requiresApproval, ...values } = scope;
  const row = { id, account_id: accountId, ...values, requires_approval: requiresApproval };
  const { name, visibility, reminders } = values;
  const change = scopeChange(accountId, { id, name, visibility, reminders, requiresApproval }, isNew);
  await write(tx, isNew ? INSERT : UPDATE, String(id), row, change);
}

/** What is in a scope or needs it: the names of its services, the ids of open maintenances and the keys of series. */
export interface Usage {
  readonly services: readonly string[];
  readonly maintenances: readonly number[];
  readonly series: readonly string[];
}

/** By the ids of scopes or services. */
export async function readUsage(
  db: Queries,
  accountId: number,
  kind: 'scope' | 'service',
  ids: readonly number[],
): Promise<ReadonlyMap<number, Usage>> {
  const [services, maintenances, series] =
    kind === 'scope'
      ? [
          sql`array(select name from services s where s.scope_id = used.id and s.removal_date is null order by name, id)`,
          sql`maintenances m where m.scope_id = used.id`,
          sql`series r where r.scope_id = used.id`,
        ]
      : [
          sql`array[]::text[]`,
          sql`maintenance_services o join maintenances m on m.id = o.maintenance_id where o.service_id = used.id`,
          sql`series_services o join series r on r.id = o.series_id where o.service_id = used.id`,
        ];
  const rows = await queryRows<Usage & { readonly id: number }>(
    db,
    sql`
      select id, ${services} as services,
        array(select m.id from ${maintenances} and m.account_id = ${accountId} and m.deleted_at is null
          and m.status = any(${[...OPEN_STATUSES]}::text[]) order by m.id) as maintenances,
        array(select r.key from ${series} and r.account_id = ${accountId} order by r.id) as series
      from unnest(${[...ids]}::int[]) as used (id)`,
  );
  return new Map(rows.map(({ id, ...usage }) => [id, usage]));
}

/** Keeps the rows, as past maintenances name the scopes. */
export async function removeScopeRows(tx: Queries, accountId: number, ids: readonly number[], now: Date) {
  await execute(
    tx,
    sql`
      with removed as (select unnest(${[...ids]}::int[]) as id),
        unsubscribed as (delete from subscriptions where account_id = ${accountId} and scope_id in (select id from removed)),
        unfrozen as (delete from freezes where account_id = ${accountId} and scope_id in (select id from removed))
      update scopes set removal_date = ${now} where account_id = ${accountId} and id in (select id from removed)`,
  );
}
