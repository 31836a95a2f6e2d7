import type { Team } from '../team.ts';
import { BOT_USER } from '../workspace/seed.ts';
import { toSlackChannel, toSlackMessage } from '../workspace/slack-objects.ts';
import { compareTs, toMicroseconds } from '../workspace/timestamps.ts';
import type { StoredChannel, StoredMessage } from '../workspace/workspace-file.ts';
import {
  assertScope,
  count,
  defineMethod,
  flag,
  type Method,
  paginate,
  requireJoinedChannel,
  requireVisibleChannel,
  SlackError,
  text,
  words,
} from './method.ts';

const READ = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const HISTORY = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];

const CONVERSATION_TYPE: Record<StoredChannel['kind'], string> = {
  public: 'public_channel',
  private: 'private_channel',
  dm: 'im',
};
const KINDS = ['public', 'private', 'dm'] as const;

/** @throws SlackError for an unknown conversation type, or one that the app has no scope for. */
function assertTypes(team: Team, types: string[]): void {
  for (const type of types) {
    const kind = KINDS.find((each) => CONVERSATION_TYPE[each] === type);
    if (kind !== undefined) assertScope(team, kind, 'read');
    else if (type !== 'mpim') throw new SlackError('invalid_types');
  }
}

function checkLimit(limit: number | undefined, most: number): number {
  const chosen = limit ?? 100;
  if (chosen < 1 || chosen > most) throw new SlackError('invalid_limit');
  return chosen;
}

const list = defineMethod({
  scopes: READ,
  tier: 2,
  input: {
    types: words.optional(),
    exclude_archived: flag.optional(),
    limit: count.optional(),
    cursor: text.optional(),
  },
  run(args, team) {
    const types = args.types ?? ['public_channel'];
    assertTypes(team, types);
    const channels = team.workspace
      .channels()
      .filter((channel) => types.includes(CONVERSATION_TYPE[channel.kind]))
      .filter((channel) => channel.kind === 'public' || team.workspace.isBotMember(channel))
      .filter((channel) => args.exclude_archived !== true || !channel.archived);
    const { items, metadata } = paginate(channels, args.cursor, checkLimit(args.limit, 1000));
    return { channels: items.map((each) => toSlackChannel(team.workspace, each)), response_metadata: metadata };
  },
});

const info = defineMethod({
  scopes: READ,
  tier: 3,
  input: { channel: text, include_num_members: flag.optional(), include_locale: flag.optional() },
  run(args, team) {
    const found = requireVisibleChannel(team, args.channel);
    assertScope(team, found.kind, 'read');
    const { num_members, ...channel } = toSlackChannel(team.workspace, found);
    return { channel: args.include_num_members === true ? { ...channel, num_members } : channel };
  },
});

const members = defineMethod({
  scopes: READ,
  tier: 4,
  input: { channel: text, limit: count.optional(), cursor: text.optional() },
  run(args, team) {
    const channel = requireVisibleChannel(team, args.channel);
    assertScope(team, channel.kind, 'read');
    const { items, metadata } = paginate(channel.members, args.cursor, checkLimit(args.limit, 1000));
    return { members: items, response_metadata: metadata };
  },
});

const join = defineMethod({
  scopes: ['channels:join'],
  tier: 3,
  input: { channel: text },
  run(args, team) {
    const channel = requireVisibleChannel(team, args.channel);
    if (channel.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type');
    if (channel.archived) throw new SlackError('is_archived');
    const already = team.workspace.isBotMember(channel);
    team.workspace.join(channel, BOT_USER);
    return {
      channel: toSlackChannel(team.workspace, channel),
      ...(already ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } } : {}),
    };
  },
});

const leave = defineMethod({
  scopes: ['channels:manage', 'channels:write', 'groups:write'],
  tier: 3,
  input: { channel: text },
  run(args, team) {
    const channel = requireVisibleChannel(team, args.channel);
    if (!team.workspace.isBotMember(channel)) return { not_in_channel: true };
    team.workspace.leave(channel, BOT_USER);
    return {};
  },
});

