import type { Prisma } from '../../prisma/client/client.ts';
import { isId } from '../core/keys.ts';
import type { Actor, Source } from '../core/permissions.ts';
import { visibleComments } from '../maintenance/repository/visibility.ts';
import type { Reader } from '../maintenance/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';

/** The Slack message that a comment was written as. */
export interface SlackMessageRef {
  readonly channel: string;
  readonly ts: string;
}

export interface Comment {
  readonly id: number;
  readonly maintenanceId: number;
  readonly text: string;
  readonly internal: boolean;
  readonly author: { readonly id: string; readonly name: string };
  readonly source: string;
  /** Whether its text was changed since. */
  readonly edited: boolean;
  /** Null for one that was not written in the thread of an announcement. */
  readonly message: (SlackMessageRef & { readonly editedTs: string | null }) | null;
  readonly createdAt: Date;
}

const fields = {
  id: true,
  maintenanceId: true,
  text: true,
  internal: true,
  authorId: true,
  authorName: true,
  source: true,
  edited: true,
  slackChannel: true,
  slackTs: true,
  slackEditedTs: true,
  createdAt: true,
} as const satisfies Prisma.CommentSelect;

function toComment(row: Prisma.CommentGetPayload<{ select: typeof fields }>): Comment {
  const { authorId, authorName, slackChannel: channel, slackTs: ts, slackEditedTs: editedTs, ...rest } = row;
  return {
    ...rest,
    author: { id: authorId, name: authorName },
    message: channel === null || ts === null ? null : { channel, ts, editedTs },
  };
}

export interface NewComment {
  readonly text: string;
  readonly internal: boolean;
  readonly message?: (SlackMessageRef & { readonly editedTs: string | null }) | undefined;
}

/** When a message was written, as Slack stamped it: it may be heard of much later. */
function writtenAt({ ts }: SlackMessageRef, now: Date): Date {
  return new Date(Math.min(Number(ts) * 1000, now.getTime()));
}

export async function insertComment(
  tx: Queries,
  actor: Actor,
  maintenanceId: number,
  { text, internal, message }: NewComment,
  now: Date,
): Promise<Comment> {
  const row = await tx.comment.create({
    data: {
      accountId: actor.accountId,
      maintenanceId,
      text,
      internal,
      authorId: actor.id,
      authorName: actor.name,
      source: actor.source,
      ...(message === undefined
        ? {}
        : { slackChannel: message.channel, slackTs: message.ts, slackEditedTs: message.editedTs }),
      createdAt: message === undefined ? now : writtenAt(message, now),
    },
    select: fields,
  });
  return toComment(row);
}

/** Oldest first. */
export async function listComments(db: Queries, accountId: number, maintenanceId: number): Promise<Comment[]> {
  const rows = await db.comment.findMany({
    where: { accountId, maintenanceId },
    orderBy: { id: 'asc' },
    select: fields,
  });
  return rows.map(toComment);
}

/** One page of those that somebody may read. */
export async function listCommentsPage(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  reader: Reader,
  page: Page<'id', string>,
): Promise<Comment[]> {
  const rows = await db.comment.findMany({
    where: { accountId, maintenanceId, AND: [visibleComments(reader), afterPosition(page)] },
    orderBy: pageOrder(page),
    take: page.limit,
    select: fields,
  });
  return rows.map(toComment);
}

/** The comments on all of these that a reader may know of, by the id of their maintenance, oldest first. */
export async function listCommentsOfMany(
  db: Queries,
  accountId: number,
  maintenanceIds: readonly number[],
  reader: Reader,
): Promise<ReadonlyMap<number, readonly Comment[]>> {
  const rows = await db.comment.findMany({
    where: { accountId, maintenanceId: { in: [...maintenanceIds] }, AND: [visibleComments(reader)] },
    orderBy: { id: 'asc' },
    select: fields,
  });
  const found = new Map<number, Comment[]>();
  for (const comment of rows.map(toComment)) {
    const others = found.get(comment.maintenanceId);
    if (others === undefined) found.set(comment.maintenanceId, [comment]);
    else others.push(comment);
  }
  return found;
}

/** A comment by its id, or by the Slack message it was written as. */
export type CommentRef = number | SlackMessageRef;

export async function findComment(db: Queries, accountId: number, ref: CommentRef): Promise<Comment | undefined> {
  if (typeof ref === 'number' && !isId(ref)) return undefined;
  const which = typeof ref === 'number' ? { id: ref } : { slackChannel: ref.channel, slackTs: ref.ts };
  const row = await db.comment.findFirst({ where: { accountId, ...which }, select: fields });
  return row === null ? undefined : toComment(row);
}

export async function updateComment(
  tx: Queries,
  id: number,
  changes: { text?: string; internal?: boolean; edited?: boolean; slackEditedTs?: string },
): Promise<Comment> {
  return toComment(await tx.comment.update({ where: { id }, data: changes, select: fields }));
}

export async function deleteComment(tx: Queries, id: number): Promise<void> {
  await tx.comment.delete({ where: { id } });
}

/** Whether the actor is its author. Ids are of the door that a person came through. */
export function hasWritten(
  { author, source }: Comment,
  actor: { readonly id: string; readonly source: Source },
): boolean {
  return author.id === actor.id && source === actor.source;
}

/** A thread of an announcement, by the `ts` of the live message that it hangs on. */
export interface AnnouncedThread {
  readonly accountId: number;
  readonly maintenanceId: number;
  readonly channel: string;
  readonly thread: string;
}

/** Which are read first; those that are over last. */
const ORDER: ReadonlyMap<string, number> = new Map([
  ['in-progress', 0],
  ['scheduled', 1],
]);

/**
 * The threads in which people may be talking: of windows that are in progress, begin before `startsBefore`, or were over
 * after `overAfter`. Those in progress come first, then those that begin next. Not of workspaces that removed Lull.
 */
export async function listOpenThreads(
  db: Queries,
  { startsBefore, overAfter }: { readonly startsBefore: Date; readonly overAfter: Date },
): Promise<AnnouncedThread[]> {
  const inWorkspace = { slackTeamId: { not: null }, NOT: { installation: { removedAt: { not: null } } } };
  const open = [
    { status: 'in-progress' },
    { status: 'scheduled', scheduledStart: { lt: startsBefore } },
    { status: { notIn: [...ORDER.keys()] }, endedAt: { gt: overAfter } },
  ];
  const rows = await db.announcement.findMany({
    where: { ts: { not: null }, maintenance: { deletedAt: null, account: inWorkspace, OR: open } },
    orderBy: [{ maintenance: { scheduledStart: 'asc' } }, { maintenanceId: 'asc' }, { channel: 'asc' }],
    select: {
      accountId: true,
      maintenanceId: true,
      channel: true,
      ts: true,
      maintenance: { select: { status: true } },
    },
  });
  const place = ({ maintenance: { status } }: (typeof rows)[number]) => ORDER.get(status) ?? ORDER.size;
  return rows
    .toSorted((a, b) => place(a) - place(b))
    .flatMap(({ ts, maintenance: _, ...row }) => (ts === null ? [] : [{ ...row, thread: ts }]));
}

/** The replies in a channel that are comments on a maintenance: which of its edits each shows, by `ts`. */
export async function listStoredReplies(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  channel: string,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.comment.findMany({
    where: { accountId, maintenanceId, slackChannel: channel },
    select: { slackTs: true, slackEditedTs: true },
  });
  return new Map(rows.flatMap(({ slackTs, slackEditedTs }) => (slackTs === null ? [] : [[slackTs, slackEditedTs]])));
}
