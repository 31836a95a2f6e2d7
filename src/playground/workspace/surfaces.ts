import { randomBytes } from 'node:crypto';
import type { PlacedBlock } from '../block-kit/blocks.ts';
import type { PlacedHome, PlacedModal } from '../block-kit/check.ts';
import { carryValues, type OfferedOptions, toSlackState } from '../block-kit/values.ts';
import type { ElementValues } from '../protocol.ts';
import { APP_ID, BOT_ID } from './seed.ts';
import type { Workspace } from './workspace.ts';

/** A view with the values a person has entered in it. */
export interface StoredView<Shape extends PlacedModal | PlacedHome = PlacedModal | PlacedHome> {
  id: string;
  person: string;
  hash: string;
  view: Shape;
  values: ElementValues;
  offered: OfferedOptions;
  rootId: string;
  previousId: string | null;
}

export interface StoredModal extends StoredView<PlacedModal> {
  errors: Record<string, string>;
  busy: boolean;
}

export type ViewError =
  | 'not_found'
  | 'hash_conflict'
  | 'push_limit_reached'
  | 'duplicate_external_id'
  | 'view_too_large';

export type ViewOutcome<Stored> = { ok: true; view: Stored } | { ok: false; error: ViewError };

const MAX_STACKED_VIEWS = 3;
const MAX_VIEW_BYTES = 250_000;

const newViewId = (): string => `V${randomBytes(8).toString('hex').slice(0, 10).toUpperCase()}`;
const newHash = (): string => `${Math.floor(Date.now() / 1000)}.${randomBytes(6).toString('base64url')}`;

/** Every person's modal stack and Home tab. */
export class Views {
  readonly #stacks = new Map<string, StoredModal[]>();
  readonly #homes = new Map<string, StoredView<PlacedHome>>();
  readonly #listeners = new Set<(what: 'modal' | 'home', person: string) => void>();

