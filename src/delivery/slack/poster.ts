import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Message } from '../../slack/blocks.ts';
import { slackError } from '../../slack/connection/client.ts';
import { FINAL_TOKEN_ERRORS, type Workspaces } from '../../slack/connection/workspace.ts';
import { PostError, type Poster } from '../announce.ts';

const EVENT_TYPE = 'lull_message';

/** The reaction by which somebody sees that their reply became a comment. */
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

/** Slack's words for a message that is not there any more, or not Lull's any more. */
const GONE: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);

/** How long until it is tried again when Slack does not take the token (seconds): nothing is lost when it is set right. */
const TOKEN_RETRY = 15;

/** What a person can do about it, by Slack's word for it. None of these goes away by trying again. */
const ADVICE: Record<string, string> = {
  channel_not_found: 'The channel does not exist or is private. Invite Lull to it with /invite.',
  is_archived: 'The channel is archived. Subscribe another one.',
  is_inactive: 'The channel is archived. Subscribe another one.',
  not_in_channel: 'Lull is not in this channel. Invite it with /invite.',
  method_not_supported_for_channel_type: 'Lull cannot join this channel. Invite it with /invite.',
  messages_tab_disabled: 'The messages tab of the app is off. Import manifest.yml again.',
  user_not_found: 'This person is not in the workspace any more.',
  user_disabled: 'This person is not in the workspace any more.',
  cannot_dm_bot: 'This is an app, which Lull cannot write to.',
  restricted_action: 'A workspace setting keeps Lull from posting here. Ask a workspace admin.',
  missing_scope: 'The app lacks a right. Install it again from manifest.yml.',
  invalid_blocks: 'Slack refused the form of the message. This is a fault of Lull: please report it.',
  msg_blocks_too_long: 'Slack refused the length of the message. This is a fault of Lull: please report it.',
  msg_too_long: 'Slack refused the length of the message. This is a fault of Lull: please report it.',
};

/** The way to the workspace of an account. */
export type PosterContext = Pick<Workspaces, 'posterOf' | 'refused'>;

/** Posts announcements through Slack's Web API. */
export function slackPoster(reach: PosterContext): Poster {
  return {
    async post(accountId, channel, message, key, thread) {
      const answer = await call(reach, accountId, (client) =>
        asMember(client, channel, () =>
          client.chat.postMessage({
            channel,
            ...content(message),
            metadata: { event_type: EVENT_TYPE, event_payload: { key } },
            unfurl_links: false,
            unfurl_media: false,
            ...(thread === undefined ? {} : threaded(thread, message)),
          }),
        ),
      );
      if (answer.ts === undefined) throw new Error('chat.postMessage answered without ts');
      return answer.ts;
    },

    async update(accountId, channel, ts, message) {
      const place = await placeOf(reach, accountId, channel);
      await call(reach, accountId, (client) => client.chat.update({ channel: place, ts, ...content(message) }));
    },

    async mark(accountId, channel, ts) {
      await call(reach, accountId, async (client) => {
        try {
          await client.reactions.add({ channel, timestamp: ts, name: MARK });
        } catch (error) {
          // Marked already, deleted, archived, a right that was not given: nothing that the comment depends on.
          if (slackError(error) === undefined) throw error;
        }
      });
    },

    async find(accountId, channel, key, since, thread) {
      const place = await placeOf(reach, accountId, channel);
      const oldest = String(since.getTime() / 1000);
      let cursor = '';
      do {
        const page = {
          channel: place,
          oldest,
          limit: 200,
          include_all_metadata: true,
          ...(cursor === '' ? {} : { cursor }),
        };
        const answer = history.parse(
          await call(reach, accountId, (client) =>
            asMember(client, place, () =>
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
  };
}

/** Joins a public channel that Lull is not in yet, or not any more. */
async function asMember<T>(client: WebClient, channel: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (slackError(error) !== 'not_in_channel') throw error;
    await client.conversations.join({ channel });
    return await make();
  }
}

/** A channel, or the direct messages with a person, by the id that Slack's history and its changes of messages take. */
async function placeOf(reach: PosterContext, accountId: number, named: string): Promise<string> {
  if (/^[CDG]/.test(named)) return named;
  const { channel } = await call(reach, accountId, (client) => client.conversations.open({ users: named }));
  if (channel?.id === undefined) throw new Error('conversations.open answered without a channel');
  return channel.id;
}

function content({ text, blocks }: Message) {
  return { text, blocks: [...blocks] };
}

/** The two forms that Slack knows of a reply: in the thread alone, and in the channel as well. */
function threaded(thread: string, { broadcast }: Message) {
  return broadcast === true ? { thread_ts: thread, reply_broadcast: true as const } : { thread_ts: thread };
}

/**
 * Makes a call in the workspace of an account. Slack's errors are told in the words of the effects; faults of the moment stay
 * as they are.
 * @throws PostRefused
 */
export async function call<T>(
  reach: PosterContext,
  accountId: number,
  make: (client: WebClient) => Promise<T>,
): Promise<T> {
  const client = await reach.posterOf(accountId);
  try {
    return await make(client);
  } catch (error) {
    if (error instanceof WebAPIRateLimitedError) {
      throw new PostError({ kind: 'later', retryAfterSeconds: error.retryAfter });
    }
    const reason = slackError(error);
    if (reason !== undefined && GONE.has(reason)) throw new PostError({ kind: 'gone' });
    if (reason !== undefined && FINAL_TOKEN_ERRORS.has(reason)) {
      const forGood = await reach.refused(accountId);
      throw new PostError(forGood ? { kind: 'disconnected' } : { kind: 'later', retryAfterSeconds: TOKEN_RETRY });
    }
    const advice = reason === undefined ? undefined : ADVICE[reason];
    if (reason !== undefined && advice !== undefined) throw new PostError({ kind: 'final', error: reason, advice });
    throw error;
  }
}
