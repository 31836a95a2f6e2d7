import { type Maintenance, readMaintenances } from '../maintenance/repository/maintenances.ts';
import { nextDue } from '../maintenance/rules/lifecycle.ts';
import { OPEN_STATUSES } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';

/** How long after a window of this account its checks are looked at again (minutes); 0: they are not. */
export async function readPostCheckAfter(db: Queries, accountId: number): Promise<number> {
  const row = await db.account.findUniqueOrThrow({ where: { id: accountId }, select: { postCheckAfter: true } });
  return row.postCheckAfter;
}

/**
 * The checks of a locked maintenance that is over are being looked at. Nothing that people edit changed, so its version
 * stays.
 */
export async function markPostCheckDone(tx: Queries, maintenance: Maintenance): Promise<void> {
  const data = { postCheckAt: null, nextDueAt: nextDue({ ...maintenance, postCheckAt: null }) };
  await tx.maintenance.update({ where: { id: maintenance.id }, data });
}

/** A check that a window had off and that watches again since, as far as Lull goes. */
export interface ReleasedMute {
  readonly id: string;
  readonly name: string;
  readonly externalId: string;
  /** It is to be switched on again still. */
  readonly waiting: boolean;
}

/**
 * The checks of a provider that a window had switched off and whose last hold was its own: what another window holds, or
 * held after it, is that one's to look at.
 */
export async function listReleasedMutes(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  provider: string,
): Promise<ReleasedMute[]> {
  return db.$queryRaw`
    select c.id, c.name, c.external_id as "externalId", h.released_at is null as waiting
    from mutes h join checks c on c.account_id = h.account_id and c.id = h.check_id
    where h.account_id = ${accountId} and h.maintenance_id = ${maintenanceId} and h.outcome = 'muted'
      and h.ended_at is not null and c.provider = ${provider} and c.removal_date is null
      and not exists (
        select 1 from mutes o
        where o.account_id = h.account_id and o.check_id = h.check_id and o.maintenance_id <> h.maintenance_id
          and (o.released_at is null or o.released_at > h.released_at))
    order by c.name, c.id`;
}

/** The window by which this one was reopened and that is open now. */
export async function findReopening(db: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  const where = { accountId, reopensId: id, status: { in: [...OPEN_STATUSES] }, deletedAt: null };
  const [found] = await readMaintenances(db, { where, orderBy: { id: 'desc' }, take: 1 });
  return found;
}

/** The channels inside that a window was announced in. */
export async function listInternalChannels(db: Queries, accountId: number, maintenanceId: number): Promise<string[]> {
  const where = { accountId, maintenanceId, audience: 'internal', failedAt: null };
  return (await db.announcement.findMany({ where, select: { channel: true } })).map(({ channel }) => channel);
}
