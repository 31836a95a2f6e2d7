import { checkMessageContent, checkModal, type MessageContent } from '../block-kit/check.ts';
import type { Team } from '../team.ts';
import { BOT_USER } from '../workspace/seed.ts';
import { toSlackMessage } from '../workspace/slack-objects.ts';
import {
  type MessageMetadata,
  messageMetadata,
  type StoredChannel,
  type StoredMessage,
} from '../workspace/workspace-file.ts';
import {
  defineMethod,
  flag,
  InvalidJson,
  type Method,
  nested,
  requireJoinedChannel,
  requirePostableChannel,
  requireVisibleChannel,
  SlackError,
  text,
} from './method.ts';

const MAX_METADATA_BYTES = 8_000;

function requireContent(
  args: { text?: string | undefined; blocks?: unknown; attachments?: unknown },
  needed: boolean,
): MessageContent {
  if (args.blocks instanceof InvalidJson) throw new SlackError('invalid_blocks_format');
  if (args.attachments instanceof InvalidJson) throw new SlackError('invalid_attachments');
  const checked = checkMessageContent(args, needed);
  if (checked.ok) return checked.content;
  throw checked.errors === undefined
    ? new SlackError(checked.error)
    : SlackError.withErrors(checked.error, checked.errors);
}

/** Undefined if absent; null for an empty object, which removes the metadata. */
function parseMetadata(value: unknown): MessageMetadata | null | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || value instanceof InvalidJson) {
    throw new SlackError('invalid_metadata_format');
  }
  if (Object.keys(value).length === 0) return null;
  const parsed = messageMetadata.safeParse(value);
  if (!parsed.success) throw new SlackError('invalid_metadata_schema');
  if (JSON.stringify(parsed.data).length > MAX_METADATA_BYTES) throw new SlackError('metadata_too_large');
  return parsed.data;
}

function assertMessageRate(team: Team, channel: StoredChannel): void {
  const wait = team.limits.messages?.take(channel.id) ?? 0;
  if (wait > 0) throw new SlackError('ratelimited', {}, wait);
}

function assertWorkspaceMessageRate(team: Team): void {
  const wait = team.limits.workspaceMessages?.take('') ?? 0;
  if (wait > 0) throw new SlackError('ratelimited', {}, wait);
}

/** The thread of a `thread_ts`, which may be the `ts` of a reply. */
function resolveThread(team: Team, channel: StoredChannel, threadTs: string | undefined): string | undefined {
  if (threadTs === undefined || threadTs === '') return undefined;
  const root = team.workspace.message(channel.id, threadTs);
  if (root?.onlyFor !== undefined) throw new SlackError('cannot_reply_to_message');
  if (root !== undefined) return root.threadTs ?? root.ts;
  // A deleted first message leaves its replies.
  if (team.workspace.replies(channel.id, threadTs).length > 0) return threadTs;
  throw new SlackError('thread_not_found');
}

const postMessage = defineMethod({
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
  run(args, team) {
    const channel = requirePostableChannel(team, args.channel);
    const { text: messageText = '', blocks, attachments } = requireContent(args, true);
    const newMetadata = parseMetadata(args.metadata);
    const threadTs = resolveThread(team, channel, args.thread_ts);
    assertMessageRate(team, channel);
    assertWorkspaceMessageRate(team);
    const message = team.workspace.post({
      channel: channel.id,
      author: BOT_USER,
      text: messageText,
      ...(blocks === undefined ? {} : { blocks }),
      ...(attachments === undefined ? {} : { attachments }),
      ...(newMetadata === undefined || newMetadata === null ? {} : { metadata: newMetadata }),
      ...(threadTs === undefined ? {} : { threadTs, broadcast: args.reply_broadcast ?? false }),
      ...(args.username === undefined ? {} : { authorName: args.username }),
    });
    return {
      channel: channel.id,
      ts: message.ts,
      message: toSlackMessage(team.workspace, message, { metadata: true }),
    };
  },
});

