import type { Audience } from '../../core/permissions.ts';
import { type Message, mentionPerson, quote, SLACK_LIMITS, section, truncateBlocks } from '../../slack/blocks.ts';
import type { Comment } from '../repository.ts';

/** A comment in the thread of an announcement; undefined when it is not for this audience. Public channels see no names. */
export function commentNote({ author, text, internal, edited }: Comment, audience: Audience): Message | undefined {
  if (audience === 'public' && internal) return undefined;
  const about = [...(internal ? ['internal'] : []), ...(edited ? ['edited'] : [])];
  const marks = about.length === 0 ? '' : ` (${about.join(', ')})`;
  const who = audience === 'public' ? marks.trim() : `${mentionPerson(author)}${marks}`;
  return note(`:speech_balloon: ${who === '' ? '' : `${who}: `}${quote(text, 2800)}`);
}

/** Takes the place of a comment that was deleted, or that this audience may no longer read. */
export const withdrawnComment: Message = note(':speech_balloon: _This comment was withdrawn._');

function note(text: string): Message {
  return { text: truncateBlocks(text, SLACK_LIMITS.section), blocks: [section(text)] };
}
