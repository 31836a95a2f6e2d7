import { OPEN } from '../domain/maintenance.ts';
import type { Queries } from './database.ts';

/** The first key of the advisory locks on what windows cover; the second is the account. */
const COVERAGE = 1_280_658_765;

/** What a window covers is read here: nobody changes it until the transaction ends. */
export async function readCoverage(tx: Queries, accountId: number): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(${COVERAGE}::int, ${accountId}::int)`;
}

/**
 * What windows cover is changed here: a check comes or goes, a provider is enabled or disabled. No window begins until the
 * transaction ends.
 * @returns the ids of the windows in progress
 */
export async function changeCoverage(tx: Queries, accountId: number): Promise<number[]> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${COVERAGE}::int, ${accountId}::int)`;
  const rows = await tx.$queryRaw<{ id: number }[]>`
    select id from maintenances where account_id = ${accountId} and status = 'in-progress' order by id for update`;
  return rows.map((row) => row.id);
}

/** Of these checks, those that can be switched: not removed, and their provider not disabled. */
export async function switchable(db: Queries, accountId: number, checks: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.id from checks c left join providers p on p.account_id = c.account_id and p.name = c.provider
    where c.account_id = ${accountId} and c.id = any(${[...checks]}::text[])
      and c.removal_date is null and p.enabled is distinct from false
    order by c.id`;
  return rows.map((row) => row.id);
}

/** Takes a check out of what services, open windows and series are about; what is over keeps it on record. */
export async function removeChecks(
  tx: Queries,
  accountId: number,
  checks: readonly string[],
  now: Date,
): Promise<void> {
  const which = { accountId, checkId: { in: [...checks] } };
  await tx.serviceCheck.deleteMany({ where: which });
  await tx.seriesCheck.deleteMany({ where: which });
  await tx.maintenanceCheck.deleteMany({
    where: { ...which, maintenance: { status: { in: [...OPEN] } } },
  });
  await tx.check.updateMany({ where: { accountId, id: { in: [...checks] } }, data: { removedAt: now } });
}
