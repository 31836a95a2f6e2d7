import { isDeepStrictEqual } from 'node:util';
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { EventType, RecordedEvent } from '../../audit/events.ts';
import { findNewestEventId, listEventsSince } from '../../audit/repository.ts';
import { fieldLabel } from '../../audit/slack/history.ts';
import { scopeForm, serviceForm } from '../../catalogue/slack/forms.ts';
import { checkForm, connectForm, type ProviderFormContext, providerForm } from '../../checks/slack/forms.ts';
import { UserError } from '../../core/errors.ts';
import type { Subject } from '../../core/events.ts';
import { changedFields, type Fields, type Merge, merge } from '../../core/merge.ts';
import { authorize } from '../../core/permissions.ts';
import { freezeForm } from '../../freezes/slack/form.ts';
import { FieldConflict, fingerprints, ifUnchanged } from '../../platform/fingerprints.ts';
import { claimKey, releaseKey } from '../../platform/idempotency.ts';
import { divider, mentionPerson, SLACK_LIMITS, section, successMessage, truncateBlocks } from '../../slack/blocks.ts';
import { messageDialog } from '../../slack/context.ts';
import { describeValue } from '../../slack/fields.ts';
import { type Inputs, readInput } from '../../slack/form.ts';
import type { Outcome } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import type { FilledForm, Opened, Origin, RecordForm } from '../../slack/record-form.ts';
import { comparable, drawForm, formMetadata, listInputs } from '../../slack/record-form.ts';
import { localizeDates } from '../../slack/time.ts';
import { sharedForms } from '../../texts/slack-forms.ts';
import { mergeMessages, settingsMessages as texts } from '../../texts/slack-messages.ts';
import { defaultsForm, roleForm } from './account-forms.ts';
import { redrawSettings } from './overview.ts';

export const FORM_KINDS = [
  'defaults',
  'role',
  'scope',
  'service',
  'check',
  'provider',
  'provider.connect',
  'freeze',
] as const;
export type FormKind = (typeof FORM_KINDS)[number];

export const FORMS: Readonly<Record<FormKind, RecordForm<ProviderFormContext>>> = {
  defaults: defaultsForm,
  role: roleForm,
  scope: scopeForm,
  service: serviceForm,
  check: checkForm,
  provider: providerForm,
  'provider.connect': connectForm,
  freeze: freezeForm,
};

const NOUNS: Readonly<Partial<Record<FormKind, string>>> = sharedForms.nouns;
/** What a record is called in a sentence. */
export const getNoun = (kind: FormKind) => NOUNS[kind] ?? kind;

/** The action id that opens a form, and its callback id. */
export const formId = (kind: FormKind) => `settings.${kind}`;

/** Events that change a record and are not about it: `ids` of theirs has the id of the record, and `field` is changed. */
const RELATED: Partial<Record<FormKind, { field: string; types: readonly EventType[]; ids: 'services' | 'checks' }>> = {
  service: { field: 'checks', types: ['check.added', 'check.changed', 'check.removed'], ids: 'services' },
  check: { field: 'services', types: ['service.changed'], ids: 'checks' },
};

function toSubject(kind: FormKind, id: string): Subject | undefined {
  if (kind === 'scope' || kind === 'service') return { kind, id: Number(id) };
  return kind === 'check' || kind === 'provider' ? { kind, id } : undefined;
}

const toFields = (form: FilledForm): Fields => ({
  ...comparable(listInputs(form).map(({ field, value }) => [field.name, value])),
  ...form.hidden,
});

/**
 * The form to add a record, or to change the one with this id.
 * @throws UserError `not-found`
 */
export async function openForm(
  context: ProviderFormContext,
  person: Person,
  kind: FormKind,
  id: string | undefined,
  origin: Origin,
): Promise<ModalView> {
  const { database } = context.ctx;
  // Before the record is read, so that no change falls between the two.
  const event = await findNewestEventId(database, person.actor.accountId);
  const form = await FORMS[kind].fill(context, database, person, id);
  const opened = { seen: fingerprints(toFields(form)), event, generation: 0 };
  const adds = FORMS[kind].adds === true || id === undefined;
  return drawForm(formId(kind), form, { origin, id, ...(adds ? {} : { opened }) });
}

