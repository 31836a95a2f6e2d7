import type { Audience } from '../../core/permissions.ts';
import { successMessage } from '../../slack/answers.ts';
import { type Message, mentionPerson, quote } from '../../slack/blocks.ts';
import { commentMessages as texts } from '../../texts/slack-messages.ts';
import type { Comment } from '../repository.ts';

/** A comment in the thread of an announcement; undefined when it is not for this audience. Public channels see no names. */
export function commentNote({ author, text, internal, edited }: Comment, audience: Audience): Message | undefined {
  if (audience === 'public' && internal) return undefined;
  const by = audience === 'public' ? '' : mentionPerson(author);
  return successMessage(texts.note(by, { internal, edited }, quote(text, 2800)));
}

/** Takes the place of a comment that was deleted, or that this audience may no longer read. */
export const withdrawnComment: Message = successMessage(texts.withdrawn);
