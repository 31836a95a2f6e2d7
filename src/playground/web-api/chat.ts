import { checkModal } from '../block-kit/check.ts';
import { type MessageContent, messageContent } from '../messages.ts';
import { BOT_USER } from '../workspace/seed.ts';
import { slackMessage } from '../workspace/slack-objects.ts';
import { type MessageMetadata, messageMetadata, type StoredChannel } from '../workspace/state.ts';
import type { World } from '../world.ts';
import { joinedChannel, postableChannel, visibleChannel } from './access.ts';
import { flag, type Method, method, nested, SlackFailure, text, Unreadable } from './method.ts';

const METADATA_BYTES = 8_000;

function content(
  args: { text?: string | undefined; blocks?: unknown; attachments?: unknown },
  needed: boolean,
): MessageContent {
  if (args.blocks instanceof Unreadable) throw new SlackFailure('invalid_blocks_format');
  if (args.attachments instanceof Unreadable) throw new SlackFailure('invalid_attachments');
  const checked = messageContent(args, needed);
  if (checked.ok) return checked.content;
  throw checked.errors === undefined
    ? new SlackFailure(checked.error)
    : SlackFailure.because(checked.error, checked.errors);
}

/** Undefined where none was sent; null for the empty object, which takes it away. */
function metadata(value: unknown): MessageMetadata | null | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || value instanceof Unreadable) {
    throw new SlackFailure('invalid_metadata_format');
  }
  if (Object.keys(value).length === 0) return null;
  const parsed = messageMetadata.safeParse(value);
  if (!parsed.success) throw new SlackFailure('invalid_metadata_schema');
  if (JSON.stringify(parsed.data).length > METADATA_BYTES) throw new SlackFailure('metadata_too_large');
  return parsed.data;
}

function paced(world: World, channel: StoredChannel): void {
  const wait = world.limits.messages?.take(channel.id) ?? 0;
  if (wait > 0) throw new SlackFailure('ratelimited', {}, wait);
}

/** The thread a message belongs to: that of the message named, which may itself be a reply. */
function thread(world: World, channel: StoredChannel, threadTs: string | undefined): string | undefined {
  if (threadTs === undefined || threadTs === '') return undefined;
  const root = world.workspace.message(channel.id, threadTs);
  if (root?.onlyFor !== undefined) throw new SlackFailure('cannot_reply_to_message');
  if (root !== undefined) return root.threadTs ?? root.ts;
  // The message that opened it may be deleted while its replies stand.
  if (world.workspace.replies(channel.id, threadTs).length > 0) return threadTs;
  throw new SlackFailure('thread_not_found');
}

const postMessage = method({
  scopes: ['chat:write'],
  input: {
    channel: text,
    text: text.optional(),
    blocks: nested.optional(),
    attachments: nested.optional(),
    metadata: nested.optional(),
    thread_ts: text.optional(),
    reply_broadcast: flag.optional(),
    username: text.optional(),
  },
  run(args, world) {
    const channel = postableChannel(world, args.channel);
    const { text: said = '', blocks, attachments } = content(args, true);
    const kept = metadata(args.metadata);
    const threadTs = thread(world, channel, args.thread_ts);
    paced(world, channel);
    const message = world.workspace.post({
      channel: channel.id,
      author: BOT_USER,
      text: said,
      ...(blocks === undefined ? {} : { blocks }),
      ...(attachments === undefined ? {} : { attachments }),
      ...(kept === undefined || kept === null ? {} : { metadata: kept }),
      ...(threadTs === undefined ? {} : { threadTs, broadcast: args.reply_broadcast ?? false }),
      ...(args.username === undefined ? {} : { authorName: args.username }),
    });
    return {
      channel: channel.id,
      ts: message.ts,
      message: slackMessage(world.workspace, message, { metadata: true }),
    };
  },
});

