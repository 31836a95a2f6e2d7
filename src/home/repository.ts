import { openDuring, openFirst } from '../maintenance/repository/maintenances.ts';
import { STATUSES, type Status } from '../maintenance/rules/status.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import type { Queries } from '../platform/database.ts';

/** How many of the people who opened their App Home last see it refreshed. */
const MAX_VIEWERS = 200;

/** Records that a person opened their App Home, which is published even if it did not change. */
export async function saveHomeViewed(db: Queries, accountId: number, personId: string): Promise<void> {
  await db.$executeRaw`
    insert into homes (account_id, person_id, opened_at) values (${accountId}, ${personId}, now())
    on conflict (account_id, person_id) do update set opened_at = now(), rendered = null`;
}

/** The last published App Home of a person; undefined when they never opened it. */
export async function findHome(
  db: Queries,
  accountId: number,
  personId: string,
): Promise<{ rendered: string | null } | undefined> {
  const row = await db.home.findUnique({
    where: { accountId_personId: { accountId, personId } },
    select: { rendered: true },
  });
  return row ?? undefined;
}

export async function updateHome(db: Queries, accountId: number, personId: string, rendered: string): Promise<void> {
  await db.home.updateMany({ where: { accountId, personId }, data: { rendered } });
}

/** The people who opened their App Home in the last day, the latest first. */
export async function listHomeViewers(db: Queries, accountId: number, limit = MAX_VIEWERS): Promise<string[]> {
  const rows = await db.$queryRaw<{ person: string }[]>`
    select person_id as person from homes where account_id = ${accountId} and opened_at > now() - interval '1 day'
    order by opened_at desc limit ${limit}::int`;
  return rows.map(({ person }) => person);
}

/** A window as the calendar shows it. */
export interface CalendarWindow {
  readonly id: number;
  readonly name: string;
  readonly status: Status;
  readonly start: Date;
  readonly end: Date;
}

/** The open windows in an interval, by their start. */
export async function listWindowsBetween(
  db: Queries,
  accountId: number,
  { start, end }: { start: Date; end: Date },
  limit: number,
): Promise<CalendarWindow[]> {
  const rows = await db.maintenance.findMany({
    where: { accountId, ...openDuring({ start, end }) },
    orderBy: openFirst,
    take: limit,
    select: {
      id: true,
      name: true,
      status: true,
      scheduledStart: true,
      scheduledEnd: true,
      startedAt: true,
      endsAt: true,
      endedAt: true,
    },
  });
  return rows.map(({ id, name, ...row }) => {
    const status = STATUSES.find((known) => known === row.status) ?? 'scheduled';
    return { id, name, status, ...currentWindow({ ...row, status }) };
  });
}
