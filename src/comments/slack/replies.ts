import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import { isAllowed, systemActor } from '../../core/permissions.ts';
import { findAnnouncementByMessage } from '../../maintenance/repository/announcements.ts';
import { claimKey, replyKey } from '../../platform/idempotency.ts';
import { successMessage } from '../../slack/answers.ts';
import { escapeMrkdwn } from '../../slack/blocks.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { SlackContext } from '../../slack/context.ts';
import { toMessageRef } from '../../slack/ids.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { comment, deleteComment, editComment } from '../commands.ts';
import { findComment } from '../repository.ts';
import { formatReply, type Reply, type ReplyEvent, readMessageEvent } from './reply.ts';

/** Says what Lull hears of what happens in the workspace. Bolt acknowledges each event before it is worked on. */
export function listenToEvents(
  { app, context, track }: Listeners,
  { missed, removed }: { readonly missed: () => void; readonly removed: (how: string) => void },
): void {
  const { log, workspace } = context;

  app.event('message', async ({ event }) => {
    const reply = readMessageEvent(event);
    if (reply === undefined) return;
    track(
      handleReply(context, reply).catch((error: unknown) => {
        const { channel, ts } = reply.reply;
        // The reply goes without its mark, which shows that it was not kept.
        log.error({ error, channel, ts }, 'a reply in a thread could not be kept as a comment');
        // What Slack refused it refuses again; the rest passes.
        if (slackError(error) === undefined) missed();
      }),
    );
  });

  app.event('app_uninstalled', async () => removed('Lull was removed from the Slack workspace'));
  app.event('tokens_revoked', async ({ event }) => {
    if (event.tokens.bot?.includes(workspace.botUserId)) removed('the bot token of Lull was revoked in Slack');
  });
}

/** An announcement that was posted a moment ago may not be known as such yet (milliseconds). */
const LOOK_AGAIN = [100, 400, 1_500];

/**
 * A reply in the thread of an announcement is a comment: internal where the channel is, for what was said there must not
 * reach another audience unless its author says so. Its edits and its deletion follow. Where the writer may not comment,
 * the reply is only a reply.
 */
export async function handleReply(context: SlackContext, event: ReplyEvent): Promise<void> {
  const { ctx, workspace } = context;
  const ref = toMessageRef(event.reply);
  const accountId = workspace.account.id;
  const place = await placeOf(context, event.reply);
  const known = place === undefined ? await findComment(ctx.database, accountId, ref) : undefined;
  const maintenanceId = place?.maintenanceId ?? known?.maintenanceId;
  if (maintenanceId === undefined) return;

  if (event.kind === 'deleted') {
    // Slack does not say who deleted it: an admin may have, long after its author left.
    await deleteComment(ctx, systemActor(accountId), ref, replyKey(ref));
    return;
  }
  const { reply } = event;
  const { actor } = await context.people.find(workspace, reply.userId);
  if (!isAllowed(actor, 'comment')) {
    // Nor is it one later, when it is read again and its writer may by then.
    await claimKey(ctx.database, accountId, replyKey(ref), ctx.clock.now());
    return;
  }
  const text = await formatReply(context, reply.text);
  const editedTs = event.kind === 'edited' ? event.editedTs : null;
  try {
    if (text === '') {
      if (editedTs !== null) await deleteComment(ctx, systemActor(accountId), ref, replyKey(ref));
      return;
    }
    if (place !== undefined) {
      const internal = place.audience === 'internal';
      const written = {
        text,
        internal,
        message: { ...ref, revision: editedTs, writtenAt: new Date(Number(reply.ts) * 1000) },
      };
      const made = await comment(ctx, actor, maintenanceId, written, replyKey(ref));
      if (made !== undefined) return;
    }
    if (editedTs !== null) await editComment(ctx, actor, ref, { text, revision: editedTs });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const refusal = `${replyKey(ref)}:refused:${editedTs ?? ''}`;
    if (await claimKey(ctx.database, accountId, refusal, ctx.clock.now())) await tellAlone(context, reply, error);
  }
}

/** The announcement that is answered. */
async function placeOf({ ctx, workspace }: SlackContext, { channel, thread, threadBy }: ReplyEvent['reply']) {
  const announced = toMessageRef({ channel, ts: thread });
  for (const pause of [...LOOK_AGAIN, undefined]) {
    const place = await findAnnouncementByMessage(ctx.database, workspace.account.id, announced);
    if (place !== undefined || threadBy !== workspace.botUserId || pause === undefined) return place;
    await sleep(pause);
  }
  return undefined;
}

/** Tells the writer alone why their reply is no comment. */
async function tellAlone({ client }: SlackContext, reply: Reply, refusal: UserError): Promise<void> {
  const { text, blocks } = successMessage(
    `This reply is not kept as a comment. ${escapeMrkdwn(slackErrorText(refusal))}`,
  );
  await client.chat.postEphemeral({
    channel: reply.channel,
    user: reply.userId,
    thread_ts: reply.thread,
    text,
    blocks: [...blocks],
  });
}