  listen(listener: (what: 'modal' | 'home', person: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(what: 'modal' | 'home', person: string): void {
    for (const listener of this.#listeners) listener(what, person);
  }

  /** Root first; empty when no modal is open. */
  stack(person: string): StoredModal[] {
    return this.#stacks.get(person) ?? [];
  }

  home(person: string): StoredView<PlacedHome> | undefined {
    return this.#homes.get(person);
  }

  modal(id: string): StoredModal | undefined {
    for (const stack of this.#stacks.values()) {
      const found = stack.find((each) => each.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  find(id: string): StoredView | undefined {
    return this.modal(id) ?? [...this.#homes.values()].find((each) => each.id === id);
  }

  #byExternalId(externalId: string): StoredModal | undefined {
    return [...this.#stacks.values()].flat().find((each) => each.view.external_id === externalId);
  }

  /** Opens a modal and closes the others. @param channel the channel of the interaction, if any */
  open(person: string, view: PlacedModal, channel?: string): ViewOutcome<StoredModal> {
    const error = this.#findError(view);
    if (error !== undefined) return { ok: false, error: error };
    const id = newViewId();
    const stored: StoredModal = {
      id,
      person,
      hash: newHash(),
      view,
      values: carryValues(view.blocks, {}, channel),
      offered: {},
      rootId: id,
      previousId: null,
      errors: {},
      busy: false,
    };
    this.#stacks.set(person, [stored]);
    this.#changed('modal', person);
    return { ok: true, view: stored };
  }

  /** Pushes a view on the stack that `onto` is in. */
  push(onto: string, view: PlacedModal): ViewOutcome<StoredModal> {
    const below = this.modal(onto);
    if (below === undefined) return { ok: false, error: 'not_found' };
    const stack = this.stack(below.person);
    if (stack.length >= MAX_STACKED_VIEWS) return { ok: false, error: 'push_limit_reached' };
    const error = this.#findError(view);
    if (error !== undefined) return { ok: false, error: error };
    const top = stack.at(-1) ?? below;
    const stored: StoredModal = {
      id: newViewId(),
      person: below.person,
      hash: newHash(),
      view,
      values: carryValues(view.blocks),
      offered: {},
      rootId: below.rootId,
      previousId: top.id,
      errors: {},
      busy: false,
    };
    stack.push(stored);
    this.#changed('modal', below.person);
    return { ok: true, view: stored };
  }

  /** Updates a view in place. Values are kept if their block and action ids are. */
  update(target: { id: string } | { externalId: string }, view: PlacedModal, hash?: string): ViewOutcome<StoredModal> {
    const stored = 'id' in target ? this.modal(target.id) : this.#byExternalId(target.externalId);
    if (stored === undefined) return { ok: false, error: 'not_found' };
    if (hash !== undefined && hash !== stored.hash) return { ok: false, error: 'hash_conflict' };
    const error = this.#findError(view, stored.id);
    if (error !== undefined) return { ok: false, error: error };
    stored.view = view;
    stored.hash = newHash();
    stored.values = carryValues(view.blocks, stored.values);
    stored.errors = {};
    this.#changed('modal', stored.person);
    return { ok: true, view: stored };
  }

  publish(person: string, view: PlacedHome, hash?: string): ViewOutcome<StoredView<PlacedHome>> {
    const before = this.#homes.get(person);
    if (hash !== undefined && before !== undefined && hash !== before.hash)
      return { ok: false, error: 'hash_conflict' };
    if (JSON.stringify(view).length > MAX_VIEW_BYTES) return { ok: false, error: 'view_too_large' };
    const id = before?.id ?? newViewId();
    const stored: StoredView<PlacedHome> = {
      id,
      person,
      hash: newHash(),
      view,
      values: carryValues(view.blocks, before?.values),
      offered: before?.offered ?? {},
      rootId: id,
      previousId: null,
    };
    this.#homes.set(person, stored);
    this.#changed('home', person);
    return { ok: true, view: stored };
  }

  #findError(view: PlacedModal, ownId?: string): ViewError | undefined {
    if (JSON.stringify(view).length > MAX_VIEW_BYTES) return 'view_too_large';
    if (view.external_id === undefined || view.external_id === '') return undefined;
    const existing = this.#byExternalId(view.external_id);
    return existing !== undefined && existing.id !== ownId ? 'duplicate_external_id' : undefined;
  }

  /** Closes the view on top, or the whole stack with `all`. @returns the closed views, top first. */
  close(person: string, all: boolean): StoredModal[] {
    const stack = this.stack(person);
    const closed = all ? stack.splice(0).reverse() : stack.splice(-1);
    this.#changed('modal', person);
    return closed;
  }

  /** Call after a change of a view that the app did not make, such as field errors. */
  notifyChanged(view: StoredView): void {
    this.#changed(view.view.type, view.person);
  }
}

/** A view in the shape that Slack sends to an app. */
export function toSlackView({ team }: Workspace, stored: StoredView): Record<string, unknown> {
  const { view } = stored;
  const modal = view.type === 'modal' ? view : undefined;
  return {
    id: stored.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: toSlackState(view.blocks, stored.values, stored.offered) },
    hash: stored.hash,
    title: modal?.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: modal?.clear_on_close ?? false,
    notify_on_close: modal?.notify_on_close ?? false,
    close: modal?.close ?? null,
    submit: modal?.submit ?? null,
    previous_view_id: stored.previousId,
    root_view_id: stored.rootId,
    app_id: APP_ID,
    external_id: view.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: BOT_ID,
  };
}

interface ChosenValues {
  values: ElementValues;
  offered: OfferedOptions;
}

/** The values that each person has entered in the elements of messages. */
export class MessageValues {
  readonly #held = new Map<string, ChosenValues>();

  /** A person's values in a message. Changes of the returned object are kept. */
  get(person: string, message: { channel: string; ts: string; blocks: PlacedBlock[] }): ChosenValues {
    const key = `${person} ${message.channel} ${message.ts}`;
    const before = this.#held.get(key);
    const held = { values: carryValues(message.blocks, before?.values), offered: before?.offered ?? {} };
    if (Object.keys(held.values).length > 0) this.#held.set(key, held);
    return held;
  }
}
