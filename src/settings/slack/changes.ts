import { isDeepStrictEqual } from 'node:util';
import type { AnyBlock, InputBlock, KnownBlock, ModalView } from '@slack/types';
import { readSettings } from '../../access/accounts.ts';
import type { EventType, RecordedEvent } from '../../audit/events.ts';
import { findNewestEventId, listEventsSince } from '../../audit/repository.ts';
import { fieldLabel } from '../../audit/slack/history-lines.ts';
import { scopeNotFound, serviceNotFound } from '../../catalogue/errors.ts';
import { findScope } from '../../catalogue/scopes/repository.ts';
import { findService, listServices } from '../../catalogue/services/repository.ts';
import { checkForm, scopeForm, serviceForm } from '../../catalogue/slack/forms.ts';
import { checkNotFound, providerNotFound } from '../../checks/errors.ts';
import { findProvider, lockProvider, sealedCredentials } from '../../checks/provider-repository.ts';
import { findCheck, listChecks } from '../../checks/repository.ts';
import { findKind, type ProviderFormContext, providerForm } from '../../checks/slack/provider-forms.ts';
import { UserError } from '../../core/errors.ts';
import type { Subject } from '../../core/events.ts';
import { changedFields, type Fields, type Merge, merge } from '../../core/merge.ts';
import type { Queries } from '../../platform/database.ts';
import { FieldConflict, fingerprints, ifUnchanged } from '../../platform/fingerprints.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { successMessage } from '../../slack/answers.ts';
import {
  divider,
  mentionPerson as mention,
  mentionPerson,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { messageDialog } from '../../slack/dialog.ts';
import { blockField, blockId, type InputValue } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import {
  describeValue,
  type EditedSubject,
  formMetadata,
  initialValues,
  isInput,
  KIND_WORDS,
  listInputs,
  type Opened,
  type Origin,
  toValues,
  withValues,
} from '../../slack/record-form.ts';
import { localizeDates } from '../../slack/time.ts';
import { defaultsForm } from './account-forms.ts';

/** A form to change something, as it was opened, and as it was submitted. */
interface Filled {
  readonly opened: Opened;
  readonly origin: Origin;
  /** By field. */
  readonly held: ReadonlyMap<string, InputValue>;
}

/** The lock under which a subject is changed. */
const turnOf = ({ kind, id }: EditedSubject) => (kind === 'defaults' ? 'settings' : `${kind}:${id}`);

function subjectOf({ kind, id }: EditedSubject): Subject | undefined {
  switch (kind) {
    case 'defaults':
      return undefined;
    case 'check':
    case 'provider':
      return { kind, id };
    case 'scope':
    case 'service':
      return { kind, id: Number(id) };
  }
}

/** What changes a service and a check from the other side. */
const RELATED = {
  service: { field: 'checks', types: ['check.added', 'check.changed', 'check.removed'], names: 'services' },
  check: { field: 'services', types: ['service.changed'], names: 'checks' },
} as const;

/** Somebody's change of something that others may have changed, or removed, since they opened its form. */
export class PendingChange {
  readonly #context: ProviderFormContext;
  readonly #person: Person;
  readonly #edited: EditedSubject;
  readonly #filled: Filled;

  constructor(context: ProviderFormContext, person: Person, edited: EditedSubject, filled: Filled) {
    this.#context = context;
    this.#person = person;
    this.#edited = edited;
    this.#filled = filled;
  }

  /** What the form holds in the fields that this person changed. */
  changed(): ReadonlyMap<string, InputValue> {
    const { held, opened } = this.#filled;
    const changed = changedFields(opened.seen, fingerprints(toValues(held)));
    return new Map([...held].filter(([field]) => changed.includes(field)));
  }

  /** The ctx to make the change on: it is not made where others were before. */
  ctx(): ActionContext {
    const { accountId } = this.#person.actor;
    const { opened, origin } = this.#filled;
    return ifUnchanged(this.#context.ctx, accountId, turnOf(this.#edited), opened.seen, async (tx) => {
      // Who changes it without its turn waits, too.
      if (this.#edited.kind === 'provider') await lockProvider(tx, accountId, this.#edited.id);
      return (await draw(this.#context, tx, accountId, this.#edited, origin)).fields;
    });
  }

  /** What shows in place of the form when others were before; undefined when the change came to nothing for another reason. */
  async insteadOf(error: unknown): Promise<ModalView | undefined> {
    if (error instanceof FieldConflict) return this.#newest();
    return error instanceof UserError && error.kind === 'not-found' ? this.#removed() : undefined;
  }

  /** The form of what there is by now, with what others changed. */
  async #newest(): Promise<ModalView> {
    const { accountId } = this.#person.actor;
    const { database } = this.#context.ctx;
    const { held, opened, origin } = this.#filled;
    // Before it is looked at, so that no change falls between the two.
    const event = await findNewestEventId(database, accountId);
    const { view, fields } = await draw(this.#context, database, accountId, this.#edited, origin);
    const next = { seen: fingerprints(fields), event, generation: opened.generation + 1 };
    const meanwhile = {
      merge: merge(opened.seen, fingerprints(toValues(held)), next.seen),
      events: await this.#events(),
    };
    return mergedForm(withFormMetadata(view, next), held, meanwhile, next.generation);
  }

  /** Says who removed it; undefined when nobody did since the form was opened. */
  async #removed(): Promise<ModalView | undefined> {
    const { kind } = this.#edited;
    const removal = (await this.#events()).findLast(({ event }) => event.type === `${kind}.removed`)?.event;
    if (kind === 'defaults' || removal === undefined) return undefined;
    const removed = `This ${KIND_WORDS[kind]} was removed by ${mention(removal.actor)} ${localizeDates(removal.at)}`;
    return messageDialog(successMessage(`${removed}, while you were editing. Nothing of yours was saved.`), 'Not done');
  }

  /** What was done to it since the form was opened, the oldest first, each with the fields that it changed. */
  async #events() {
    const { kind, id } = this.#edited;
    const related = kind === 'service' || kind === 'check' ? RELATED[kind] : undefined;
    const types: readonly EventType[] = kind === 'defaults' ? ['settings.changed'] : (related?.types ?? []);
    const search = { subject: subjectOf(this.#edited), types, limit: 100 };
    const { database } = this.#context.ctx;
    const events = await listEventsSince(database, this.#person.actor.accountId, this.#filled.opened.event, search);
    return events.map((event) => {
      if (related === undefined || !types.includes(event.type)) return { event, fields: readSubjectFields(event) };
      return { event, fields: concerns(event, related.names, id) ? [related.field] : [] };
    });
  }
}

/** A form as it is drawn. */
interface Drawn {
  readonly view: ModalView;
  /** What it is, in its fields, and in what no form shows. */
  readonly fields: Fields;
}

/**
 * The form of it, without what it carries along.
 * @throws UserError of kind `not-found` when somebody removed it meanwhile
 */
export async function draw(
  context: ProviderFormContext,
  db: Queries,
  accountId: number,
  edited: EditedSubject,
  origin: Origin,
): Promise<Drawn> {
  const drawn = (view: ModalView, unseen: Fields = {}): Drawn => ({
    view,
    fields: { ...toValues(initialValues(view.blocks)), ...unseen },
  });
  const { kind, id } = edited;
  switch (kind) {
    case 'defaults':
      return drawn(defaultsForm(await readSettings(db, accountId), origin));
    case 'scope': {
      const scope = await findScope(db, accountId, Number(id));
      if (scope === null) throw scopeNotFound({ id: Number(id) });
      return drawn(scopeForm(scope, origin));
    }
    case 'service': {
      const service = await findService(db, accountId, Number(id));
      if (service === null) throw serviceNotFound({ id: Number(id) });
      return drawn(serviceForm(service, await listChecks(db, accountId, { ids: service.checks }), origin));
    }
    case 'check': {
      const check = await findCheck(db, accountId, id);
      if (check === null) throw checkNotFound({ id });
      return drawn(checkForm(check, await listServices(db, accountId, { ids: check.services }), origin));
    }
    case 'provider': {
      const provider = await findProvider(db, accountId, id);
      if (provider === undefined) throw providerNotFound({ name: id });
      const credentials = await sealedCredentials(db, accountId, id);
      return drawn(providerForm(provider, findKind(context, provider.kind), origin), { credentials });
    }
  }
}

/**
 * The form to change something, as it is now. It carries along what it shows.
 * @throws UserError of kind `not-found` when somebody removed it meanwhile
 */
export async function findForm(
  context: ProviderFormContext,
  { actor: { accountId } }: Person,
  edited: EditedSubject,
  origin: Origin,
): Promise<ModalView> {
  const { database } = context.ctx;
  // Before it is looked at, so that no change falls between the two.
  const event = await findNewestEventId(database, accountId);
  const { view, fields } = await draw(context, database, accountId, edited, origin);
  return withFormMetadata(view, { seen: fingerprints(fields), event, generation: 0 });
}

/** The form with what it showed, and when. */
export function withFormMetadata(view: ModalView, opened: Opened): ModalView {
  const { origin, id } = formMetadata.parse(JSON.parse(view.private_metadata ?? ''));
  return { ...view, private_metadata: JSON.stringify({ origin, id, opened }) };
}

/** What others did since a form was opened. */
export interface ConcurrentChanges {
  readonly merge: Merge;
  /** The oldest first; each with the fields of the form that it changed. */
  readonly events: readonly { readonly event: RecordedEvent; readonly fields: readonly string[] }[];
}

/** How many events are told. */
const TOLD = 5;
/** How much is shown of what a field has below, and of what it does not have any more (characters). */
const LONGEST_NEW = 120;
const LONGEST_OLD = 2600;

/**
 * The form of what there is by now, for whoever filled in an older one: with what others changed, who they were, and what
 * this person changed where nobody else did.
 * @param view what there is by now; `mine`: what the older form held
 * @param generation how often it was drawn anew
 */
export function mergedForm(
  view: ModalView,
  mine: ReadonlyMap<string, InputValue>,
  meanwhile: ConcurrentChanges,
  generation: number,
): ModalView {
  const blocks = view.blocks.map((block) => {
    if (!isInput(block)) return block;
    const field = blockField(block.block_id);
    // Secrets are in no view: where the id stays the same, Slack keeps what was typed.
    if (field.startsWith('credentials.')) return block;
    const held = meanwhile.merge.mine.includes(field) ? mine.get(field) : undefined;
    const element = held === undefined ? block.element : withValues(block.element, held);
    return { ...block, block_id: blockId(field, generation), element };
  });
  return { ...view, blocks: [...news(view.blocks, mine, meanwhile), ...blocks] };
}

function news(
  blocks: readonly AnyBlock[],
  mine: ReadonlyMap<string, InputValue>,
  { merge: { theirs, disputed }, events }: ConcurrentChanges,
): KnownBlock[] {
  const inputs = new Map<string, InputBlock>(listInputs(blocks));
  const now = initialValues(blocks);
  const called = (field: string) => `*${inputs.get(field)?.label.text ?? withCapital(fieldLabel(field))}*`;
  const told = events.flatMap(({ event, fields }) => {
    const changed = fields.filter((field) => theirs.includes(field));
    return changed.length === 0 ? [] : [{ event, changed }];
  });
  const unsaid = theirs.filter((field) => !told.some(({ changed }) => changed.includes(field)));
  const lines = [
    ':warning: *This was changed while you were editing. Nothing of yours is saved yet.*',
    ...told.slice(-TOLD).map(({ event, changed }) => {
      const by = `${mentionPerson(event.actor)}${event.actor.source === 'http' ? ' over HTTP' : ''}`;
      return `Changed by ${by} ${localizeDates(event.at)}: ${changed.map(called).join(', ')}`;
    }),
    ...(unsaid.length === 0 ? [] : [`Changed since: ${unsaid.map(called).join(', ')}`]),
  ];
  return [
    section(truncateBlocks(lines.join('\n'), SLACK_LIMITS.section)),
    ...disputed.flatMap((field) => {
      const element = inputs.get(field)?.element;
      const [is, wrote] = [now.get(field), mine.get(field)];
      if (wrote === undefined) return [];
      const newest = is === undefined ? 'too long for a form' : describeValue(element, is, LONGEST_NEW);
      return [section(`${called(field)}\nNow: ${newest}\nYou had: ${describeValue(element, wrote, LONGEST_OLD)}`)];
    }),
    section(
      disputed.length === 0
        ? 'Below are the newest values with your changes. *Save* keeps them.'
        : 'Below are the newest values; your other changes are kept. Change them again where you want to, and *Save*.',
    ),
    divider,
  ];
}

const withCapital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** The fields that an event changed, as the forms of the settings name them. */
export function readSubjectFields({ before = {}, after = {} }: RecordedEvent): string[] {
  return Object.keys(after).flatMap((field) => {
    if (field !== 'settings') return [field];
    const [old, now] = [settingsIn(before), settingsIn(after)];
    const changed = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...changed].filter((each) => !isDeepStrictEqual(old[each], now[each])).map((each) => `settings.${each}`);
  });
}

/** The settings of a monitoring system, among what an event changed. */
function settingsIn(values: object): Readonly<Record<string, unknown>> {
  return 'settings' in values && typeof values.settings === 'object' ? { ...values.settings } : {};
}

/** Whether an event is about one of these, such as the services of a check. */
export function concerns(
  { before = {}, after = {} }: RecordedEvent,
  field: 'checks' | 'services',
  id: string,
): boolean {
  return [before, after].some((values) =>
    Object.entries(values).some(
      ([name, ids]) => name === field && Array.isArray(ids) && ids.some((each) => String(each) === id),
    ),
  );
}
