import { BOT_USER } from '../workspace/seed.ts';
import { slackChannel, slackMessage } from '../workspace/slack-objects.ts';
import type { StoredChannel, StoredMessage } from '../workspace/state.ts';
import { compareTs, microseconds } from '../workspace/timestamps.ts';
import type { World } from '../world.ts';
import { joinedChannel, needScope, visibleChannel } from './access.ts';
import { count, flag, type Method, method, page, SlackFailure, text, words } from './method.ts';

const READ = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const HISTORY = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];

const KIND: Record<StoredChannel['kind'], string> = { public: 'public_channel', private: 'private_channel', dm: 'im' };
const KINDS = ['public', 'private', 'dm'] as const;

/** @throws SlackFailure when a kind of conversation is asked for that there is not, or that the app may not read. */
function needTypes(world: World, types: string[]): void {
  for (const type of types) {
    const kind = KINDS.find((each) => KIND[each] === type);
    if (kind !== undefined) needScope(world, kind, 'read');
    else if (type !== 'mpim') throw new SlackFailure('invalid_types');
  }
}

function limited(limit: number | undefined, most: number): number {
  const chosen = limit ?? 100;
  if (chosen < 1 || chosen > most) throw new SlackFailure('invalid_limit');
  return chosen;
}

const list = method({
  scopes: READ,
  tier: 2,
  input: {
    types: words.optional(),
    exclude_archived: flag.optional(),
    limit: count.optional(),
    cursor: text.optional(),
  },
  run(args, world) {
    const types = args.types ?? ['public_channel'];
    needTypes(world, types);
    const channels = world.workspace
      .channels()
      .filter((channel) => types.includes(KIND[channel.kind]))
      .filter((channel) => channel.kind === 'public' || world.workspace.botIn(channel))
      .filter((channel) => args.exclude_archived !== true || !channel.archived);
    const { items, metadata } = page(channels, args.cursor, limited(args.limit, 1000));
    return { channels: items.map((each) => slackChannel(world.workspace, each)), response_metadata: metadata };
  },
});

const info = method({
  scopes: READ,
  tier: 3,
  input: { channel: text, include_num_members: flag.optional(), include_locale: flag.optional() },
  run(args, world) {
    const found = visibleChannel(world, args.channel);
    needScope(world, found.kind, 'read');
    const { num_members, ...channel } = slackChannel(world.workspace, found);
    return { channel: args.include_num_members === true ? { ...channel, num_members } : channel };
  },
});

const members = method({
  scopes: READ,
  tier: 4,
  input: { channel: text, limit: count.optional(), cursor: text.optional() },
  run(args, world) {
    const channel = visibleChannel(world, args.channel);
    needScope(world, channel.kind, 'read');
    const { items, metadata } = page(channel.members, args.cursor, limited(args.limit, 1000));
    return { members: items, response_metadata: metadata };
  },
});

const join = method({
  scopes: ['channels:join'],
  tier: 3,
  input: { channel: text },
  run(args, world) {
    const channel = visibleChannel(world, args.channel);
    if (channel.kind !== 'public') throw new SlackFailure('method_not_supported_for_channel_type');
    if (channel.archived) throw new SlackFailure('is_archived');
    const already = world.workspace.botIn(channel);
    world.workspace.join(channel, BOT_USER);
    return {
      channel: slackChannel(world.workspace, channel),
      ...(already ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } } : {}),
    };
  },
});

const leave = method({
  scopes: ['channels:manage', 'channels:write', 'groups:write'],
  tier: 3,
  input: { channel: text },
  run(args, world) {
    const channel = visibleChannel(world, args.channel);
    if (!world.workspace.botIn(channel)) return { not_in_channel: true };
    world.workspace.leave(channel, BOT_USER);
    return {};
  },
});

const open = method({
  scopes: ['im:write', 'mpim:write'],
  tier: 3,
  input: { users: words.optional(), channel: text.optional(), return_im: flag.optional() },
  run(args, world) {
    if (args.channel !== undefined) {
      const channel = joinedChannel(world, args.channel);
      return { channel: args.return_im === true ? slackChannel(world.workspace, channel) : { id: channel.id } };
    }
    const [user, ...others] = args.users ?? [];
    if (user === undefined) throw new SlackFailure('users_list_not_supplied');
    if (others.length > 0) throw new SlackFailure('method_not_supported_for_channel_type');
    const person = world.workspace.person(user);
    if (person === undefined) throw new SlackFailure('user_not_found');
    if (person.deleted) throw new SlackFailure('user_disabled');
    if (person.kind === 'app') throw new SlackFailure('cannot_dm_bot');
    const known = world.workspace.channels().length;
    const channel = world.workspace.dm(BOT_USER, user);
    const fresh = world.workspace.channels().length > known;
    return {
      ...(fresh ? {} : { no_op: true, already_open: true }),
      channel: args.return_im === true ? slackChannel(world.workspace, channel) : { id: channel.id },
    };
  },
});

