import type { Queries } from './database.ts';

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
export async function nextDueInstant(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ due: Date | null }[]>`
    select least((select min(next_due_at) from maintenances), (select min(next_due_at) from series)) as due`;
  return rows[0]?.due ?? null;
}

/** When the next window starts or ends (UTC), over all accounts; null when none is open. */
export async function nextStartOrEnd(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ next: Date | null }[]>`
    select min(case status when 'scheduled' then scheduled_start_date else scheduled_end_date end) as next
    from maintenances where status in ('scheduled', 'in-progress')`;
  return rows[0]?.next ?? null;
}
