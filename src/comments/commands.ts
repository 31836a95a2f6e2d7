import type { Logger } from 'pino';
import { record } from '../audit/record.ts';
import { assertValid, DeliveryError } from '../core/errors.ts';
import { MAX_COMMENT_CHARS } from '../core/limits.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { reannounce } from '../maintenance/commands/announce.ts';
import { lockForChange, withMaintenance } from '../maintenance/commands/find.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { claimKey } from '../platform/idempotency.ts';
import { enqueue, type Jobs, postpone } from '../platform/jobs.ts';
import { type ActionContext, inTransaction, type Repeated } from '../platform/transactions.ts';
import { commentEmpty } from './errors.ts';
import {
  type Comment,
  type CommentRef,
  deleteComment as deleteStored,
  insertComment,
  isAuthor,
  listOpenThreads,
  lockComment,
  type NewComment,
  updateComment,
} from './repository.ts';

/**
 * Adds a comment, which the threads then show; internal ones only where the audience is internal.
 * @throws UserError `forbidden`, `not-found`, or `invalid-request` for a text that is empty or too long
 */
export async function comment<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  maintenanceId: number,
  input: NewComment,
  once?: Once,
): Promise<Comment | Repeated<Once>> {
  return withMaintenance(ctx, actor, maintenanceId, 'comment', once, async (tx, _, now) => {
    await readSurroundings(tx, actor.accountId, {}, { audit_events: 1, comments: 1 });
    const added = await insertComment(tx, actor, maintenanceId, { ...input, text: validText(input.text) }, now);
    await record(tx, actor, now, { type: 'maintenance.commented', ...eventBase(added), after: recorded(added) });
    await reannounce(tx, actor.accountId, maintenanceId);
    return added;
  });
}

function validText(input: string): string {
  const text = input.trim();
  assertValid(text === '' ? [commentEmpty.at('comment', {})] : validateText('comment', text, MAX_COMMENT_CHARS));
  return text;
}

const recorded = ({ text, internal }: Comment) => ({ comment: text, internal });

function eventBase({ id, maintenanceId, internal }: Comment) {
  return { maintenanceId, subject: { kind: 'comment', id }, internal } as const;
}

export interface CommentEdit {
  readonly text?: string;
  readonly internal?: boolean;
  /** The edit of its message that this is; an older one than the stored one changes nothing. */
  readonly revision?: string;
}

/**
 * Changes a comment, which the threads then show: one that became internal is withdrawn from the public ones, one that
 * became public is posted there.
 * @returns the comment after the edit; undefined when there is none
 * @throws UserError `forbidden` to others than its author and admins, or `invalid-request` for a text that is empty or too long
 */
export async function editComment(ctx: ActionContext, actor: Actor, ref: CommentRef, edit: CommentEdit) {
  authorize(actor, 'comment');
  const newText = edit.text === undefined ? undefined : validText(edit.text);
  return inTransaction(ctx, async (tx, now) => {
    const comment = await lockForEdit(tx, actor, ref);
    if (comment === undefined) return undefined;
    const { internal = comment.internal, revision } = edit;
    const text = newText ?? comment.text;
    const storedRevision = comment.message?.revision ?? null;
    if (revision !== undefined && storedRevision !== null && revision <= storedRevision) return comment;
    const rewritten = text !== comment.text;
    const changed: Comment = {
      ...comment,
      text,
      internal,
      edited: comment.edited || rewritten,
      message: comment.message && { ...comment.message, revision: revision ?? storedRevision },
    };
    const isShown = rewritten || internal !== comment.internal;
    if (isShown) await readSurroundings(tx, actor.accountId, {}, { audit_events: 1 });
    await updateComment(tx, changed);
    if (!isShown) return changed;
    await record(tx, actor, now, {
      type: 'maintenance.comment_changed',
      ...eventBase(comment),
      internal: comment.internal || internal,
      before: recorded(comment),
      after: recorded(changed),
    });
    await reannounce(tx, actor.accountId, comment.maintenanceId);
    return changed;
  });
}

