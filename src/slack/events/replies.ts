import { setTimeout as sleep } from 'node:timers/promises';
import { comment } from '../../actions/comment.ts';
import { deleteComment } from '../../actions/delete-comment.ts';
import { editComment } from '../../actions/edit-comment.ts';
import { lullIn, may } from '../../domain/permissions.ts';
import { Refusal } from '../../domain/refusal.ts';
import { announcementAt } from '../../store/announcements.ts';
import { findComment } from '../../store/comments.ts';
import { firstTime, keyOfReply } from '../../store/receipts.ts';
import type { SlackContext } from '../context.ts';
import { answer } from '../messages/answers.ts';
import { escaped } from '../messages/blocks.ts';
import type { Reply, ReplyEvent } from './message.ts';
import { asRead } from './plain-text.ts';

/** An announcement that was posted a moment ago may not be known as such yet (milliseconds). */
const LOOK_AGAIN = [100, 400, 1_500];

/**
 * A reply in the thread of an announcement is a comment: internal where the channel is, for what was said there must not
 * reach another audience unless its author says so. Its edits and its deletion follow. Where the writer may not comment,
 * the reply is only a reply.
 */
export async function hearReply(context: SlackContext, event: ReplyEvent): Promise<void> {
  const { ground, workspace } = context;
  const { channel, ts } = event.reply;
  const accountId = workspace.account.id;
  const place = await placeOf(context, event.reply);
  const known = place === undefined ? await findComment(ground.database, accountId, { channel, ts }) : undefined;
  const maintenanceId = place?.maintenanceId ?? known?.maintenanceId;
  if (maintenanceId === undefined) return;

  if (event.kind === 'deleted') {
    // Slack does not say who deleted it: an admin may have, long after its author left.
    await deleteComment(ground, lullIn(accountId), { channel, ts }, keyOfReply(event.reply));
    return;
  }
  const { reply } = event;
  const { actor } = await context.people.find(workspace, reply.userId);
  if (!may(actor, 'comment')) {
    // Nor is it one later, when it is read again and its writer may by then.
    await firstTime(ground.database, accountId, keyOfReply(reply), ground.clock.now());
    return;
  }
  const text = await asRead(context, reply.text);
  const editedTs = event.kind === 'edited' ? event.editedTs : null;
  try {
    if (text === '') {
      if (editedTs !== null) await deleteComment(ground, lullIn(accountId), { channel, ts }, keyOfReply(reply));
      return;
    }
    if (place !== undefined) {
      const internal = place.audience === 'internal';
      const written = { text, internal, message: { channel, ts, editedTs } };
      const made = await comment(ground, actor, maintenanceId, written, keyOfReply(reply));
      if (made !== undefined) return;
    }
    if (editedTs !== null) await editComment(ground, actor, { channel, ts }, { text, editedTs });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refusal = `${keyOfReply(reply)}:refused:${editedTs ?? ''}`;
    if (await firstTime(ground.database, accountId, refusal, ground.clock.now()))
      await tellAlone(context, reply, error);
  }
}

/** The announcement that is answered. */
async function placeOf({ ground, workspace }: SlackContext, { channel, thread, threadBy }: ReplyEvent['reply']) {
  for (const pause of [...LOOK_AGAIN, undefined]) {
    const place = await announcementAt(ground.database, workspace.account.id, { channel, ts: thread });
    if (place !== undefined || threadBy !== workspace.botUserId || pause === undefined) return place;
    await sleep(pause);
  }
  return undefined;
}

/** Tells the writer alone why their reply is no comment. */
async function tellAlone({ client }: SlackContext, reply: Reply, refusal: Refusal): Promise<void> {
  const { text, blocks } = answer(`This reply is not kept as a comment. ${escaped(refusal.message)}`);
  await client.chat.postEphemeral({
    channel: reply.channel,
    user: reply.userId,
    thread_ts: reply.thread,
    text,
    blocks: [...blocks],
  });
}
