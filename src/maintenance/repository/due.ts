import type { Queries } from '../../platform/database.ts';
import { nextDue } from '../rules/lifecycle.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../rules/reminders.ts';
import { type Maintenance, readMaintenances } from './maintenances.ts';

/** A maintenance that is due at `now`, locked; those that another process has locked are skipped. */
export async function lockDue(tx: Queries, now: Date, except: readonly number[]) {
  const rows = await tx.$queryRaw<{ accountId: number; id: number }[]>`
    select account_id as "accountId", id from maintenances
    where next_due_at <= ${now} and not id = any(${[...except]}::int[])
    order by next_due_at, id limit 1 for update skip locked`;
  return rows[0];
}

/** When the next maintenance or series of any account is due (UTC); null: none ever is. */
export async function findNextDueAt(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ due: Date | null }[]>`
    select least((select min(next_due_at) from maintenances), (select min(next_due_at) from series)) as due`;
  return rows[0]?.due ?? null;
}

/** When the next window of any account starts or ends (UTC); null: none is open. */
export async function findNextStartOrEnd(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ next: Date | null }[]>`
    select min(case status when 'scheduled' then scheduled_start_date else ends_at end) as next
    from maintenances where status in ('scheduled', 'in-progress')`;
  return rows[0]?.next ?? null;
}

/** The reminders of a scope (minutes before the start); null: of maintenances without a scope. */
export async function findReminders(db: Queries, accountId: number, scopeId: number | null) {
  if (scopeId === null) return DEFAULT_REMINDERS_MINUTES;
  const scope = await db.scope.findFirst({ where: { accountId, id: scopeId }, select: { reminders: true } });
  return scope?.reminders ?? DEFAULT_REMINDERS_MINUTES;
}

/** Sets the reminders of a locked maintenance, and when it is due next. Its version stays, as people edited nothing. */
export async function setReminded(
  tx: Queries,
  maintenance: Maintenance,
  { remindedUntil, reminders }: Partial<Pick<Maintenance, 'remindedUntil' | 'reminders'>>,
): Promise<void> {
  const changed = { ...maintenance, ...(remindedUntil && { remindedUntil }), ...(reminders && { reminders }) };
  await tx.maintenance.update({
    where: { id: maintenance.id },
    data: { remindedUntil: changed.remindedUntil, nextDueAt: nextDue(changed) },
  });
}

/** The scheduled maintenances of a scope, locked until the transaction ends. */
export async function lockScheduledInScope(tx: Queries, accountId: number, scopeId: number): Promise<Maintenance[]> {
  await tx.$queryRaw`
    select 1 from maintenances where account_id = ${accountId} and scope_id = ${scopeId} and status = 'scheduled'
    order by id for update`;
  return readMaintenances(tx, { where: { accountId, scopeId, status: 'scheduled' }, orderBy: { id: 'asc' } });
}
