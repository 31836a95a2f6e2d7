import { z } from 'zod';
import type { Prisma } from '../../prisma/client/client.ts';
import type { Queries } from '../platform/database.ts';
import type { Vault } from '../platform/vault.ts';

/** What a provider is connected with, as people set it: shown and audited, and without a secret. */
export type ProviderSettings = Readonly<Record<string, unknown>>;

/** A monitoring system, as one account has it configured. */
export interface StoredProvider {
  readonly name: string;
  readonly kind: string;
  readonly settings: ProviderSettings;
  /** Disabled: Lull holds none of its checks, and asks it for nothing but to take back what Lull did. */
  readonly enabled: boolean;
  /** Another one since: what it is connected with was changed. */
  readonly version: number;
  readonly health: ProviderHealth;
  readonly createdAt: Date;
}

export interface ProviderHealth {
  readonly lastOkAt: Date | null;
  readonly lastErrorAt: Date | null;
  /** The last one, whatever came since. */
  readonly lastError: string | null;
  readonly lastSyncAt: Date | null;
  /** Calls in a row that failed as a whole. */
  readonly failures: number;
}

const fields = {
  name: true,
  kind: true,
  settings: true,
  enabled: true,
  version: true,
  lastOkAt: true,
  lastErrorAt: true,
  lastError: true,
  lastSyncAt: true,
  failures: true,
  createdAt: true,
} as const;

const settingsIn = z.record(z.string(), z.unknown());

function toProvider({
  name,
  kind,
  settings,
  enabled,
  version,
  createdAt,
  ...health
}: Prisma.ProviderGetPayload<{ select: typeof fields }>): StoredProvider {
  return { name, kind, settings: settingsIn.parse(settings), enabled, version, createdAt, health };
}

/** What the sealed credentials of a provider are sealed for. */
export function sealPurpose(accountId: number, name: string): string {
  return `provider:${accountId}:${name}`;
}

/** The providers of an account, by name. The builtin register is not among them. */
export async function listProviders(db: Queries, accountId: number): Promise<StoredProvider[]> {
  const rows = await db.provider.findMany({ where: { accountId }, orderBy: { name: 'asc' }, select: fields });
  return rows.map(toProvider);
}

export async function findProvider(db: Queries, accountId: number, name: string): Promise<StoredProvider | undefined> {
  // No text of PostgreSQL has it.
  if (name.includes('\0')) return undefined;
  const row = await db.provider.findFirst({ where: { accountId, name }, select: fields });
  return row === null ? undefined : toProvider(row);
}

/** The same, and nobody else changes it, or what is held of its checks, until the transaction ends. */
export async function lockProvider(tx: Queries, accountId: number, name: string): Promise<StoredProvider | undefined> {
  if (name.includes('\0')) return undefined;
  await tx.$queryRaw`select 1 from providers where account_id = ${accountId} and name = ${name} for update`;
  return findProvider(tx, accountId, name);
}

/** The sealed credentials; null when it has none. */
export async function sealedCredentials(db: Queries, accountId: number, name: string): Promise<string | null> {
  const row = await db.provider.findFirst({ where: { accountId, name }, select: { credentials: true } });
  return row?.credentials ?? null;
}

const openedIn = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(settingsIn);

/**
 * The credentials as people gave them: `env:` stands in them still.
 * @throws Unreadable when the key they were sealed with is not there
 */
export async function openCredentials(
  db: Queries,
  vault: Vault,
  accountId: number,
  name: string,
): Promise<Readonly<Record<string, unknown>>> {
  const sealed = await sealedCredentials(db, accountId, name);
  return sealed === null ? {} : openedIn.parse(vault.open(sealed, sealPurpose(accountId, name)));
}

export interface NewProvider {
  readonly name: string;
  readonly kind: string;
  readonly settings: ProviderSettings;
  /** Sealed. */
  readonly credentials: string | null;
  readonly enabled: boolean;
}

export async function insertProvider(
  tx: Queries,
  accountId: number,
  provider: NewProvider,
  now: Date,
): Promise<StoredProvider> {
  const { settings, ...row } = provider;
  const data = { ...row, accountId, settings: asJson(settings), createdAt: now };
  return toProvider(await tx.provider.create({ data, select: fields }));
}

