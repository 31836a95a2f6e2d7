import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../../prisma/client/client.ts';
import type { TimelineEvent } from '../../audit/events.ts';
import { EVENT_COLUMNS, type EventRow, eventFields, subjectColumns, toTimelineEvent } from '../../audit/repository.ts';
import type { ChannelRef, MessageRef } from '../../channels.ts';
import type { Subject } from '../../core/events.ts';
import type { Audience } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { execute, queryRows, sql } from '../../platform/sql.ts';
import { insertion, type Write, write } from '../../platform/transaction.ts';
import { channelKey, type Destination } from '../rules/coverage.ts';
import { OPEN_STATUSES } from '../rules/status.ts';
import { belongings, findBelongings } from './locked.ts';

export interface Announcement extends ChannelRef {
  readonly id: string;
  readonly audience: Audience;
  readonly claimedAt: Date | null;
  readonly messageRef: string | null;
  readonly rendered: string | null;
  /** Set while it fails permanently. */
  readonly failedAt: Date | null;
  /** Raised by every change that it may have to show. */
  readonly version: number;
  readonly attempts: number;
}

const fields = {
  id: true,
  channelKind: true,
  channel: true,
  audience: true,
  claimedAt: true,
  messageRef: true,
  rendered: true,
  failedAt: true,
  version: true,
  attempts: true,
} as const;

export function readAudience(text: string): Audience {
  // Anything unknown is public, so that nothing internal leaks.
  return text === 'internal' ? 'internal' : 'public';
}

function toAnnouncement(row: Omit<Announcement, 'audience'> & { audience: string }): Announcement {
  return { ...row, audience: readAudience(row.audience) };
}

/**
 * Makes the internal announcements in channels public.
 * @returns the channels with announcements of maintenances that are not over, which have to be updated
 */
export async function makeAnnouncementsPublic(
  tx: Queries,
  accountId: number,
  channels: readonly ChannelRef[],
): Promise<ChannelRef[]> {
  const { rows } = await execute<ChannelRef>(
    tx,
    sql`
      with opened as (
        update announcements a set audience = 'public', version = a.version + m.open::int
        from (select id, status = any(${[...OPEN_STATUSES]}::text[]) as open from maintenances) m
        where m.id = a.maintenance_id and a.account_id = ${accountId} and a.audience = 'internal'
          and (a.channel_kind, a.channel) in (
            select * from unnest(${channels.map(({ channelKind }) => channelKind)}::text[],
              ${channels.map(({ channel }) => channel)}::text[]))
        returning a.channel_kind, a.channel, m.open)
      select distinct channel_kind as "channelKind", channel from opened where open order by 1, 2`,
  );
  return rows;
}

const ANNOUNCEMENT = insertion(
  'announcements',
  ['id', 'account_id', 'maintenance_id', 'channel_kind', 'channel', 'audience'],
  'on conflict do nothing',
);

/** Plans an announcement of a locked maintenance in each channel that has none yet. */
export async function planAnnouncements(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  destinations: readonly Destination[],
): Promise<void> {
  const { channels } = await findBelongings(tx, maintenanceId);
  const known = new Set(channels.map(channelKey));
  const added = destinations.filter((destination) => !known.has(channelKey(destination)));
  for (const { channelKind, channel, audience } of added) {
    const row = { id: randomUUID(), account_id: accountId, maintenance_id: maintenanceId, channel_kind: channelKind };
    const change = belongings.changed(maintenanceId, (before) => {
      return { ...before, channels: [...before.channels, { channelKind, channel }] };
    });
    await write(tx, ANNOUNCEMENT, row.id, { ...row, channel, audience }, change);
  }
}

const OUTDATED: Write<{ readonly maintenance_id: number; readonly except: string | null }> = {
  table: 'announcements',
  statement: `update announcements a set version = a.version + 1
    from jsonb_to_recordset($rows) as r (maintenance_id int, "except" uuid)
    where a.maintenance_id = r.maintenance_id and a.id is distinct from r."except"`,
};

/** Has a locked maintenance announced anew, with what is new in its threads. @returns the channels */
export async function outdateAnnouncements(
  tx: Queries,
  maintenanceId: number,
  except?: ChannelRef & { readonly id: string },
): Promise<ChannelRef[]> {
  const row = { maintenance_id: maintenanceId, except: except?.id ?? null };
  await write(tx, OUTDATED, `all ${maintenanceId}`, row, belongings.unchanged(maintenanceId));
  const { channels } = await findBelongings(tx, maintenanceId);
  return channels.filter((each) => except === undefined || channelKey(each) !== channelKey(except));
}

