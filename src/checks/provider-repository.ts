import { z } from 'zod';
import type { Prisma } from '../../prisma/client/client.ts';
import type { Limited, Reader } from '../core/permissions.ts';
import { shownParts, visibleChecks } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import type { Page } from '../platform/rows.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';
import type { Vault } from '../platform/vault.ts';

const fields = {
  name: true,
  kind: true,
  settings: true,
  enabled: true,
  version: true,
  createdAt: true,
  lastOkAt: true,
  lastErrorAt: true,
  lastError: true,
  lastSyncAt: true,
  failures: true,
} as const satisfies Prisma.ProviderSelect;

/** Settings or credentials, by the fields of a kind. */
type ProviderFields = Readonly<Record<string, unknown>>;
const providerFields = z.record(z.string(), z.unknown());

/** A monitoring system of an account. `version` changes with everything that it is connected with. */
export type StoredProvider = ReturnType<typeof toProvider>;

function toProvider(row: Prisma.ProviderGetPayload<{ select: typeof fields }>) {
  const { name, kind, settings, enabled, version, createdAt, ...health } = row;
  const provider = { name, kind, enabled, version, createdAt, health };
  return { ...provider, settings: providerFields.parse(settings) };
}

/** The purpose that credentials are sealed for. */
export function sealPurpose(accountId: number, name: string): string {
  return `provider:${accountId}:${name}`;
}

/** The providers of an account, by name, without the built-in register. */
export async function listProviders(db: Queries, accountId: number): Promise<StoredProvider[]> {
  const rows = await db.provider.findMany({ where: { accountId }, orderBy: { name: 'asc' }, select: fields });
  return rows.map(toProvider);
}

export async function listProvidersPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { direction, after, limit }: Page<'name', string, string>,
): Promise<StoredProvider[]> {
  const past = after && { name: direction === 'asc' ? { gt: after.id } : { lt: after.id } };
  const where = { accountId, AND: [past ?? {}, await visibleProviders(db, accountId, reader)] };
  return (await db.provider.findMany({ where, orderBy: { name: direction }, take: limit, select: fields })).map(
    toProvider,
  );
}

/** Somebody limited to scopes sees those of the checks that they see. */
async function visibleProviders(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
): Promise<Prisma.ProviderWhereInput> {
  if (reader === 'internal') return {};
  return { name: { in: [...(await countChecksPerProvider(db, accountId, reader)).keys()] } };
}

export async function findVisibleProvider(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  name: string,
): Promise<StoredProvider | undefined> {
  if (reader !== 'internal' && !(await countChecksPerProvider(db, accountId, reader)).has(name)) return undefined;
  return findProvider(db, accountId, name);
}

export async function findProvider(db: Queries, accountId: number, name: string): Promise<StoredProvider | undefined> {
  // PostgreSQL has no text with this character.
  if (name.includes('\0')) return undefined;
  const row = await db.provider.findFirst({ where: { accountId, name }, select: fields });
  return row === null ? undefined : toProvider(row);
}

/** Locks a provider, and with it the mutes of its checks, until the transaction ends. */
export async function lockProvider(tx: Queries, accountId: number, name: string): Promise<StoredProvider | undefined> {
  if (name.includes('\0')) return undefined;
  await execute(tx, sql`select 1 from providers where account_id = ${accountId} and name = ${name} for update`);
  return findProvider(tx, accountId, name);
}

/** The sealed credentials; null without any. */
export async function sealedCredentials(db: Queries, accountId: number, name: string): Promise<string | null> {
  const row = await db.provider.findFirst({ where: { accountId, name }, select: { credentials: true } });
  return row?.credentials ?? null;
}

/**
 * The credentials as they were entered: `env:` is not resolved.
 * @throws UnreadableSecret when the key they were sealed with is missing
 */
export async function openCredentials(
  db: Queries,
  vault: Vault,
  accountId: number,
  name: string,
): Promise<ProviderFields> {
  const sealed = await sealedCredentials(db, accountId, name);
  return sealed === null ? {} : providerFields.parse(JSON.parse(vault.open(sealed, sealPurpose(accountId, name))));
}

/** Its credentials are sealed. */
type NewProvider = Pick<StoredProvider, 'name' | 'kind' | 'enabled'> & {
  readonly settings: ProviderFields;
  readonly credentials: string | null;
};

export async function insertProvider(tx: Queries, accountId: number, { settings, ...row }: NewProvider, now: Date) {
  const data = { ...row, accountId, settings: toJson(settings), createdAt: now };
  return toProvider(await tx.provider.create({ data, select: fields }));
}

/** Changes a provider, and closes its circuit. */
export async function updateProvider(
  tx: Queries,
  accountId: number,
  name: string,
  { settings, ...changes }: { settings?: ProviderFields; credentials?: string | null; enabled?: boolean },
): Promise<StoredProvider> {
  const row = await tx.provider.update({
    where: { accountId_name: { accountId, name } },
    data: {
      ...changes,
      ...(settings === undefined ? {} : { settings: toJson(settings) }),
      version: { increment: 1 },
      failures: 0,
      circuitOpenUntil: null,
    },
    select: fields,
  });
  return toProvider(row);
}

