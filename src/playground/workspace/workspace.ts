import { randomBytes } from 'node:crypto';
import type { PlacedBlock } from '../block-kit/blocks.ts';
import type { AppManifest } from './manifest.ts';
import { BOT_USER } from './seed.ts';
import { compareTs, Timestamps, toSeconds } from './timestamps.ts';
import type {
  MessageMetadata,
  StoredChannel,
  StoredGroup,
  StoredMessage,
  StoredPerson,
  TeamInfo,
  WorkspaceFile,
} from './workspace-file.ts';

/** A change of the workspace. */
export type WorkspaceEvent =
  | { type: 'message_posted'; message: StoredMessage }
  | { type: 'message_changed'; message: StoredMessage; previous: StoredMessage; silent: boolean }
  | { type: 'message_deleted'; message: StoredMessage }
  | { type: 'reaction'; message: StoredMessage; name: string; user: string; added: boolean }
  | { type: 'channel_created'; channel: StoredChannel }
  | { type: 'channel_archived'; channel: StoredChannel; user: string }
  | { type: 'channel_unarchived'; channel: StoredChannel; user: string }
  | { type: 'member_joined'; channel: StoredChannel; user: string; inviter?: string }
  | { type: 'member_left'; channel: StoredChannel; user: string }
  | { type: 'channel_read'; channel: StoredChannel; user: string }
  | { type: 'people_changed'; person: StoredPerson }
  | { type: 'group_changed'; group: StoredGroup; added: string[]; removed: string[] };

export interface NewMessage {
  channel: string;
  author: string;
  text: string;
  authorName?: string;
  blocks?: PlacedBlock[];
  attachments?: unknown[];
  threadTs?: string;
  broadcast?: boolean;
  metadata?: MessageMetadata;
  subtype?: NonNullable<StoredMessage['subtype']>;
  onlyFor?: string;
}

export interface MessageEdit {
  text?: string;
  blocks?: PlacedBlock[];
  attachments?: unknown[];
  /** Null removes it. */
  metadata?: MessageMetadata | null;
  broadcast?: true;
  /** Shown as the editor; absent leaves no mark. */
  editedBy?: string;
}

const newId = (prefix: string): string => prefix + randomBytes(8).toString('hex').slice(0, 9).toUpperCase();

/** The people, channels and messages of one team. It emits events and checks no permissions. */
export class Workspace {
  readonly team: TeamInfo;
  readonly manifest: AppManifest;
  readonly #now: () => Date;
  readonly #people: Map<string, StoredPerson>;
  readonly #groups: StoredGroup[];
  readonly #channels: Map<string, StoredChannel>;
  readonly #messages = new Map<string, StoredMessage[]>();
  readonly #marks: Map<string, Map<string, string>>;
  readonly #timestamps: Timestamps;
  #lastTs: string;
  readonly #restricted = new Set<string>();
  readonly #listeners = new Set<(event: WorkspaceEvent) => void>();

