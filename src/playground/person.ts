import { setTimeout as pause } from 'node:timers/promises';
import { findElement, type Placed, placedElements } from './block-kit/place.ts';
import { listedOptions, placeKey } from './block-kit/values.ts';
import { type ActOutcome, act, type Suggested, setValue, suggest } from './interactions/actions.ts';
import { Impossible } from './interactions/payload.ts';
import { openHomeTab, runMessageShortcut, runShortcut, type ShortcutOutcome } from './interactions/shortcuts.ts';
import { type CommandOutcome, sendCommand } from './interactions/slash-commands.ts';
import { closeModal, type SubmitOutcome, submitModal } from './interactions/submissions.ts';
import { markedUp } from './interactions/typed-text.ts';
import type { Channel, ElementPlace, ElementValue, HomeState, Message, ModalStack, ModalState } from './protocol.ts';
import { seenChannel, seenHome, seenMessage, seenMessages, seenModal } from './seen.ts';
import type { StepRun } from './workflows.ts';
import { BOT_USER } from './workspace/seed.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from './workspace/state.ts';
import { compareTs } from './workspace/timestamps.ts';
import type { World } from './world.ts';

/** A message, a modal or a Home tab to act on. */
export type On = Pick<Message, 'channel' | 'ts'> | Pick<ModalState, 'id'>;

const place = (on: On): ElementPlace =>
  'ts' in on ? { in: 'message', channel: on.channel, ts: on.ts } : { in: 'view', view: on.id };

const WAIT_MS = 20_000;
const LOOK_EVERY_MS = 15;

/**
 * One person at the keyboard. Every method does what a click or a line typed in Slack does; those that reach the app
 * resolve once it has acked, or three seconds have passed.
 *
 * ```ts
 * const ana = playground.as('ana');
 * await ana.command('#ops', '/maintenance api tomorrow 2am for 2h');
 * const preview = await ana.waitFor('a preview', () => ana.ephemerals('#ops').at(-1));
 * await ana.press(preview, 'schedule');
 * ```
 *
 * What a person cannot do is refused with {@link Impossible}, whose message is meant for them.
 */
export class PersonDriver {
  readonly id: string;
  readonly #world: World;

  constructor(world: World, id: string) {
    this.#world = world;
    this.id = id;
  }

