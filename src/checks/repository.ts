import type { Prisma } from '../../prisma/client/client.ts';
import { newKey } from '../core/keys.ts';
import type { Limited } from '../core/permissions.ts';
import { visibleMaintenances, visibleServices } from '../maintenance/repository/visibility.ts';
import { errorCode, type Queries } from '../platform/database.ts';
import { byName, nameContains, searchText } from '../platform/rows.ts';
import { execute, queryReplanned, sql } from '../platform/sql.ts';
import { deletion, insertion, updating, write } from '../platform/transaction.ts';

/** The mutes of maintenances in progress. */
export const MUTES_NOW = { endedAt: null, maintenance: { status: 'in-progress' } } as const;

/** The services and the maintenances in progress are those that the reader can see. */
const checkFieldsFor = (reader: Limited | 'internal') =>
  ({
    id: true,
    name: true,
    provider: true,
    externalId: true,
    enabled: true,
    tags: true,
    type: true,
    target: true,
    services: {
      ...(reader === 'internal' ? {} : { where: { service: visibleServices(reader) } }),
      select: { serviceId: true },
      orderBy: { serviceId: 'asc' },
    },
    mutes: {
      where:
        reader === 'internal'
          ? MUTES_NOW
          : { endedAt: null, maintenance: { AND: [MUTES_NOW.maintenance, visibleMaintenances(reader)] } },
      select: { maintenanceId: true },
      orderBy: { maintenanceId: 'asc' },
    },
  }) as const satisfies Prisma.CheckSelect;

export type Check = ReturnType<typeof toCheck>;

function toCheck({ services, mutes, ...row }: Prisma.CheckGetPayload<{ select: ReturnType<typeof checkFieldsFor> }>) {
  return {
    ...row,
    services: services.map((service) => service.serviceId),
    /** The maintenances in progress that mute it. */
    mutedBy: mutes.map((mute) => mute.maintenanceId),
  };
}

