import { Prisma } from '../../prisma/client/client.ts';
import { newKey } from '../core/keys.ts';
import { errorCode, type Queries } from '../platform/database.ts';
import { byName, escapeLike } from '../platform/stored-values.ts';

export interface Check {
  id: string;
  name: string;
  provider: string;
  externalId: string;
  enabled: boolean;
  tags: string[];
  services: number[];
  /** The in-progress maintenances that have it off. */
  mutedBy: number[];
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

/** @param services the ids of its services from now on; undefined: as they are */
export async function updateCheck(
  db: Queries,
  accountId: number,
  id: string,
  values: { name?: string; tags?: readonly string[] },
  services?: readonly number[],
): Promise<void> {
  const { name, tags } = values;
  await db.check.update({
    where: { accountId, id },
    data: { ...(name === undefined ? {} : { name }), ...(tags === undefined ? {} : { tags: [...tags] }) },
  });
  if (services === undefined) return;
  await db.serviceCheck.deleteMany({ where: { accountId, checkId: id, serviceId: { notIn: [...services] } } });
  await db.serviceCheck.createMany({
    data: services.map((serviceId) => ({ accountId, serviceId, checkId: id })),
    skipDuplicates: true,
  });
}

const checkFields = {
  id: true,
  name: true,
  provider: true,
  externalId: true,
  enabled: true,
  tags: true,
  services: { select: { serviceId: true }, orderBy: { serviceId: 'asc' } },
  mutes: {
    where: { endedAt: null, maintenance: { status: 'in-progress' } },
    select: { maintenanceId: true },
    orderBy: { maintenanceId: 'asc' },
  },
} as const;

interface CheckRow {
  id: string;
  name: string;
  provider: string;
  externalId: string;
  enabled: boolean;
  tags: string[];
  services: { serviceId: number }[];
  mutes: { maintenanceId: number }[];
}

function toCheck({ services, mutes, ...row }: CheckRow): Check {
  return {
    ...row,
    services: services.map((service) => service.serviceId),
    mutedBy: mutes.map((mute) => mute.maintenanceId),
  };
}

/** The checks of an account, by name; `services` limits them to those of any of these services, `ids` to those. */
export async function listChecks(
  db: Queries,
  accountId: number,
  filter: {
    services?: readonly number[];
    ids?: readonly string[];
    matching?: string;
    limit?: number;
    offset?: number;
  } = {},
): Promise<Check[]> {
  const rows = await db.check.findMany({
    where: {
      accountId,
      removedAt: null,
      ...(filter.services ? { services: { some: { serviceId: { in: [...filter.services] } } } } : {}),
      ...(filter.ids ? { id: { in: [...filter.ids] } } : {}),
      ...(filter.matching ? { name: { contains: escapeLike(filter.matching), mode: 'insensitive' as const } } : {}),
    },
    orderBy: [...byName],
    select: checkFields,
    skip: filter.offset ?? 0,
    ...(filter.limit === undefined ? {} : { take: filter.limit }),
  });
  return rows.map(toCheck);
}

/** Rows as checks; what to look for, in which order and how many is for the query to say, the account included. */
export async function readChecks(
  db: Queries,
  query: Pick<Prisma.CheckFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.CheckWhereInput },
): Promise<Check[]> {
  return (await db.check.findMany({ ...query, select: checkFields })).map(toCheck);
}

/** How many checks there are, or belong to any of these services. */
export async function countChecks(
  db: Queries,
  accountId: number,
  { services }: { services?: readonly number[] } = {},
): Promise<number> {
  return db.check.count({
    where: {
      accountId,
      removedAt: null,
      ...(services ? { services: { some: { serviceId: { in: [...services] } } } } : {}),
    },
  });
}

export async function findCheck(db: Queries, accountId: number, id: string): Promise<Check | null> {
  const row = await db.check.findFirst({ where: { accountId, id, removedAt: null }, select: checkFields });
  return row && toCheck(row);
}

export async function findProviderCheck(
  db: Queries,
  accountId: number,
  provider: string,
  externalId: string,
): Promise<Check | null> {
  const row = await db.check.findFirst({
    where: { accountId, provider, externalId, removedAt: null },
    select: checkFields,
  });
  return row && toCheck(row);
}

/** `externalId` null: the check's own new id serves. One that was removed comes back as it is said now, with its past. */
export async function createCheck(
  db: Queries,
  accountId: number,
  check: {
    name: string;
    provider: string;
    externalId: string | null;
    enabled: boolean;
    tags: readonly string[];
    services: readonly number[];
  },
): Promise<Check> {
  const { provider, externalId, services } = check;
  const removed =
    externalId === null
      ? null
      : await db.check.findFirst({
          where: { accountId, provider, externalId, removedAt: { not: null } },
          select: { id: true },
        });
  const id = removed?.id ?? newKey(10);
  const said = { name: check.name, enabled: check.enabled, tags: [...check.tags] };
  if (removed === null) {
    await db.check.create({ data: { ...said, id, accountId, provider, externalId: externalId ?? id } });
  } else {
    await db.check.update({ where: { id }, data: { ...said, removedAt: null } });
  }
  await db.serviceCheck.createMany({ data: services.map((serviceId) => ({ accountId, serviceId, checkId: id })) });
  return toCheck(await db.check.findUniqueOrThrow({ where: { id }, select: checkFields }));
}