/**
 * Saves a submitted form once, however often Slack sends it. Where others were first, nothing is saved, and the form of
 * the newest values is shown.
 */
export async function saveForm(
  context: ProviderFormContext,
  person: Person,
  kind: FormKind,
  view: ViewOutput,
): Promise<Outcome | undefined> {
  authorize(person.actor, 'configure-account');
  const { ctx } = context;
  const { accountId } = person.actor;
  const { id, origin, opened } = formMetadata.parse(JSON.parse(view.private_metadata));
  const inputs = readInput(view.state.values);
  const edit = id === undefined || opened === undefined ? undefined : { kind, id, opened, origin, inputs };
  const key = `view:${view.id}`;
  if (!(await claimKey(ctx.database, accountId, key, ctx.clock.now()))) return undefined;
  const after = () => redrawSettings(context, person, origin);
  try {
    const changes = edit && { inputs: onlyChanged(edit), ctx: guarded(context, person, edit) };
    await FORMS[kind].save(context, person, { id, inputs, ctx, ...changes });
    return { after };
  } catch (error) {
    await releaseKey(ctx.database, accountId, key);
    const show = edit && (await explainConflict(context, person, edit, error));
    if (show === undefined) throw error;
    return { show, after };
  }
}

interface Edit {
  readonly kind: FormKind;
  readonly id: string;
  readonly opened: Opened;
  readonly origin: Origin;
  readonly inputs: Inputs;
}

function onlyChanged({ inputs, opened }: Edit): Inputs {
  const changed = changedFields(opened.seen, fingerprints(comparable(inputs)));
  return new Map([...inputs].filter(([field]) => changed.includes(field)));
}

/** A context whose changes are rolled back when the record is not as the form showed it. */
function guarded(context: ProviderFormContext, person: Person, { kind, id, opened }: Edit) {
  const { accountId } = person.actor;
  const lock = kind === 'defaults' ? 'settings' : `${kind}:${id}`;
  return ifUnchanged(context.ctx, accountId, lock, opened.seen, async (tx) => {
    await FORMS[kind].lock?.(tx, accountId, id);
    return toFields(await FORMS[kind].fill(context, tx, person, id));
  });
}

/** What is shown in place of the form when others were first; undefined for any other error. */
async function explainConflict(
  context: ProviderFormContext,
  person: Person,
  edit: Edit,
  error: unknown,
): Promise<ModalView | undefined> {
  const { kind, id, opened, origin, inputs } = edit;
  const { database } = context.ctx;
  if (error instanceof FieldConflict) {
    // Before the record is read, so that no change falls between the two.
    const event = await findNewestEventId(database, person.actor.accountId);
    const form = await FORMS[kind].fill(context, database, person, id);
    const seen = fingerprints(toFields(form));
    const merged = mergeForm(form, inputs, {
      merge: merge(opened.seen, fingerprints(comparable(inputs)), seen),
      events: await listChanges(context, person, edit),
    });
    const metadata = { origin, id, opened: { seen, event, generation: opened.generation + 1 } };
    return drawForm(formId(kind), merged.form, metadata, merged.news);
  }
  if (!(error instanceof UserError) || error.kind !== 'not-found') return undefined;
  const removal = (await listChanges(context, person, edit)).findLast(({ event }) => event.type === `${kind}.removed`);
  if (removal === undefined) return undefined;
  const { actor, at } = removal.event;
  const message = texts.removedMeanwhile(getNoun(kind), mentionPerson(actor), localizeDates(at));
  return messageDialog(successMessage(message), sharedForms.notDone);
}

