import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import { type Comment, type CommentRef, findComment, updateComment, wroteIt } from '../store/comments.ts';
import type { Queries } from '../store/database.ts';
import { type Ground, lock, transact } from './action.ts';
import { commentText } from './comment.ts';
import { announceAgain } from './effects.ts';

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
