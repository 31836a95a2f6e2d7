import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_COMMENT } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { type Comment, insertComment } from '../store/comments.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { announceAgain } from './effects.ts';

export interface CommentInput {
  readonly text: string;
  readonly internal: boolean;
}

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
  const text = input.text.trim();
  if (text === '' || text.length > LONGEST_COMMENT) {
    throw Refusal.invalid([
      {
        field: 'comment',
        message:
          text === ''
            ? 'The comment is empty. Write what should be said.'
            : `The comment has ${text.length} characters; at most ${LONGEST_COMMENT} are possible. Shorten it.`,
      },
    ]);
  }
  return transactOnce(ground, actor, once, async (tx, now) => {
    await lock(tx, actor.accountId, maintenanceId);
    const added = await insertComment(tx, actor, maintenanceId, { text, internal: input.internal }, now);
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
