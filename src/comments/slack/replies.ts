import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { isAllowed, systemActor } from '../../core/permissions.ts';
import { findAnnouncementByMessage } from '../../maintenance/repository/announcements.ts';
import { claimKey, REPLY_KEY_TTL_MS, replyKey } from '../../platform/idempotency.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { successMessage } from '../../slack/answers.ts';
import { escapeMrkdwn } from '../../slack/blocks.ts';
import { call } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';
import type { SlackContext } from '../../slack/context.ts';
import { toMessageRef } from '../../slack/ids.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { commentMessages } from '../../texts/slack-messages.ts';
import { comment, deleteComment, editComment } from '../commands.ts';
import { findComment, listStoredReplies } from '../repository.ts';
import {
  formatReply,
  type Reply,
  type ReplyEvent,
  readMessageEvent,
  readThreadMessage,
  type ThreadMessage,
  threadMessage,
} from './reply.ts';

/** Listens for messages, and for the removal of Lull. Bolt acknowledges each event before it is handled. */
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
        // Slack's refusals are permanent; other failures pass.
        if (slackError(error) === undefined) missed();
      }),
    );
  });

  app.event('app_uninstalled', async () => removed('Lull was removed from the Slack workspace'));
  app.event('tokens_revoked', async ({ event }) => {
    if (event.tokens.bot?.includes(workspace.botUserId)) removed('the bot token of Lull was revoked in Slack');
  });
}

/** The announcement of a moment ago may not be stored yet, so it is looked for again after these pauses (milliseconds). */
const ANNOUNCEMENT_PAUSES_MS = [100, 400, 1_500];

/**
 * A reply in the thread of an announcement becomes a comment: internal where the channel is, so that it does not reach
 * another audience unless its author says so. Its edits and its deletion follow. Where the writer may not comment, the reply
 * is only a reply.
 */
async function handleReply(context: SlackContext, event: ReplyEvent): Promise<void> {
  const { ctx, workspace } = context;
  const ref = toMessageRef(event.reply);
  const accountId = workspace.account.id;
  const announcement = await findAnnouncement(context, event.reply);
  const existing = announcement === undefined ? await findComment(ctx.database, accountId, ref) : undefined;
  const maintenanceId = announcement?.maintenanceId ?? existing?.maintenanceId;
  if (maintenanceId === undefined) return;

  if (event.kind === 'deleted') {
    // Slack does not say who deleted it: an admin may have, long after its author left.
    await deleteComment(ctx, systemActor(accountId), ref, replyKey(ref));
    return;
  }
  const { reply } = event;
  const { actor } = await context.people.find(workspace, reply.userId);
  if (!isAllowed(actor, 'comment')) {
    // Nor does it become one later, when it is read again and its writer may comment by then.
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
    if (announcement !== undefined) {
      const message = { ...ref, revision: editedTs, writtenAt: new Date(Number(reply.ts) * 1000) };
      const written = { text, internal: announcement.audience === 'internal', message };
      if ((await comment(ctx, actor, maintenanceId, written, replyKey(ref))) !== undefined) return;
    }
    if (editedTs !== null) await editComment(ctx, actor, ref, { text, revision: editedTs });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const refusalKey = `${replyKey(ref)}:refused:${editedTs ?? ''}`;
    if (await claimKey(ctx.database, accountId, refusalKey, ctx.clock.now()))
      await answerRefusal(context, reply, error);
  }
}

async function findAnnouncement({ ctx, workspace }: SlackContext, { channel, thread, threadBy }: ReplyEvent['reply']) {
  const ref = toMessageRef({ channel, ts: thread });
  for (const pause of [...ANNOUNCEMENT_PAUSES_MS, undefined]) {
    const announcement = await findAnnouncementByMessage(ctx.database, workspace.account.id, ref);
    if (announcement !== undefined || threadBy !== workspace.botUserId || pause === undefined) return announcement;
    await sleep(pause);
  }
  return undefined;
}

async function answerRefusal({ client }: SlackContext, reply: Reply, error: UserError): Promise<void> {
  const { text, blocks } = successMessage(commentMessages.refused(escapeMrkdwn(slackErrorText(error))));
  const { channel, userId, thread } = reply;
  await client.chat.postEphemeral({ channel, user: userId, thread_ts: thread, text, blocks: [...blocks] });
}