export async function listInternalChannels(db: Queries, accountId: number, maintenanceId: number): Promise<string[]> {
  const where = { accountId, maintenanceId, audience: 'internal', failedAt: null };
  return (await db.announcement.findMany({ where, select: { channel: true } })).map(({ channel }) => channel);
}

export async function findAnnouncement(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  { channelKind, channel }: ChannelRef,
): Promise<Announcement | undefined> {
  const where = { accountId, maintenanceId, channelKind, channel };
  const row = await db.announcement.findFirst({ where, select: fields });
  return row === null ? undefined : toAnnouncement(row);
}

type Change = Partial<Pick<Announcement, 'claimedAt' | 'messageRef' | 'rendered' | 'failedAt' | 'attempts'>> & {
  readonly error?: string | null;
  /** The version that its channel shows. */
  readonly shownVersion?: number;
};

/** Absent fields keep their values. */
export async function updateAnnouncement(db: Queries, id: string, change: Change): Promise<void> {
  const { claimedAt, messageRef, rendered, failedAt, error, attempts, shownVersion } = change;
  // JSON leaves out what is undefined.
  const columns = JSON.stringify({
    ...{ claimed_at: claimedAt, message_ref: messageRef, rendered, failed_at: failedAt, error, attempts },
    shown_version: shownVersion,
  });
  await execute(
    db,
    sql`
      update announcements a
      set (claimed_at, message_ref, rendered, failed_at, error, attempts, shown_version) = (
        select claimed_at, message_ref, rendered, failed_at, error, attempts, shown_version
        from jsonb_populate_record(a, ${columns}::jsonb))
      where a.id = ${id}::uuid`,
  );
}

export interface PendingPost {
  readonly event: TimelineEvent;
  /** Claimed before and perhaps posted, so the thread is searched before it is posted again. */
  claim: { readonly id: string; readonly claimedAt: Date } | null;
}

/**
 * The events that are not in the threads of these announcements yet, oldest first, at most so many of each; read when they
 * are asked for, as an event that does not fit its type must harm no other announcement.
 */
