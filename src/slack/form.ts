import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import type { Problem } from '../core/errors.ts';
import { slackProblemText } from '../texts/slack-errors.ts';
import { SLACK_LIMITS, shorten } from './blocks.ts';
import type { FieldMessage } from './reply-error.ts';

/** Slack's inputs take no more than this. */
export const MAX_INPUT_CHARS = 3000;

export const plain = (text: string) => ({ type: 'plain_text' as const, text: shorten(text, SLACK_LIMITS.optionText) });
export const option = (value: string, text: string): PlainTextOption => ({ text: plain(text), value });

/** The action ids of the searchable selects, for which Slack asks Lull for options. */
export const OPTIONS = { services: 'options.services', checks: 'options.checks', scopes: 'options.scopes' } as const;

interface Named {
  readonly id: number;
  readonly name: string;
}

export function serviceOption({ id, name, scope }: Named & { readonly scope: Named | null }): PlainTextOption {
  return option(String(id), scope === null ? name : `${scope.name} / ${name}`);
}

export function checkOption({ id, name }: { readonly id: string; readonly name: string }): PlainTextOption {
  return option(id, name);
}

/** The options of as many things as a select can hold; null when there are more. */
export function toOptions<T>(things: readonly T[], toOption: (thing: T) => PlainTextOption): PlainTextOption[] | null {
  return things.length > SLACK_LIMITS.options ? null : things.map(toOption);
}

export type Element = Extract<KnownBlock, { type: 'input' }>['element'];

export interface InputMore {
  readonly optional?: boolean;
  readonly hint?: string;
  /** Lull is told of each change, to show at once what it means. */
  readonly tells?: boolean;
}

export function input(blockId: string, label: string, element: Element, more: InputMore = {}): KnownBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: { type: 'plain_text', text: label },
    element,
    optional: more.optional ?? false,
    ...(more.hint === undefined ? {} : { hint: { type: 'plain_text', text: more.hint } }),
    ...(more.tells === true ? { dispatch_action: true } : {}),
  };
}

export interface TextInputMore extends Omit<InputMore, 'tells'> {
  readonly value?: string;
  readonly maxChars?: number;
  readonly multiline?: true;
  readonly placeholder?: string;
  /** The action id under which Slack reports the text when Enter is pressed. */
  readonly onEnter?: string;
}

export function textInput(blockId: string, label: string, more: TextInputMore = {}): KnownBlock {
  const { value = '', maxChars = MAX_INPUT_CHARS, multiline, placeholder, onEnter, ...others } = more;
  const element: Element = {
    type: 'plain_text_input',
    action_id: onEnter ?? 'value',
    max_length: maxChars,
    ...(multiline === undefined ? {} : { multiline }),
    ...(placeholder === undefined ? {} : { placeholder: plain(placeholder) }),
    ...(value === '' ? {} : { initial_value: value.toWellFormed() }),
    ...(onEnter === undefined ? {} : { dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] } }),
  };
  return input(blockId, label, element, { ...others, tells: onEnter !== undefined });
}

export function radioInput(
  blockId: string,
  label: string,
  options: readonly PlainTextOption[],
  chosen: PlainTextOption | undefined,
): KnownBlock {
  return input(blockId, label, {
    type: 'radio_buttons',
    action_id: 'value',
    options: [...options],
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  });
}

/**
 * A form in a dialog.
 * @param metadata what comes back with the submitted form, as JSON of at most 3,000 characters
 */
export function modal(
  callbackId: string,
  { title, submit, close }: { readonly title: string; readonly submit: string; readonly close: string },
  metadata: object | number,
  blocks: readonly KnownBlock[],
): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: submit },
    close: { type: 'plain_text', text: close },
    private_metadata: JSON.stringify(metadata),
    blocks: [...blocks],
  };
}

/** Asks why a freeze should not hold. @param reason what was given so far */
export function overrideInput(blockId: string, reason = ''): KnownBlock {
  return textInput(blockId, 'Why it cannot wait until after the freeze', {
    value: reason,
    maxChars: 1000,
    optional: true,
    hint: 'Kept in the record, and shown in internal threads.',
  });
}

/**
 * The name of a field in a form that was drawn anew `generation` times. Slack keeps what was typed where the id stays the
 * same, so a field that shall show another value needs another id.
 */
export function blockId(field: string, generation: number): string {
  return generation === 0 ? field : `${field}.${generation}`;
}

/** The field that a block is, whichever generation it is of. */
export function blockField(id: string): string {
  return id.replace(/\.\d+$/, '');
}

const element = z.object({
  value: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).nullish(),
  selected_channel: z.string().nullish(),
  selected_option: z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() }).nullish(),
  selected_options: z.array(z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() })).nullish(),
});
/** What one element of a form holds. */
export type InputValue = z.infer<typeof element>;

const state = z.record(z.string(), z.record(z.string(), element));

/** What the fields of a form hold, by field. `values` is Slack's `view.state.values`; each block has one element. */
export function readInput(values: unknown): ReadonlyMap<string, InputValue> {
  const held = new Map<string, InputValue>();
  for (const [id, elements] of Object.entries(state.parse(values))) {
    const [only] = Object.values(elements);
    if (only !== undefined) held.set(blockField(id), only);
  }
  return held;
}

/** The options chosen, as they can be shown as chosen again. */
export function readChosenOptions(held: InputValue | undefined): PlainTextOption[] {
  return (held?.selected_options ?? []).map(({ value, text }) => option(value, text?.text ?? value));
}

/**
 * Problems as Slack shows them, each at its field.
 * @param fields the block ids of the form; what belongs to none of them shows at the first
 * @param zone the IANA zone of whoever filled it in, in which instants are shown
 */
export function fieldErrors(
  problems: readonly (Problem | FieldMessage)[],
  fields: readonly string[],
  zone: string,
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const problem of problems) {
    const own = fields.find((id) => blockField(id) === problem.field);
    const place = own ?? fields[0];
    if (place === undefined) continue;
    const text =
      'code' in problem
        ? slackProblemText(problem, zone, own === undefined ? 'elsewhere' : 'at its field')
        : problem.message;
    errors[place] = errors[place] === undefined ? text : `${errors[place]} ${text}`;
  }
  return errors;
}