const postEphemeral = defineMethod({
  scopes: ['chat:write'],
  input: {
    channel: text,
    user: text,
    text: text.optional(),
    blocks: nested.optional(),
    attachments: nested.optional(),
    thread_ts: text.optional(),
  },
  run(args, team) {
    const channel = requireJoinedChannel(team, args.channel);
    if (channel.archived) throw new SlackError('is_archived');
    if (!channel.members.includes(args.user)) throw new SlackError('user_not_in_channel');
    const { text: messageText = '', blocks, attachments } = requireContent(args, true);
    const threadTs = resolveThread(team, channel, args.thread_ts);
    assertMessageRate(team, channel);
    const message = team.workspace.post({
      channel: channel.id,
      author: BOT_USER,
      text: messageText,
      onlyFor: args.user,
      ...(blocks === undefined ? {} : { blocks }),
      ...(attachments === undefined ? {} : { attachments }),
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    return { message_ts: message.ts };
  },
});

const update = defineMethod({
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
  run(args, team) {
    const channel = requireVisibleChannel(team, args.channel);
    const message = team.workspace.message(channel.id, args.ts);
    if (message === undefined || message.onlyFor !== undefined) throw new SlackError('message_not_found');
    if (message.author !== BOT_USER || message.subtype !== undefined) throw new SlackError('cant_update_message');
    if (channel.archived) throw new SlackError('is_inactive');
    const { text: messageText, blocks, attachments } = requireContent(args, args.metadata === undefined);
    const newMetadata = parseMetadata(args.metadata);
    team.workspace.edit(message, {
      ...(messageText === undefined ? {} : { text: messageText }),
      ...(blocks === undefined ? {} : { blocks }),
      ...(attachments === undefined ? {} : { attachments }),
      ...(newMetadata === undefined ? {} : { metadata: newMetadata }),
      ...(args.reply_broadcast === true ? { broadcast: true } : {}),
      editedBy: BOT_USER,
    });
    return {
      channel: channel.id,
      ts: message.ts,
      text: message.text,
      message: toSlackMessage(team.workspace, message, { metadata: true }),
    };
  },
});

const remove = defineMethod({
  scopes: ['chat:write'],
  tier: 3,
  input: { channel: text, ts: text },
  run(args, team) {
    const channel = requireVisibleChannel(team, args.channel);
    const message = team.workspace.message(channel.id, args.ts);
    if (message === undefined || message.onlyFor !== undefined) throw new SlackError('message_not_found');
    if (message.author !== BOT_USER || message.subtype !== undefined) throw new SlackError('cant_delete_message');
    team.workspace.delete(message);
    return { channel: channel.id, ts: message.ts };
  },
});

const getPermalink = defineMethod({
  input: { channel: text, message_ts: text },
  run(args, team) {
    const channel = requireVisibleChannel(team, args.channel);
    const message = team.workspace.message(channel.id, args.message_ts);
    if (message === undefined || message.onlyFor !== undefined) throw new SlackError('message_not_found');
    const reply =
      message.threadTs !== undefined && message.threadTs !== message.ts
        ? `?thread_ts=${message.threadTs}&cid=${channel.id}`
        : '';
    return {
      channel: channel.id,
      permalink: `${team.origin()}/archives/${channel.id}/p${message.ts.replace('.', '')}${reply}`,
    };
  },
});

const validate = defineMethod({
  token: 'either',
  input: { blocks: nested.optional(), view: nested.optional(), message: nested.optional() },
  run(args) {
    const given = [args.blocks, args.view, args.message].filter((each) => each !== undefined);
    if (given.length !== 1) {
      throw SlackError.withErrors('invalid_arguments', ['must provide exactly one of `blocks`, `view`, or `message`']);
    }
    if (args.view !== undefined) {
      const checked = checkModal(args.view);
      if (!checked.ok) throw SlackError.withErrors('invalid_blocks', checked.errors);
      return {};
    }
    const message = typeof args.message === 'object' && args.message !== null ? args.message : {};
    requireContent({ blocks: args.blocks, ...message }, false);
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

function requireMessage(team: Team, channel: string, ts: string): StoredMessage {
  const found = team.workspace.message(requireJoinedChannel(team, channel).id, ts);
  if (found === undefined || found.onlyFor !== undefined) throw new SlackError('message_not_found');
  return found;
}

const emojiName = text.regex(/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/);

const addReaction = defineMethod({
  scopes: ['reactions:write'],
  tier: 3,
  input: { channel: text, timestamp: text, name: emojiName },
  run(args, team) {
    if (requireJoinedChannel(team, args.channel).archived) throw new SlackError('is_archived');
    const changed = team.workspace.react(requireMessage(team, args.channel, args.timestamp), args.name, BOT_USER, true);
    if (!changed) throw new SlackError('already_reacted');
    return {};
  },
});

const removeReaction = defineMethod({
  scopes: ['reactions:write'],
  tier: 2,
  input: { channel: text, timestamp: text, name: emojiName },
  run(args, team) {
    const changed = team.workspace.react(
      requireMessage(team, args.channel, args.timestamp),
      args.name,
      BOT_USER,
      false,
    );
    if (!changed) throw new SlackError('no_reaction');
    return {};
  },
});

const getReactions = defineMethod({
  scopes: ['reactions:read'],
  tier: 3,
  input: { channel: text, timestamp: text },
  run: (args, team) => ({
    type: 'message',
    channel: args.channel,
    message: toSlackMessage(team.workspace, requireMessage(team, args.channel, args.timestamp)),
  }),
});

export const reactions: Record<string, Method> = {
  'reactions.add': addReaction,
  'reactions.remove': removeReaction,
  'reactions.get': getReactions,
};
