import type { Prisma } from '../../prisma/client/client.ts';
import type { ChannelRef, MessageRef } from '../channels.ts';
import { isId } from '../core/keys.ts';
import type { Actor, Reader } from '../core/permissions.ts';
import { visibleComments } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { nextId } from '../platform/ids.ts';
import { afterPosition, type Page, pageOrder } from '../platform/rows.ts';
import { execute, sql } from '../platform/sql.ts';
import { deletion, insertion, updating, write } from '../platform/transaction.ts';

/** The message of a comment in the thread of an announcement. */
interface WrittenMessage extends MessageRef {
  /** The edit of the message that the comment shows; later ones sort after earlier ones. Null: never edited. */
  readonly revision: string | null;
}

const fields = {
  id: true,
  maintenanceId: true,
  text: true,
  /** Not shown in public channels. */
  internal: true,
  authorId: true,
  authorName: true,
  source: true,
  edited: true,
  channelKind: true,
  channel: true,
  messageRef: true,
  messageRevision: true,
  createdAt: true,
} as const satisfies Prisma.CommentSelect;

export type Comment = ReturnType<typeof toComment>;

type Row = Prisma.CommentGetPayload<{ select: typeof fields }>;

function toComment(row: Row) {
  const { authorId, authorName, channelKind, channel, messageRef, messageRevision: revision, ...rest } = row;
  const message: WrittenMessage | null =
    channelKind === null || channel === null || messageRef === null
      ? null
      : { channelKind, channel, messageRef, revision };
  return {
    ...rest,
    author: { id: authorId, name: authorName },
    /** Null: it was not written in the thread of an announcement. */
    message,
  };
}

async function readComments(db: Queries, query: Pick<Prisma.CommentFindManyArgs, 'where' | 'orderBy' | 'take'>) {
  return (await db.comment.findMany({ ...query, select: fields })).map(toComment);
}

export interface NewComment {
  readonly text: string;
  readonly internal: boolean;
  /** Its message in the thread of an announcement, and when it was written, which may be long before Lull reads it. */
  readonly message?: (WrittenMessage & { readonly writtenAt: Date }) | undefined;
}

export async function insertComment(
  tx: Queries,
  actor: Actor,
  maintenanceId: number,
  { text, internal, message }: NewComment,
  now: Date,
): Promise<Comment> {
  const comment: Comment = {
    id: await nextId(tx, 'comments'),
    maintenanceId,
    text,
    internal,
    author: { id: actor.id, name: actor.name },
    source: actor.source,
    edited: false,
    message: message === undefined ? null : { ...pickMessage(message), revision: message.revision },
    createdAt: message && message.writtenAt < now ? message.writtenAt : now,
  };
  await write(tx, COMMENT, String(comment.id), {
    id: comment.id,
    account_id: actor.accountId,
    maintenance_id: maintenanceId,
    text,
    internal,
    author_id: actor.id,
    author_name: actor.name,
    source: actor.source,
    channel_kind: message?.channelKind ?? null,
    channel: message?.channel ?? null,
    message_ref: message?.messageRef ?? null,
    message_revision: message?.revision ?? null,
    creation_date: comment.createdAt,
  });
  return comment;
}

const pickMessage = ({ channelKind, channel, messageRef }: MessageRef): MessageRef => ({
  channelKind,
  channel,
  messageRef,
});

const COMMENT = insertion('comments', [
  'id',
  'account_id',
  'maintenance_id',
  'text',
  'internal',
  'author_id',
  'author_name',
  'source',
  'channel_kind',
  'channel',
  'message_ref',
  'message_revision',
  'creation_date',
]);

/** Oldest first. */
export async function listComments(db: Queries, accountId: number, maintenanceId: number): Promise<Comment[]> {
  return readComments(db, { where: { accountId, maintenanceId }, orderBy: { id: 'asc' } });
}

export async function listCommentsPage(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  reader: Reader,
  page: Page<'id', string>,
): Promise<Comment[]> {
  const where = { accountId, maintenanceId, AND: [visibleComments(reader), afterPosition(page)] };
  return readComments(db, { where, orderBy: pageOrder(page), take: page.limit });
}

/** The comments on these maintenances that a reader can see, by the id of the maintenance, oldest first. */
export async function listCommentsOfMany(
  db: Queries,
  accountId: number,
  maintenanceIds: readonly number[],
  reader: Reader,
): Promise<ReadonlyMap<number, readonly Comment[]>> {
  const where = { accountId, maintenanceId: { in: [...maintenanceIds] }, AND: [visibleComments(reader)] };
  const comments = await readComments(db, { where, orderBy: { id: 'asc' } });
  return new Map(maintenanceIds.map((id) => [id, comments.filter(({ maintenanceId }) => maintenanceId === id)]));
}