export async function listPendingPosts(
  db: Queries,
  announcementIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, () => PendingPost[]>> {
  const rows = await queryRows<EventRow & { announcementId: string; postId: string | null; claimedAt: Date | null }>(
    db,
    sql`
      select a.id as "announcementId", pending.*
      from announcements a cross join lateral (
        select ${EVENT_COLUMNS}, p.id as "postId", p.claimed_at as "claimedAt"
        from audit_events e left join posts p on p.announcement_id = a.id and p.event_id = e.id
        where e.account_id = a.account_id and e.maintenance_id = a.maintenance_id and p.message_ref is null
        order by e.id limit ${limit}::int
      ) pending
      where a.id = any(${[...announcementIds]}::uuid[])
      order by a.id, pending.id`,
  );
  const byAnnouncement = new Map<string, typeof rows>();
  for (const row of rows) {
    const pending = byAnnouncement.get(row.announcementId) ?? [];
    pending.push(row);
    byAnnouncement.set(row.announcementId, pending);
  }
  const read = ({ announcementId: _, postId, claimedAt, ...event }: (typeof rows)[number]): PendingPost => ({
    event: toTimelineEvent(event),
    claim: postId !== null && claimedAt !== null ? { id: postId, claimedAt } : null,
  });
  return new Map([...byAnnouncement].map(([id, pending]) => [id, () => pending.map(read)]));
}

export async function findLastPostAbout(db: Queries, announcementId: string, subject: Subject) {
  const post = await db.post.findFirst({
    where: {
      announcementId,
      event: subjectColumns(subject),
      AND: [{ messageRef: { not: null } }, { messageRef: { not: '' } }],
    },
    orderBy: { eventId: 'desc' },
    select: { messageRef: true },
  });
  return post?.messageRef ?? undefined;
}

export async function findAnnouncementByMessage(
  db: Queries,
  accountId: number,
  { channelKind, channel, messageRef }: MessageRef,
): Promise<{ maintenanceId: number; audience: Audience } | undefined> {
  const row = await db.announcement.findFirst({
    where: { accountId, channelKind, channel, messageRef },
    select: { maintenanceId: true, audience: true },
  });
  return row === null ? undefined : { ...row, audience: readAudience(row.audience) };
}

/**
 * Claims the live message of an announcement before it is posted.
 * @param before the claim that was read. @throws Error when another run claimed it since
 */
export async function claimAnnouncement(db: Queries, id: string, at: Date, before: Date | null): Promise<void> {
  const { count } = await execute(
    db,
    sql`
      update announcements set claimed_at = ${at}, message_ref = null
      where id = ${id}::uuid and claimed_at is not distinct from ${before}::timestamptz`,
  );
  if (count === 0) throw new Error(`announcement ${id} was claimed by another run`);
}

/** Claims a note before it is posted. @returns its key. @throws Error when another run claimed it */
export async function claimPost(db: Queries, announcementId: string, eventId: number, at: Date): Promise<string> {
  const { rows } = await execute<{ id: string }>(
    db,
    sql`
      insert into posts (id, announcement_id, event_id, claimed_at)
      values (${randomUUID()}::uuid, ${announcementId}::uuid, ${eventId}, ${at})
      on conflict do nothing returning id`,
  );
  const [claimed] = rows;
  if (claimed === undefined)
    throw new Error(`event ${eventId} was claimed for announcement ${announcementId} by another run`);
  return claimed.id;
}

export async function releasePost(db: Queries, id: string): Promise<void> {
  await execute(db, sql`delete from posts where id = ${id}::uuid and message_ref is null`);
}

/** `messageRef` is `''` for an event that is not shown to this audience. */
export async function settlePost(
  db: Queries,
  announcementId: string,
  eventId: number,
  messageRef: string,
): Promise<void> {
  await execute(
    db,
    sql`
      insert into posts (id, announcement_id, event_id, message_ref)
      values (${randomUUID()}::uuid, ${announcementId}::uuid, ${eventId}, ${messageRef})
      on conflict (announcement_id, event_id) do update set message_ref = excluded.message_ref`,
  );
}

/** A maintenance that is over and without events since is not announced any more. */
const NEWS_MS = 30 * 24 * 3_600_000;

/** Announcements `a` that changed since they were shown, unless they are old or in a workspace that removed Lull. */
function unfinished(now: Date): Prisma.Sql {
  return sql`
    announcements a join maintenances m on m.id = a.maintenance_id
    where a.version <> a.shown_version
      and (m.status = any(${[...OPEN_STATUSES]}::text[])
        or (select e.at from audit_events e where e.account_id = a.account_id and e.maintenance_id = a.maintenance_id
          order by e.id desc limit 1) >= ${new Date(now.getTime() - NEWS_MS)})
      and not exists (select 1 from installations i where i.account_id = a.account_id and i.removal_date is not null)`;
}

/** The channels with unfinished announcements. @param now UTC @param accountId only of this account */
export async function listUnfinishedChannels(
  db: Queries,
  now: Date,
  accountId?: number,
): Promise<(ChannelRef & { accountId: number })[]> {
  return queryRows(
    db,
    sql`
      select distinct a.account_id as "accountId", a.channel_kind as "channelKind", a.channel from ${unfinished(now)}
        and a.account_id = coalesce(${accountId ?? null}::int, a.account_id)`,
  );
}

interface UnfinishedAnnouncement extends Announcement {
  readonly maintenanceId: number;
  readonly hasNotes: boolean;
  /** Whether nothing could be posted to its channel lately. */
  readonly channelFails: boolean;
}

/**
 * The unfinished announcements in a channel: those that failed least first, of these the ones that were never posted, then
 * those with events for their threads.
 * @param now UTC
 */
export async function listUnfinishedAnnouncements(
  db: Queries,
  now: Date,
  accountId: number,
  { channelKind, channel }: ChannelRef,
  limit: number,
): Promise<UnfinishedAnnouncement[]> {
  const rows = await queryRows<UnfinishedAnnouncement>(
    db,
    sql`
      select a.id, a.maintenance_id as "maintenanceId", a.channel_kind as "channelKind", a.channel, a.audience,
        a.claimed_at as "claimedAt", a.message_ref as "messageRef", a.rendered, a.failed_at as "failedAt", a.version, a.attempts,
        exists (
          select from channel_failures f where f.account_id = a.account_id and f.channel_kind = a.channel_kind
            and f.channel = a.channel) as "channelFails",
        exists (
          select 1 from audit_events e where e.account_id = a.account_id and e.maintenance_id = a.maintenance_id and not exists (
            select 1 from posts p where p.announcement_id = a.id and p.event_id = e.id and p.message_ref is not null)
        ) as "hasNotes"
      from ${unfinished(now)} and a.account_id = ${accountId} and a.channel_kind = ${channelKind} and a.channel = ${channel}
      order by a.attempts, a.message_ref is not null, "hasNotes" desc, a.maintenance_id limit ${limit}`,
  );
  return rows.map((row) => ({ ...row, audience: readAudience(row.audience) }));
}

/** Keeps the events of maintenances up to now out of their public channels. */
export async function suppressPublicPosts(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await execute(
    tx,
    sql`
      insert into posts (id, announcement_id, event_id, message_ref)
      select gen_random_uuid(), a.id, e.id, ''
      from announcements a join audit_events e on e.maintenance_id = a.maintenance_id
      where a.account_id = ${accountId} and a.maintenance_id = any(${[...ids]}::int[]) and a.audience <> 'internal'
      on conflict (announcement_id, event_id) do update set message_ref = coalesce(posts.message_ref, '')`,
  );
}

/** A direct message about an event that needs a person. */
export interface Notice {
  /** The key its message carries. */
  readonly id: string;
  readonly maintenanceId: number;
  readonly event: TimelineEvent;
  /** Why it needs them. A person gets one notice of a maintenance for each reason. */
  readonly reason: string;
  /** Set if it was perhaps posted, so the conversation is searched before it is posted again. */
  readonly claimedAt: Date | null;
}

export interface NewNotice {
  readonly accountId: number;
  readonly maintenanceId: number;
  readonly personId: string;
  readonly reason: string;
  readonly eventId: number;
}

const NOTICE = insertion(
  'notices',
  ['id', 'account_id', 'maintenance_id', 'person_id', 'reason', 'event_id'],
  'on conflict do nothing',
);

/** Does nothing if the person has a notice of this maintenance for the same reason. */
export async function insertNotice(
  tx: Queries,
  { accountId, maintenanceId, personId, reason, eventId }: NewNotice,
): Promise<void> {
  const id = randomUUID();
  const about = { account_id: accountId, maintenance_id: maintenanceId, person_id: personId };
  const row = { id, ...about, reason, event_id: eventId };
  await write(tx, NOTICE, id, row, belongings.unchanged(maintenanceId));
}

/** Whom a notice of a maintenance could not reach. */
export async function listUnreached(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  reason: string,
): Promise<ReadonlySet<string>> {
  const where = { accountId, maintenanceId, reason, NOT: { failedAt: null } };
  const rows = await db.notice.findMany({ where, select: { personId: true } });
  return new Set(rows.map(({ personId }) => personId));
}

/** The notices that a person did not get yet and that did not fail permanently, oldest first. */
export async function listPendingNotices(db: Queries, accountId: number, personId: string): Promise<Notice[]> {
  const rows = await db.notice.findMany({
    where: { accountId, personId, messageRef: null, failedAt: null },
    orderBy: { eventId: 'asc' },
    select: { id: true, maintenanceId: true, reason: true, claimedAt: true, event: { select: eventFields } },
  });
  return rows.map(({ event, ...row }) => ({ ...row, event: toTimelineEvent(event) }));
}

/** The people with pending notices, in workspaces that did not remove Lull. @param accountId only of this account */
export async function listUnfinishedNotices(db: Queries, accountId?: number) {
  const rows = await db.notice.findMany({
    where: {
      messageRef: null,
      failedAt: null,
      ...(accountId === undefined ? {} : { accountId }),
      maintenance: { account: { NOT: { installation: { removedAt: { not: null } } } } },
    },
    distinct: ['accountId', 'personId'],
    select: { accountId: true, personId: true },
  });
  return rows.map(({ accountId, personId }) => ({ accountId, person: personId }));
}

/** `messageRef` is `''` if there was nothing to send. */
export async function updateNotice(db: Queries, id: string, changes: Prisma.NoticeUpdateInput) {
  await db.notice.update({ where: { id }, data: changes });
}
