import type { AppInfo, Channel, HomeState, Message, ModalStack, ModalState, Person, Snapshot } from './protocol.ts';
import type { Team } from './team.ts';
import { APP_ID, BOT_USER } from './workspace/seed.ts';
import { compareTs, toMicroseconds } from './workspace/timestamps.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from './workspace/workspace-file.ts';

// What one person sees of the workspace, in the shapes of the page's protocol.

export function snapshotPeople(team: Team): Person[] {
  return team.workspace
    .people()
    .filter((person) => !person.deleted)
    .map(({ deleted: _, ...person }) => person);
}

export function snapshotApp(team: Team): AppInfo {
  const { manifest } = team.workspace;
  return {
    id: APP_ID,
    name: manifest.display_information.name,
    description: manifest.display_information.description,
    botUserId: BOT_USER,
    connected: team.installation.revoked === undefined && team.delivery.connected(),
    installed: team.installation.revoked === undefined,
    delivery: team.delivery.kind,
    homeTab: manifest.features.app_home?.home_tab_enabled ?? false,
    commands: manifest.features.slash_commands.map((each) => ({
      command: each.command,
      description: each.description,
      usageHint: each.usage_hint,
    })),
    shortcuts: manifest.features.shortcuts.map((each) => ({
      type: each.type,
      callbackId: each.callback_id,
      name: each.name,
      description: each.description,
    })),
    steps: Object.entries(manifest.functions).map(([callbackId, step]) => ({
      callbackId,
      title: step.title,
      description: step.description,
      inputs: Object.entries(step.input_parameters)
        .filter(([, { type }]) => type !== 'slack#/types/user_context')
        .map(([name, { type, title = name, hint, description, is_required }]) => ({
          name,
          type,
          title,
          hint: hint ?? description,
          required: is_required,
        })),
    })),
  };
}

/** How many of the inspector's exchanges a page starts with. */
const SNAPSHOT_EXCHANGES = 150;

const isVisibleTo = (message: StoredMessage, person: string): boolean =>
  message.onlyFor === undefined || message.onlyFor === person;

const isShownInChannel = (message: StoredMessage): boolean =>
  message.threadTs === undefined || message.threadTs === message.ts || message.broadcast;

export function snapshotChannel(team: Team, person: StoredPerson, channel: StoredChannel): Channel {
  const { workspace } = team;
  const lastRead = workspace.lastRead(person.id, channel.id);
  const unread = workspace
    .messages(channel.id)
    .filter((message) => message.author !== person.id && isVisibleTo(message, person.id) && isShownInChannel(message))
    .filter((message) => compareTs(message.ts, lastRead) > 0);
  const other = channel.kind === 'dm' ? channel.members.find((member) => member !== person.id) : undefined;
  return {
    id: channel.id,
    kind: channel.kind,
    name: other === undefined ? channel.name : (workspace.person(other)?.realName ?? ''),
    topic: channel.topic,
    ...(other === undefined ? {} : { with: other }),
    archived: channel.archived,
    members: [...channel.members],
    joined: channel.members.includes(person.id),
    unread: unread.length,
    mentions:
      channel.kind === 'dm'
        ? unread.length
        : unread.filter((message) => message.text.includes(`<@${person.id}>`)).length,
    lastRead,
  };
}

export function snapshotMessage(team: Team, person: StoredPerson, message: StoredMessage): Message {
  const author = team.workspace.person(message.author);
  const replies =
    message.threadTs === message.ts
      ? team.workspace.replies(message.channel, message.ts).filter((reply) => reply.onlyFor === undefined)
      : [];
  return {
    channel: message.channel,
    ts: message.ts,
    author: message.author,
    authorName: message.authorName ?? author?.realName ?? message.author,
    text: message.text,
    blocks: message.blocks,
    ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
    broadcast: message.broadcast,
    ...(replies.length === 0
      ? {}
      : {
          thread: {
            replies: replies.length,
            users: [...new Set(replies.map((reply) => reply.author))],
            latest: replies.at(-1)?.ts ?? message.ts,
          },
        }),
    ephemeral: message.onlyFor !== undefined,
    ...(message.edited === undefined || message.edited.by === BOT_USER
      ? {}
      : {
          edited: {
            by: message.edited.by,
            at: new Date(toMicroseconds(message.edited.ts) / 1000).toISOString(),
          },
        }),
    reactions: message.reactions.map(({ name, users }) => ({ name, users: [...users] })),
    ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
    values: team.messageValues.get(person.id, message).values,
  };
}

function snapshotChannels(team: Team, person: StoredPerson): Channel[] {
  return team.workspace
    .channels()
    .filter((channel) => team.workspace.canRead(channel, person.id))
    .map((channel) => snapshotChannel(team, person, channel));
}

export function snapshotMessages(team: Team, person: StoredPerson, channel: StoredChannel): Message[] {
  if (!team.workspace.canRead(channel, person.id)) return [];
  return team.workspace
    .messages(channel.id)
    .filter((message) => isVisibleTo(message, person.id))
    .map((message) => snapshotMessage(team, person, message));
}

export function canSee(team: Team, person: StoredPerson, message: StoredMessage): boolean {
  const channel = team.workspace.channel(message.channel);
  return channel !== undefined && team.workspace.canRead(channel, person.id) && isVisibleTo(message, person.id);
}

export function snapshotModal(team: Team, person: StoredPerson): ModalStack {
  return team.views.stack(person.id).map(
    (kept): ModalState => ({
      id: kept.id,
      hash: kept.hash,
      view: kept.view,
      values: structuredClone(kept.values),
      options: kept.offered,
      errors: { ...kept.errors },
      busy: kept.busy,
    }),
  );
}

export function snapshotHome(team: Team, person: StoredPerson): HomeState | null {
  const home = team.views.home(person.id);
  if (home === undefined) return null;
  return { id: home.id, hash: home.hash, view: home.view, values: structuredClone(home.values), options: home.offered };
}

export function takeSnapshot(team: Team, person: StoredPerson): Omit<Snapshot, 'clock'> {
  return {
    team: { ...team.workspace.team },
    me: person.id,
    people: snapshotPeople(team),
    app: snapshotApp(team),
    channels: snapshotChannels(team, person),
    messages: team.workspace.channels().flatMap((channel) => snapshotMessages(team, person, channel)),
    modal: snapshotModal(team, person),
    home: snapshotHome(team, person),
    exchanges: team.inspector.exchanges().slice(-SNAPSHOT_EXCHANGES),
  };
}