  #me(): StoredPerson {
    const person = this.#world.workspace.person(this.id);
    if (person === undefined) throw new Impossible(`Nobody has the id ${this.id}.`);
    return person;
  }

  /** @param named `#ops`, `ops` or an id. */
  #channel(named: string): StoredChannel {
    const { workspace } = this.#world;
    const channel = workspace.channel(named) ?? workspace.channelNamed(named.replace(/^#/, ''));
    if (channel === undefined || !workspace.canRead(channel, this.id)) {
      throw new Impossible(`There is no channel ${named} here.`);
    }
    return channel;
  }

  #writable(named: string): StoredChannel {
    const channel = this.#channel(named);
    if (channel.archived) throw new Impossible('This channel is archived.');
    if (!channel.members.includes(this.id)) throw new Impossible('Join this channel to write in it.');
    return channel;
  }

  #message(message: Pick<Message, 'channel' | 'ts'>): StoredMessage {
    const found = this.#world.workspace.message(message.channel, message.ts);
    if (found === undefined || (found.onlyFor !== undefined && found.onlyFor !== this.id)) {
      throw new Impossible('This message is gone.');
    }
    return found;
  }

  // Writing

  /** @param line the command with its slash and all that follows. */
  command(channel: string, line: string): Promise<CommandOutcome> {
    const [, command = '', text = ''] = /^(\/\S*)\s*([\s\S]*)$/.exec(line) ?? [];
    if (command === '') throw new Impossible(`A command begins with a slash, got ${JSON.stringify(line)}.`);
    return sendCommand(this.#world, this.#me(), this.#writable(channel), command, text);
  }

  /** @param options.thread the message that is answered. */
  say(channel: string, text: string, options: { thread?: Pick<Message, 'ts'>; broadcast?: boolean } = {}): Message {
    const where = this.#writable(channel);
    if (text.trim() === '') throw new Impossible('There is nothing to say.');
    const { workspace } = this.#world;
    const root = options.thread === undefined ? undefined : this.#message({ channel: where.id, ts: options.thread.ts });
    const posted = workspace.post({
      channel: where.id,
      author: this.id,
      text: markedUp(text, workspace, false),
      ...(root === undefined ? {} : { threadTs: root.threadTs ?? root.ts, broadcast: options.broadcast ?? false }),
    });
    workspace.markRead(this.id, where, posted.ts);
    return seenMessage(this.#world, this.#me(), posted);
  }

  edit(message: Pick<Message, 'channel' | 'ts'>, text: string): void {
    const { workspace } = this.#world;
    workspace.edit(this.#own(message), { text: markedUp(text, workspace, false), editedBy: this.id });
  }

  delete(message: Pick<Message, 'channel' | 'ts'>): void {
    this.#world.workspace.delete(this.#own(message));
  }

  #own(message: Pick<Message, 'channel' | 'ts'>): StoredMessage {
    const found = this.#message(message);
    if (found.author !== this.id || found.subtype !== undefined) throw new Impossible('This message is not yours.');
    return found;
  }

  /** Hide an ephemeral message. */
  dismiss(message: Pick<Message, 'channel' | 'ts'>): void {
    const found = this.#message(message);
    if (found.onlyFor !== this.id) throw new Impossible('Others see this message too.');
    this.#world.workspace.delete(found);
  }

  react(message: Pick<Message, 'channel' | 'ts'>, name: string, on = true): void {
    this.#world.workspace.react(this.#message(message), name, this.id, on);
  }

  // Channels

  join(channel: string): void {
    const found = this.#channel(channel);
    if (found.archived) throw new Impossible('This channel is archived.');
    this.#world.workspace.join(found, this.id);
  }

  leave(channel: string): void {
    this.#world.workspace.leave(this.#channel(channel), this.id);
  }

  /** @param person id; the app's bot user may be invited like anyone. */
  invite(channel: string, person: string): void {
    if (this.#world.workspace.person(person) === undefined) throw new Impossible(`Nobody has the id ${person}.`);
    this.#world.workspace.join(this.#writable(channel), person, this.id);
  }

  /** @returns the channel's id. */
  createChannel(name: string, kind: 'public' | 'private' = 'public'): string {
    if (this.#me().guest) throw new Impossible('Guests cannot create channels.');
    if (!/^[a-z0-9_-]{1,80}$/.test(name)) {
      throw new Impossible('Channel names are lower case, without spaces, up to 80 characters.');
    }
    if (this.#world.workspace.channelNamed(name) !== undefined) throw new Impossible(`#${name} exists already.`);
    return this.#world.workspace.createChannel(name, kind, this.id).id;
  }

  /** The conversation with someone, the app unless told. @returns its id. */
  openDm(person: string = BOT_USER): string {
    if (this.#world.workspace.person(person) === undefined) throw new Impossible(`Nobody has the id ${person}.`);
    return this.#world.workspace.dm(this.id, person).id;
  }

  /** @param ts of the last message read; the newest unless told. */
  markRead(channel: string, ts?: string): void {
    const found = this.#channel(channel);
    const newest = ts ?? this.#world.workspace.messages(found.id).at(-1)?.ts;
    if (newest !== undefined) this.#world.workspace.markRead(this.id, found, newest);
  }

  // Acting on blocks

  /**
   * Press a button, named by its `action_id` or its text. Its confirmation dialog, where it has one, is answered with yes, or with no for `confirm: false`.
   * To double-click, call it twice without awaiting the first.
   */
  async press(on: On, button: string, options: { blockId?: string; confirm?: boolean } = {}): Promise<ActOutcome> {
    const { block, element } = this.#button(on, button, options.blockId);
    if (element.type !== 'button') throw new Impossible(`${button} is a ${element.type}, not a button.`);
    if (element.confirm !== undefined && options.confirm === false) return {};
    const target = { blockId: block.block_id, actionId: element.action_id };
    return act(this.#world, this.#me(), place(on), target, null);
  }

  /** Choose in a select, picker, overflow menu, or another element whose change the app is told of. */
  async choose(on: On, actionId: string, value: ElementValue, options: { blockId?: string } = {}): Promise<ActOutcome> {
    return act(this.#world, this.#me(), place(on), { blockId: options.blockId, actionId }, value);
  }

  /** Record what an element holds, without the app being told. */
  set(on: On, actionId: string, value: ElementValue, options: { blockId?: string } = {}): void {
    setValue(this.#world, this.#me(), place(on), { blockId: options.blockId, actionId }, value);
  }

  /** Type into an external select. */
  async suggest(on: On, actionId: string, query: string, options: { blockId?: string } = {}): Promise<Suggested> {
    return suggest(this.#world, this.#me(), place(on), { blockId: options.blockId, actionId }, query);
  }

  #button(on: On, named: string, blockId: string | undefined): Placed {
    const blocks = ('ts' in on ? this.#message(on).blocks : this.#world.views.find(on.id)?.view.blocks) ?? [];
    const found = findElement(blocks, blockId, named);
    if (found !== undefined) return found;
    const buttons = [...placedElements(blocks)].filter(({ element }) => element.type === 'button');
    const byText = buttons.find(({ element }) => element.type === 'button' && element.text.text === named);
    if (byText !== undefined) return byText;
    const there = buttons.map(({ element }) => element.action_id).join(', ') || 'none';
    throw new Impossible(`There is no button ${named} here; the buttons are: ${there}.`);
  }

  // Modals and the Home tab

  /** The modal on top. */
  view(): ModalState | undefined {
    return this.views().at(-1);
  }

  /** The whole stack, root first. */
  views(): ModalStack {
    return seenModal(this.#world, this.#me());
  }

  #top(): ModalState {
    const top = this.view();
    if (top === undefined) throw new Impossible('No dialog is open.');
    return top;
  }

  /**
   * Fill in fields of the modal on top, named by `action_id` or by `block_id`. Options are chosen by their value or by
   * the text they show; those of an external select are asked for by it first. Inputs that dispatch tell the app, and
   * are awaited.
   */
  async fill(values: Record<string, ElementValue>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const { block, element } = this.#field(this.#top(), name);
      const { block_id: blockId } = block;
      const chosen = await this.#chosen(element, blockId, value);
      if (block.type === 'input' && block.dispatch_action !== true) {
        this.set(this.#top(), element.action_id, chosen, { blockId });
      } else await this.choose(this.#top(), element.action_id, chosen, { blockId });
    }
  }

  #field(top: ModalState, name: string): Placed {
    const byAction = findElement(top.view.blocks, undefined, name);
    if (byAction !== undefined) return byAction;
    const block = top.view.blocks.find((each) => each.block_id === name);
    const actionId = block?.type === 'input' ? block.element.action_id : undefined;
    const found = actionId === undefined ? undefined : findElement(top.view.blocks, name, actionId);
    if (found !== undefined) return found;
    const there = [...placedElements(top.view.blocks)].map(({ element }) => element.action_id).join(', ') || 'none';
    throw new Impossible(`The dialog has no field ${name}; its fields are: ${there}.`);
  }

  /** The values of the options that were named. */
  async #chosen(element: Placed['element'], blockId: string, value: ElementValue): Promise<ElementValue> {
    const isExternal = element.type === 'external_select' || element.type === 'multi_external_select';
    const pick = async (named: string): Promise<string> => {
      const known = () => [
        ...listedOptions(element),
        ...(this.#top().options[placeKey(blockId, element.action_id)] ?? []),
      ];
      const found = () =>
        known().find((each) => each.value === named) ?? known().find((each) => each.text.text === named);
      if (isExternal && found() === undefined) await this.suggest(this.#top(), element.action_id, named, { blockId });
      return found()?.value ?? named;
    };
    if (!isExternal && listedOptions(element).length === 0) return value;
    if (typeof value === 'string') return pick(value);
    if (!Array.isArray(value)) return value;
    const picked: string[] = [];
    for (const each of value) picked.push(await pick(each));
    return picked;
  }

  /** Submit the modal on top. To click twice, call it twice without awaiting the first. */
  async submit(): Promise<SubmitOutcome> {
    return submitModal(this.#world, this.#me(), this.#top().id);
  }

  /** Close the modal on top, or the whole stack. */
  async close(options: { all?: boolean } = {}): Promise<void> {
    return closeModal(this.#world, this.#me(), this.#top().id, options.all ?? false);
  }

  async submitView(viewId: string): Promise<SubmitOutcome> {
    return submitModal(this.#world, this.#me(), viewId);
  }

  async closeView(viewId: string, all: boolean): Promise<void> {
    return closeModal(this.#world, this.#me(), viewId, all);
  }

  /** A global shortcut. */
  async shortcut(callbackId: string): Promise<ShortcutOutcome> {
    return runShortcut(this.#world, this.#me(), callbackId);
  }

  async messageShortcut(message: Pick<Message, 'channel' | 'ts'>, callbackId: string): Promise<ShortcutOutcome> {
    return runMessageShortcut(this.#world, this.#me(), callbackId, this.#message(message));
  }

  /**
   * Set off a workflow of one step of the app's, from a channel, where Slackbot tells what came of it.
   *
   * @param inputs by the name of the parameter; who set it off is filled in.
   */
  runStep(channel: string, callbackId: string, inputs: Readonly<Record<string, string | number | boolean>>): StepRun {
    const { workflows } = this.#world;
    return workflows.start(this.#world, this.#me(), callbackId, inputs, this.#writable(channel).id);
  }

  /** Open the app's Home tab, which tells the app so. @returns what it showed last, if anything. */
  openHome(): HomeState | null {
    openHomeTab(this.#world, this.#me());
    return this.home();
  }

  home(): HomeState | null {
    return seenHome(this.#world, this.#me());
  }

  // Looking

  /** A channel with its members and what is unread in it. */
  channel(named: string): Channel {
    return seenChannel(this.#world, this.#me(), this.#channel(named));
  }

  /** What stands in a channel, oldest first, without replies that were not sent to the channel as well. */
  messages(channel: string): Message[] {
    return this.#all(channel).filter(
      (message) =>
        !message.ephemeral && (message.threadTs === undefined || message.threadTs === message.ts || message.broadcast),
    );
  }

  #all(channel: string): Message[] {
    return seenMessages(this.#world, this.#me(), this.#channel(channel));
  }

  /** The replies to a message, oldest first. */
  thread(message: Pick<Message, 'channel' | 'ts'>): Message[] {
    return this.#all(message.channel).filter((each) => each.threadTs === message.ts && each.ts !== message.ts);
  }

  /** What only this person sees in a channel, oldest first. */
  ephemerals(channel: string): Message[] {
    return this.#all(channel).filter((message) => message.ephemeral);
  }

  /** What stands in the conversation with the app, oldest first. */
  dms(): Message[] {
    return this.messages(this.#world.workspace.dm(this.id, BOT_USER).id);
  }

  /** A message as it stands now; undefined once it is gone. */
  again(message: Pick<Message, 'channel' | 'ts'>): Message | undefined {
    return this.#all(message.channel).find((each) => compareTs(each.ts, message.ts) === 0);
  }

  /**
   * Look until there is something to see.
   *
   * @param what named in the error when it does not come.
   * @param look returns undefined, null or false while there is nothing yet.
   * @param withinMs real milliseconds, twenty seconds unless told.
   */
  async waitFor<T>(what: string, look: () => T | undefined | null | false, withinMs = WAIT_MS): Promise<T> {
    const until = performance.now() + withinMs;
    for (;;) {
      const seen = look();
      if (seen !== undefined && seen !== null && seen !== false) return seen;
      if (performance.now() > until) throw new Error(this.#didNotCome(what, withinMs));
      await pause(LOOK_EVERY_MS);
    }
  }

  #didNotCome(what: string, withinMs: number): string {
    const last = this.#world.inspector
      .exchanges()
      .slice(-12)
      .map(
        (each) =>
          `  ${each.direction} ${each.title} ${each.outcome}${each.error === undefined ? '' : ` ${each.error}`}`,
      );
    return [`${this.#me().name} waited ${withinMs} ms for ${what}. The last requests were:`, ...last].join('\n');
  }
}
