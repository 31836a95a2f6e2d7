import {
  type Announcement,
  findLastPostAbout,
  type PendingPost,
  type TimelineEvent,
} from '../delivery/announcements.ts';
import { threadNote as drawNote, withdrawnComment } from '../maintenance/slack/note.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { Message } from '../slack/blocks.ts';
import { findComment } from './repository.ts';

const ACTIONS: ReadonlySet<string> = new Set(['comment', 'edit-comment', 'delete-comment']);

export function isAboutComment({ action }: TimelineEvent): boolean {
  return ACTIONS.has(action);
}

/** One announcement's thread, and what was begun to be told of the event in it. */
export interface Thread {
  /** The `ts` of what a run that did not end posted of this event. */
  posted(): Promise<string | undefined>;
  /** Posts what there is to tell. Returns its `ts`. */
  send(message: Message): Promise<string>;
  /** Changes a message; where somebody deleted it, it stays deleted. */
  change(ts: string, message: Message): Promise<void>;
  /** Shows at somebody's reply that Lull took note of it. */
  mark(ts: string): Promise<void>;
}

/**
 * Shows a comment in the thread as it is now, whatever the event was: posts it, changes what was posted, or withdraws it.
 * Where it was written in this channel it is there already, so it is marked instead.
 * @returns the `ts` of the message; `''` when nothing was posted
 */
export async function showComment(
  { database }: ActionContext,
  accountId: number,
  { id, channel, audience }: Announcement,
  { event, subject }: PendingPost,
  thread: Thread,
): Promise<string> {
  const comment = await findComment(database, accountId, Number(subject?.replace('comment:', '')));
  if (comment?.message?.channel === channel) {
    if (event.action === 'comment') await thread.mark(comment.message.ts);
    return '';
  }
  const message =
    comment &&
    drawNote(
      {
        ...event,
        action: 'comment',
        actor: { ...comment.author, source: comment.source },
        internal: comment.internal,
        after: { comment: comment.text, internal: comment.internal, edited: comment.edited },
      },
      audience,
    );
  const unsettled = await thread.posted();
  const shown = unsettled ?? (await findLastPostAbout(database, id, subject ?? ''));
  if (shown === undefined) return message === undefined ? '' : thread.send(message);
  await thread.change(shown, message ?? withdrawnComment);
  return unsettled ?? '';
}
