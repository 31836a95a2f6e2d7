import { record } from '../audit/record.ts';
import { assertValid } from '../core/errors.ts';
import { MAX_COMMENT_CHARS } from '../core/limits.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { reannounce } from '../maintenance/commands/announce.ts';
import { lockForChange } from '../maintenance/commands/find.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { claimKey } from '../platform/idempotency.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { commentEmpty } from './errors.ts';
import {
  type Comment,
  type CommentRef,
  deleteComment as deleteStored,
  findComment,
  hasWritten,
  insertComment,
  type NewComment,
  updateComment,
} from './repository.ts';

/** `message`: what it was written as in the thread of an announcement. That thread does not repeat it, and marks it. */
export type CommentInput = NewComment;

/**
 * Adds a comment, which the threads then show; internal ones only where the audience is internal.
 * @throws UserError `forbidden`, `not-found`, or `invalid` for an empty or endless text
 */
export async function comment<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  maintenanceId: number,
  input: CommentInput,
  once?: Once,
): Promise<Comment | Repeated<Once>> {
  authorize(actor, 'comment');
  const text = commentText(input.text);
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    await lockForChange(tx, actor, maintenanceId);
    const added = await insertComment(tx, actor, maintenanceId, { ...input, text }, now);
    await record(tx, actor, now, {
      type: 'maintenance.commented',
      maintenanceId,
      subject: { kind: 'comment', id: added.id },
      internal: input.internal,
      after: { comment: text, internal: input.internal },
    });
    await reannounce(tx, actor.accountId, maintenanceId);
    return added;
  });
}

/**
 * The text of a comment as it is stored.
 * @throws UserError of kind `invalid` for an empty or endless one
 */
export function commentText(written: string): string {
  const text = written.trim();
  const problems = text === '' ? [commentEmpty.at('comment', {})] : validateText('comment', text, MAX_COMMENT_CHARS);
  assertValid(problems);
  return text;
}

/** `revision`: which edit of its message this is; an older one than the stored one changes nothing. */
export interface CommentEdit {
  readonly text?: string;
  readonly internal?: boolean;
  readonly revision?: string;
}

/**
 * Changes a comment, which the threads then show: one that turned internal is withdrawn from the public ones, one that
 * turned public is told there.
 * @returns the comment as it is now; undefined when there is none (any more)
 * @throws UserError `forbidden` to others than its author and admins, or `invalid` for an empty or endless text
 */
export async function editComment(
  ctx: ActionContext,
  actor: Actor,
  ref: CommentRef,
  edit: CommentEdit,
): Promise<Comment | undefined> {
  authorize(actor, 'comment');
  const text = edit.text === undefined ? undefined : commentText(edit.text);
  return inTransaction(ctx, async (tx, now) => {
    const comment = await lockComment(tx, actor, ref);
    if (comment === undefined) return undefined;
    assertAuthor(comment, actor);
    const shown = comment.message?.revision ?? null;
    if (edit.revision !== undefined && shown !== null && edit.revision <= shown) return comment;

    const rewritten = text !== undefined && text !== comment.text;
    const internal = edit.internal ?? comment.internal;
    const changed = await updateComment(tx, comment.id, {
      internal,
      ...(rewritten ? { text, edited: true } : {}),
      ...(edit.revision === undefined ? {} : { messageRevision: edit.revision }),
    });
    if (!rewritten && internal === comment.internal) return changed;
    await record(tx, actor, now, {
      type: 'maintenance.comment_changed',
      maintenanceId: comment.maintenanceId,
      subject: { kind: 'comment', id: comment.id },
      internal: comment.internal || internal,
      before: { comment: comment.text, internal: comment.internal },
      after: { comment: changed.text, internal },
    });
    await reannounce(tx, actor.accountId, comment.maintenanceId);
    return changed;
  });
}

/** The comment, its maintenance locked, so that changes to it happen one after another. */
export async function lockComment(tx: Queries, actor: Actor, ref: CommentRef): Promise<Comment | undefined> {
  const found = await findComment(tx, actor.accountId, ref);
  if (found === undefined) return undefined;
  await lockForChange(tx, actor, found.maintenanceId);
  return findComment(tx, actor.accountId, found.id);
}

/** @throws UserError of kind `forbidden` to others than its author and admins */
export function assertAuthor(comment: Comment, actor: Actor): void {
  if (!hasWritten(comment, actor)) authorize(actor, 'change-comments-of-others');
}

/**
 * Deletes a comment; the threads then show that one was withdrawn.
 * @param made the `once` key that it was or would have been made with: when it was not made yet, it never will be
 * @returns what it was; undefined when there is none (any more)
 * @throws UserError `forbidden` to others than its author and admins
 */
export async function deleteComment(
  ctx: ActionContext,
  actor: Actor,
  ref: CommentRef,
  made?: string,
): Promise<Comment | undefined> {
  authorize(actor, 'comment');
  return inTransaction(ctx, async (tx, now) => {
    // Waits for a transaction that is making it.
    if (made !== undefined && (await claimKey(tx, actor.accountId, made, now))) return undefined;
    const comment = await lockComment(tx, actor, ref);
    if (comment === undefined) return undefined;
    assertAuthor(comment, actor);
    await deleteStored(tx, comment.id);
    await record(tx, actor, now, {
      type: 'maintenance.comment_deleted',
      maintenanceId: comment.maintenanceId,
      subject: { kind: 'comment', id: comment.id },
      internal: comment.internal,
      before: { comment: comment.text, internal: comment.internal },
    });
    await reannounce(tx, actor.accountId, comment.maintenanceId);
    return comment;
  });
}
