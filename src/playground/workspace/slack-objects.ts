import { APP_ID, BOT_ID, BOT_USER } from './seed.ts';
import { toSeconds } from './timestamps.ts';
import type { Workspace } from './workspace.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from './workspace-file.ts';

// Stored objects in the shapes that Slack sends to an app.

export function toBotProfile(workspace: Workspace): Record<string, unknown> {
  return {
    id: BOT_ID,
    deleted: false,
    name: workspace.manifest.display_information.name,
    updated: 0,
    app_id: APP_ID,
    user_id: BOT_USER,
    icons: { image_36: '', image_48: '', image_72: '' },
    team_id: workspace.team.id,
  };
}

/** Typed text as the `rich_text` block that Slack's composer makes of it. */
function toRichText(message: StoredMessage): unknown[] {
  return [
    {
      type: 'rich_text',
      block_id: `b${message.ts.slice(-4)}`,
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: message.text || ' ' }] }],
    },
  ];
}

/** A message as in `conversations.history`, events and interaction payloads. */
export function toSlackMessage(
  workspace: Workspace,
  message: StoredMessage,
  options: { metadata?: boolean } = {},
): Record<string, unknown> {
  const byApp = message.author === BOT_USER && message.subtype === undefined;
  const out: Record<string, unknown> = {
    type: 'message',
    user: message.author,
    ts: message.ts,
    text: message.text,
    team: workspace.team.id,
  };
  if (message.subtype !== undefined) out.subtype = message.subtype;
  if (byApp) {
    out.bot_id = BOT_ID;
    out.app_id = APP_ID;
    out.bot_profile = toBotProfile(workspace);
    if (message.authorName !== undefined) out.username = message.authorName;
  }
  if (message.blocks.length > 0) out.blocks = message.blocks;
  else if (!byApp && message.subtype === undefined) out.blocks = toRichText(message);
  if (message.attachments !== undefined && message.attachments.length > 0) out.attachments = message.attachments;
  if (message.edited !== undefined) out.edited = { user: message.edited.by, ts: message.edited.ts };
  if (message.reactions.length > 0) {
    out.reactions = message.reactions.map(({ name, users }) => ({ name, users, count: users.length }));
  }
  if (options.metadata === true && message.metadata !== undefined) out.metadata = message.metadata;
  if (message.threadTs !== undefined) {
    out.thread_ts = message.threadTs;
    const root = workspace.message(message.channel, message.threadTs);
    if (message.threadTs === message.ts) {
      const replies = workspace.replies(message.channel, message.ts).filter((reply) => reply.onlyFor === undefined);
      out.reply_count = replies.length;
      out.reply_users = [...new Set(replies.map((reply) => reply.author))];
      out.reply_users_count = new Set(replies.map((reply) => reply.author)).size;
      out.latest_reply = replies.at(-1)?.ts ?? message.ts;
      out.is_locked = false;
      out.subscribed = false;
    } else {
      if (root !== undefined) out.parent_user_id = root.author;
      if (message.broadcast) out.subtype = 'thread_broadcast';
    }
  }
  return out;
}

/** A conversation as in `conversations.info` and `conversations.list`. */
export function toSlackChannel({ team }: Workspace, channel: StoredChannel): Record<string, unknown> {
  const common = {
    id: channel.id,
    created: channel.created,
    is_archived: channel.archived,
    is_im: channel.kind === 'dm',
    is_mpim: false,
    is_org_shared: false,
    context_team_id: team.id,
    updated: channel.created * 1000,
  };
  if (channel.kind === 'dm') {
    return { ...common, user: channel.members.find((member) => member !== BOT_USER) ?? '', is_user_deleted: false };
  }
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_private: channel.kind === 'private',
    is_general: false,
    is_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    is_member: channel.members.includes(BOT_USER),
    unlinked: 0,
    creator: channel.creator,
    topic: { value: channel.topic, creator: channel.creator, last_set: channel.created },
    purpose: { value: '', creator: '', last_set: 0 },
    previous_names: [],
    shared_team_ids: [team.id],
    num_members: channel.members.length,
  };
}

/** How far a zone is ahead of UTC at an instant. */
function zoneOffsetSeconds(timeZone: string, at: Date): number {
  const shown = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string): number => Number(shown.find((each) => each.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return Math.round(wall / 1000) - toSeconds(at);
}

function zoneLabel(timeZone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'long' }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** A member as in `users.info`. */
export function toSlackUser(
  workspace: Workspace,
  person: StoredPerson,
  options: { locale?: boolean } = {},
): Record<string, unknown> {
  const { team } = workspace;
  const at = workspace.now();
  const isBot = person.kind === 'app';
  return {
    id: person.id,
    team_id: team.id,
    name: person.name,
    deleted: person.deleted,
    color: person.color.slice(1),
    real_name: person.realName,
    tz: person.timeZone,
    tz_label: zoneLabel(person.timeZone, at),
    tz_offset: zoneOffsetSeconds(person.timeZone, at),
    profile: {
      title: person.title,
      phone: '',
      skype: '',
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      status_text: '',
      status_emoji: '',
      team: team.id,
      ...(isBot ? { bot_id: BOT_ID, api_app_id: APP_ID } : { email: `${person.name}@example.com` }),
    },
    is_admin: person.admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.guest,
    is_ultra_restricted: false,
    is_bot: isBot,
    is_app_user: false,
    updated: 0,
    is_email_confirmed: !isBot,
    ...(options.locale === true ? { locale: person.locale } : {}),
  };
}

/** The user in an interaction payload. */
export const toSlackActor = ({ team }: Workspace, person: StoredPerson): Record<string, unknown> => ({
  id: person.id,
  username: person.name,
  name: person.name,
  team_id: team.id,
});

export const toSlackTeam = ({ team }: Workspace): Record<string, unknown> => ({ id: team.id, domain: team.domain });

/** The `channel_name` in payloads. */
export function toPayloadChannelName(channel: StoredChannel): string {
  return channel.kind === 'dm' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name;
}
