import { z } from 'zod';
import { REPLY_KEY_TTL_MS } from '../../platform/idempotency.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { call } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';
import type { SlackContext } from '../../slack/context.ts';
import { listStoredReplies } from '../repository.ts';
import { handleReply } from './replies.ts';
import { type ReplyEvent, readThreadMessage, type ThreadMessage, threadMessage } from './reply.ts';

/** Messages asked for at once. Slack gives 15 to apps that are distributed outside its Marketplace, whatever is asked for. */
const PAGE = 200;
/** What came of a reply is forgotten by Lull's clock, and written by Slack's (milliseconds). */
const CLOCKS_DIFFER = 24 * 3_600_000;

const answered = z.object({
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
  const kept = await listStoredReplies(database, accountId, maintenanceId, page);
  const request = { channel, ts: thread, limit: PAGE, ...(cursor === '' ? {} : { cursor }) };
  const { messages, response_metadata } = answered.parse(
    await call(workspaces, accountId, (client) => client.conversations.replies(request)),
  );
  const next = response_metadata?.next_cursor ?? '';
  const read = { channel, thread, messages, after, isLast: next === '' };
  const since = String((clock.now().getTime() - REPLY_KEY_TTL_MS + CLOCKS_DIFFER) / 1000);
  await hearAll(context, findMissedReplies(read, kept, since));
  return next === '' ? undefined : { ...page, cursor: next, after: lastTs(read) };
}

/** Hears one after another. What Slack refuses to answer about one is left; @throws what went wrong for the moment. */
async function hearAll(context: SlackContext, events: readonly ReplyEvent[]): Promise<void> {
  const failures: unknown[] = [];
  for (const event of events) {
    try {
      await handleReply(context, event);
    } catch (error) {
      const { channel, ts } = event.reply;
      context.log.warn({ error, channel, ts }, 'a reply that was missed could not be kept as a comment');
      if (slackError(error) === undefined) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** One page of a thread. */
export interface ThreadPage {
  readonly channel: string;
  /** The `ts` of the message that the thread hangs on. */
  readonly thread: string;
  /** As Slack answers them. */
  readonly messages: readonly ThreadMessage[];
  /** The `ts` of the last message on the page before, or of the thread; null where not all before it was read. */
  readonly after: string | null;
  readonly isLast: boolean;
}

/**
 * What happened to the replies on a page that is not known yet, oldest reply first.
 * @param kept the replies in the channel that are comments, from before the page was read: the edit that each shows, by `ts`
 * @param since a `ts`: what came of an older reply is not known any more, so it is made no comment
 */
export function findMissedReplies(
  page: ThreadPage,
  kept: ReadonlyMap<string, string | null>,
  since: string,
): ReplyEvent[] {
  const { channel, messages } = page;
  const found = messages
    .flatMap((message) => readThreadMessage(channel, message) ?? [])
    .filter((event) => {
      const shown = kept.get(event.reply.ts);
      if (shown === undefined) return event.reply.ts > since;
      return event.kind === 'edited' && (shown === null || event.editedTs > shown);
    });
  return [...found, ...deleted(page, kept)].toSorted((a, b) => (a.reply.ts < b.reply.ts ? -1 : 1));
}

/**
 * Where the page before ended, so that what is missing on the next one is known to be deleted; null where that cannot be
 * said. Slack answers threads oldest first. Where the message that the thread hangs on is gone, replies may be gone because
 * they grew old, which does not take back what was said.
 */
export function lastTs({ thread, messages, after }: ThreadPage): string | null {
  const first = messages.find(({ ts }) => ts === thread);
  const isFirstPage = after === thread;
  if (after === null || (isFirstPage && (first === undefined || first.subtype === 'tombstone'))) return null;
  const stamps = messages.map(({ ts }) => ts).filter((ts) => ts !== thread);
  const inOrder = stamps.every((ts, index) => ts > (stamps[index - 1] ?? after));
  return inOrder ? (stamps.at(-1) ?? after) : null;
}

function deleted(page: ThreadPage, kept: ReadonlyMap<string, string | null>): ReplyEvent[] {
  const { channel, thread, messages, after, isLast } = page;
  const end = lastTs(page);
  if (after === null || end === null) return [];
  const there = new Set(messages.filter(({ subtype }) => subtype !== 'tombstone').map(({ ts }) => ts));
  const gone = [...kept.keys()].filter((ts) => ts > after && (isLast || ts <= end) && !there.has(ts));
  return gone.map((ts) => ({ kind: 'deleted', reply: { channel, ts, thread, threadBy: undefined } }));
}