const open = defineMethod({
  scopes: ['im:write', 'mpim:write'],
  tier: 3,
  input: { users: words.optional(), channel: text.optional(), return_im: flag.optional() },
  run(args, team) {
    if (args.channel !== undefined) {
      const channel = requireJoinedChannel(team, args.channel);
      return { channel: args.return_im === true ? toSlackChannel(team.workspace, channel) : { id: channel.id } };
    }
    const [user, ...others] = args.users ?? [];
    if (user === undefined) throw new SlackError('users_list_not_supplied');
    if (others.length > 0) throw new SlackError('method_not_supported_for_channel_type');
    const person = team.workspace.person(user);
    if (person === undefined) throw new SlackError('user_not_found');
    if (person.deleted) throw new SlackError('user_disabled');
    if (person.kind === 'app') throw new SlackError('cannot_dm_bot');
    const known = team.workspace.channels().length;
    const channel = team.workspace.dm(BOT_USER, user);
    const fresh = team.workspace.channels().length > known;
    return {
      ...(fresh ? {} : { no_op: true, already_open: true }),
      channel: args.return_im === true ? toSlackChannel(team.workspace, channel) : { id: channel.id },
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

function isWithin(
  message: StoredMessage,
  args: { latest?: string | undefined; oldest?: string | undefined; inclusive?: boolean | undefined },
): boolean {
  const closest = args.inclusive === true ? 0 : 1;
  if (args.oldest !== undefined && compareTs(message.ts, args.oldest) < closest) return false;
  return args.latest === undefined || compareTs(args.latest, message.ts) >= closest;
}

/**
 * One page of messages, and the next cursor. As in Slack, it contains the `ts` of the next page's first message, so that
 * no message is skipped if another one is deleted in between.
 */
function paginateMessages(
  messages: StoredMessage[],
  order: 'newest first' | 'oldest first',
  cursor: string | undefined,
  limit: number,
): { items: StoredMessage[]; more: boolean; metadata: { next_cursor: string } } {
  let start = 0;
  if (cursor !== undefined && cursor !== '') {
    const named = /^next_ts:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
    if (named === undefined) throw new SlackError('invalid_cursor');
    const behind = ({ ts }: StoredMessage): boolean =>
      order === 'newest first' ? toMicroseconds(ts) > Number(named) : toMicroseconds(ts) < Number(named);
    start = messages.filter(behind).length;
  }
  const next = messages[start + limit];
  const named = next === undefined ? '' : Buffer.from(`next_ts:${toMicroseconds(next.ts)}`).toString('base64url');
  return {
    items: messages.slice(start, start + limit),
    more: next !== undefined,
    metadata: { next_cursor: named },
  };
}

const history = defineMethod({
  scopes: HISTORY,
  tier: 3,
  input: range,
  run(args, team) {
    const channel = requireJoinedChannel(team, args.channel);
    assertScope(team, channel.kind, 'history');
    const messages = team.workspace
      .messages(channel.id)
      .filter((message) => message.onlyFor === undefined)
      .filter((message) => message.threadTs === undefined || message.threadTs === message.ts || message.broadcast)
      .filter((message) => isWithin(message, args))
      .reverse();
    const limit = Math.min(checkLimit(args.limit, 999), team.limits.messagePage);
    const { items, more, metadata } = paginateMessages(messages, 'newest first', args.cursor, limit);
    return {
      messages: items.map((message) =>
        toSlackMessage(team.workspace, message, { metadata: args.include_all_metadata === true }),
      ),
      has_more: more,
      pin_count: 0,
      ...(more ? { response_metadata: metadata } : {}),
    };
  },
});

const replies = defineMethod({
  scopes: HISTORY,
  tier: 3,
  input: { ...range, ts: text },
  run(args, team) {
    const channel = requireJoinedChannel(team, args.channel);
    assertScope(team, channel.kind, 'history');
    const root = team.workspace.message(channel.id, args.ts);
    if (root === undefined || root.onlyFor !== undefined) throw new SlackError('thread_not_found');
    const threadTs = root.threadTs ?? root.ts;
    const first = team.workspace.message(channel.id, threadTs);
    const later = team.workspace
      .replies(channel.id, threadTs)
      .filter((message) => message.onlyFor === undefined)
      .filter((message) => isWithin(message, args));
    const messages = first === undefined ? later : [first, ...later];
    const limit = Math.min(checkLimit(args.limit, 1000), team.limits.messagePage);
    const { items, more, metadata } = paginateMessages(messages, 'oldest first', args.cursor, limit);
    return {
      messages: items.map((message) =>
        toSlackMessage(team.workspace, message, { metadata: args.include_all_metadata === true }),
      ),
      has_more: more,
      ...(more ? { response_metadata: metadata } : {}),
    };
  },
});

const listOfUser = defineMethod({
  scopes: READ,
  tier: 3,
  input: {
    user: text.optional(),
    types: words.optional(),
    exclude_archived: flag.optional(),
    limit: count.optional(),
    cursor: text.optional(),
  },
  run(args, team) {
    const user = args.user ?? BOT_USER;
    if (team.workspace.person(user) === undefined) throw new SlackError('user_not_found');
    const types = args.types ?? ['public_channel'];
    assertTypes(team, types);
    const channels = team.workspace
      .channels()
      .filter((channel) => types.includes(CONVERSATION_TYPE[channel.kind]) && channel.members.includes(user))
      // Of a person's private conversations, an app sees only those it is in.
      .filter((channel) => channel.kind === 'public' || team.workspace.isBotMember(channel))
      .filter((channel) => args.exclude_archived !== true || !channel.archived);
    const { items, metadata } = paginate(channels, args.cursor, checkLimit(args.limit, 1000));
    return { channels: items.map((each) => toSlackChannel(team.workspace, each)), response_metadata: metadata };
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
  'users.conversations': listOfUser,
};
