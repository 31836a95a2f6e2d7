import type { AnyBlock, InputBlock, InputBlockElement, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import type { Fields, Value } from '../core/merge.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { actions, button, formatNames, quote, section } from './blocks.ts';
import { blockField, type InputValue, input, MAX_INPUT_CHARS, option, plain } from './form.ts';
import type { Person } from './people.ts';

/** The dialog that a form stands on, which is drawn anew once something changed. */
export const origin = z.object({ view: z.string(), generation: z.number() });
export type Origin = z.infer<typeof origin>;

/** How what a form changes was when it was opened. */
export const opened = z.object({
  /** A digest of each field. */
  seen: z.record(z.string(), z.string()),
  /** The newest event of then. */
  event: z.number(),
  /** How often others changed it meanwhile. */
  generation: z.number(),
});
export type Opened = z.infer<typeof opened>;

/** What a form carries along, unseen. Without an id it adds something, or is of all of the account. */
export const formMetadata = z.object({ origin, id: z.string().optional(), opened: opened.optional() });
export type FormMetadata = z.infer<typeof formMetadata>;

export function form(
  callbackId: string,
  title: string,
  metadata: FormMetadata,
  blocks: readonly KnownBlock[],
): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: 'Save' },
    close: { type: 'plain_text', text: 'Back' },
    private_metadata: JSON.stringify(metadata),
    blocks: [...blocks],
  };
}

export function nameInput(name: string, placeholder: string): KnownBlock {
  return input('name', 'Name', {
    type: 'plain_text_input',
    action_id: 'value',
    max_length: MAX_NAME_CHARS,
    placeholder: plain(placeholder),
    ...(name === '' ? {} : { initial_value: name.toWellFormed() }),
  });
}

/** A description that is longer than an input takes stays as it is. */
export function descriptionInput(description: string): KnownBlock {
  if (description.length > MAX_INPUT_CHARS) {
    return section('*Description*\nToo long for a form; it stays as it is. Change it over HTTP.');
  }
  return input(
    'description',
    'Description',
    {
      type: 'plain_text_input',
      action_id: 'value',
      multiline: true,
      max_length: MAX_INPUT_CHARS,
      ...(description === '' ? {} : { initial_value: description.toWellFormed() }),
    },
    { optional: true },
  );
}

const PUBLIC = option('public', 'Everybody: the status page and public channels, too');
const INTERNAL = option('internal', 'Internal: people of this workspace');

export function visibilityInput(visibility: 'public' | 'internal'): KnownBlock {
  return input('visibility', 'Who may know of it', {
    type: 'radio_buttons',
    action_id: 'value',
    options: [PUBLIC, INTERNAL],
    initial_option: visibility === 'public' ? PUBLIC : INTERNAL,
  });
}

/** What the fields of the above hold, those that are given. */
export function readCommon(held: ReadonlyMap<string, InputValue>) {
  const [name, description, visibility] = [held.get('name'), held.get('description'), held.get('visibility')];
  const isInternal = visibility?.selected_option?.value === INTERNAL.value;
  return {
    ...(name === undefined ? {} : { name: name.value?.trim() ?? '' }),
    ...(description === undefined ? {} : { description: description.value ?? '' }),
    ...(visibility === undefined ? {} : { visibility: isInternal ? ('internal' as const) : ('public' as const) }),
  };
}

/** What is to be removed, as its button carries it. */
export const readRemoveButton = z.object({ kind: z.enum(['scope', 'service', 'check', 'provider']), id: z.string() });
export type RemovedSubject = z.infer<typeof readRemoveButton>;

export const KIND_WORDS = {
  scope: 'scope',
  service: 'service',
  check: 'check',
  provider: 'monitoring system',
} as const;

export function removeButton(what: RemovedSubject, name: string): KnownBlock {
  return actions('remove', [
    button(SETTINGS.remove, `Remove this ${KIND_WORDS[what.kind]}`, JSON.stringify(what), {
      style: 'danger',
      confirm: {
        title: `Remove this ${KIND_WORDS[what.kind]}?`,
        text: `"${name}" leaves the catalogue. What is past still names it.`,
        yes: 'Remove',
        no: 'Keep',
      },
    }),
  ]);
}

/** What a form holds before anybody touches it, by field. */
export function initialValues(blocks: readonly AnyBlock[]): ReadonlyMap<string, InputValue> {
  return new Map(listInputs(blocks).map(([field, { element }]) => [field, initial(element)]));
}

/** Slack's types have blocks of which nothing is known, too. */
export function isInput(block: AnyBlock): block is InputBlock & { block_id: string } {
  return block.type === 'input' && 'element' in block && block.block_id !== undefined;
}

/** The inputs of a form, by field. */
export function listInputs(blocks: readonly AnyBlock[]): [field: string, block: InputBlock][] {
  return blocks.flatMap((block): [string, InputBlock][] =>
    isInput(block) ? [[blockField(block.block_id), block]] : [],
  );
}

/** What fields hold, so that the same is the same: whatever order was chosen in, and however Slack ends a line. */
export function toValues(held: ReadonlyMap<string, InputValue>): Fields {
  return Object.fromEntries([...held].map(([field, each]) => [field, plainValue(each)]));
}

