import type { ChannelRef } from '../channels.ts';
import { OPEN_STATUSES } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';

/** Why nothing can be posted to a channel, as its kind names it, and since when. */
export interface ChannelFailure {
  readonly reason: string;
  readonly since: Date;
}

/** Notes that nothing can be posted to a channel. @returns false when that was known, with the same reason */
export async function putChannelFailure(
  tx: Queries,
  accountId: number,
  { channelKind, channel }: ChannelRef,
  { reason, since }: ChannelFailure,
): Promise<boolean> {
  const { count } = await execute(
    tx,
    sql`
      insert into channel_failures as known (account_id, channel_kind, channel, reason, since)
      values (${accountId}, ${channelKind}, ${channel}, ${reason}, ${since})
      on conflict (account_id, channel_kind, channel) do update set reason = excluded.reason, since = excluded.since
      where known.reason <> excluded.reason`,
  );
  return count > 0;
}

/** Notes that a channel works again. @returns false when it did */
export async function deleteChannelFailure(
  tx: Queries,
  accountId: number,
  { channelKind, channel }: ChannelRef,
): Promise<boolean> {
  const { count } = await execute(
    tx,
    sql`
      delete from channel_failures
      where account_id = ${accountId} and channel_kind = ${channelKind} and channel = ${channel}`,
  );
  return count > 0;
}

/** Has what failed in a channel, and is not over, announced there again. @returns whether there is anything */
export async function retryFailedAnnouncements(
  tx: Queries,
  accountId: number,
  { channelKind, channel }: ChannelRef,
): Promise<boolean> {
  const { count } = await execute(
    tx,
    sql`
      update announcements a set version = a.version + 1
      from maintenances m
      where m.id = a.maintenance_id and m.status = any(${[...OPEN_STATUSES]}::text[]) and m.deleted_at is null
        and a.account_id = ${accountId} and a.channel_kind = ${channelKind} and a.channel = ${channel}
        and a.failed_at is not null`,
  );
  return count > 0;
}

export const ORPHAN_REASON = 'owner-deactivated';

/** The first open maintenance of somebody who was deactivated. */
export interface Orphan {
  readonly accountId: number;
  readonly id: number;
  /** How many they have. */
  readonly open: number;
  readonly owner: string;
  readonly name: string;
}

/** Of each deactivated owner, unless a notice was made about an open maintenance of theirs. */
export async function listOrphans(db: Queries): Promise<Orphan[]> {
  const open = sql`any(${[...OPEN_STATUSES]}::text[])`;
  return queryRows(
    db,
    sql`
      select distinct on (m.account_id, m.owner_id) m.account_id as "accountId", m.id, m.owner_id as owner, p.name,
        (count(*) over (partition by m.account_id, m.owner_id))::int as open
      from people p join maintenances m on m.account_id = p.account_id and m.owner_id = p.id
      where p.deactivated and m.status = ${open} and m.deleted_at is null
        and not exists (
          select from notices n join maintenances about on about.id = n.maintenance_id
          where n.account_id = m.account_id and n.person_id = p.id and n.reason = ${ORPHAN_REASON}
            and about.status = ${open} and about.deleted_at is null)
      order by m.account_id, m.owner_id, m.scheduled_start_date, m.id`,
  );
}
