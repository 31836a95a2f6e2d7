import { z } from 'zod';
import type { Threads } from '../../effects/hear.ts';
import { REPLY_KEPT } from '../../store/receipts.ts';
import { repliesKept } from '../../store/threads.ts';
import { slackError } from '../client.ts';
import type { SlackContext } from '../context.ts';
import { call } from '../poster.ts';
import type { Workspaces } from '../workspaces.ts';
import { type ReplyEvent, threadMessage } from './message.ts';
import { endOf, missed } from './missed.ts';
import { hearReply } from './replies.ts';

/** Messages asked for at once. Slack gives 15 to apps that are distributed outside its Marketplace, whatever is asked for. */
const PAGE = 200;
/** What came of a reply is forgotten by Lull's clock, and written by Slack's (milliseconds). */
const CLOCKS_DIFFER = 24 * 3_600_000;

const answered = z.object({
  messages: z.array(threadMessage),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Reads threads through Slack's Web API, each in the workspace of its account. */
export function slackThreads(workspaces: Workspaces): Threads {
  return {
    async hear(page) {
      const { accountId, maintenanceId, channel, thread, cursor, after } = page;
      const { context } = await workspaces.ofAccount(accountId);
      const { database, clock } = context.ground;
      // Before the page, so that one that comes in between is not taken for one that was deleted.
      const kept = await repliesKept(database, accountId, maintenanceId, channel);
      const asked = { channel, ts: thread, limit: PAGE, ...(cursor === '' ? {} : { cursor }) };
      const { messages, response_metadata } = answered.parse(
        await call(workspaces, accountId, (client) => client.conversations.replies(asked)),
      );
      const next = response_metadata?.next_cursor ?? '';
      const read = { channel, thread, messages, after, isLast: next === '' };
      const since = String((clock.now().getTime() - REPLY_KEPT + CLOCKS_DIFFER) / 1000);
      await hearAll(context, missed(read, kept, since));
      return next === '' ? undefined : { ...page, cursor: next, after: endOf(read) };
    },
  };
}

/** Hears one after another. What Slack refuses to answer about one is left; @throws what went wrong for the moment. */
async function hearAll(context: SlackContext, events: readonly ReplyEvent[]): Promise<void> {
  const failures: unknown[] = [];
  for (const event of events) {
    try {
      await hearReply(context, event);
    } catch (error) {
      const { channel, ts } = event.reply;
      context.log.warn({ error, channel, ts }, 'a reply that was missed could not be kept as a comment');
      if (slackError(error) === undefined) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
