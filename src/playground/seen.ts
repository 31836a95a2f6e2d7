import type { AppInfo, Channel, HomeState, Message, ModalStack, ModalState, Person, Snapshot } from './protocol.ts';
import { APP_ID, BOT_USER } from './workspace/seed.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from './workspace/state.ts';
import { compareTs, microseconds } from './workspace/timestamps.ts';
import type { World } from './world.ts';

// The workspace as one person sees it.

export function seenPeople(world: World): Person[] {
  return world.workspace
    .people()
    .filter((person) => !person.deleted)
    .map(({ deleted: _, ...person }) => person);
}

export function seenApp(world: World): AppInfo {
  const { manifest } = world.workspace;
  return {
    id: APP_ID,
    name: manifest.display_information.name,
    description: manifest.display_information.description,
    botUserId: BOT_USER,
    connected: world.installation.revoked === undefined && world.delivery.connected(),
    installed: world.installation.revoked === undefined,
    delivery: world.delivery.kind,
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

/** Of the requests kept, how many a page starts with. */
const SHOWN_EXCHANGES = 150;

const visible = (message: StoredMessage, person: string): boolean =>
  message.onlyFor === undefined || message.onlyFor === person;

const inChannel = (message: StoredMessage): boolean =>
  message.threadTs === undefined || message.threadTs === message.ts || message.broadcast;

export function seenChannel(world: World, person: StoredPerson, channel: StoredChannel): Channel {
  const { workspace } = world;
  const lastRead = workspace.lastRead(person.id, channel.id);
  const unread = workspace
    .messages(channel.id)
    .filter((message) => message.author !== person.id && visible(message, person.id) && inChannel(message))
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

export function seenMessage(world: World, person: StoredPerson, message: StoredMessage): Message {
  const author = world.workspace.person(message.author);
  const replies =
    message.threadTs === message.ts
      ? world.workspace.replies(message.channel, message.ts).filter((reply) => reply.onlyFor === undefined)
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
            at: new Date(microseconds(message.edited.ts) / 1000).toISOString(),
          },
        }),
    reactions: message.reactions.map(({ name, users }) => ({ name, users: [...users] })),
    ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
    values: world.messageValues.of(person.id, message).values,
  };
}

/** Channels the person can open: public ones, and those they are in. */
function seenChannels(world: World, person: StoredPerson): Channel[] {
  return world.workspace
    .channels()
    .filter((channel) => world.workspace.canRead(channel, person.id))
    .map((channel) => seenChannel(world, person, channel));
}

export function seenMessages(world: World, person: StoredPerson, channel: StoredChannel): Message[] {
  if (!world.workspace.canRead(channel, person.id)) return [];
  return world.workspace
    .messages(channel.id)
    .filter((message) => visible(message, person.id))
    .map((message) => seenMessage(world, person, message));
}

/** Whether the person can see a message at all. */
export function sees(world: World, person: StoredPerson, message: StoredMessage): boolean {
  const channel = world.workspace.channel(message.channel);
  return channel !== undefined && world.workspace.canRead(channel, person.id) && visible(message, person.id);
}

export function seenModal(world: World, person: StoredPerson): ModalStack {
  return world.views.stack(person.id).map(
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

export function seenHome(world: World, person: StoredPerson): HomeState | null {
  const home = world.views.home(person.id);
  if (home === undefined) return null;
  return { id: home.id, hash: home.hash, view: home.view, values: structuredClone(home.values), options: home.offered };
}

export function snapshot(world: World, person: StoredPerson): Omit<Snapshot, 'clock'> {
  return {
    team: { ...world.workspace.team },
    me: person.id,
    people: seenPeople(world),
    app: seenApp(world),
    channels: seenChannels(world, person),
    messages: world.workspace.channels().flatMap((channel) => seenMessages(world, person, channel)),
    modal: seenModal(world, person),
    home: seenHome(world, person),
    exchanges: world.inspector.exchanges().slice(-SHOWN_EXCHANGES),
  };
}