/** Changes it. It is taken for healthy until it is asked again. */
export async function updateProvider(
  tx: Queries,
  accountId: number,
  name: string,
  { settings, ...changes }: { settings?: ProviderSettings; credentials?: string | null; enabled?: boolean },
): Promise<StoredProvider> {
  const row = await tx.provider.update({
    where: { accountId_name: { accountId, name } },
    data: {
      ...changes,
      ...(settings === undefined ? {} : { settings: asJson(settings) }),
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
  const rows = await db.$queryRaw<{ error: string | null }[]>`
    select last_error as error from providers
    where account_id = ${accountId} and name = ${name} and circuit_open_until > now()`;
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
    await db.$executeRaw`
      update providers set failures = failures + 1, last_error_at = ${now}, last_error = ${error},
        circuit_open_until = case when failures + 1 >= ${CIRCUIT_OPENS_AFTER}
          then now() + ${CIRCUIT_OPEN_MS} * interval '1 millisecond' end
      where account_id = ${accountId} and name = ${name}`;
  }
}

/** The ids of the checks of a provider, those removed left out. */
export async function listCheckIds(db: Queries, accountId: number, provider: string): Promise<string[]> {
  const rows = await db.check.findMany({ where: { accountId, provider, removedAt: null }, select: { id: true } });
  return rows.map((row) => row.id);
}

/** The providers of all accounts that are used and were not asked for anything since. */
export async function listProvidersIdleSince(
  db: Queries,
  since: Date,
): Promise<{ accountId: number; provider: string }[]> {
  return db.$queryRaw`
    select account_id as "accountId", name as provider from providers
    where enabled and coalesce(greatest(last_ok_at, last_error_at), '-infinity') < ${since}`;
}

/** One check of a provider, to ask for. */
export async function findAnyCheck(
  db: Queries,
  accountId: number,
  provider: string,
): Promise<{ id: string; externalId: string } | undefined> {
  const where = { accountId, provider, removedAt: null };
  return (await db.check.findFirst({ where, select: { id: true, externalId: true } })) ?? undefined;
}

/** Of these ids, the checks of a provider that no window holds, or held and did not let go of yet. Those removed count too. */
export async function filterUnmuted(
  db: Queries,
  accountId: number,
  provider: string,
  ids: readonly string[],
): Promise<{ id: string; externalId: string }[]> {
  return db.$queryRaw`
    select c.id, c.external_id as "externalId" from checks c
    where c.account_id = ${accountId} and c.provider = ${provider} and c.id = any(${[...ids]}::text[])
      and not exists (select 1 from mutes h where h.account_id = c.account_id and h.check_id = c.id and h.released_at is null)
    order by c.id`;
}

/** When a provider's list of checks was last gone through. */
export async function setSynced(db: Queries, accountId: number, name: string, now: Date): Promise<void> {
  await db.provider.updateMany({ where: { accountId, name }, data: { lastSyncAt: now } });
}

/** The checks of each provider of an account, by the provider's name, those removed left out. */
export async function countChecksPerProvider(db: Queries, accountId: number): Promise<Map<string, number>> {
  const rows = await db.check.groupBy({ by: ['provider'], where: { accountId, removedAt: null }, _count: true });
  return new Map(rows.map((row) => [row.provider, row._count]));
}

/** What came from JSON goes back as it is. */
function asJson(settings: ProviderSettings): Prisma.InputJsonObject {
  return z
    .record(z.string(), z.json())
    .transform((value) => value as Prisma.InputJsonObject)
    .parse(settings);
}

/**
 * How a tool of a monitoring system names the checks of an account: by the provider's own id, and where several providers
 * use the same, by Lull's.
 */
export interface ProviderIds {
  /** By Lull's id; also of those that were removed, for what is past. */
  readonly nameOf: ReadonlyMap<string, string>;
  /** Lull's id, by either. */
  readonly idOf: ReadonlyMap<string, string>;
}

export async function providerIds(db: Queries, accountId: number): Promise<ProviderIds> {
  const rows = await db.$queryRaw<{ id: string; name: string; removed: boolean }[]>`
    select id, case when count(*) over (partition by external_id) = 1 then external_id else id end as name,
      removal_date is not null as removed
    from checks where account_id = ${accountId}`;
  const there = rows.filter(({ removed }) => !removed);
  const idOf = new Map(there.map(({ id, name }) => [name, id]));
  // An id that is Lull's own means that check, whatever a provider calls by it.
  for (const { id } of there) idOf.set(id, id);
  return { nameOf: new Map(rows.map(({ id, name }) => [id, name])), idOf };
}
