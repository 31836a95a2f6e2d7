import type { ChannelRef } from '../channels.ts';
import { OPEN_STATUSES } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';
import { execute, sql } from '../platform/sql.ts';

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
