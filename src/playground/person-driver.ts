import { setTimeout as pause } from 'node:timers/promises';
import { findElement, listPlacedElements, type PlacedElement } from './block-kit/blocks.ts';
import { elementKey, listOptions } from './block-kit/values.ts';
import { type ActionOutcome, act, type SuggestionOutcome, setValue, suggest } from './interactions/actions.ts';
import { openHomeTab, runMessageShortcut, runShortcut, type ShortcutOutcome } from './interactions/shortcuts.ts';
import { type CommandOutcome, markUp, sendCommand } from './interactions/slash-commands.ts';
import { closeModal, type SubmitOutcome, submitModal } from './interactions/submissions.ts';
import type { StepRun } from './interactions/workflows.ts';
import type { Channel, ElementPlace, ElementValue, HomeState, Message, ModalStack, ModalState } from './protocol.ts';
import { snapshotChannel, snapshotHome, snapshotMessage, snapshotMessages, snapshotModal } from './snapshot.ts';
import type { Team } from './team.ts';
import { UserError } from './user-error.ts';
import { BOT_USER } from './workspace/seed.ts';
import { compareTs } from './workspace/timestamps.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from './workspace/workspace-file.ts';

/** A message, a modal or a Home tab to act on. */
export type ActionTarget = Pick<Message, 'channel' | 'ts'> | Pick<ModalState, 'id'>;

const toPlace = (target: ActionTarget): ElementPlace =>
  'ts' in target ? { in: 'message', channel: target.channel, ts: target.ts } : { in: 'view', view: target.id };

const WAIT_TIMEOUT_MS = 20_000;
const POLL_EVERY_MS = 15;

/**
 * Acts as one person. Every method does what a click or a typed line does in Slack; methods that reach the app resolve
 * when it has acked, or after three seconds.
 *
 * ```ts
 * const ana = playground.as('ana');
 * await ana.command('#ops', '/maintenance api tomorrow 2am for 2h');
 * const preview = await ana.waitFor('a preview', () => ana.ephemerals('#ops').at(-1));
 * await ana.press(preview, 'schedule');
 * ```
 *
 * @throws UserError when the person cannot do something; its message is shown to them.
 */
export class PersonDriver {
  readonly id: string;
  readonly #team: Team;

  constructor(team: Team, id: string) {
    this.#team = team;
    this.id = id;
  }