const postEphemeral = method({
  scopes: ['chat:write'],
  input: {
    channel: text,
    user: text,
    text: text.optional(),
    blocks: nested.optional(),
    attachments: nested.optional(),
    thread_ts: text.optional(),
  },
  run(args, world) {
    const channel = joinedChannel(world, args.channel);
    if (channel.archived) throw new SlackFailure('is_archived');
    if (!channel.members.includes(args.user)) throw new SlackFailure('user_not_in_channel');
    const { text: said = '', blocks, attachments } = content(args, true);
    const threadTs = thread(world, channel, args.thread_ts);
    paced(world, channel);
    const message = world.workspace.post({
      channel: channel.id,
      author: BOT_USER,
      text: said,
      onlyFor: args.user,
      ...(blocks === undefined ? {} : { blocks }),
      ...(attachments === undefined ? {} : { attachments }),
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    return { message_ts: message.ts };
  },
});

const update = method({
  scopes: ['chat:write'],
  tier: 3,
  input: {
    channel: text,
    ts: text,
    text: text.optional(),
    blocks: nested.optional(),
    attachments: nested.optional(),
    metadata: nested.optional(),
    reply_broadcast: flag.optional(),
  },
  run(args, world) {
    const channel = visibleChannel(world, args.channel);
    const message = world.workspace.message(channel.id, args.ts);
    if (message === undefined || message.onlyFor !== undefined) throw new SlackFailure('message_not_found');
    if (message.author !== BOT_USER || message.subtype !== undefined) throw new SlackFailure('cant_update_message');
    if (channel.archived) throw new SlackFailure('is_inactive');
    const { text: said, blocks, attachments } = content(args, args.metadata === undefined);
    const kept = metadata(args.metadata);
    world.workspace.edit(message, {
      ...(said === undefined ? {} : { text: said }),
      ...(blocks === undefined ? {} : { blocks }),
      ...(attachments === undefined ? {} : { attachments }),
      ...(kept === undefined ? {} : { metadata: kept }),
      ...(args.reply_broadcast === true ? { broadcast: true } : {}),
      editedBy: BOT_USER,
    });
    return {
      channel: channel.id,
      ts: message.ts,
      text: message.text,
      message: slackMessage(world.workspace, message, { metadata: true }),
    };
  },
});

const remove = method({
  scopes: ['chat:write'],
  tier: 3,
  input: { channel: text, ts: text },
  run(args, world) {
    const channel = visibleChannel(world, args.channel);
    const message = world.workspace.message(channel.id, args.ts);
    if (message === undefined || message.onlyFor !== undefined) throw new SlackFailure('message_not_found');
    if (message.author !== BOT_USER || message.subtype !== undefined) throw new SlackFailure('cant_delete_message');
    world.workspace.delete(message);
    return { channel: channel.id, ts: message.ts };
  },
});

const getPermalink = method({
  input: { channel: text, message_ts: text },
  run(args, world) {
    const channel = visibleChannel(world, args.channel);
    const message = world.workspace.message(channel.id, args.message_ts);
    if (message === undefined || message.onlyFor !== undefined) throw new SlackFailure('message_not_found');
    const reply =
      message.threadTs !== undefined && message.threadTs !== message.ts
        ? `?thread_ts=${message.threadTs}&cid=${channel.id}`
        : '';
    return {
      channel: channel.id,
      permalink: `${world.origin()}/archives/${channel.id}/p${message.ts.replace('.', '')}${reply}`,
    };
  },
});

const validate = method({
  token: 'either',
  input: { blocks: nested.optional(), view: nested.optional(), message: nested.optional() },
  run(args) {
    const given = [args.blocks, args.view, args.message].filter((each) => each !== undefined);
    if (given.length !== 1) {
      throw SlackFailure.because('invalid_arguments', ['must provide exactly one of `blocks`, `view`, or `message`']);
    }
    if (args.view !== undefined) {
      const checked = checkModal(args.view);
      if (!checked.ok) throw SlackFailure.because('invalid_blocks', checked.errors);
      return {};
    }
    const message = typeof args.message === 'object' && args.message !== null ? args.message : {};
    content({ blocks: args.blocks, ...message }, false);
    return {};
  },
});

export const chat: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
  'blocks.validate': validate,
};