  constructor(file: WorkspaceFile, manifest: AppManifest, now: () => Date) {
    this.team = file.team;
    this.manifest = manifest;
    this.#now = now;
    this.#people = new Map(file.people.map((person) => [person.id, person]));
    this.#groups = file.groups;
    this.#channels = new Map(file.channels.map((channel) => [channel.id, channel]));
    for (const message of file.messages) this.#messagesIn(message.channel).push(message);
    this.#marks = new Map(
      Object.entries(file.marks).map(([person, marks]) => [person, new Map(Object.entries(marks))]),
    );
    this.#lastTs = file.lastTs;
    this.#timestamps = new Timestamps(file.lastTs);
  }

  /** The state to store: everything except ephemeral messages. */
  toFile(): WorkspaceFile {
    return {
      version: 1,
      team: this.team,
      people: [...this.#people.values()],
      groups: this.#groups,
      channels: [...this.#channels.values()],
      messages: [...this.#messages.values()].flat().filter((message) => message.onlyFor === undefined),
      marks: Object.fromEntries([...this.#marks].map(([person, marks]) => [person, Object.fromEntries(marks)])),
      lastTs: this.#lastTs,
    };
  }

  listen(listener: (event: WorkspaceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #emit(event: WorkspaceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  now(): Date {
    return this.#now();
  }

  /** A new, unique `ts`. */
  nextTs(): string {
    this.#lastTs = this.#timestamps.next(this.#now());
    return this.#lastTs;
  }

  // People

  people(): StoredPerson[] {
    return [...this.#people.values()];
  }

  person(id: string): StoredPerson | undefined {
    return this.#people.get(id);
  }

  changePerson(id: string, change: Partial<Omit<StoredPerson, 'id' | 'kind'>>): void {
    const person = this.#people.get(id);
    if (person === undefined) throw new Error(`Nobody has the id ${id}.`);
    const changed = { ...person, ...change };
    this.#people.set(id, changed);
    this.#emit({ type: 'people_changed', person: changed });
  }

  groups(): StoredGroup[] {
    return this.#groups;
  }

  changeGroup(id: string, users: string[]): void {
    const group = this.#groups.find((each) => each.id === id);
    if (group === undefined) throw new Error(`No group has the id ${id}.`);
    const before = group.users;
    group.users = users;
    const without = (all: string[], others: string[]) => all.filter((user) => !others.includes(user));
    this.#emit({ type: 'group_changed', group, added: without(users, before), removed: without(before, users) });
  }

  // Channels

  channels(): StoredChannel[] {
    return [...this.#channels.values()];
  }

  channel(id: string): StoredChannel | undefined {
    return this.#channels.get(id);
  }

  channelNamed(name: string): StoredChannel | undefined {
    return this.channels().find((channel) => channel.kind !== 'dm' && channel.name === name);
  }

  isMember(channel: StoredChannel, user: string): boolean {
    return channel.members.includes(user);
  }

  /** Everyone can read public channels, except guests, who can only read those they are in. */
  canRead(channel: StoredChannel, user: string): boolean {
    if (this.isMember(channel, user)) return true;
    return channel.kind === 'public' && this.person(user)?.guest !== true;
  }

  createChannel(name: string, kind: 'public' | 'private', creator: string): StoredChannel {
    const channel: StoredChannel = {
      id: newId('C'),
      kind,
      name,
      topic: '',
      archived: false,
      members: [creator],
      creator,
      created: toSeconds(this.#now()),
    };
    this.#channels.set(channel.id, channel);
    this.#emit({ type: 'channel_created', channel });
    return channel;
  }

  /** The DM of two people; created if it does not exist. */
  dm(one: string, other: string): StoredChannel {
    const found = this.channels().find(
      (channel) => channel.kind === 'dm' && channel.members.includes(one) && channel.members.includes(other),
    );
    if (found !== undefined) return found;
    const channel: StoredChannel = {
      id: newId('D'),
      kind: 'dm',
      name: '',
      topic: '',
      archived: false,
      members: [one, other],
      creator: one,
      created: toSeconds(this.#now()),
    };
    this.#channels.set(channel.id, channel);
    this.#emit({ type: 'channel_created', channel });
    return channel;
  }

  join(channel: StoredChannel, user: string, inviter?: string): void {
    if (channel.members.includes(user)) return;
    channel.members.push(user);
    this.#emit({ type: 'member_joined', channel, user, ...(inviter === undefined ? {} : { inviter }) });
    this.post({
      channel: channel.id,
      author: user,
      text: inviter === undefined ? `<@${user}> has joined the channel` : `<@${user}> was added by <@${inviter}>`,
      subtype: 'channel_join',
    });
  }

  leave(channel: StoredChannel, user: string): void {
    if (!channel.members.includes(user)) return;
    this.post({
      channel: channel.id,
      author: user,
      text: `<@${user}> has left the channel`,
      subtype: 'channel_leave',
    });
    channel.members = channel.members.filter((member) => member !== user);
    this.#emit({ type: 'member_left', channel, user });
  }

  archive(channel: StoredChannel, user: string): void {
    if (channel.archived) return;
    channel.archived = true;
    this.#emit({ type: 'channel_archived', channel, user });
  }

  /** Whether posting in a channel is left to some people, of whom the app is none. */
  restrict(channel: StoredChannel, restricted: boolean): void {
    if (restricted) this.#restricted.add(channel.id);
    else this.#restricted.delete(channel.id);
  }

  isRestricted(channel: StoredChannel): boolean {
    return this.#restricted.has(channel.id);
  }

  unarchive(channel: StoredChannel, user: string): void {
    if (!channel.archived) return;
    channel.archived = false;
    this.#emit({ type: 'channel_unarchived', channel, user });
  }

  // Messages

  #messagesIn(channel: string): StoredMessage[] {
    let messages = this.#messages.get(channel);
    if (messages === undefined) {
      messages = [];
      this.#messages.set(channel, messages);
    }
    return messages;
  }

  /** Oldest first, with ephemeral messages. */
  messages(channel: string): StoredMessage[] {
    return this.#messagesIn(channel);
  }

  message(channel: string, ts: string): StoredMessage | undefined {
    return this.#messagesIn(channel).find((message) => message.ts === ts);
  }

  /** The replies in a thread, oldest first, without its first message. */
  replies(channel: string, threadTs: string): StoredMessage[] {
    return this.#messagesIn(channel).filter((message) => message.threadTs === threadTs && message.ts !== threadTs);
  }

  post(message: NewMessage): StoredMessage {
    const posted: StoredMessage = {
      channel: message.channel,
      ts: this.nextTs(),
      author: message.author,
      text: message.text,
      blocks: message.blocks ?? [],
      broadcast: message.broadcast ?? false,
      reactions: [],
      ...(message.authorName === undefined ? {} : { authorName: message.authorName }),
      ...(message.attachments === undefined ? {} : { attachments: message.attachments }),
      ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
      ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
      ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
      ...(message.onlyFor === undefined ? {} : { onlyFor: message.onlyFor }),
    };
    this.#messagesIn(message.channel).push(posted);
    if (message.threadTs !== undefined && message.onlyFor === undefined)
      this.#openThread(message.channel, message.threadTs);
    this.#emit({ type: 'message_posted', message: posted });
    return posted;
  }

  #openThread(channel: string, threadTs: string): void {
    const root = this.message(channel, threadTs);
    if (root === undefined) return;
    const previous = { ...root };
    root.threadTs = threadTs;
    this.#emit({ type: 'message_changed', message: root, previous, silent: true });
  }

  edit(message: StoredMessage, edit: MessageEdit): void {
    const previous = structuredClone(message);
    if (edit.text !== undefined) message.text = edit.text;
    if (edit.blocks !== undefined) message.blocks = edit.blocks;
    if (edit.attachments !== undefined) message.attachments = edit.attachments;
    if (edit.metadata === null) delete message.metadata;
    else if (edit.metadata !== undefined) message.metadata = edit.metadata;
    if (edit.broadcast !== undefined) message.broadcast = edit.broadcast;
    if (edit.editedBy !== undefined) message.edited = { by: edit.editedBy, ts: this.nextTs() };
    this.#emit({ type: 'message_changed', message, previous, silent: message.onlyFor !== undefined });
  }

  /** Deletes a message. Replies to it stay, as in Slack. */
  delete(message: StoredMessage): void {
    const messages = this.#messagesIn(message.channel);
    const index = messages.indexOf(message);
    if (index === -1) return;
    messages.splice(index, 1);
    this.#emit({ type: 'message_deleted', message });
    if (message.threadTs === undefined || message.threadTs === message.ts) return;
    const root = this.message(message.channel, message.threadTs);
    if (root === undefined) return;
    const previous = { ...root };
    if (this.replies(message.channel, root.ts).length === 0) delete root.threadTs;
    this.#emit({ type: 'message_changed', message: root, previous, silent: true });
  }

  /** @returns whether anything changed. */
  react(message: StoredMessage, name: string, user: string, added: boolean): boolean {
    const reaction = message.reactions.find((each) => each.name === name);
    if (added === (reaction?.users.includes(user) ?? false)) return false;
    if (added && reaction !== undefined) reaction.users.push(user);
    else if (added) message.reactions.push({ name, users: [user] });
    else {
      message.reactions = message.reactions
        .map((each) => (each.name === name ? { name, users: each.users.filter((by) => by !== user) } : each))
        .filter((each) => each.users.length > 0);
    }
    this.#emit({ type: 'reaction', message, name, user, added });
    return true;
  }

  // Read marks

  lastRead(user: string, channel: string): string {
    return this.#marks.get(user)?.get(channel) ?? '0';
  }

  markRead(user: string, channel: StoredChannel, ts: string): void {
    if (compareTs(ts, this.lastRead(user, channel.id)) <= 0) return;
    const marks = this.#marks.get(user) ?? new Map<string, string>();
    this.#marks.set(user, marks);
    marks.set(channel.id, ts);
    this.#emit({ type: 'channel_read', channel, user });
  }

  isBotMember(channel: StoredChannel): boolean {
    return channel.members.includes(BOT_USER);
  }
}