  #me(): StoredPerson {
    const person = this.#team.workspace.person(this.id);
    if (person === undefined) throw new UserError(`Nobody has the id ${this.id}.`);
    return person;
  }

  /** @param name `#ops`, `ops` or an id. */
  #channel(name: string): StoredChannel {
    const { workspace } = this.#team;
    const channel = workspace.channel(name) ?? workspace.channelNamed(name.replace(/^#/, ''));
    if (channel === undefined || !workspace.canRead(channel, this.id)) {
      throw new UserError(`There is no channel ${name} here.`);
    }
    return channel;
  }

  #writable(name: string): StoredChannel {
    const channel = this.#channel(name);
    if (channel.archived) throw new UserError('This channel is archived.');
    if (!channel.members.includes(this.id)) throw new UserError('Join this channel to write in it.');
    return channel;
  }

  #message(message: Pick<Message, 'channel' | 'ts'>): StoredMessage {
    const found = this.#team.workspace.message(message.channel, message.ts);
    if (found === undefined || (found.onlyFor !== undefined && found.onlyFor !== this.id)) {
      throw new UserError('This message is gone.');
    }
    return found;
  }

  // Writing

  /** @param line the command with its slash and all that follows. */
  command(channel: string, line: string): Promise<CommandOutcome> {
    const [, command = '', text = ''] = /^(\/\S*)\s*([\s\S]*)$/.exec(line) ?? [];
    if (command === '') throw new UserError(`A command begins with a slash, got ${JSON.stringify(line)}.`);
    return sendCommand(this.#team, this.#me(), this.#writable(channel), command, text);
  }

  /** @param options.thread the message to reply to. */
  say(channel: string, text: string, options: { thread?: Pick<Message, 'ts'>; broadcast?: boolean } = {}): Message {
    const where = this.#writable(channel);
    if (text.trim() === '') throw new UserError('There is nothing to say.');
    const { workspace } = this.#team;
    const root = options.thread === undefined ? undefined : this.#message({ channel: where.id, ts: options.thread.ts });
    const posted = workspace.post({
      channel: where.id,
      author: this.id,
      text: markUp(text, workspace, false),
      ...(root === undefined ? {} : { threadTs: root.threadTs ?? root.ts, broadcast: options.broadcast ?? false }),
    });
    workspace.markRead(this.id, where, posted.ts);
    return snapshotMessage(this.#team, this.#me(), posted);
  }

  edit(message: Pick<Message, 'channel' | 'ts'>, text: string): void {
    const { workspace } = this.#team;
    workspace.edit(this.#ownMessage(message), { text: markUp(text, workspace, false), editedBy: this.id });
  }

  delete(message: Pick<Message, 'channel' | 'ts'>): void {
    this.#team.workspace.delete(this.#ownMessage(message));
  }

  #ownMessage(message: Pick<Message, 'channel' | 'ts'>): StoredMessage {
    const found = this.#message(message);
    if (found.author !== this.id || found.subtype !== undefined) throw new UserError('This message is not yours.');
    return found;
  }

  /** Hides an ephemeral message. */
  dismiss(message: Pick<Message, 'channel' | 'ts'>): void {
    const found = this.#message(message);
    if (found.onlyFor !== this.id) throw new UserError('Others see this message too.');
    this.#team.workspace.delete(found);
  }

  react(message: Pick<Message, 'channel' | 'ts'>, name: string, on = true): void {
    this.#team.workspace.react(this.#message(message), name, this.id, on);
  }

  // Channels

  join(channel: string): void {
    const found = this.#channel(channel);
    if (found.archived) throw new UserError('This channel is archived.');
    this.#team.workspace.join(found, this.id);
  }

  leave(channel: string): void {
    this.#team.workspace.leave(this.#channel(channel), this.id);
  }

  /** @param person the id of a person or of the app's bot user. */
  invite(channel: string, person: string): void {
    if (this.#team.workspace.person(person) === undefined) throw new UserError(`Nobody has the id ${person}.`);
    this.#team.workspace.join(this.#writable(channel), person, this.id);
  }

  /** @returns the channel's id. */
  createChannel(name: string, kind: 'public' | 'private' = 'public'): string {
    if (this.#me().guest) throw new UserError('Guests cannot create channels.');
    if (!/^[a-z0-9_-]{1,80}$/.test(name)) {
      throw new UserError('Channel names are lower case, without spaces, up to 80 characters.');
    }
    if (this.#team.workspace.channelNamed(name) !== undefined) throw new UserError(`#${name} exists already.`);
    return this.#team.workspace.createChannel(name, kind, this.id).id;
  }

  /** Opens the direct message with a person. @returns the channel's id. */
  openDm(person: string = BOT_USER): string {
    if (this.#team.workspace.person(person) === undefined) throw new UserError(`Nobody has the id ${person}.`);
    return this.#team.workspace.dm(this.id, person).id;
  }

  /** @param ts of the last message read; defaults to the newest. */
  markRead(channel: string, ts?: string): void {
    const found = this.#channel(channel);
    const newest = ts ?? this.#team.workspace.messages(found.id).at(-1)?.ts;
    if (newest !== undefined) this.#team.workspace.markRead(this.id, found, newest);
  }

  // Acting on blocks

  /**
   * Presses a button and confirms its dialog, if it has one. To double-click, call this twice without awaiting the first.
   *
   * @param button its `action_id` or its text
   * @param options.confirm false to cancel the dialog
   */
  async press(
    target: ActionTarget,
    button: string,
    options: { blockId?: string; confirm?: boolean } = {},
  ): Promise<ActionOutcome> {
    const { block, element } = this.#findButton(target, button, options.blockId);
    if (element.type !== 'button') throw new UserError(`${button} is a ${element.type}, not a button.`);
    if (element.confirm !== undefined && options.confirm === false) return {};
    const ids = { blockId: block.block_id, actionId: element.action_id };
    return act(this.#team, this.#me(), toPlace(target), ids, null);
  }

  /** Chooses in a select, picker, overflow menu or another element that sends its changes to the app. */
  async choose(
    target: ActionTarget,
    actionId: string,
    value: ElementValue,
    options: { blockId?: string } = {},
  ): Promise<ActionOutcome> {
    return act(this.#team, this.#me(), toPlace(target), { blockId: options.blockId, actionId }, value);
  }

  /** Records the value of an element without telling the app. */
  set(target: ActionTarget, actionId: string, value: ElementValue, options: { blockId?: string } = {}): void {
    setValue(this.#team, this.#me(), toPlace(target), { blockId: options.blockId, actionId }, value);
  }

  /** Types into an external select. */
  async suggest(
    target: ActionTarget,
    actionId: string,
    query: string,
    options: { blockId?: string } = {},
  ): Promise<SuggestionOutcome> {
    return suggest(this.#team, this.#me(), toPlace(target), { blockId: options.blockId, actionId }, query);
  }

  #findButton(target: ActionTarget, name: string, blockId: string | undefined): PlacedElement {
    const blocks =
      ('ts' in target ? this.#message(target).blocks : this.#team.views.find(target.id)?.view.blocks) ?? [];
    const found = findElement(blocks, blockId, name);
    if (found !== undefined) return found;
    const buttons = [...listPlacedElements(blocks)].filter(({ element }) => element.type === 'button');
    const byText = buttons.find(({ element }) => element.type === 'button' && element.text.text === name);
    if (byText !== undefined) return byText;
    const names = buttons.map(({ element }) => element.action_id).join(', ') || 'none';
    throw new UserError(`There is no button ${name} here; the buttons are: ${names}.`);
  }

  // Modals and the Home tab

  /** The modal on top, if one is open. */
  view(): ModalState | undefined {
    return this.views().at(-1);
  }

  /** All open modals, root first. */
  views(): ModalStack {
    return snapshotModal(this.#team, this.#me());
  }

  #topView(): ModalState {
    const top = this.view();
    if (top === undefined) throw new UserError('No dialog is open.');
    return top;
  }

  /**
   * Fills in fields of the modal on top and waits for inputs that dispatch. Options of an external select are requested
   * from the app first.
   *
   * @param values by `action_id` or `block_id`; an option is given by its value or its text
   */
  async fill(values: Record<string, ElementValue>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const { block, element } = this.#findField(this.#topView(), name);
      const { block_id: blockId } = block;
      const chosen = await this.#resolveOptions(element, blockId, value);
      if (block.type === 'input' && block.dispatch_action !== true) {
        this.set(this.#topView(), element.action_id, chosen, { blockId });
      } else await this.choose(this.#topView(), element.action_id, chosen, { blockId });
    }
  }

  #findField(top: ModalState, name: string): PlacedElement {
    const byAction = findElement(top.view.blocks, undefined, name);
    if (byAction !== undefined) return byAction;
    const block = top.view.blocks.find((each) => each.block_id === name);
    const actionId = block?.type === 'input' ? block.element.action_id : undefined;
    const found = actionId === undefined ? undefined : findElement(top.view.blocks, name, actionId);
    if (found !== undefined) return found;
    const names = [...listPlacedElements(top.view.blocks)].map(({ element }) => element.action_id).join(', ') || 'none';
    throw new UserError(`The dialog has no field ${name}; its fields are: ${names}.`);
  }

  /** Replaces the texts of options by their values. */
  async #resolveOptions(
    element: PlacedElement['element'],
    blockId: string,
    value: ElementValue,
  ): Promise<ElementValue> {
    const isExternal = element.type === 'external_select' || element.type === 'multi_external_select';
    const pick = async (name: string): Promise<string> => {
      const known = () => [
        ...listOptions(element),
        ...(this.#topView().options[elementKey(blockId, element.action_id)] ?? []),
      ];
      const found = () =>
        known().find((each) => each.value === name) ?? known().find((each) => each.text.text === name);
      if (isExternal && found() === undefined)
        await this.suggest(this.#topView(), element.action_id, name, { blockId });
      return found()?.value ?? name;
    };
    if (!isExternal && listOptions(element).length === 0) return value;
    if (typeof value === 'string') return pick(value);
    if (!Array.isArray(value)) return value;
    const picked: string[] = [];
    for (const each of value) picked.push(await pick(each));
    return picked;
  }

  /** Submits the modal on top. To double-click, call this twice without awaiting the first. */
  async submit(): Promise<SubmitOutcome> {
    return submitModal(this.#team, this.#me(), this.#topView().id);
  }

  /** Closes the modal on top, or the whole stack. */
  async close(options: { all?: boolean } = {}): Promise<void> {
    return closeModal(this.#team, this.#me(), this.#topView().id, options.all ?? false);
  }

  async submitView(viewId: string): Promise<SubmitOutcome> {
    return submitModal(this.#team, this.#me(), viewId);
  }

  async closeView(viewId: string, all: boolean): Promise<void> {
    return closeModal(this.#team, this.#me(), viewId, all);
  }

  /** Runs a global shortcut. */
  async shortcut(callbackId: string): Promise<ShortcutOutcome> {
    return runShortcut(this.#team, this.#me(), callbackId);
  }

  async messageShortcut(message: Pick<Message, 'channel' | 'ts'>, callbackId: string): Promise<ShortcutOutcome> {
    return runMessageShortcut(this.#team, this.#me(), callbackId, this.#message(message));
  }

  /**
   * Starts a workflow with one step of the app's. Slackbot posts the outcome in the channel.
   *
   * @param inputs by parameter name, without the one for the person, which is filled in
   */
  runStep(channel: string, callbackId: string, inputs: Readonly<Record<string, string | number | boolean>>): StepRun {
    return this.#team.workflows.start(this.#me(), callbackId, inputs, this.#writable(channel).id);
  }

  /** Opens the app's Home tab. @returns the view published last, if any. */
  openHome(): HomeState | null {
    openHomeTab(this.#team, this.#me());
    return this.home();
  }

  home(): HomeState | null {
    return snapshotHome(this.#team, this.#me());
  }

  // Reading

  /** A channel with its members and unread counts. */
  channel(name: string): Channel {
    return snapshotChannel(this.#team, this.#me(), this.#channel(name));
  }

  /** The messages in a channel, oldest first, without ephemeral ones and thread replies that were not broadcast. */
  messages(channel: string): Message[] {
    return this.#visibleMessages(channel).filter(
      (message) =>
        !message.ephemeral && (message.threadTs === undefined || message.threadTs === message.ts || message.broadcast),
    );
  }

  #visibleMessages(channel: string): Message[] {
    return snapshotMessages(this.#team, this.#me(), this.#channel(channel));
  }

  /** The replies to a message, oldest first. */
  thread(message: Pick<Message, 'channel' | 'ts'>): Message[] {
    return this.#visibleMessages(message.channel).filter(
      (each) => each.threadTs === message.ts && each.ts !== message.ts,
    );
  }

  /** The messages in a channel that only this person sees, oldest first. */
  ephemerals(channel: string): Message[] {
    return this.#visibleMessages(channel).filter((message) => message.ephemeral);
  }

  /** The messages in the conversation with the app, oldest first. */
  dms(): Message[] {
    return this.messages(this.#team.workspace.dm(this.id, BOT_USER).id);
  }

  /** The current version of a message; undefined if it was deleted. */
  again(message: Pick<Message, 'channel' | 'ts'>): Message | undefined {
    return this.#visibleMessages(message.channel).find((each) => compareTs(each.ts, message.ts) === 0);
  }

  /**
   * Polls until `read` returns something.
   *
   * @param what describes the wait in the error after a timeout
   * @param read returns undefined, null or false to keep waiting
   * @param timeoutMs in real time
   */
  async waitFor<T>(what: string, read: () => T | undefined | null | false, timeoutMs = WAIT_TIMEOUT_MS): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const result = read();
      if (result !== undefined && result !== null && result !== false) return result;
      if (performance.now() > deadline) throw new Error(this.#describeTimeout(what, timeoutMs));
      await pause(POLL_EVERY_MS);
    }
  }

  #describeTimeout(what: string, timeoutMs: number): string {
    const last = this.#team.inspector
      .exchanges()
      .slice(-12)
      .map(
        (each) =>
          `  ${each.direction} ${each.title} ${each.outcome}${each.error === undefined ? '' : ` ${each.error}`}`,
      );
    return [`${this.#me().name} waited ${timeoutMs} ms for ${what}. The last requests were:`, ...last].join('\n');
  }
}
