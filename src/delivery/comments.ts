import type { TimelineEvent } from '../audit/events.ts';
import { type CommentEventType, commentEvents } from '../comments/events.ts';
import { findComment } from '../comments/repository.ts';
import { type Announcement, findLastPostAbout } from '../maintenance/repository/announcements.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { ChannelMessage, Recipient } from './channel.ts';

const types = new Set<string>(commentEvents.map(({ shape }) => shape.type.value));

export function isAboutComment(event: TimelineEvent): event is TimelineEvent<CommentEventType> {
  return types.has(event.type);
}

/** The note about one event in the thread of an announcement. Messages are referred to as their channel refers to them. */
export interface ThreadNote {
  /** The note that an earlier run posted before it failed. */
  findPosted(): Promise<string | undefined>;
  post(message: ChannelMessage): Promise<string>;
  /** Does nothing to a message that somebody deleted. */
  update(ref: string, message: ChannelMessage): Promise<void>;
  mark(ref: string): Promise<void>;
  /** Whether the channel shows a message at all. */
  shows(message: ChannelMessage): boolean;
}

/**
 * Shows a comment in a thread as it is now, whatever the event was: posts, updates or withdraws it. In the channel that it
 * was written in it is there already, so its message is marked instead.
 * @returns the reference of a new note; `''` when none was posted
 */
export async function showComment(
  { database }: ActionContext,
  { accountId }: Recipient,
  { id, channelKind, channel, audience }: Announcement,
  event: TimelineEvent<CommentEventType>,
  note: ThreadNote,
): Promise<string> {
  const comment = await findComment(database, accountId, event.subject.id);
  if (comment?.message?.channelKind === channelKind && comment.message.channel === channel) {
    if (event.type === 'maintenance.commented') await note.mark(comment.message.messageRef);
    return '';
  }
  const current = comment && ({ type: 'comment', comment, audience } as const);
  const message = current !== undefined && note.shows(current) ? current : undefined;
  const unsettled = await note.findPosted();
  const shown = unsettled ?? (await findLastPostAbout(database, id, event.subject));
  if (shown === undefined) return message === undefined ? '' : note.post(message);
  await note.update(shown, message ?? { type: 'withdrawn-comment' });
  return unsettled ?? '';
}