const range = {
  channel: text,
  latest: text.optional(),
  oldest: text.optional(),
  inclusive: flag.optional(),
  limit: count.optional(),
  cursor: text.optional(),
  include_all_metadata: flag.optional(),
};

function within(
  message: StoredMessage,
  args: { latest?: string | undefined; oldest?: string | undefined; inclusive?: boolean | undefined },
): boolean {
  const closest = args.inclusive === true ? 0 : 1;
  if (args.oldest !== undefined && compareTs(message.ts, args.oldest) < closest) return false;
  return args.latest === undefined || compareTs(args.latest, message.ts) >= closest;
}

/**
 * One page of messages, and the cursor of the next. It names the message that the next page begins with, as Slack's does, so
 * that none is passed over when another one is deleted in between.
 */
function messagePage(
  messages: StoredMessage[],
  order: 'newest first' | 'oldest first',
  cursor: string | undefined,
  limit: number,
): { items: StoredMessage[]; more: boolean; metadata: { next_cursor: string } } {
  let start = 0;
  if (cursor !== undefined && cursor !== '') {
    const named = /^next_ts:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
    if (named === undefined) throw new SlackFailure('invalid_cursor');
    const behind = ({ ts }: StoredMessage): boolean =>
      order === 'newest first' ? microseconds(ts) > Number(named) : microseconds(ts) < Number(named);
    start = messages.filter(behind).length;
  }
  const next = messages[start + limit];
  const named = next === undefined ? '' : Buffer.from(`next_ts:${microseconds(next.ts)}`).toString('base64url');
  return {
    items: messages.slice(start, start + limit),
    more: next !== undefined,
    metadata: { next_cursor: named },
  };
}

const history = method({
  scopes: HISTORY,
  tier: 3,
  input: range,
  run(args, world) {
    const channel = joinedChannel(world, args.channel);
    needScope(world, channel.kind, 'history');
    const messages = world.workspace
      .messages(channel.id)
      .filter((message) => message.onlyFor === undefined)
      .filter((message) => message.threadTs === undefined || message.threadTs === message.ts || message.broadcast)
      .filter((message) => within(message, args))
      .reverse();
    const limit = Math.min(limited(args.limit, 999), world.limits.messagePage);
    const { items, more, metadata } = messagePage(messages, 'newest first', args.cursor, limit);
    return {
      messages: items.map((message) =>
        slackMessage(world.workspace, message, { metadata: args.include_all_metadata === true }),
      ),
      has_more: more,
      pin_count: 0,
      ...(more ? { response_metadata: metadata } : {}),
    };
  },
});

const replies = method({
  scopes: HISTORY,
  tier: 3,
  input: { ...range, ts: text },
  run(args, world) {
    const channel = joinedChannel(world, args.channel);
    needScope(world, channel.kind, 'history');
    const root = world.workspace.message(channel.id, args.ts);
    if (root === undefined || root.onlyFor !== undefined) throw new SlackFailure('thread_not_found');
    const threadTs = root.threadTs ?? root.ts;
    const first = world.workspace.message(channel.id, threadTs);
    const later = world.workspace
      .replies(channel.id, threadTs)
      .filter((message) => message.onlyFor === undefined)
      .filter((message) => within(message, args));
    const messages = first === undefined ? later : [first, ...later];
    const limit = Math.min(limited(args.limit, 1000), world.limits.messagePage);
    const { items, more, metadata } = messagePage(messages, 'oldest first', args.cursor, limit);
    return {
      messages: items.map((message) =>
        slackMessage(world.workspace, message, { metadata: args.include_all_metadata === true }),
      ),
      has_more: more,
      ...(more ? { response_metadata: metadata } : {}),
    };
  },
});

const ofUser = method({
  scopes: READ,
  tier: 3,
  input: {
    user: text.optional(),
    types: words.optional(),
    exclude_archived: flag.optional(),
    limit: count.optional(),
    cursor: text.optional(),
  },
  run(args, world) {
    const user = args.user ?? BOT_USER;
    if (world.workspace.person(user) === undefined) throw new SlackFailure('user_not_found');
    const types = args.types ?? ['public_channel'];
    needTypes(world, types);
    const channels = world.workspace
      .channels()
      .filter((channel) => types.includes(KIND[channel.kind]) && channel.members.includes(user))
      // Of a person's private conversations an app learns only those it is in itself.
      .filter((channel) => channel.kind === 'public' || world.workspace.botIn(channel))
      .filter((channel) => args.exclude_archived !== true || !channel.archived);
    const { items, metadata } = page(channels, args.cursor, limited(args.limit, 1000));
    return { channels: items.map((each) => slackChannel(world.workspace, each)), response_metadata: metadata };
  },
});

export const conversations: Record<string, Method> = {
  'conversations.list': list,
  'conversations.info': info,
  'conversations.members': members,
  'conversations.join': join,
  'conversations.leave': leave,
  'conversations.open': open,
  'conversations.history': history,
  'conversations.replies': replies,
  'users.conversations': ofUser,
};
