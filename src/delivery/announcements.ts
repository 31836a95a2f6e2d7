import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../prisma/client/client.ts';
import { isPublic } from '../maintenance/repository/visibility.ts';
import { OPEN_STATUSES } from '../maintenance/status.ts';
import type { Audience } from '../maintenance/visibility.ts';
import type { Queries } from '../platform/database.ts';

export type { Audience };

/** A channel that a maintenance is announced in. */
export interface Destination {
  readonly channel: string;
  readonly audience: Audience;
}

export interface Announcement {
  readonly id: string;
  readonly channel: string;
  readonly audience: Audience;
  readonly claimedAt: Date | null;
  readonly ts: string | null;
  readonly rendered: string | null;
  /** Set while it was given up on. */
  readonly failedAt: Date | null;
}

/** An audit event as the threads tell it. */
export interface TimelineEvent {
  readonly id: number;
  readonly at: Date;
  readonly actor: { readonly id: string; readonly name: string; readonly source: string };
  readonly action: string;
  readonly internal: boolean;
  readonly before: unknown;
  readonly after: unknown;
}

const fields = {
  id: true,
  channel: true,
  audience: true,
  claimedAt: true,
  ts: true,
  rendered: true,
  failedAt: true,
} as const;

function readAudience(text: string): Audience {
  // Anything unknown is treated as the stricter audience: nothing internal may leak by a wrong word.
  return text === 'internal' ? 'internal' : 'public';
}

function toAnnouncement(row: Omit<Announcement, 'audience'> & { audience: string }): Announcement {
  return { ...row, audience: readAudience(row.audience) };
}

/** The channels subscribed to any of these services, to the scope, or to everything; one entry a channel. */
export async function listSubscribedChannels(
  db: Queries,
  accountId: number,
  about: { services: readonly number[]; scopes: readonly number[] },
): Promise<Destination[]> {
  const rows = await db.subscription.findMany({
    where: {
      accountId,
      OR: [
        { serviceId: null, scopeId: null },
        { serviceId: { in: [...about.services] } },
        { scopeId: { in: [...about.scopes] } },
      ],
    },
    orderBy: { id: 'asc' },
    select: { channel: true },
  });
  return toDestinations(db, accountId, [...new Set(rows.map(({ channel }) => channel))]);
}

/**
 * Channels with who is in them. One of which any subscription says public is public for all that is announced there,
 * whatever the others say, and whether it is subscribed to this or not; one that is subscribed to nothing is internal.
 */
export async function toDestinations(
  db: Queries,
  accountId: number,
  channels: readonly string[],
): Promise<Destination[]> {
  const rows = await db.subscription.findMany({
    where: { accountId, channel: { in: [...channels] } },
    select: { channel: true, audience: true },
  });
  const open = new Set(rows.flatMap(({ channel, audience }) => (readAudience(audience) === 'public' ? [channel] : [])));
  return channels.map((channel) => ({ channel, audience: open.has(channel) ? 'public' : 'internal' }));
}

/**
 * Has what was announced in a channel as internal be public from now on.
 * @returns the ids of the maintenances among them that are not over
 */
export async function makeAnnouncementsPublic(tx: Queries, accountId: number, channel: string): Promise<number[]> {
  const open = await tx.announcement.findMany({
    where: {
      accountId,
      channel,
      audience: 'internal',
      maintenance: { status: { in: [...OPEN_STATUSES] } },
    },
    orderBy: { maintenanceId: 'asc' },
    select: { maintenanceId: true },
  });
  await tx.announcement.updateMany({
    where: { accountId, channel, audience: 'internal' },
    data: { audience: 'public' },
  });
  return open.map(({ maintenanceId }) => maintenanceId);
}

/**
 * Makes a subscription, or gives the one there is another audience.
 * @returns what it was before; undefined when it is new
 */
export async function putSubscription(
  tx: Queries,
  accountId: number,
  subscription: { channel: string; audience: Audience; scopeId?: number; serviceId?: number },
): Promise<{ audience: Audience } | undefined> {
  const { audience, channel, scopeId = null, serviceId = null } = subscription;
  const { count } = await tx.subscription.createMany({
    data: [{ accountId, channel, audience, scopeId, serviceId }],
    skipDuplicates: true,
  });
  if (count === 1) return undefined;
  const there = await tx.subscription.findFirstOrThrow({
    where: { accountId, channel, scopeId, serviceId },
    select: { id: true, audience: true },
  });
  await tx.subscription.update({ where: { id: there.id }, data: { audience } });
  return { audience: readAudience(there.audience) };
}

/** Plans an announcement in each channel that has none yet. Returns all channels of the maintenance. */
export async function planAnnouncements(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  destinations: readonly Destination[],
): Promise<string[]> {
  await tx.announcement.createMany({
    data: destinations.map((destination) => ({ id: randomUUID(), accountId, maintenanceId, ...destination })),
    skipDuplicates: true,
  });
  return listAnnouncedChannels(tx, accountId, maintenanceId);
}

export async function listAnnouncedChannels(db: Queries, accountId: number, maintenanceId: number): Promise<string[]> {
  const rows = await db.announcement.findMany({
    where: { accountId, maintenanceId },
    orderBy: { channel: 'asc' },
    select: { channel: true },
  });
  return rows.map((row) => row.channel);
}

export async function findAnnouncement(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  channel: string,
): Promise<Announcement | undefined> {
  const row = await db.announcement.findFirst({ where: { accountId, maintenanceId, channel }, select: fields });
  return row === null ? undefined : toAnnouncement(row);
}

