import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_COMMENT, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { type Comment, insertComment, type NewComment } from '../store/comments.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { announceAgain } from './effects.ts';

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
