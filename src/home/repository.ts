import type { Interval } from '../core/time.ts';
import { type Maintenance, openDuring, openFirst } from '../maintenance/repository/maintenances.ts';
import { STATUSES } from '../maintenance/rules/status.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import type { Queries } from '../platform/database.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';

/** Records that a person opened their App Home, which is published even if it did not change. */
export async function saveHomeViewed(db: Queries, accountId: number, personId: string): Promise<void> {
  await execute(
    db,
    sql`
      insert into homes (account_id, person_id, opened_at) values (${accountId}, ${personId}, now())
      on conflict (account_id, person_id) do update set opened_at = now(), rendered = null`,
  );
}

/** The last published App Home of a person; null when they never opened it. */
export function findHome(
  db: Queries,
  accountId: number,
  personId: string,
): Promise<{ rendered: string | null } | null> {
  const where = { accountId_personId: { accountId, personId } };
  return db.home.findUnique({ where, select: { rendered: true } });
}

export async function updateHome(db: Queries, accountId: number, personId: string, rendered: string): Promise<void> {
  await db.home.updateMany({ where: { accountId, personId }, data: { rendered } });
}

/** The people who opened their App Home in the last day, the latest first: those who see it refreshed. */
export async function listHomeViewers(db: Queries, accountId: number, limit = 200): Promise<string[]> {
  const rows = await queryRows<{ person: string }>(
    db,
    sql`
      select person_id as person from homes where account_id = ${accountId} and opened_at > now() - interval '1 day'
      order by opened_at desc limit ${limit}::int`,
  );
  return rows.map(({ person }) => person);
}

export type CalendarWindow = Interval & Pick<Maintenance, 'id' | 'name' | 'status'>;

/** The open windows in an interval, by their start. */
export async function listWindowsBetween(
  db: Queries,
  accountId: number,
  interval: Interval,
  limit: number,
): Promise<CalendarWindow[]> {
  const rows = await db.maintenance.findMany({
    where: { accountId, ...openDuring(interval) },
    orderBy: openFirst,
    take: limit,
    select: {
      ...{ id: true, name: true, status: true },
      ...{ scheduledStart: true, scheduledEnd: true, startedAt: true, endsAt: true, endedAt: true },
    },
  });
  return rows.map(({ id, name, ...row }) => {
    const status = STATUSES.find((known) => known === row.status) ?? 'scheduled';
    return { id, name, status, ...currentWindow({ ...row, status }) };
  });
}
