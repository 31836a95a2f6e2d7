import type { Queries } from '../../platform/database.ts';
import { nextDue } from '../rules/lifecycle.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../rules/reminders.ts';
import { type Maintenance, readMaintenances } from './maintenances.ts';

/** One maintenance whose instant has come at `now`, locked; those that another process works on are passed over. */
export async function lockDue(
  tx: Queries,
  now: Date,
  except: readonly number[],
): Promise<{ accountId: number; id: number } | undefined> {
  const rows = await tx.$queryRaw<{ accountId: number; id: number }[]>`
    select account_id as "accountId", id from maintenances
    where next_due_at <= ${now} and not id = any(${[...except]}::int[])
    order by next_due_at, id limit 1 for update skip locked`;
  return rows[0];
}

/** The next instant (UTC) at which time changes a maintenance or a series, over all accounts; null when none is planned. */
export async function findNextDueAt(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ due: Date | null }[]>`
    select least((select min(next_due_at) from maintenances), (select min(next_due_at) from series)) as due`;
  return rows[0]?.due ?? null;
}

/** When the next window starts or ends (UTC), over all accounts; null when none is open. */
export async function findNextStartOrEnd(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ next: Date | null }[]>`
    select min(case status when 'scheduled' then scheduled_start_date else ends_at end) as next
    from maintenances where status in ('scheduled', 'in-progress')`;
  return rows[0]?.next ?? null;
}

/** How long before its start a maintenance of this scope is reminded of (minutes); `null`: of none. */
export async function findReminders(
  db: Queries,
  accountId: number,
  scopeId: number | null,
): Promise<readonly number[]> {
  if (scopeId === null) return DEFAULT_REMINDERS_MINUTES;
  const scope = await db.scope.findFirst({ where: { accountId, id: scopeId }, select: { reminders: true } });
  return scope?.reminders ?? DEFAULT_REMINDERS_MINUTES;
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

/** The scheduled maintenances of a scope, locked until the transaction ends. */
export async function lockScheduledInScope(tx: Queries, accountId: number, scopeId: number): Promise<Maintenance[]> {
  await tx.$queryRaw`
    select 1 from maintenances where account_id = ${accountId} and scope_id = ${scopeId} and status = 'scheduled'
    order by id for update`;
  return readMaintenances(tx, { where: { accountId, scopeId, status: 'scheduled' }, orderBy: { id: 'asc' } });
}
