import { record } from '../audit/record.ts';
import { Refusal } from '../core/errors.ts';
import { type Actor, mustBeAllowed } from '../core/permissions.ts';
import { announceAgain } from '../maintenance/commands/announce.ts';
import { lock } from '../maintenance/commands/find.ts';
import { LONGEST_COMMENT, problemsOfText } from '../maintenance/window.ts';
import type { Queries } from '../platform/database.ts';
import { firstTime } from '../platform/idempotency.ts';
import { type Ground, transact, transactOnce } from '../platform/transactions.ts';
import {
  type Comment,
  type CommentRef,
  deleteComment as deleteStored,
  findComment,
  insertComment,
  type NewComment,
  updateComment,
  wroteIt,
} from './repository.ts';

/** `message`: what it was written as in the thread of an announcement. That thread does not repeat it, and marks it. */
export type CommentInput = NewComment;

/**
 * Adds a comment, which the threads then show; internal ones only where the audience is internal.
 * @throws Refusal `forbidden`, `not-found`, or `invalid` for an empty or endless text
 */
export async function comment(
  ground: Ground,
  actor: Actor,
  maintenanceId: number,
  input: CommentInput,
): Promise<Comment>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function comment(
  ground: Ground,
  actor: Actor,
  maintenanceId: number,
  input: CommentInput,
  once: string,
): Promise<Comment | undefined>;
export async function comment(
  ground: Ground,
  actor: Actor,
  maintenanceId: number,
  input: CommentInput,
  once?: string,
): Promise<Comment | undefined> {
  mustBeAllowed(actor, 'comment');
  const text = commentText(input.text);
  return transactOnce(ground, actor, once, async (tx, now) => {
    await lock(tx, actor, maintenanceId);
    const added = await insertComment(tx, actor, maintenanceId, { ...input, text }, now);
    await record(tx, actor, now, {
      action: 'comment',
      maintenanceId,
      subject: `comment:${added.id}`,
      internal: input.internal,
      after: { comment: text, internal: input.internal },
    });
    await announceAgain(tx, actor.accountId, maintenanceId);
    return added;
  });
}

/**
 * The text of a comment as it is stored.
 * @throws Refusal of kind `invalid` for an empty or endless one
 */
export function commentText(written: string): string {
  const text = written.trim();
  const problems =
    text === ''
      ? [{ field: 'comment', message: 'The comment is empty. Write what should be said.' }]
      : problemsOfText('comment', text, LONGEST_COMMENT);
  if (problems.length > 0) throw Refusal.invalid(problems);
  return text;
}

/** What changes. `editedTs`: which edit of its Slack message this is; an older one than the last changes nothing. */
export interface CommentEdit {
  readonly text?: string;
  readonly internal?: boolean;
  readonly editedTs?: string;
}

/**
 * Changes a comment, which the threads then show: one that turned internal is withdrawn from the public ones, one that
 * turned public is told there.
 * @returns the comment as it is now; undefined when there is none (any more)
 * @throws Refusal `forbidden` to others than its author and admins, or `invalid` for an empty or endless text
 */
export async function editComment(
  ground: Ground,
  actor: Actor,
  ref: CommentRef,
  edit: CommentEdit,
): Promise<Comment | undefined> {
  mustBeAllowed(actor, 'comment');
  const text = edit.text === undefined ? undefined : commentText(edit.text);
  return transact(ground, async (tx, now) => {
    const comment = await lockComment(tx, actor, ref);
    if (comment === undefined) return undefined;
    mustBeTheirs(comment, actor);
    const shown = comment.message?.editedTs ?? null;
    if (edit.editedTs !== undefined && shown !== null && edit.editedTs <= shown) return comment;

    const rewritten = text !== undefined && text !== comment.text;
    const internal = edit.internal ?? comment.internal;
    const changed = await updateComment(tx, comment.id, {
      internal,
      ...(rewritten ? { text, edited: true } : {}),
      ...(edit.editedTs === undefined ? {} : { slackEditedTs: edit.editedTs }),
    });
    if (!rewritten && internal === comment.internal) return changed;
    await record(tx, actor, now, {
      action: 'edit-comment',
      maintenanceId: comment.maintenanceId,
      subject: `comment:${comment.id}`,
      internal: comment.internal || internal,
      before: { comment: comment.text, internal: comment.internal },
      after: { comment: changed.text, internal },
    });
    await announceAgain(tx, actor.accountId, comment.maintenanceId);
    return changed;
  });
}

/** The comment, its maintenance locked, so that changes to it happen one after another. */
export async function lockComment(tx: Queries, actor: Actor, ref: CommentRef): Promise<Comment | undefined> {
  const found = await findComment(tx, actor.accountId, ref);
  if (found === undefined) return undefined;
  await lock(tx, actor, found.maintenanceId);
  return findComment(tx, actor.accountId, found.id);
}

/** @throws Refusal of kind `forbidden` to others than its author and admins */
export function mustBeTheirs(comment: Comment, actor: Actor): void {
  if (!wroteIt(comment, actor)) mustBeAllowed(actor, 'change-comments-of-others');
}

/**
 * Deletes a comment; the threads then show that one was withdrawn.
 * @param made the `once` key that it was or would have been made with: when it was not made yet, it never will be
 * @returns what it was; undefined when there is none (any more)
 * @throws Refusal `forbidden` to others than its author and admins
 */
export async function deleteComment(
  ground: Ground,
  actor: Actor,
  ref: CommentRef,
  made?: string,
): Promise<Comment | undefined> {
  mustBeAllowed(actor, 'comment');
  return transact(ground, async (tx, now) => {
    // Waits for a transaction that is making it.
    if (made !== undefined && (await firstTime(tx, actor.accountId, made, now))) return undefined;
    const comment = await lockComment(tx, actor, ref);
    if (comment === undefined) return undefined;
    mustBeTheirs(comment, actor);
    await deleteStored(tx, comment.id);
    await record(tx, actor, now, {
      action: 'delete-comment',
      maintenanceId: comment.maintenanceId,
      subject: `comment:${comment.id}`,
      internal: comment.internal,
      before: { comment: comment.text, internal: comment.internal },
    });
    await announceAgain(tx, actor.accountId, comment.maintenanceId);
    return comment;
  });
}