export async function updateAnnouncement(
  db: Queries,
  id: string,
  changes: {
    claimedAt?: Date;
    ts?: string | null;
    rendered?: string | null;
    failedAt?: Date | null;
    error?: string | null;
  },
): Promise<void> {
  await db.announcement.update({ where: { id }, data: changes });
}

export interface PendingPost {
  readonly event: TimelineEvent;
  /** What else the event is about, e.g. `comment:4`. */
  readonly subject: string | null;
  /** Claimed before and perhaps posted: the thread is asked before it is posted again. */
  readonly claim: { readonly id: string; readonly claimedAt: Date } | null;
}

/** The events of a maintenance that this announcement's thread has not told yet, oldest first. */
export async function listPendingPosts(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  announcementId: string,
): Promise<PendingPost[]> {
  const rows = await db.auditEvent.findMany({
    where: {
      accountId,
      maintenanceId,
      posts: { none: { announcementId, ts: { not: null } } },
    },
    orderBy: { id: 'asc' },
    select: {
      ...eventFields,
      subject: true,
      posts: { where: { announcementId }, select: { id: true, claimedAt: true } },
    },
  });
  return rows.map(({ posts: [post], subject, ...row }) => ({
    event: toEvent(row),
    subject,
    claim: post?.claimedAt ? { id: post.id, claimedAt: post.claimedAt } : null,
  }));
}

/** What a TimelineEvent is read from. */
export const eventFields = {
  id: true,
  at: true,
  actorId: true,
  actorName: true,
  source: true,
  action: true,
  internal: true,
  before: true,
  after: true,
} as const satisfies Prisma.AuditEventSelect;

export function toEvent({
  actorId,
  actorName,
  source,
  ...row
}: Prisma.AuditEventGetPayload<{ select: typeof eventFields }>): TimelineEvent {
  return { ...row, actor: { id: actorId, name: actorName, source } };
}

/** The `ts` of what this announcement's thread told last of something, e.g. of `comment:4`. */
export async function findLastPostAbout(
  db: Queries,
  announcementId: string,
  subject: string,
): Promise<string | undefined> {
  const post = await db.post.findFirst({
    where: { announcementId, event: { subject }, AND: [{ ts: { not: null } }, { ts: { not: '' } }] },
    orderBy: { eventId: 'desc' },
    select: { ts: true },
  });
  return post?.ts ?? undefined;
}

/** The announcement whose live message this is. */
export async function findAnnouncementByMessage(
  db: Queries,
  accountId: number,
  { channel, ts }: { readonly channel: string; readonly ts: string },
): Promise<{ maintenanceId: number; audience: Audience } | undefined> {
  const row = await db.announcement.findFirst({
    where: { accountId, channel, ts },
    select: { maintenanceId: true, audience: true },
  });
  return row === null ? undefined : { ...row, audience: readAudience(row.audience) };
}

export async function claimPost(db: Queries, announcementId: string, eventId: number, now: Date): Promise<string> {
  const id = randomUUID();
  await db.post.create({ data: { id, announcementId, eventId, claimedAt: now } });
  return id;
}

/** `ts` of the message; `''` for an event that this audience is not told of, so that it is not looked at again. */
export async function settlePost(db: Queries, announcementId: string, eventId: number, ts: string): Promise<void> {
  await db.post.upsert({
    where: { announcementId_eventId: { announcementId, eventId } },
    create: { id: randomUUID(), announcementId, eventId, ts },
    update: { ts },
  });
}

/** What was not told for so long is not news any more: 30 days (milliseconds). It bounds, too, what is looked through. */
const NEWS = 30 * 24 * 3_600_000;

/**
 * Announcements that were not given up on and have something left to post: an event of their thread, or themselves, of a
 * window that is not over. Nothing more is said in the public channels of a window that turned internal, nor in a
 * workspace that removed Lull.
 * @param now UTC
 * @param accountId of this account alone
 */
export async function listUnfinishedAnnouncements(
  db: Queries,
  now: Date,
  accountId?: number,
): Promise<{ accountId: number; maintenanceId: number; channel: string }[]> {
  return db.$queryRaw`
    with own as (
      select id from accounts c where id = coalesce(${accountId ?? null}::int, id)
        and not exists (select 1 from installations i where i.account_id = c.id and i.removal_date is not null)
    ), unfinished as (
      select a.id from own join audit_events e on e.account_id = own.id and e.at >= ${new Date(now.getTime() - NEWS)}
      join announcements a on a.account_id = own.id and a.maintenance_id = e.maintenance_id
      where not exists (select 1 from posts p where p.announcement_id = a.id and p.event_id = e.id and p.ts is not null)
      union
      select a.id from own join maintenances m on m.account_id = own.id and m.status = any(${[...OPEN_STATUSES]}::text[])
      join announcements a on a.account_id = own.id and a.maintenance_id = m.id
      where a.ts is null
    )
    select a.account_id as "accountId", a.maintenance_id as "maintenanceId", a.channel
    from unfinished join announcements a on a.id = unfinished.id join maintenances m on m.id = a.maintenance_id
    where a.failed_at is null and not (a.audience = 'public' and not ${isPublic})`;
}

/** Nothing that has happened to a maintenance so far is told in its public channels any more. */
export async function suppressPublicPosts(tx: Queries, accountId: number, maintenanceId: number): Promise<void> {
  await tx.$executeRaw`
    insert into posts (id, announcement_id, event_id, ts)
    select gen_random_uuid(), a.id, e.id, ''
    from announcements a join audit_events e on e.maintenance_id = a.maintenance_id
    where a.account_id = ${accountId} and a.maintenance_id = ${maintenanceId} and a.audience <> 'internal'
    on conflict (announcement_id, event_id) do update set ts = coalesce(posts.ts, '')`;
}
