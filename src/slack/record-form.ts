import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Fields, Value } from '../core/merge.ts';
import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { sharedForms } from '../texts/slack-forms.ts';
import { actions, button } from './blocks.ts';
import type { SlackContext } from './context.ts';
import { drawField, type FilledField, type FormField } from './fields.ts';
import { blockId, type Inputs, type InputValue, modal } from './form.ts';
import type { Person } from './people.ts';

/** The dialog below a form, which is redrawn when the form changed something. */
const origin = z.object({ view: z.string(), generation: z.number() });
export type Origin = z.infer<typeof origin>;

/** The record as it was when its form was opened. */
const opened = z.object({
  /** The fingerprint of each field. */
  seen: z.record(z.string(), z.string()),
  /** The id of the newest event. */
  event: z.number(),
  /** How often the form was redrawn because others changed the record. */
  generation: z.number(),
});
export type Opened = z.infer<typeof opened>;

/** Private metadata of a form. Without `opened` the form adds a record. */
export const formMetadata = z.object({ origin, id: z.string().optional(), opened: opened.optional() });
type FormMetadata = z.infer<typeof formMetadata>;

/** A form with the values of a record. */
export interface FilledForm {
  readonly title: string;
  readonly items: readonly (FilledField | KnownBlock)[];
  /** What can be removed with a button. */
  readonly removable?: { readonly noun: string; readonly name: string };
  /** Values that no form shows, and in which two changes conflict all the same. */
  readonly hidden?: Fields;
}

interface Submission {
  /** Undefined for a new record. */
  readonly id: string | undefined;
  /** All values of a form that adds, the changed values of one that changes. */
  readonly inputs: Inputs;
  /** Rolls a change back when others changed the record since the form was opened. */
  readonly ctx: ActionContext;
}

/** How one kind of record is shown in a form, saved and removed. */
export interface RecordForm<Context extends SlackContext = SlackContext> {
  /** Whether the form only adds: then nothing that others do conflicts with it. */
  readonly adds?: true;
  /** `db`: a transaction that saves or the database. `id`: undefined for a new record. @throws UserError `not-found` */
  fill(context: Context, db: Queries, person: Person, id: string | undefined): Promise<FilledForm>;
  save(context: Context, person: Person, submission: Submission): Promise<void>;
  /** Keeps changes that were not made in a form from the record until the transaction ends. */
  lock?(tx: Queries, accountId: number, id: string): Promise<unknown>;
  remove?(ctx: ActionContext, actor: Actor, id: string): Promise<{ readonly name: string }>;
}

export const REMOVE_ACTION = 'settings.remove';

/** @param news shown above the fields */
export function drawForm(
  callbackId: string,
  { title, items, removable }: FilledForm,
  metadata: FormMetadata,
  news: readonly KnownBlock[] = [],
): ModalView {
  const generation = metadata.opened?.generation ?? 0;
  const blocks = items.map((item) =>
    'field' in item ? drawField(item, blockId(item.field.name, item.field.secret ? 0 : generation)) : item,
  );
  const { save, back } = sharedForms;
  return modal(callbackId, { title, submit: save, close: back }, metadata, [
    ...news,
    ...blocks,
    ...(removable === undefined ? [] : [removeButton(removable)]),
  ]);
}

function removeButton({ noun, name }: NonNullable<FilledForm['removable']>): KnownBlock {
  const { title, text, yes, no } = sharedForms.remove;
  const confirm = { title: `${title(noun)}?`, text: text(name), yes, no };
  return actions('remove', [button(REMOVE_ACTION, title(noun), noun, { style: 'danger', confirm })]);
}

/** The fields of a form with their values; those that it cannot hold are left out. */
export function listInputs({ items }: FilledForm): { readonly field: FormField; readonly value: InputValue }[] {
  return items.flatMap((item) =>
    'field' in item && typeof item.value !== 'string' ? [{ field: item.field, value: item.value }] : [],
  );
}

/** Values in a form in which equal ones are the same: without the order of choices, and with the same line ends. */
export function comparable(inputs: Iterable<readonly [string, InputValue]>): Fields {
  return Object.fromEntries([...inputs].map(([field, input]) => [field, comparableValue(input)]));
}

function comparableValue(input: InputValue): Value {
  const many = input.selected_options?.map(({ value }) => value) ?? input.selected_users;
  if (many != null) return many.toSorted();
  const one = input.selected_option?.value ?? input.selected_user ?? input.selected_channel ?? input.selected_date_time;
  return one ?? (input.value?.replaceAll('\r\n', '\n').trim() || null);
}
