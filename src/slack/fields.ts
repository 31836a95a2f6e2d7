import type { KnownBlock } from '@slack/types';
import { mapTable, type PlainField, type PlainTable, type ValuesOf } from '../core/fields.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { sharedForms } from '../texts/slack-forms.ts';
import { formatNames, quote, section } from './blocks.ts';
import {
  type Element,
  type FieldMessage,
  type InputOptions,
  type Inputs,
  type InputValue,
  input,
  MAX_INPUT_CHARS,
  option,
  plain,
  ReplyError,
  readOption,
  type TextElementOptions,
  textElement,
  toOptions,
} from './form.ts';

/** One field of a form: `W` is the value it is filled with, `R` the value that is read from it. */
export interface FormField<W = unknown, R = W> extends InputOptions {
  /** As over HTTP, so that problems find their place. */
  readonly name: string;
  readonly label: string;
  /** Without a value. */
  readonly element: Exclude<Element, { type: 'rich_text_input' }>;
  /** Slack keeps what was typed when the form is redrawn; it is in no view. */
  readonly secret?: true;
  /** @returns what the form holds, or the mrkdwn of what it shows instead where it cannot hold the value */
  write(value: W): InputValue | string;
  /** @throws ReplyError for a value that cannot be read */
  read(value: InputValue): R;
}

export type FormFields = Readonly<Record<string, FormField>>;
type Written<F> = { readonly [P in keyof F]: F[P] extends { write(value: infer W): unknown } ? W : never };
type Read<F> = { readonly [P in keyof F]: F[P] extends { read(value: InputValue): infer R } ? R : never };

/** A field with its value in a form. */
export type FilledField = { readonly field: FormField; readonly value: InputValue | string };

export function fillFields<F extends FormFields>(fields: F, values: Written<F>): FilledField[] {
  const given: Readonly<Record<string, unknown>> = values;
  return Object.entries(fields).map(([property, field]) => ({ field, value: field.write(given[property]) }));
}