function plainValue(held: InputValue): Value {
  const many = held.selected_options?.map(({ value }) => value) ?? held.selected_users;
  if (many != null) return many.toSorted();
  const one = held.selected_option?.value ?? held.selected_user ?? held.selected_channel ?? held.selected_date_time;
  return one ?? (held.value?.replaceAll('\r\n', '\n').trim() || null);
}

function initial(element: InputBlockElement): InputValue {
  switch (element.type) {
    case 'plain_text_input':
    case 'number_input':
      return { value: element.initial_value };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { selected_option: chosen(element.initial_option) };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { selected_options: (element.initial_options ?? []).flatMap((each) => chosen(each) ?? []) };
    case 'multi_users_select':
      return { selected_users: element.initial_users ?? [] };
    case 'channels_select':
      return { selected_channel: element.initial_channel };
    default:
      throw new Error(`No form of the settings changes anything with a ${element.type}.`);
  }
}

function chosen(each: { text: { text: string }; value?: string } | undefined) {
  return each?.value === undefined ? undefined : { value: each.value, text: { text: each.text.text } };
}

/** An element that holds something else. */
export function withValues(element: InputBlockElement, held: InputValue): InputBlockElement {
  const optionsChosen = (): PlainTextOption[] => {
    const all = held.selected_option == null ? (held.selected_options ?? []) : [held.selected_option];
    return all.map(({ value, text }) => option(value, text?.text ?? value));
  };
  switch (element.type) {
    case 'plain_text_input':
    case 'number_input': {
      const { initial_value: _, ...rest } = element;
      return held.value ? { ...rest, initial_value: held.value } : rest;
    }
    case 'static_select':
    case 'external_select':
    case 'radio_buttons': {
      const { initial_option: _, ...rest } = element;
      const [initialOption] = optionsChosen();
      return initialOption === undefined ? rest : { ...rest, initial_option: initialOption };
    }
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes': {
      const { initial_options: _, ...rest } = element;
      const initialOptions = optionsChosen();
      return initialOptions.length === 0 ? rest : { ...rest, initial_options: initialOptions };
    }
    case 'multi_users_select': {
      const { initial_users: _, ...rest } = element;
      return held.selected_users?.length ? { ...rest, initial_users: held.selected_users } : rest;
    }
    case 'channels_select': {
      const { initial_channel: _, ...rest } = element;
      return held.selected_channel ? { ...rest, initial_channel: held.selected_channel } : rest;
    }
    default:
      throw new Error(`No form of the settings changes anything with a ${element.type}.`);
  }
}

/** What a field holds, as people read it, in at most so many characters of mrkdwn. @param element undefined: one that went */
export function describeValue(element: InputBlockElement | undefined, held: InputValue, most: number): string {
  if (element?.type === 'checkboxes') return held.selected_options?.length ? 'yes' : 'no';
  const options = held.selected_options?.map(({ value, text }) => text?.text ?? value);
  if (options?.length) return formatNames(options, most);
  if (held.selected_users?.length) return held.selected_users.map((id) => `<@${id}>`).join(', ');
  if (held.selected_channel) return `<#${held.selected_channel}>`;
  const said = held.selected_option?.text?.text ?? held.selected_option?.value ?? held.value;
  return said ? quote(said, most) : 'none';
}

/** The ids of what is pressed and chosen in the settings. */
export const SETTINGS = {
  defaults: 'settings.defaults',
  role: 'settings.role',
  addScope: 'settings.scope.add',
  addService: 'settings.service.add',
  addCheck: 'settings.check.add',
  addFreeze: 'settings.freeze.add',
  /** The value is the freeze's id. */
  removeFreeze: 'settings.freeze.remove',
  /** Searchable selects; what is chosen is changed in a form. */
  scope: 'settings.scope',
  service: 'settings.service',
  check: 'settings.check',
  provider: 'settings.provider',
  /** A select of the kinds of monitoring systems. */
  connect: 'settings.provider.connect',
  /** In such a form; the value says what is to be removed. */
  remove: 'settings.remove',
} as const;

/** The forms, by their callback ids. */
export const FORMS = {
  connect: 'settings.provider.connect',
  provider: 'settings.provider',
  freeze: 'settings.freeze',
  defaults: 'settings.defaults',
  role: 'settings.role',
  scope: 'settings.scope',
  service: 'settings.service',
  check: 'settings.check',
} as const;

/** What is changed in a form: what holds for all of the account, or one thing by its id. */
export type EditedSubject = RemovedSubject | { readonly kind: 'defaults'; readonly id: string };

/** Something pressed or chosen in the settings, which opens a form on top of them. */
export type OnOpen = (
  actionId: string,
  draw: (person: Person, origin: Origin, chosen: string) => Promise<ModalView>,
) => void;

/** A submitted form. */
export interface SubmittedForm {
  /** Of what it changes. */
  readonly id: string | undefined;
  /** What it holds, by field: all of it, or what was changed in it where it changes something. */
  readonly held: ReadonlyMap<string, InputValue>;
  /** What is done with it is done on this, and only while everything is as the form showed it. */
  readonly ctx: ActionContext;
}

/** @param kind of what the form changes, where it changes something */
export type OnForm = (
  callbackId: string,
  work: (person: Person, filled: SubmittedForm) => Promise<void>,
  kind?: EditedSubject['kind'],
) => void;
