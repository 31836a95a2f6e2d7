import type { MuteRecord } from '../../checks/mute-repository.ts';
import type { Comment } from '../../comments/repository.ts';
import { context, type Message, mentionPerson, quote, section } from '../../slack/blocks.ts';
import { formatInstant } from '../../slack/time.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { announcement, formatTimes } from './announcement.ts';
import { runRecord } from './note.ts';

/** One maintenance for one reader: its announcement, the outcome of its checks, and its last comments. */
export function showMessage(
  maintenance: Maintenance,
  checks: { readonly covered: number; readonly mutes: readonly MuteRecord[] },
  comments: readonly Comment[],
  zone: string,
): Message {
  const message = announcement(maintenance, { audience: 'internal', checks: checks.covered });
  const record = runRecord(checks.mutes, zone);
  const shown = comments.slice(-5);
  const lines = shown.map(
    (comment) =>
      `${mentionPerson(comment.author)}${comment.internal ? ' (internal)' : ''}, ${formatInstant(comment.createdAt, zone)} ${zone}: ${quote(comment.text, 300)}`,
  );
  return {
    text: message.text,
    blocks: [
      ...message.blocks,
      ...(zone === 'UTC' ? [] : [context([formatTimes(maintenance, zone)])]),
      ...(record === undefined ? [] : [record]),
      ...(lines.length === 0 ? [] : [section(`*Comments* (${comments.length})\n${lines.join('\n')}`)]),
    ],
  };
}
