import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import type { Problem } from '../core/errors.ts';
import { slackProblemText } from '../texts/slack-errors.ts';
import { sharedForms } from '../texts/slack-forms.ts';
import { SLACK_LIMITS, shorten } from './blocks.ts';

/** A problem with one field of a form, worded for the person who filled it in. */
export type FieldMessage = { readonly field: string; readonly message: string };

/** A request cannot be carried out. Raised by the Slack interface itself, and worded for its reader. */
export class ReplyError extends Error {
  readonly problems: readonly FieldMessage[];

  constructor(reason: string | readonly FieldMessage[]) {
    super(typeof reason === 'string' ? reason : reason.map(({ message }) => message).join('\n'));
    this.name = 'ReplyError';
    this.problems = typeof reason === 'string' ? [] : reason;
  }
}

/** Slack's inputs take no more than this. */
export const MAX_INPUT_CHARS = 3000;

export const plain = (text: string) => ({ type: 'plain_text' as const, text: shorten(text, SLACK_LIMITS.optionText) });
export const option = (value: string, text: string) => ({ text: plain(text), value });

/** The action ids of the searchable selects, for which Slack asks Lull for options. */
export const OPTIONS = { services: 'options.services', checks: 'options.checks', scopes: 'options.scopes' } as const;

type Named = { readonly id: number; readonly name: string };

export const checkOption = ({ id, name }: { readonly id: string; readonly name: string }) => option(id, name);

export function serviceOption({ id, name, scope }: Named & { readonly scope: Named | null }) {
  return option(String(id), scope === null ? name : `${scope.name} / ${name}`);
}

/** The options of as many things as a select can hold; null when there are more. */
export function toOptions<T, O extends PlainTextOption>(things: readonly T[], toOption: (thing: T) => O): O[] | null {
  return things.length > SLACK_LIMITS.options ? null : things.map(toOption);
}

export type Element = Extract<KnownBlock, { type: 'input' }>['element'];

export interface InputOptions {
  readonly optional?: boolean;
  readonly hint?: string;
  /** Slack reports each change, so that the form can be redrawn with what it means. */
  readonly dispatches?: boolean;
}

export function input(blockId: string, label: string, element: Element, more: InputOptions = {}): KnownBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: { type: 'plain_text', text: label },
    element,
    optional: more.optional ?? false,
    ...(more.hint === undefined ? {} : { hint: { type: 'plain_text', text: more.hint } }),
    ...(more.dispatches === true ? { dispatch_action: true } : {}),
  };
}

export interface TextElementOptions {
  readonly maxChars?: number;
  readonly multiline?: true;
  readonly placeholder?: string;
  /** The action id under which Slack reports the text when Enter is pressed. */
  readonly onEnter?: string;
}

export function textElement({ maxChars = MAX_INPUT_CHARS, multiline, placeholder, onEnter }: TextElementOptions) {
  return {
    type: 'plain_text_input' as const,
    action_id: onEnter ?? 'value',
    max_length: Math.min(maxChars, MAX_INPUT_CHARS),
    ...(multiline && { multiline }),
    ...(placeholder === undefined ? {} : { placeholder: plain(placeholder) }),
    ...(onEnter === undefined ? {} : { dispatch_action_config: { trigger_actions_on: ['on_enter_pressed' as const] } }),
  };
}

type TextInputOptions = TextElementOptions & Omit<InputOptions, 'dispatches'> & { readonly value?: string };

export function textInput(blockId: string, label: string, { value = '', ...more }: TextInputOptions = {}): KnownBlock {
  const element = { ...textElement(more), ...(value === '' ? {} : { initial_value: value.toWellFormed() }) };
  return input(blockId, label, element, { ...more, dispatches: more.onEnter !== undefined });
}

/** A select of several options that Slack asks Lull for as people type. */
export function searchInput(
  blockId: string,
  label: string,
  actionId: string,
  { chosen = [], placeholder, ...more }: InputOptions & { chosen?: readonly PlainTextOption[]; placeholder: string },
): KnownBlock {
  const element: Element = {
    type: 'multi_external_select',
    action_id: actionId,
    min_query_length: 0,
    placeholder: plain(placeholder),
    ...(chosen.length === 0 ? {} : { initial_options: chosen.slice(0, SLACK_LIMITS.options) }),
  };
  return input(blockId, label, element, { optional: true, ...more });
}

export function radioInput(
  blockId: string,
  label: string,
  options: readonly PlainTextOption[],
  chosen: PlainTextOption | undefined,
): KnownBlock {
  const initial = chosen === undefined ? {} : { initial_option: chosen };
  return input(blockId, label, { type: 'radio_buttons', action_id: 'value', options: [...options], ...initial });
}

/** @param metadata what comes back with the submitted form, as JSON of at most 3,000 characters */
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

/** Asks why a freeze should be overridden. @param reason the one given so far */
export function overrideInput(blockId: string, reason = ''): KnownBlock {
  const { label, hint } = sharedForms.overrideReason;
  return textInput(blockId, label, { value: reason, maxChars: 1000, optional: true, hint });
}

/**
 * The block id of a field in a form that was redrawn `generation` times. Slack keeps what was typed where the id stays the
 * same, so a field that must show another value needs another id.
 */
export const blockId = (field: string, generation: number) => (generation === 0 ? field : `${field}.${generation}`);

/** The field of a block, whatever its generation. */
const blockField = (id: string) => id.replace(/\.\d+$/, '');

const chosenOption = z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() });
const inputValue = z.object({
  value: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).nullish(),
  selected_channel: z.string().nullish(),
  selected_option: chosenOption.nullish(),
  selected_options: z.array(chosenOption).nullish(),
});
export type InputValue = z.infer<typeof inputValue>;
/** The values of a form, by field. */
export type Inputs = ReadonlyMap<string, InputValue>;

const state = z.record(z.string(), z.record(z.string(), inputValue));

/** @param values Slack's `view.state.values`; each block has one element */
export function readInput(values: unknown): Inputs {
  return new Map(
    Object.entries(state.parse(values)).flatMap(([id, elements]) => {
      const [value] = Object.values(elements);
      return value === undefined ? [] : [[blockField(id), value] as const];
    }),
  );
}

/** A text without the spaces around it; empty where nothing was filled in. */
export const readText = (inputs: Inputs, field: string) => inputs.get(field)?.value?.trim() ?? '';

/** A chosen option, as it can be shown as chosen again. */
export const readOption = ({ value, text }: z.infer<typeof chosenOption>) => option(value, text?.text ?? value);

export const readChosenOptions = (input: InputValue | undefined) => (input?.selected_options ?? []).map(readOption);

/**
 * Problems as Slack shows them, each at its field.
 * @param fields the block ids of the form; a problem of another field shows at the first
 * @param zone the IANA zone of the person, in which instants are shown
 */
export function fieldErrors(problems: readonly (Problem | FieldMessage)[], fields: readonly string[], zone: string) {
  const errors: Record<string, string> = {};
  for (const problem of problems) {
    const block = fields.find((id) => blockField(id) === problem.field);
    const place = block ?? fields[0];
    if (place === undefined) continue;
    const where = block === undefined ? 'elsewhere' : 'at its field';
    const text = 'code' in problem ? slackProblemText(problem, zone, where) : problem.message;
    errors[place] = errors[place] === undefined ? text : `${errors[place]} ${text}`;
  }
  return errors;
}