/** A comment by its id, or by the message it was written as. */
export type CommentRef = number | MessageRef;

export async function findComment(db: Queries, accountId: number, ref: CommentRef): Promise<Comment | undefined> {
  if (typeof ref === 'number' && !isId(ref)) return undefined;
  const by =
    typeof ref === 'number'
      ? { id: ref }
      : { channelKind: ref.channelKind, channel: ref.channel, messageRef: ref.messageRef };
  const [comment] = await readComments(db, { where: { accountId, ...by } });
  return comment;
}

/**
 * A comment, locked until the transaction ends. Its maintenance is locked first, as every change of one does, so that
 * changes to it happen one after another.
 */
export async function lockComment(tx: Queries, accountId: number, ref: CommentRef): Promise<Comment | undefined> {
  if (typeof ref === 'number' && !isId(ref)) return undefined;
  const by =
    typeof ref === 'number'
      ? sql`c.id = ${ref}`
      : sql`c.channel_kind = ${ref.channelKind} and c.channel = ${ref.channel} and c.message_ref = ${ref.messageRef}`;
  const { rows } = await execute<Row>(
    tx,
    sql`
      select c.id, c.maintenance_id as "maintenanceId", c.text, c.internal, c.author_id as "authorId",
        c.author_name as "authorName", c.source, c.edited, c.channel_kind as "channelKind", c.channel,
        c.message_ref as "messageRef", c.message_revision as "messageRevision", c.creation_date as "createdAt"
      from comments c join maintenances m on m.id = c.maintenance_id
      where c.account_id = ${accountId} and ${by} for update of m, c`,
  );
  return rows[0] && toComment(rows[0]);
}

const UPDATE = updating('comments', ['id'], ['id', 'text', 'internal', 'edited', 'message_revision']);
const DELETE = deletion('comments', ['id']);

/** Stores a locked comment as it was changed. */
export async function updateComment(
  tx: Queries,
  { id, text, internal, edited, message }: Pick<Comment, 'id' | 'text' | 'internal' | 'edited' | 'message'>,
): Promise<void> {
  await write(tx, UPDATE, String(id), { id, text, internal, edited, message_revision: message?.revision ?? null });
}

/** Deletes a locked comment. */
export async function deleteComment(tx: Queries, id: number): Promise<void> {
  await write(tx, DELETE, String(id), { id });
}

/** Ids of people are unique only within the source that they came through. */
export function isAuthor({ author, source }: Comment, actor: Pick<Actor, 'id' | 'source'>): boolean {
  return author.id === actor.id && source === actor.source;
}

/** The thread of an announcement. `thread` is the reference of the live message. */
export interface AnnouncedThread extends ChannelRef {
  readonly accountId: number;
  readonly maintenanceId: number;
  readonly thread: string;
}

/** The order of reading; those that are over come last. */
const ORDER: ReadonlyMap<string, number> = new Map([
  ['in-progress', 0],
  ['scheduled', 1],
]);

/**
 * Threads in which people may be writing: of windows that are in progress, start before `startsBefore`, or ended after
 * `overAfter`. Those in progress come first, then the next to start. Workspaces that removed Lull are left out.
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
    where: { messageRef: { not: null }, maintenance: { deletedAt: null, account: inWorkspace, OR: open } },
    orderBy: [{ maintenance: { scheduledStart: 'asc' } }, { maintenanceId: 'asc' }, { channel: 'asc' }],
    select: {
      accountId: true,
      maintenanceId: true,
      channelKind: true,
      channel: true,
      messageRef: true,
      maintenance: { select: { status: true } },
    },
  });
  const place = ({ maintenance: { status } }: (typeof rows)[number]) => ORDER.get(status) ?? ORDER.size;
  return rows
    .toSorted((a, b) => place(a) - place(b))
    .flatMap(({ messageRef, maintenance: _, ...row }) => (messageRef === null ? [] : [{ ...row, thread: messageRef }]));
}

/** The revisions of the replies in a channel that are stored as comments, by message reference. */
export async function listStoredReplies(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  { channelKind, channel }: ChannelRef,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.comment.findMany({
    where: { accountId, maintenanceId, channelKind, channel },
    select: { messageRef: true, messageRevision: true },
  });
  return new Map(
    rows.flatMap(({ messageRef, messageRevision }) => (messageRef === null ? [] : [[messageRef, messageRevision]])),
  );
}