/** A check as its provider has it. */
export interface ListedCheck {
  readonly externalId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/** A check as Lull has it. */
export interface StoredCheck extends Omit<ListedCheck, 'enabled'> {
  readonly id: string;
}

/** A check with another name or other tags in its provider. */
export interface ChangedCheck {
  readonly before: StoredCheck;
  readonly after: ListedCheck;
}

interface CheckFilter {
  /** Of any of these services. */
  readonly services?: readonly number[];
  readonly ids?: readonly string[];
  /** A part of the name, in any case. */
  readonly matching?: string;
}

function toWhere(accountId: number, { services, ids, matching }: CheckFilter): Prisma.CheckWhereInput {
  return {
    accountId,
    removedAt: null,
    ...(services && { services: { some: { serviceId: { in: [...services] } } } }),
    ...(ids && { id: { in: [...ids] } }),
    ...(matching && nameContains(matching)),
  };
}

/** The checks of an account, by name. */
export async function listChecks(
  db: Queries,
  accountId: number,
  { limit, offset = 0, ...filter }: CheckFilter & { readonly limit?: number; readonly offset?: number } = {},
): Promise<Check[]> {
  const where = toWhere(accountId, filter);
  return readChecks(db, { where, orderBy: [...byName], skip: offset, ...(limit === undefined ? {} : { take: limit }) });
}

export async function countChecks(db: Queries, accountId: number, filter: CheckFilter = {}): Promise<number> {
  return db.check.count({ where: toWhere(accountId, filter) });
}

/** @param query with the account in `where` */
export async function readChecks(
  db: Queries,
  query: Pick<Prisma.CheckFindManyArgs, 'orderBy' | 'skip' | 'take'> & { where: Prisma.CheckWhereInput },
  reader: Limited | 'internal' = 'internal',
): Promise<Check[]> {
  return (await db.check.findMany({ ...query, select: checkFieldsFor(reader) })).map(toCheck);
}

export async function findCheck(db: Queries, accountId: number, id: string): Promise<Check | null> {
  return (await readChecks(db, { where: { accountId, id, removedAt: null } }))[0] ?? null;
}

export interface NewCheck extends Omit<ListedCheck, 'externalId'> {
  readonly services: readonly number[];
  readonly provider: string;
  /** Null in the built-in register: Lull's new id. */
  readonly externalId: string | null;
  /** What it is and watches, in the words of the tool that adds it. */
  readonly type?: string;
  readonly target?: string;
}

/** A check that is or was there. */
type KeptCheck = Check & { readonly removed: boolean };

/**
 * Checks that are about to be changed or added.
 * @param added by the positions of the changes; null: no new one
 */
export async function readChecksForChange(
  tx: Queries,
  accountId: number,
  ids: readonly string[],
  added: readonly (Pick<NewCheck, 'provider' | 'externalId'> | null)[],
): Promise<{
  readonly byId: ReadonlyMap<string, Check>;
  /** Those that have the id of their provider already, by the positions of the changes. */
  readonly same: ReadonlyMap<number, KeptCheck>;
}> {
  const providers = added.map((each) => each && searchText(each.provider));
  const externalIds = added.map((each) =>
    each === null || each.externalId === null ? null : searchText(each.externalId),
  );
  const columns = sql`c.removal_date is not null as removed, c.id, c.name, c.provider, c.external_id as "externalId",
    c.enabled, c.tags, c.type, c.target,
    array(select service_id from service_checks where account_id = c.account_id and check_id = c.id
      order by service_id) as services,
    array(select m.id from mutes join maintenances m on m.id = mutes.maintenance_id
      where mutes.check_id = c.id and mutes.ended_at is null and m.status = 'in-progress' order by m.id) as "mutedBy"`;
  const rows = await queryReplanned<KeptCheck & { readonly at: number | null }>(
    tx,
    sql`
      select ${columns}, null::int as at from checks c
      where c.account_id = ${accountId} and c.id = any(${[...ids]}::text[]) and c.removal_date is null
      union all
      select ${columns}, at::int
      from unnest(${providers}::text[], ${externalIds}::text[]) with ordinality as added (provider, external_id, at)
      join checks c on c.account_id = ${accountId} and c.provider = added.provider and c.external_id = added.external_id`,
  );
  return {
    byId: new Map(rows.flatMap(({ at, removed: _, ...check }) => (at === null ? [[check.id, check]] : []))),
    same: new Map(rows.flatMap(({ at, ...check }) => (at === null ? [] : [[at - 1, check]]))),
  };
}

const COLUMNS = [
  'id',
  'account_id',
  'provider',
  'external_id',
  'name',
  'enabled',
  'tags',
  'type',
  'target',
  'removal_date',
] as const;
const INSERT = insertion('checks', COLUMNS);
const UPDATE = updating('checks', ['account_id', 'id'], COLUMNS);

/** @param isNew otherwise it is there, locked, and restored if it was removed */
export async function writeCheck(tx: Queries, accountId: number, check: Check, isNew: boolean) {
  const { externalId: external_id, services: _, mutedBy: _mutedBy, ...values } = check;
  const row = { account_id: accountId, external_id, ...values, removal_date: null };
  await write(tx, isNew ? INSERT : UPDATE, check.id, row);
}

const LINK = ['account_id', 'service_id', 'check_id'] as const;
const ADD_CHECK = insertion('service_checks', LINK, 'on conflict do nothing');
const REMOVE_CHECK = deletion('service_checks', LINK);

interface ServiceCheck {
  readonly service: number;
  readonly check: string;
}

/** Changes which services checks belong to. @param before all of a service, or of a check */
export async function writeServiceChecks(
  tx: Queries,
  accountId: number,
  before: readonly ServiceCheck[],
  after: readonly ServiceCheck[],
): Promise<void> {
  const toKey = ({ service, check }: ServiceCheck) => `${service} ${check}`;
  const writeMissing = async (
    links: readonly ServiceCheck[],
    others: readonly ServiceCheck[],
    kind: typeof ADD_CHECK,
  ) => {
    const keys = new Set(others.map(toKey));
    for (const link of links) {
      if (keys.has(toKey(link))) continue;
      await write(tx, kind, toKey(link), { account_id: accountId, service_id: link.service, check_id: link.check });
    }
  };
  await writeMissing(after, before, ADD_CHECK);
  await writeMissing(before, after, REMOVE_CHECK);
}

export async function readRegister(db: Queries, ids: readonly string[]): Promise<Map<string, boolean>> {
  const rows = await db.check.findMany({ where: { id: { in: [...ids] } }, select: { id: true, enabled: true } });
  return new Map(rows.map((row) => [row.id, row.enabled]));
}

export async function writeRegister(db: Queries, ids: readonly string[], enabled: boolean): Promise<void> {
  await db.check.updateMany({ where: { id: { in: [...ids] } }, data: { enabled } });
}

export async function listStoredChecks(db: Queries, accountId: number, provider: string): Promise<StoredCheck[]> {
  return db.check.findMany({
    where: { accountId, provider, removedAt: null },
    select: { id: true, externalId: true, name: true, tags: true },
  });
}

/** Adds checks in one statement, and restores those that were removed. */
export async function importChecks(tx: Queries, accountId: number, provider: string, added: readonly ListedCheck[]) {
  const rows = JSON.stringify(added.map((each) => ({ ...each, id: newKey(10) })));
  await execute(
    tx,
    sql`
      insert into checks (id, account_id, provider, external_id, name, enabled, tags)
      select id, ${accountId}::int, ${provider}, "externalId", name, enabled, array(select jsonb_array_elements_text(tags))
      from jsonb_to_recordset(${rows}::jsonb)
        as added (id text, "externalId" text, name text, enabled boolean, tags jsonb)
      on conflict (account_id, provider, external_id) do update
        set removal_date = null, name = excluded.name, enabled = excluded.enabled, tags = excluded.tags`,
  );
}

export async function applyCheckChanges(tx: Queries, accountId: number, changed: readonly ChangedCheck[]) {
  const rows = JSON.stringify(changed.map(({ before: { id }, after: { name, tags } }) => ({ id, name, tags })));
  await execute(
    tx,
    sql`
      update checks set name = changed.name, tags = array(select jsonb_array_elements_text(changed.tags))
      from jsonb_to_recordset(${rows}::jsonb) as changed (id text, name text, tags jsonb)
      where checks.account_id = ${accountId} and checks.id = changed.id`,
  );
}

/** Regular expressions of PostgreSQL; a check must match each of them. */
export type CheckPatterns = Partial<Record<'label' | 'target' | 'type', string | undefined>>;

/** A pattern may be written so that matching never ends. */
const MATCH_TIMEOUT_MS = 2_000;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: invalid_regular_expression, query_canceled. */
const PATTERN_ERRORS = ['2201B', '57014'];

/** Switches one check of the built-in register by hand. */
export async function switchRegister(tx: Queries, accountId: number, id: string, enabled: boolean): Promise<void> {
  await tx.check.updateMany({ where: { accountId, id }, data: { enabled, bulkDisabled: false } });
}

/**
 * Switches off the matching checks of the built-in register that are on, or on those that were switched off like this.
 * @returns the ids of those that changed; undefined for a pattern that cannot be matched
 */
export async function switchMatching(
  tx: Queries,
  accountId: number,
  { label, target, type }: CheckPatterns,
  enabled: boolean,
): Promise<string[] | undefined> {
  const match = (column: Prisma.Sql, pattern: string | undefined) =>
    pattern === undefined ? sql`true` : sql`${column} ~ ${pattern}`;
  try {
    await execute(tx, sql`select set_config('statement_timeout', ${String(MATCH_TIMEOUT_MS)}, true)`);
    const { rows } = await execute<{ id: string }>(
      tx,
      sql`
        update checks set enabled = ${enabled}, bulk_disabled = ${!enabled}
        where account_id = ${accountId} and provider = 'builtin' and removal_date is null
          and ${enabled ? sql`bulk_disabled` : sql`enabled`}
          and ${match(sql`name`, label)} and ${match(sql`coalesce(target, external_id)`, target)}
          and ${match(sql`coalesce(type, upper(provider))`, type)}
        returning id`,
    );
    await execute(tx, sql`select set_config(name, reset_val, true) from pg_settings where name = 'statement_timeout'`);
    return rows.map(({ id }) => id);
  } catch (error) {
    if (PATTERN_ERRORS.includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** How many checks of an account are on and off, and how many were switched off together with others. */
export async function countRegister(db: Queries, accountId: number) {
  const count = (where: Prisma.CheckWhereInput) => db.check.count({ where: { accountId, removedAt: null, ...where } });
  return {
    enabled: await count({ enabled: true }),
    disabled: await count({ enabled: false }),
    together: await count({ enabled: false, bulkDisabled: true }),
  };
}