/** What others changed since the form was opened, the oldest first, each with the fields of the form. */
async function listChanges({ ctx }: ProviderFormContext, { actor }: Person, { kind, id, opened }: Edit) {
  const related = RELATED[kind];
  const types: readonly EventType[] = kind === 'defaults' ? ['settings.changed'] : (related?.types ?? []);
  const search = { subject: toSubject(kind, id), types, limit: 100 };
  const events = await listEventsSince(ctx.database, actor.accountId, opened.event, search);
  return events.map((event) => {
    if (related === undefined || !types.includes(event.type)) return { event, fields: readSubjectFields(event) };
    return { event, fields: namesId(event, related.ids, id) ? [related.field] : [] };
  });
}

interface ConcurrentChanges {
  readonly merge: Merge;
  readonly events: readonly { readonly event: RecordedEvent; readonly fields: readonly string[] }[];
}

const MAX_CHANGES_SHOWN = 5;
/** How much is shown of a value that the form has below, and of one that it does not have any more (characters). */
const MAX_NEW_CHARS = 120;
const MAX_OLD_CHARS = 2600;

/**
 * The form of the newest values with what one person alone changed, and with the news: who changed what, and both values
 * of what two changed.
 * @param mine the values that this person submitted
 */
export function mergeForm(
  form: FilledForm,
  mine: Inputs,
  { merge: { mine: kept, theirs, disputed }, events }: ConcurrentChanges,
) {
  const items = form.items.map((item) => {
    // Slack keeps what was typed into a secret field; no view contains it.
    if (!('field' in item) || item.field.secret || !kept.includes(item.field.name)) return item;
    return { ...item, value: mine.get(item.field.name) ?? item.value };
  });
  const shown = new Map(form.items.flatMap((item) => ('field' in item ? [[item.field.name, item]] : [])));
  const label = (name: string) => `*${shown.get(name)?.field.label ?? capitalize(fieldLabel(name))}*`;
  const changes = events
    .map(({ event, fields }) => ({ event, changed: fields.filter((field) => theirs.includes(field)) }))
    .filter(({ changed }) => changed.length > 0);
  const unrecorded = theirs.filter((field) => !changes.some(({ changed }) => changed.includes(field)));
  const lines = [
    mergeMessages.changed,
    ...changes.slice(-MAX_CHANGES_SHOWN).map(({ event: { actor, at }, changed }) => {
      return texts.changedBy(mentionPerson(actor), actor.source === 'http', localizeDates(at), changed.map(label));
    }),
    ...(unrecorded.length === 0 ? [] : [texts.changedSince(unrecorded.map(label))]),
  ];
  const disputes = disputed.flatMap((name) => {
    const item = shown.get(name);
    const wrote = mine.get(name);
    if (item === undefined || wrote === undefined) return [];
    const { field, value } = item;
    const newest = typeof value === 'string' ? texts.tooLong : describeValue(field, value, MAX_NEW_CHARS);
    return [section(texts.disputed(label(name), newest, describeValue(field, wrote, MAX_OLD_CHARS)))];
  });
  const changed = section(truncateBlocks(lines.join('\n'), SLACK_LIMITS.section));
  const news = [changed, ...disputes, section(mergeMessages.below(disputed.length > 0)), divider];
  return { form: { ...form, items }, news };
}

const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The fields that an event changed, as forms name them. */
function readSubjectFields({ before = {}, after = {} }: RecordedEvent): string[] {
  return Object.keys(after).flatMap((field) => {
    if (field !== 'settings') return [field];
    const [old, now] = [readProviderSettings(before), readProviderSettings(after)];
    const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return changed.filter((each) => !isDeepStrictEqual(old[each], now[each])).map((each) => `settings.${each}`);
  });
}

function readProviderSettings(values: object): Readonly<Record<string, unknown>> {
  return 'settings' in values && typeof values.settings === 'object' ? { ...values.settings } : {};
}

/** Whether an event names this id among its checks or services. */
function namesId({ before = {}, after = {} }: RecordedEvent, field: 'checks' | 'services', id: string): boolean {
  return [before, after].some((values) => {
    const ids = new Map<string, unknown>(Object.entries(values)).get(field);
    return Array.isArray(ids) && ids.some((each) => String(each) === id);
  });
}