export async function deleteProvider(tx: Queries, accountId: number, name: string): Promise<void> {
  await tx.provider.deleteMany({ where: { accountId, name } });
}

/** After this many failed calls in a row a provider is not called for a while. */
const CIRCUIT_OPENS_AFTER = 3;
const CIRCUIT_OPEN_MS = 30_000;

/** The last error of a provider whose circuit is open by the database's clock; undefined when it may be called. */
export async function readCircuitError(db: Queries, accountId: number, name: string): Promise<string | undefined> {
  const rows = await queryRows<{ error: string | null }>(
    db,
    sql`
      select last_error as error from providers
      where account_id = ${accountId} and name = ${name} and circuit_open_until > now()`,
  );
  return rows[0] === undefined ? undefined : (rows[0].error ?? 'unknown');
}

/**
 * Records how a call ended. `refused`: it was answered, but some checks were not switched. After several calls in a row
 * that failed, the circuit opens for all processes: no calls are made for a while, and the result of the next one decides.
 * @see https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
 */
export async function recordCall(
  db: Queries,
  accountId: number,
  name: string,
  outcome: 'answered' | 'refused' | 'failed',
  error: string,
  now: Date,
): Promise<void> {
  const where = { accountId, name };
  if (outcome === 'answered') {
    await db.provider.updateMany({ where, data: { lastOkAt: now, failures: 0, circuitOpenUntil: null } });
  } else if (outcome === 'refused') {
    await db.provider.updateMany({ where, data: { lastErrorAt: now, lastError: error } });
  } else {
    await execute(
      db,
      sql`
        update providers set failures = failures + 1, last_error_at = ${now}, last_error = ${error},
          circuit_open_until = case when failures + 1 >= ${CIRCUIT_OPENS_AFTER}
            then now() + ${CIRCUIT_OPEN_MS} * interval '1 millisecond' end
        where account_id = ${accountId} and name = ${name}`,
    );
  }
}

/** The enabled providers of all accounts that were not called since. */
export async function listProvidersIdleSince(db: Queries, since: Date) {
  return queryRows<{ accountId: number; provider: string }>(
    db,
    sql`
      select account_id as "accountId", name as provider from providers
      where enabled and coalesce(greatest(last_ok_at, last_error_at), '-infinity') < ${since}`,
  );
}

export async function findAnyCheck(db: Queries, accountId: number, provider: string) {
  const where = { accountId, provider, removedAt: null };
  return (await db.check.findFirst({ where, select: { id: true, externalId: true } })) ?? undefined;
}

/** Of these ids, the checks of a provider without a mute that was not released. Checks that were removed are included. */
export async function filterUnmuted(db: Queries, accountId: number, provider: string, ids: readonly string[]) {
  return queryRows<{ id: string; externalId: string }>(
    db,
    sql`
      select c.id, c.external_id as "externalId" from checks c
      where c.account_id = ${accountId} and c.provider = ${provider} and c.id = any(${[...ids]}::text[])
        and not exists (
          select 1 from mutes h where h.account_id = c.account_id and h.check_id = c.id and h.released_at is null)
      order by c.id`,
  );
}

export async function setSynced(db: Queries, accountId: number, name: string, now: Date): Promise<void> {
  await db.provider.updateMany({ where: { accountId, name }, data: { lastSyncAt: now } });
}

/** The checks that the reader can see, by name of the provider. */
export async function countChecksPerProvider(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal' = 'internal',
): Promise<Map<string, number>> {
  const where = { accountId, removedAt: null, AND: [visibleChecks(reader)] };
  const rows = await db.check.groupBy({ by: ['provider'], where, _count: true });
  return new Map(rows.map((row) => [row.provider, row._count]));
}

function toJson(settings: ProviderFields): Prisma.InputJsonObject {
  return z
    .record(z.string(), z.json())
    .transform((value) => value as Prisma.InputJsonObject)
    .parse(settings);
}

/** Names by Lull's id, also of checks that were removed, and Lull's id by either. */
export type ProviderIds = Awaited<ReturnType<typeof providerIds>>;

/** The names of checks in NodePing's API: the provider's ids, or Lull's where several providers have the same. */
export async function providerIds(db: Queries, accountId: number, reader: Reader = 'internal') {
  const rows = await queryRows<{ id: string; name: string; known: boolean }>(
    db,
    sql`
      select id, case when count(*) over (partition by external_id) = 1 then external_id else id end as name,
        removal_date is null and ${shownParts(reader)?.isCheck(sql`checks.id`) ?? sql`true`} as known
      from checks where account_id = ${accountId}`,
  );
  const present = rows.filter(({ known }) => known);
  // An id of Lull's wins over the same id of a provider.
  const idOf = new Map([
    ...present.map(({ id, name }) => [name, id] as const),
    ...present.map(({ id }) => [id, id] as const),
  ]);
  return { nameOf: new Map(rows.map(({ id, name }) => [id, name])), idOf };
}