/**
 * A comment that somebody changes, locked with its maintenance.
 * @throws UserError `forbidden` to others than its author and admins
 */
async function lockForEdit(tx: Queries, actor: Actor, ref: CommentRef): Promise<Comment | undefined> {
  const comment = await lockComment(tx, actor.accountId, ref);
  if (comment === undefined) return undefined;
  await lockForChange(tx, actor, comment.maintenanceId);
  if (!isAuthor(comment, actor)) authorize(actor, 'change-comments-of-others');
  return comment;
}

/**
 * Deletes a comment; the threads then show that one was withdrawn.
 * @param madeWith the idempotency key of its creation: if that has not happened yet, it never will
 * @returns the deleted comment; undefined when there is none
 * @throws UserError `forbidden` to others than its author and admins
 */
export async function deleteComment(ctx: ActionContext, actor: Actor, ref: CommentRef, madeWith?: string) {
  authorize(actor, 'comment');
  return inTransaction(ctx, async (tx, now) => {
    // Waits for a transaction that is creating the comment.
    if (madeWith !== undefined && (await claimKey(tx, actor.accountId, madeWith, now))) return undefined;
    const comment = await lockForEdit(tx, actor, ref);
    if (comment === undefined) return undefined;
    await readSurroundings(tx, actor.accountId, {}, { audit_events: 1 });
    await deleteStored(tx, comment.id);
    const before = recorded(comment);
    await record(tx, actor, now, { type: 'maintenance.comment_deleted', ...eventBase(comment), before });
    await reannounce(tx, actor.accountId, comment.maintenanceId);
    return comment;
  });
}

/** Threads of windows that start within this time are read again. */
const STARTS_WITHIN_MS = 14 * 24 * 3_600_000;
/** So are those of windows that ended within this time. */
const ENDED_WITHIN_MS = 24 * 3_600_000;
/** Connections lost within this time cause one backfill. */
const SETTLE_MS = 1_000;

/** Reads the threads of announcements in one kind of channel. */
export interface ThreadReader {
  /**
   * Reads one page of a thread, and turns the replies that were missed into comments. Idempotent.
   * @returns the next page; undefined after the last one
   */
  ingestReplies(page: Jobs['ingest-replies']): Promise<Jobs['ingest-replies'] | undefined>;
}

/** Enqueues a read of every thread in which people may have written while Lull was offline. */
export async function backfillReplies({ database, clock }: ActionContext): Promise<void> {
  const now = clock.now().getTime();
  const open = { startsBefore: new Date(now + STARTS_WITHIN_MS), overAfter: new Date(now - ENDED_WITHIN_MS) };
  // The queue runs on the real clock, not on Lull's.
  const when = { notBefore: new Date(Date.now() + SETTLE_MS), ifNotWaiting: true };
  for (const thread of await listOpenThreads(database, open)) {
    await enqueue(database, 'ingest-replies', { ...thread, cursor: '', after: thread.thread }, when);
  }
}

/**
 * Ingests one page of a thread, and enqueues the next one. When the channel asks for a pause, all threads of the account
 * wait. A thread that cannot be read is skipped: Lull was removed from the channel, or the announcement was deleted.
 */
export async function ingestReplies(
  { database }: ActionContext,
  channel: ThreadReader,
  log: Logger,
  page: Jobs['ingest-replies'],
): Promise<void> {
  try {
    const next = await channel.ingestReplies(page);
    if (next !== undefined) await enqueue(database, 'ingest-replies', next);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const { maintenanceId: maintenance, channel: address } = page;
    if (error.reason.kind === 'later') {
      await postpone(database, 'ingest-replies', page, new Date(Date.now() + error.reason.retryAfterSeconds * 1000));
    } else {
      log.debug({ maintenance, channel: address, error }, 'a thread cannot be read again');
    }
  }
}