/** Messages per request. Slack gives 15 to apps that are distributed outside its Marketplace, whatever is asked for. */
const PAGE_SIZE = 200;
/** Keys of replies expire by Lull's clock, and replies are dated by Slack's (milliseconds). */
const CLOCK_TOLERANCE_MS = 24 * 3_600_000;

const repliesAnswer = z.object({
  messages: z.array(threadMessage),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Reads one page of a thread in Slack, and turns the replies that were missed into comments. See `Channel.ingestReplies`. */
export async function ingestMissedReplies(
  workspaces: Workspaces,
  page: Jobs['ingest-replies'],
): Promise<Jobs['ingest-replies'] | undefined> {
  const { accountId, maintenanceId, channel, thread, cursor, after } = page;
  const { context } = await workspaces.forAccount(accountId);
  const { database, clock } = context.ctx;
  // Read before the page, so that a reply posted in between is not taken for a deleted one.
  const stored = await listStoredReplies(database, accountId, maintenanceId, page);
  const request = { channel, ts: thread, limit: PAGE_SIZE, ...(cursor === '' ? {} : { cursor }) };
  const { messages, response_metadata } = repliesAnswer.parse(
    await call(workspaces, accountId, (client) => client.conversations.replies(request)),
  );
  const next = response_metadata?.next_cursor ?? '';
  const read = { channel, thread, messages, after, isLast: next === '' };
  const since = String((clock.now().getTime() - REPLY_KEY_TTL_MS + CLOCK_TOLERANCE_MS) / 1000);
  const failures: unknown[] = [];
  for (const event of findMissedReplies(read, stored, since)) {
    try {
      await handleReply(context, event);
    } catch (error) {
      const { ts } = event.reply;
      context.log.warn({ error, channel, ts }, 'a reply that was missed could not be kept as a comment');
      // Slack's refusals are permanent; after other failures the page is read again.
      if (slackError(error) === undefined) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return next === '' ? undefined : { ...page, cursor: next, after: lastTs(read) };
}

export interface ThreadPage {
  readonly channel: string;
  /** The `ts` of the root message. */
  readonly thread: string;
  /** As Slack answers them. */
  readonly messages: readonly ThreadMessage[];
  /** The `ts` of the last message on the page before, or of the thread; null where not all before it was read. */
  readonly after: string | null;
  readonly isLast: boolean;
}

/**
 * What happened to the replies on a page that Lull does not know yet, oldest reply first.
 * @param stored the comments that are replies in the channel, from before the page was read: the edit of each, by `ts`
 * @param since a `ts`: the outcome of an older reply is not known any more, so it becomes no comment
 */
export function findMissedReplies(
  page: ThreadPage,
  stored: ReadonlyMap<string, string | null>,
  since: string,
): ReplyEvent[] {
  const { channel, messages } = page;
  const written = messages
    .flatMap((message) => readThreadMessage(channel, message) ?? [])
    .filter((event) => {
      const editedTs = stored.get(event.reply.ts);
      if (editedTs === undefined) return event.reply.ts > since;
      return event.kind === 'edited' && (editedTs === null || event.editedTs > editedTs);
    });
  return [...written, ...findDeleted(page, stored)].toSorted((a, b) => (a.reply.ts < b.reply.ts ? -1 : 1));
}

/**
 * Where a page ended, so that a reply missing on the next one is known to be deleted; null where that cannot be known. Slack
 * answers threads oldest first. Where the root message is gone, replies may have expired, which deletes no comment.
 */
export function lastTs({ thread, messages, after }: ThreadPage): string | null {
  const root = messages.find(({ ts }) => ts === thread);
  const isFirstPage = after === thread;
  if (after === null || (isFirstPage && (root === undefined || root.subtype === 'tombstone'))) return null;
  const stamps = messages.map(({ ts }) => ts).filter((ts) => ts !== thread);
  const inOrder = stamps.every((ts, index) => ts > (stamps[index - 1] ?? after));
  return inOrder ? (stamps.at(-1) ?? after) : null;
}

function findDeleted(page: ThreadPage, stored: ReadonlyMap<string, string | null>): ReplyEvent[] {
  const { channel, thread, messages, after, isLast } = page;
  const end = lastTs(page);
  if (after === null || end === null) return [];
  const present = new Set(messages.filter(({ subtype }) => subtype !== 'tombstone').map(({ ts }) => ts));
  const gone = [...stored.keys()].filter((ts) => ts > after && (isLast || ts <= end) && !present.has(ts));
  return gone.map((ts) => ({ kind: 'deleted', reply: { channel, ts, thread, threadBy: undefined } }));
}
