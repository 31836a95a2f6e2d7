import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import { type Comment, type CommentRef, deleteComment as deleteStored } from '../store/comments.ts';
import { firstTime } from '../store/receipts.ts';
import { type Ground, transact } from './action.ts';
import { lockComment, mustBeTheirs } from './edit-comment.ts';
import { announceAgain } from './effects.ts';

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
