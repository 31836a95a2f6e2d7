import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { findSlackApprovers } from '../../approvals/slack/listeners.ts';
import { ingestMissedReplies } from '../../comments/slack/replies.ts';
import { slackHome } from '../../home/slack/listeners.ts';
import type { Queries } from '../../platform/database.ts';
import type { Message } from '../../slack/blocks.ts';
import { call } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';
import type { Channel, ChannelMessage, Recipient } from '../channel.ts';
import { renderMessage } from './render.ts';

const EVENT_TYPE = 'lull_message';

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
      const answer = await call(workspaces, accountId, (client) =>
        asMember(client, address, () =>
          client.chat.postMessage({
            channel: address,
            ...content(rendered),
            metadata: { event_type: EVENT_TYPE, event_payload: { key } },
            unfurl_links: false,
            unfurl_media: false,
            ...(thread === undefined ? {} : inThread(thread, rendered)),
          }),
        ),
      );
      if (answer.ts === undefined) throw new Error('chat.postMessage answered without ts');
      return answer.ts;
    },

    async update(at, ts, message) {
      const rendered = mustRender(message);
      const channel = await findChannelId(workspaces, at);
      await call(workspaces, at.accountId, (client) => client.chat.update({ channel, ts, ...content(rendered) }));
    },

    async mark(at, ts) {
      const channel = await findChannelId(workspaces, at);
      await call(workspaces, at.accountId, async (client) => {
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
      let cursor = '';
      do {
        const page = { channel, oldest, limit: 200, include_all_metadata: true, ...(cursor === '' ? {} : { cursor }) };
        const answer = history.parse(
          await call(workspaces, at.accountId, (client) =>
            asMember(client, channel, () =>
              thread === undefined
                ? client.conversations.history(page)
                : client.conversations.replies({ ...page, ts: thread }),
            ),
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
    home: slackHome(workspaces),
  };
}

function mustRender(message: ChannelMessage): Message {
  const rendered = renderMessage(message);
  if (rendered === undefined) throw new Error(`Slack shows nothing for a message of type ${message.type}`);
  return rendered;
}

/** Joins a public channel that Lull is not a member of. */
async function asMember<T>(client: WebClient, channel: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (slackError(error) !== 'not_in_channel') throw error;
    await client.conversations.join({ channel });
    return await make();
  }
}

/** Slack posts to a person by their user id, but reads and updates direct messages by the id of their channel. */
async function findChannelId(workspaces: Workspaces, { accountId, type, address }: Recipient): Promise<string> {
  if (type === 'channel') return address;
  const { channel } = await call(workspaces, accountId, (client) => client.conversations.open({ users: address }));
  if (channel?.id === undefined) throw new Error('conversations.open answered without a channel');
  return channel.id;
}

function content({ text, blocks }: Message) {
  return { text, blocks: [...blocks] };
}

function inThread(thread: string, { broadcast }: Message) {
  return broadcast === true ? { thread_ts: thread, reply_broadcast: true as const } : { thread_ts: thread };
}