/** The builtin provider's register: whether these checks should be made now. */
export async function readRegister(db: Queries, ids: readonly string[]): Promise<Map<string, boolean>> {
  const rows = await db.check.findMany({ where: { id: { in: [...ids] } }, select: { id: true, enabled: true } });
  return new Map(rows.map((row) => [row.id, row.enabled]));
}

export async function writeRegister(db: Queries, ids: readonly string[], enabled: boolean): Promise<void> {
  await db.check.updateMany({ where: { id: { in: [...ids] } }, data: { enabled } });
}

/** The checks that an account has of a provider, those removed left out. */
export async function listStoredChecks(db: Queries, accountId: number, provider: string): Promise<StoredCheck[]> {
  return db.check.findMany({
    where: { accountId, provider, removedAt: null },
    select: { id: true, externalId: true, name: true, tags: true },
  });
}

/** Adds checks, all in one statement. One that was removed comes back as itself. */
export async function importChecks(
  tx: Queries,
  accountId: number,
  provider: string,
  added: readonly ListedCheck[],
): Promise<void> {
  const rows = JSON.stringify(added.map((each) => ({ ...each, id: newKey(10) })));
  await tx.$executeRaw`
    insert into checks (id, account_id, provider, external_id, name, enabled, tags)
    select id, ${accountId}::int, ${provider}, "externalId", name, enabled, array(select jsonb_array_elements_text(tags))
    from jsonb_to_recordset(${rows}::jsonb)
      as added (id text, "externalId" text, name text, enabled boolean, tags jsonb)
    on conflict (account_id, provider, external_id) do update
      set removal_date = null, name = excluded.name, enabled = excluded.enabled, tags = excluded.tags`;
}

/** Gives checks other names and tags, all in one statement. */
export async function applyCheckChanges(
  tx: Queries,
  accountId: number,
  changed: readonly ChangedCheck[],
): Promise<void> {
  const rows = JSON.stringify(
    changed.map(({ before, after }) => ({ id: before.id, name: after.name, tags: after.tags })),
  );
  await tx.$executeRaw`
    update checks set name = changed.name, tags = array(select jsonb_array_elements_text(changed.tags))
    from jsonb_to_recordset(${rows}::jsonb) as changed (id text, name text, tags jsonb)
    where checks.account_id = ${accountId} and checks.id = changed.id`;
}

// Lull's own register of checks, as people and tools switch it by hand.

/** Which checks: those that each of these regular expressions (PostgreSQL's) matches. Of none, all. */
export interface Matching {
  readonly label?: string | undefined;
  readonly target?: string | undefined;
  readonly type?: string | undefined;
}

/** How long matching may take (milliseconds): a pattern may be written so that it never ends. */
const MATCH_WITHIN = 2_000;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: invalid_regular_expression, query_canceled. */
const UNFIT = ['2201B', '57014'];

/** Writes whether a check is to be made. */
export async function switchRegister(tx: Queries, accountId: number, id: string, enabled: boolean): Promise<void> {
  await tx.check.updateMany({ where: { accountId, id }, data: { enabled, bulkDisabled: false } });
}

/**
 * Switches off what matches and is on, or on again what matches and was switched off so.
 * @returns the ids of those that changed; undefined for a pattern that cannot be matched
 */
export async function switchTogether(
  tx: Queries,
  accountId: number,
  { label, target, type }: Matching,
  off: boolean,
): Promise<string[] | undefined> {
  const match = (column: Prisma.Sql, pattern: string | undefined) =>
    pattern === undefined ? Prisma.sql`true` : Prisma.sql`${column} ~ ${pattern}`;
  try {
    await tx.$executeRaw`select set_config('statement_timeout', ${String(MATCH_WITHIN)}, true)`;
    const rows = await tx.$queryRaw<{ id: string }[]>`
      update checks set enabled = ${!off}, bulk_disabled = ${off}
      where account_id = ${accountId} and provider = 'builtin' and removal_date is null
        and ${off ? Prisma.sql`enabled` : Prisma.sql`bulk_disabled`}
        and ${match(Prisma.sql`name`, label)} and ${match(Prisma.sql`external_id`, target)}
        and ${match(Prisma.sql`upper(provider)`, type)}
      returning id`;
    await tx.$executeRaw`select set_config('statement_timeout', '0', true)`;
    return rows.map(({ id }) => id);
  } catch (error) {
    if (UNFIT.includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

export interface RegisterCount {
  readonly enabled: number;
  readonly disabled: number;
  /** Of the disabled, those that were switched off together with others. */
  readonly together: number;
}

/** How many checks of an account are on and off, whatever their provider. */
export async function countRegister(db: Queries, accountId: number): Promise<RegisterCount> {
  const there = { accountId, removedAt: null };
  return {
    enabled: await db.check.count({ where: { ...there, enabled: true } }),
    disabled: await db.check.count({ where: { ...there, enabled: false } }),
    together: await db.check.count({ where: { ...there, enabled: false, bulkDisabled: true } }),
  };
}
