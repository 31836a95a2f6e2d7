import type { KnownBlock } from '@slack/types';
import { mapTable, type PlainField, type PlainTable, type ValuesOf } from '../core/fields.ts';
import { type Element, type InputValue, input, MAX_INPUT_CHARS, option, plain } from './form.ts';

/** The value of a menu for "none of them". */
const NONE = 'none';

/**
 * The inputs of a plain field, filled with its value. A long text has several, as each takes 3,000 characters.
 * @param id makes the id of a block out of the name of a field
 */
export function fieldInputs(field: PlainField, value: string | null, id: (field: string) => string): KnownBlock[] {
  if (field.kind === 'choice') return [input(id(field.name), field.form.label, choiceElement(field, value))];
  const { label, placeholder, multiline } = field.form;
  const parts = multiline === true ? inParts(value ?? '') : [(value ?? '').toWellFormed()];
  return parts.map((part, index) => {
    const shown = {
      action_id: 'value',
      ...(placeholder === undefined ? {} : { placeholder: plain(placeholder) }),
      ...(part === '' ? {} : { initial_value: part }),
    };
    const element: Element =
      field.format === 'url'
        ? { type: 'url_text_input', ...shown }
        : {
            type: 'plain_text_input',
            ...(multiline === true ? { multiline } : {}),
            max_length: Math.min(field.maxChars, MAX_INPUT_CHARS),
            ...shown,
          };
    return input(
      id(index === 0 ? field.name : `${field.name}_${index + 1}`),
      index === 0 ? label : `${label}, continued`,
      element,
      { optional: field.initial !== undefined },
    );
  });
}

function choiceElement({ form, words }: Extract<PlainField, { kind: 'choice' }>, value: string | null): Element {
  const none = form.none === undefined ? [] : [option(NONE, form.none)];
  const options = [...none, ...Object.entries(words).map(([word, { option: text }]) => option(word, text))];
  const chosen = options.find((each) => each.value === (value ?? NONE));
  return {
    type: form.style === 'menu' ? 'static_select' : 'radio_buttons',
    action_id: 'value',
    options,
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
}

/** What the inputs of a table hold. @param held by the names of the fields */
export function readFieldInputs<T extends PlainTable>(table: T, held: ReadonlyMap<string, InputValue>): ValuesOf<T> {
  return mapTable(table, (field, property) => [[property, readField(field, held)]]);
}

function readField(field: PlainField, held: ReadonlyMap<string, InputValue>): string | null {
  if (field.kind === 'choice') {
    const word = held.get(field.name)?.selected_option?.value;
    return field.values.find((each) => each === word) ?? field.initial;
  }
  const text = [...held]
    .filter(([id]) => id === field.name || (id.startsWith(`${field.name}_`) && /_\d+$/.test(id)))
    .map(([, { value }]) => value ?? '')
    .join('');
  if (field.form.multiline === true) return text;
  return text.trim() || (field.initial ?? (field.initial === null ? null : ''));
}

/** A text in pieces that inputs take, at least one; joined they are the text. */
function inParts(text: string): string[] {
  const parts: string[] = [];
  let rest = text.toWellFormed();
  do {
    const half = /[\uD800-\uDBFF]/.test(rest.charAt(MAX_INPUT_CHARS - 1)) && rest.length > MAX_INPUT_CHARS;
    const length = half ? MAX_INPUT_CHARS - 1 : MAX_INPUT_CHARS;
    parts.push(rest.slice(0, length));
    rest = rest.slice(length);
  } while (rest !== '');
  return parts;
}
