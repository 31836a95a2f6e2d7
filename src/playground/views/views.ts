import { randomBytes } from 'node:crypto';
import type { PlacedHome, PlacedModal } from '../block-kit/check.ts';
import { carriedValues, type OfferedOptions, slackState } from '../block-kit/values.ts';
import type { ElementValues } from '../protocol.ts';
import { APP_ID, BOT_ID } from '../workspace/seed.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** One view as the workspace keeps it. */
export interface KeptView<Shape extends PlacedModal | PlacedHome = PlacedModal | PlacedHome> {
  id: string;
  person: string;
  hash: string;
  view: Shape;
  values: ElementValues;
  offered: OfferedOptions;
  rootId: string;
  previousId: string | null;
}

export interface KeptModal extends KeptView<PlacedModal> {
  errors: Record<string, string>;
  busy: boolean;
}

export type ViewError =
  | 'not_found'
  | 'hash_conflict'
  | 'push_limit_reached'
  | 'duplicate_external_id'
  | 'view_too_large';

export type ViewOutcome<Kept> = { ok: true; view: Kept } | { ok: false; error: ViewError };

const DEEPEST = 3;
const MOST_BYTES = 250_000;

const newViewId = (): string => `V${randomBytes(8).toString('hex').slice(0, 10).toUpperCase()}`;
const newHash = (): string => `${Math.floor(Date.now() / 1000)}.${randomBytes(6).toString('base64url')}`;

/** Every person's modal stack and Home tab. */
export class Views {
  readonly #stacks = new Map<string, KeptModal[]>();
  readonly #homes = new Map<string, KeptView<PlacedHome>>();
  readonly #listeners = new Set<(what: 'modal' | 'home', person: string) => void>();

  listen(listener: (what: 'modal' | 'home', person: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(what: 'modal' | 'home', person: string): void {
    for (const listener of this.#listeners) listener(what, person);
  }

  /** Root first; empty when no modal is open. */
  stack(person: string): KeptModal[] {
    return this.#stacks.get(person) ?? [];
  }

  home(person: string): KeptView<PlacedHome> | undefined {
    return this.#homes.get(person);
  }

  modal(id: string): KeptModal | undefined {
    for (const stack of this.#stacks.values()) {
      const found = stack.find((each) => each.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  find(id: string): KeptView | undefined {
    return this.modal(id) ?? [...this.#homes.values()].find((each) => each.id === id);
  }

  #byExternalId(externalId: string): KeptModal | undefined {
    return [...this.#stacks.values()].flat().find((each) => each.view.external_id === externalId);
  }

  /** Opens a modal in place of any that was open. @param channel where it was asked for, if in one. */
  open(person: string, view: PlacedModal, channel?: string): ViewOutcome<KeptModal> {
    const wrong = this.#refusal(view);
    if (wrong !== undefined) return { ok: false, error: wrong };
    const id = newViewId();
    const kept: KeptModal = {
      id,
      person,
      hash: newHash(),
      view,
      values: carriedValues(view.blocks, {}, channel),
      offered: {},
      rootId: id,
      previousId: null,
      errors: {},
      busy: false,
    };
    this.#stacks.set(person, [kept]);
    this.#changed('modal', person);
    return { ok: true, view: kept };
  }

  /** Puts a view on top of the stack that `onto` is in; a stack holds three. */
  push(onto: string, view: PlacedModal): ViewOutcome<KeptModal> {
    const below = this.modal(onto);
    if (below === undefined) return { ok: false, error: 'not_found' };
    const stack = this.stack(below.person);
    if (stack.length >= DEEPEST) return { ok: false, error: 'push_limit_reached' };
    const wrong = this.#refusal(view);
    if (wrong !== undefined) return { ok: false, error: wrong };
    const top = stack.at(-1) ?? below;
    const kept: KeptModal = {
      id: newViewId(),
      person: below.person,
      hash: newHash(),
      view,
      values: carriedValues(view.blocks),
      offered: {},
      rootId: below.rootId,
      previousId: top.id,
      errors: {},
      busy: false,
    };
    stack.push(kept);
    this.#changed('modal', below.person);
    return { ok: true, view: kept };
  }

  /** Changes a view in place; what was typed stays where block and action ids stay. */
  update(which: { id: string } | { externalId: string }, view: PlacedModal, hash?: string): ViewOutcome<KeptModal> {
    const kept = 'id' in which ? this.modal(which.id) : this.#byExternalId(which.externalId);
    if (kept === undefined) return { ok: false, error: 'not_found' };
    if (hash !== undefined && hash !== kept.hash) return { ok: false, error: 'hash_conflict' };
    const wrong = this.#refusal(view, kept.id);
    if (wrong !== undefined) return { ok: false, error: wrong };
    kept.view = view;
    kept.hash = newHash();
    kept.values = carriedValues(view.blocks, kept.values);
    kept.errors = {};
    this.#changed('modal', kept.person);
    return { ok: true, view: kept };
  }

  publish(person: string, view: PlacedHome, hash?: string): ViewOutcome<KeptView<PlacedHome>> {
    const before = this.#homes.get(person);
    if (hash !== undefined && before !== undefined && hash !== before.hash)
      return { ok: false, error: 'hash_conflict' };
    if (JSON.stringify(view).length > MOST_BYTES) return { ok: false, error: 'view_too_large' };
    const id = before?.id ?? newViewId();
    const kept: KeptView<PlacedHome> = {
      id,
      person,
      hash: newHash(),
      view,
      values: carriedValues(view.blocks, before?.values),
      offered: before?.offered ?? {},
      rootId: id,
      previousId: null,
    };
    this.#homes.set(person, kept);
    this.#changed('home', person);
    return { ok: true, view: kept };
  }

  #refusal(view: PlacedModal, itself?: string): ViewError | undefined {
    if (JSON.stringify(view).length > MOST_BYTES) return 'view_too_large';
    if (view.external_id === undefined || view.external_id === '') return undefined;
    const taken = this.#byExternalId(view.external_id);
    return taken !== undefined && taken.id !== itself ? 'duplicate_external_id' : undefined;
  }

  /** Takes the top view away, or with `all` the whole stack. @returns what was taken, top first. */
  close(person: string, all: boolean): KeptModal[] {
    const stack = this.stack(person);
    const closed = all ? stack.splice(0).reverse() : stack.splice(-1);
    this.#changed('modal', person);
    return closed;
  }

  /** Say that something about a view that was not the app's doing has changed, such as its field errors. */
  touched(view: KeptView): void {
    this.#changed(view.view.type, view.person);
  }
}

/** A view as Slack hands it to the app. */
export function slackView({ team }: Workspace, kept: KeptView): Record<string, unknown> {
  const { view } = kept;
  const modal = view.type === 'modal' ? view : undefined;
  return {
    id: kept.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: slackState(view.blocks, kept.values, kept.offered) },
    hash: kept.hash,
    title: modal?.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: modal?.clear_on_close ?? false,
    notify_on_close: modal?.notify_on_close ?? false,
    close: modal?.close ?? null,
    submit: modal?.submit ?? null,
    previous_view_id: kept.previousId,
    root_view_id: kept.rootId,
    app_id: APP_ID,
    external_id: view.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: BOT_ID,
  };
}