/** The values of the fields in `inputs`, or of all, by key. @throws ReplyError with every field that cannot be read */
export function readFields<F extends FormFields>(fields: F, inputs: Inputs, which: 'all'): Read<F>;
export function readFields<F extends FormFields>(fields: F, inputs: Inputs): Partial<Read<F>>;
export function readFields<F extends FormFields>(fields: F, inputs: Inputs, which?: 'all'): Partial<Read<F>> {
  const problems: FieldMessage[] = [];
  const values = Object.entries(fields).flatMap(([property, field]) => {
    if (which === undefined && !inputs.has(field.name)) return [];
    try {
      return [[property, field.read(inputs.get(field.name) ?? {})]];
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ReplyError(problems);
  // TypeScript does not follow mapped types through entries.
  return Object.fromEntries(values) as Partial<Read<F>>;
}

/** @param id the block id */
export function drawField({ field, value }: FilledField, id: string): KnownBlock {
  if (typeof value === 'string') return section(`*${field.label}*\n${value}`);
  const { value: text, selected_option: chosen, selected_options: many, selected_users: users } = value;
  const element = {
    ...field.element,
    ...(text ? { initial_value: text } : {}),
    ...(chosen ? { initial_option: readOption(chosen) } : {}),
    ...(many?.length ? { initial_options: many.map(readOption) } : {}),
    ...(users?.length ? { initial_users: users } : {}),
    ...(value.selected_channel ? { initial_channel: value.selected_channel } : {}),
  };
  return input(id, field.label, element, field);
}

/** A value of a field in mrkdwn, in at most `most` characters. */
export function describeValue({ element }: FormField, value: InputValue, most: number): string {
  if (element.type === 'checkboxes') return value.selected_options?.length ? 'yes' : 'no';
  const options = (value.selected_options ?? []).map(({ value: id, text }) => text?.text ?? id);
  if (options.length > 0) return formatNames(options, most);
  if (value.selected_users?.length) return value.selected_users.map((id) => `<@${id}>`).join(', ');
  if (value.selected_channel) return `<#${value.selected_channel}>`;
  const text = value.selected_option?.text?.text ?? value.selected_option?.value ?? value.value;
  return text ? quote(text, most) : 'none';
}

interface FieldOptions extends InputOptions {
  readonly label: string;
  readonly placeholder?: string;
}

const VALUE = { action_id: 'value' } as const;
const toPlaceholder = (text: string | undefined) => (text === undefined ? {} : { placeholder: plain(text) });

interface TextOptions extends FieldOptions, Omit<TextElementOptions, 'onEnter'> {
  /** Shown instead of a text that is longer than an input takes. */
  readonly tooLong?: string;
}

export function textField(name: string, options: TextOptions): FormField<string> {
  const { placeholder: _, maxChars: __, multiline, tooLong, ...more } = options;
  return {
    ...{ name, ...more },
    element: textElement(options),
    write: (text) =>
      tooLong !== undefined && text.length > MAX_INPUT_CHARS
        ? tooLong
        : { value: text.slice(0, MAX_INPUT_CHARS).toWellFormed() },
    read: ({ value }) => (multiline ? (value ?? '') : (value?.trim() ?? '')),
  };
}

export function nameField(placeholder: string): FormField<string> {
  return textField('name', { label: sharedForms.name, maxChars: MAX_NAME_CHARS, placeholder });
}

/** One of a few words. @param words each with its label, in their order */
export function choiceField<V extends string>(
  name: string,
  type: 'static_select' | 'radio_buttons',
  words: Readonly<Record<V, string>>,
  options: FieldOptions,
): FormField<V> {
  const isWord = (word: string | undefined): word is V => word !== undefined && Object.hasOwn(words, word);
  return {
    ...{ name, ...options },
    element: { type, ...VALUE, options: Object.entries<string>(words).map(([word, text]) => option(word, text)) },
    write: (word) => ({ selected_option: option(word, words[word]) }),
    read({ selected_option: chosen }) {
      if (!isWord(chosen?.value)) throw new Error(`${name} is none of its options`);
      return chosen.value;
    },
  };
}

/** Yes or no. @param value of the checkbox */
export function flagField(
  name: string,
  value: string,
  { option: text, ...options }: FieldOptions & { readonly option: string },
): FormField<boolean> {
  const yes = option(value, text);
  return {
    ...{ name, optional: true, ...options },
    element: { type: 'checkboxes', ...VALUE, options: [yes] },
    write: (is) => ({ selected_options: is ? [yes] : [] }),
    read: ({ selected_options: chosen }) => (chosen ?? []).length > 0,
  };
}

/** Slack user ids. */
export function usersField(name: string, { placeholder, ...options }: FieldOptions): FormField<readonly string[]> {
  return {
    ...{ name, optional: true, ...options },
    element: { type: 'multi_users_select', ...VALUE, ...toPlaceholder(placeholder) },
    write: (users) => ({ selected_users: [...users] }),
    read: ({ selected_users: users }) => users ?? [],
  };
}

interface SearchOptions extends FieldOptions {
  /** One of `OPTIONS`. */
  readonly actionId: string;
}

/** None, or one thing that a search finds. Its id is read. */
export function searchField(
  name: string,
  { actionId, placeholder, ...options }: SearchOptions,
): FormField<{ readonly id: number; readonly name: string } | null, number | null> {
  return {
    ...{ name, optional: true, ...options },
    element: { type: 'external_select', action_id: actionId, min_query_length: 0, ...toPlaceholder(placeholder) },
    write: (thing) => (thing === null ? {} : { selected_option: option(String(thing.id), thing.name) }),
    read: ({ selected_option: chosen }) => (chosen == null ? null : Number(chosen.value)),
  };
}

/** Things that a search finds, as many as a select can hold. Their ids are read. */
export function searchManyField<T>(
  name: string,
  {
    actionId,
    placeholder,
    toOption,
    ...options
  }: SearchOptions & { readonly toOption: (thing: T) => ReturnType<typeof option> },
): FormField<readonly T[], string[]> {
  return {
    ...{ name, optional: true, ...options },
    element: { type: 'multi_external_select', action_id: actionId, min_query_length: 0, ...toPlaceholder(placeholder) },
    write: (things) => {
      const chosen = toOptions(things, toOption);
      return chosen === null ? sharedForms.tooMany : { selected_options: chosen };
    },
    read: ({ selected_options: chosen }) => (chosen ?? []).map(({ value }) => value),
  };
}

/** The value of a menu for "none of them". */
const NONE = 'none';

/** The inputs of a plain field: several for a long text, as each takes 3,000 characters. `id` makes the block ids. */
export function fieldInputs(field: PlainField, value: string | null, id: (field: string) => string): KnownBlock[] {
  if (field.kind === 'choice') {
    const { label, none, style } = field.form;
    const labels = Object.entries(field.words).map(([word, { option: text }]) => [word, text]);
    const words: Record<string, string> = Object.fromEntries(none === undefined ? labels : [[NONE, none], ...labels]);
    const menu = choiceField(field.name, style === 'menu' ? 'static_select' : 'radio_buttons', words, { label });
    const word = value ?? NONE;
    return [drawField({ field: menu, value: word in words ? menu.write(word) : {} }, id(field.name))];
  }
  const { multiline, ...form } = field.form;
  const parts = multiline === true ? splitText(value ?? '') : [value ?? ''];
  return parts.map((part, index) => {
    const name = index === 0 ? field.name : `${field.name}_${index + 1}`;
    const label = index === 0 ? form.label : sharedForms.continued(form.label);
    const optional = field.initial !== undefined;
    const text = textField(name, {
      ...form,
      label,
      optional,
      maxChars: field.maxChars,
      ...(multiline && { multiline }),
    });
    const url = { type: 'url_text_input' as const, ...VALUE, ...toPlaceholder(form.placeholder) };
    const element = field.format === 'url' ? url : text.element;
    return drawField({ field: { ...text, element }, value: text.write(part) }, id(name));
  });
}

/** The values of the fields of a table. */
export function readFieldInputs<T extends PlainTable>(table: T, inputs: Inputs): ValuesOf<T> {
  return mapTable(table, (field, property) => [[property, readPlainField(field, inputs)]]);
}

function readPlainField(field: PlainField, inputs: Inputs): string | null {
  if (field.kind === 'choice') {
    const word = inputs.get(field.name)?.selected_option?.value;
    return field.values.find((each) => each === word) ?? field.initial;
  }
  const text = [...inputs]
    .filter(([id]) => id === field.name || (id.startsWith(`${field.name}_`) && /_\d+$/.test(id)))
    .map(([, { value }]) => value ?? '')
    .join('');
  if (field.form.multiline === true) return text;
  return text.trim() || (field.initial ?? (field.initial === null ? null : ''));
}

/** A text in pieces that inputs take, at least one; joined they are the text. */
function splitText(text: string): string[] {
  const parts: string[] = [];
  let rest = text.toWellFormed();
  do {
    const splitsPair = /[\uD800-\uDBFF]/.test(rest.charAt(MAX_INPUT_CHARS - 1)) && rest.length > MAX_INPUT_CHARS;
    const length = splitsPair ? MAX_INPUT_CHARS - 1 : MAX_INPUT_CHARS;
    parts.push(rest.slice(0, length));
    rest = rest.slice(length);
  } while (rest !== '');
  return parts;
}
