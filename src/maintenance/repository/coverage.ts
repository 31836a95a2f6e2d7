import { isId } from '../../core/keys.ts';
import type { Queries } from '../../platform/database.ts';
import { readSelector, type Selector } from '../rules/selector.ts';
import { OPEN_STATUSES } from '../rules/status.ts';

/** The first key of the advisory locks on what windows cover; the second is the account. */
const COVERAGE_LOCK = 1_280_658_765;

/** Until the transaction ends, nobody changes what windows cover. */
export async function lockCoverageForRead(tx: Queries, accountId: number): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(${COVERAGE_LOCK}::int, ${accountId}::int)`;
}

/**
 * For changes of what windows cover: checks are added or removed, providers enabled or disabled. Until the transaction ends,
 * no window starts.
 * @returns the ids of the windows in progress
 */
export async function lockCoverageForChange(tx: Queries, accountId: number): Promise<number[]> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${COVERAGE_LOCK}::int, ${accountId}::int)`;
  const rows = await tx.$queryRaw<{ id: number }[]>`
    select id from maintenances where account_id = ${accountId} and status = 'in-progress' order by id for update`;
  return rows.map((row) => row.id);
}

/** Those of these checks that can be muted: not removed, and their provider not disabled. */
export async function filterMutableChecks(db: Queries, accountId: number, checks: readonly string[]) {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.id from checks c left join providers p on p.account_id = c.account_id and p.name = c.provider
    where c.account_id = ${accountId} and c.id = any(${[...checks]}::text[])
      and c.removal_date is null and p.enabled is distinct from false
    order by c.id`;
  return rows.map((row) => row.id);
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

/** What decides which scopes a window touches. */
export interface Touching {
  readonly scopeId: number | null;
  readonly services: readonly number[];
  readonly checks: readonly string[] | null;
  /** `chosen`: the checks that it chose when the window began. */
  readonly selector?: (Selector & { readonly chosen?: readonly string[] | null }) | null;
}

/** The scope of a window, those of its services, and those of the services that the checks it names or chooses watch. */
export async function listTouchedScopes(
  db: Queries,
  accountId: number,
  { scopeId, services, checks: named, selector }: Touching,
): Promise<{ readonly id: number; readonly name: string; readonly requiresApproval: boolean }[]> {
  const chosen = selector ? (selector.chosen ?? (await listSelectedChecks(db, accountId, selector.text))) : [];
  const checks = [...(named ?? []), ...chosen];
  return db.scope.findMany({
    where: {
      accountId,
      OR: [
        ...(scopeId !== null && isId(scopeId) ? [{ id: scopeId }] : []),
        { services: { some: { id: { in: services.filter(isId) } } } },
        ...(checks.length === 0 ? [] : [{ services: { some: { checks: { some: { checkId: { in: checks } } } } } }]),
      ],
    },
    orderBy: { id: 'asc' },
    select: { id: true, name: true, requiresApproval: true },
  });
}
