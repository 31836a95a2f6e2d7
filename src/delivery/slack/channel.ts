import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { findSlackApprovers } from '../../approvals/slack/listeners.ts';
import { ingestMissedReplies } from '../../comments/slack/replies.ts';
import { slackHome } from '../../home/slack/listeners.ts';
import type { Queries } from '../../platform/database.ts';
import type { Message } from '../../slack/blocks.ts';
import { call } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { SlackCall } from '../../slack/connection/rate-limits.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';
import type { Channel, ChannelMessage, Recipient } from '../channel.ts';
import { findSlackAdmins } from './admins.ts';
import { renderMessage } from './render.ts';

const EVENT_TYPE = 'lull_message';

/** Which of the calls that Slack limits go first. */
const RANK = { post: 0, note: 1, update: 2 } as const;

/** The reaction that tells the author of a reply that it became a comment. */
const MARK = 'speech_balloon';

const history = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.object({ key: z.string() }).partial() })
        .partial()
        .optional(),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Slack as a channel. The reference of a message is its `ts`. */
export function slackChannel(workspaces: Workspaces, database: Queries): Channel {
  return {
    render(message) {
      const rendered = renderMessage(message);
      return rendered && JSON.stringify(rendered);
    },

    async post({ accountId, address }, message, key, thread) {
      const rendered = mustRender(message);
      const what = {
        method: 'chat.postMessage',
        caller: address,
        rank: thread === undefined ? RANK.post : RANK.note,
      } as const;
      const answer = await callAsMember(workspaces, accountId, what, (client) =>
        client.chat.postMessage({
          channel: address,
          ...content(rendered),
          metadata: { event_type: EVENT_TYPE, event_payload: { key } },
          unfurl_links: false,
          unfurl_media: false,
          ...(thread === undefined ? {} : inThread(thread, rendered)),
        }),
      );
      if (answer.ts === undefined) throw new Error('chat.postMessage answered without ts');
      return answer.ts;
    },

    async update(at, ts, message) {
      const rendered = mustRender(message);
      const channel = await findChannelId(workspaces, at);
      const what = { method: 'chat.update', caller: channel, rank: RANK.update } as const;
      await callAsMember(workspaces, at.accountId, what, (client) =>
        client.chat.update({ channel, ts, ...content(rendered) }),
      );
    },

    async mark(at, ts) {
      const channel = await findChannelId(workspaces, at);
      const what = { method: 'reactions.add', caller: channel, rank: RANK.update } as const;
      await call(workspaces, at.accountId, what, async (client) => {
        try {
          await client.reactions.add({ channel, timestamp: ts, name: MARK });
        } catch (error) {
          // Marked before, deleted, archived, or a missing scope: the comment is kept all the same.
          if (slackError(error) === undefined) throw error;
        }
      });
    },

    async find(at, key, since, thread) {
      const channel = await findChannelId(workspaces, at);
      const oldest = String(since.getTime() / 1000);
      const method = thread === undefined ? 'conversations.history' : 'conversations.replies';
      const what = { method, caller: channel, rank: RANK.post } as const;
      let cursor = '';
      do {
        const page = { channel, oldest, limit: 200, include_all_metadata: true, ...(cursor === '' ? {} : { cursor }) };
        const answer = history.parse(
          await callAsMember(workspaces, at.accountId, what, (client) =>
            thread === undefined
              ? client.conversations.history(page)
              : client.conversations.replies({ ...page, ts: thread }),
          ),
        );
        const found = answer.messages.find((message) => message.metadata?.event_payload?.key === key);
        if (found !== undefined) return found.ts;
        cursor = answer.response_metadata?.next_cursor ?? '';
      } while (cursor !== '');
      return undefined;
    },

    ingestReplies: (page) => ingestMissedReplies(workspaces, page),
    listApprovers: (accountId, others) => findSlackApprovers(workspaces, database, accountId, others),
    listAdmins: (accountId) => findSlackAdmins(workspaces, database, accountId),
    home: slackHome(workspaces),
  };
}

function mustRender(message: ChannelMessage): Message {
  const rendered = renderMessage(message);
  if (rendered === undefined) throw new Error(`Slack shows nothing for a message of type ${message.type}`);
  return rendered;
}

/** As `call`, in the channel of the caller; joins a public one that Lull is not a member of. */
async function callAsMember<T>(
  workspaces: Workspaces,
  accountId: number,
  what: SlackCall,
  make: (client: WebClient) => Promise<T>,
): Promise<T> {
  const made = await call(workspaces, accountId, what, async (client) => {
    try {
      return { answer: await make(client) };
    } catch (error) {
      if (slackError(error) !== 'not_in_channel') throw error;
      return undefined;
    }
  });
  if (made !== undefined) return made.answer;
  const { caller: channel } = what;
  await call(workspaces, accountId, { ...what, method: 'conversations.join' }, (client) =>
    client.conversations.join({ channel }),
  );
  return call(workspaces, accountId, what, make);
}

/** Slack posts to a person by their user id, but reads and updates direct messages by the id of their channel. */
async function findChannelId(workspaces: Workspaces, { accountId, type, address }: Recipient): Promise<string> {
  if (type === 'channel') return address;
  const what = { method: 'conversations.open', caller: address, rank: RANK.post } as const;
  const { channel } = await call(workspaces, accountId, what, (client) =>
    client.conversations.open({ users: address }),
  );
  if (channel?.id === undefined) throw new Error('conversations.open answered without a channel');
  return channel.id;
}

function content({ text, blocks }: Message) {
  return { text, blocks: [...blocks] };
}

function inThread(thread: string, { broadcast }: Message) {
  return broadcast === true ? { thread_ts: thread, reply_broadcast: true as const } : { thread_ts: thread };
}
