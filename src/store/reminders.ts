import { nextDue } from '../domain/lifecycle.ts';
import { REMINDERS } from '../domain/reminders.ts';
import type { Queries } from './database.ts';
import { listMaintenances } from './maintenance-list.ts';
import type { Maintenance } from './maintenances.ts';

/** How long before its start a maintenance of this scope is reminded of (minutes); `null`: of none. */
export async function remindersOf(db: Queries, accountId: number, scopeId: number | null): Promise<readonly number[]> {
  if (scopeId === null) return REMINDERS;
  const scope = await db.scope.findFirst({ where: { accountId, id: scopeId }, select: { reminders: true } });
  return scope?.reminders ?? REMINDERS;
}

/**
 * Every reminder of a locked maintenance up to `remindedUntil` was seen to. Nothing that people edit changed, so its version
 * stays.
 */
export async function setReminded(
  tx: Queries,
  maintenance: Maintenance,
  { remindedUntil, reminders }: Partial<Pick<Maintenance, 'remindedUntil' | 'reminders'>>,
): Promise<void> {
  const now = {
    ...maintenance,
    ...(remindedUntil === undefined ? {} : { remindedUntil }),
    ...(reminders === undefined ? {} : { reminders }),
  };
  await tx.maintenance.update({
    where: { id: maintenance.id },
    data: { remindedUntil: now.remindedUntil, nextDueAt: nextDue(now) },
  });
}

/** `minutes`: longest first. */
export async function setReminders(
  tx: Queries,
  accountId: number,
  scopeId: number,
  minutes: readonly number[],
): Promise<void> {
  await tx.scope.updateMany({ where: { accountId, id: scopeId }, data: { reminders: [...minutes] } });
}

/** More than are ever planned at once. */
const MOST_PLANNED = 100_000;

/** The scheduled maintenances of a scope, locked until the transaction ends. */
export async function lockScheduledOf(tx: Queries, accountId: number, scopeId: number): Promise<Maintenance[]> {
  await tx.$queryRaw`
    select 1 from maintenances where account_id = ${accountId} and scope_id = ${scopeId} and status = 'scheduled'
    order by id for update`;
  return listMaintenances(tx, accountId, { statuses: ['scheduled'], scope: scopeId }, { limit: MOST_PLANNED });
}
