import type { Prisma } from '../../../prisma/client/client.ts';
import type { Queries } from '../../platform/database.ts';
import { execute, sql } from '../../platform/sql.ts';
import { openTransaction, type Transaction } from '../../platform/transaction.ts';
import { readSelector } from '../rules/selector.ts';
import { OPEN_STATUSES } from '../rules/status.ts';

/** The first key of the advisory locks on what windows cover; the second is the account. */
const COVERAGE_LOCK = 1_280_658_765;

/** Until the transaction ends, nobody changes what windows cover. */
export async function lockCoverageForRead(tx: Queries, accountId: number): Promise<void> {
  if (isHeld(tx, accountId)) return;
  await execute(tx, sql`select pg_advisory_xact_lock_shared(${COVERAGE_LOCK}::int, ${accountId}::int)`);
  hold(tx, [accountId]);
}

/** Locks a maintenance that may start. First it keeps everybody from changing what windows cover, as such changes do. */
export async function lockForStart(tx: Queries, accountId: number, id: number): Promise<void> {
  await execute(
    tx,
    sql`
      with held as materialized (select pg_advisory_xact_lock_shared(${COVERAGE_LOCK}::int, ${accountId}::int))
      select 1 from held, maintenances where account_id = ${accountId} and id = ${id} for update of maintenances`,
  );
  hold(tx, [accountId]);
}

/** As `lockCoverageForRead` of several accounts, without waiting. @returns the accounts that are locked */
export async function tryLockCoverages(tx: Queries, accounts: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await execute<{ id: number }>(
    tx,
    sql`
      select id from unnest(${[...new Set(accounts)]}::int[]) as accounts (id)
      where pg_try_advisory_xact_lock_shared(${COVERAGE_LOCK}::int, id)`,
  );
  const locked = rows.map(({ id }) => id);
  hold(tx, locked);
  return new Set(locked);
}

/** The accounts whose coverage a transaction has locked for reading. */
const coverageHeld = new WeakMap<Transaction, Set<number>>();

function isHeld(tx: Queries, accountId: number): boolean {
  const transaction = openTransaction(tx);
  return transaction !== undefined && coverageHeld.get(transaction)?.has(accountId) === true;
}

function hold(tx: Queries, accounts: readonly number[]): void {
  const transaction = openTransaction(tx);
  if (transaction === undefined) return;
  coverageHeld.set(transaction, new Set([...(coverageHeld.get(transaction) ?? []), ...accounts]));
}

/**
 * For changes of what windows cover: checks are added or removed, providers enabled or disabled. Until the transaction ends,
 * no window starts.
 * @returns the ids of the windows in progress
 */
export async function lockCoverageForChange(tx: Queries, accountId: number): Promise<number[]> {
  await execute(tx, sql`select pg_advisory_xact_lock(${COVERAGE_LOCK}::int, ${accountId}::int)`);
  const { rows } = await execute<{ id: number }>(
    tx,
    sql`select id from maintenances where account_id = ${accountId} and status = 'in-progress' order by id for update`,
  );
  return rows.map((row) => row.id);
}

/** Whether names and scopes of services may decide which checks an open window of the account covers, as a condition. */
export function someFollow(accountId: number): Prisma.Sql {
  return sql`exists (
    select 1 from maintenances
    where account_id = ${accountId} and status = any(${[...OPEN_STATUSES]}::text[]) and (selector_follows or limited_to <> '{}'))`;
}

/** Removes checks, also from services, series and open maintenances; past maintenances keep them. */
export async function detachChecks(tx: Queries, accountId: number, checks: readonly string[], now: Date) {
  const which = { accountId, checkId: { in: [...checks] } };
  await tx.serviceCheck.deleteMany({ where: which });
  await tx.seriesCheck.deleteMany({ where: which });
  const maintenance = { status: { in: [...OPEN_STATUSES] } };
  await tx.maintenanceCheck.deleteMany({ where: { ...which, maintenance } });
  await tx.check.updateMany({ where: { accountId, id: { in: [...checks] } }, data: { removedAt: now } });
}

/** The ids of the checks that a selector chooses now; none if it cannot be parsed. */
export async function listSelectedChecks(db: Queries, accountId: number, selector: string): Promise<string[]> {
  const reading = readSelector(selector);
  if (!reading.ok) return [];
  const checks = await db.check.findMany({
    where: { accountId, removedAt: null },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      name: true,
      tags: true,
      provider: true,
      services: { select: { service: { select: { name: true, scope: { select: { name: true } } } } } },
    },
  });
  return checks
    .filter(({ services: watched, ...check }) => {
      const services = watched.map(({ service }) => service.name);
      return reading.matches({
        ...check,
        services,
        scopes: watched.flatMap(({ service }) => service.scope?.name ?? []),
      });
    })
    .map(({ id }) => id);
}
