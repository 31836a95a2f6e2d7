import type { AnyBlock, InputBlock, InputBlockElement, PlainTextOption } from '@slack/types';
import type { Fields, Value } from '../../domain/difference.ts';
import { names, quote } from '../messages/blocks.ts';
import { fieldOf, type Held, option } from '../modals/form.ts';

/** What a form holds before anybody touches it, by field. */
export function heldAtFirst(blocks: readonly AnyBlock[]): ReadonlyMap<string, Held> {
  return new Map(inputsOf(blocks).map(([field, { element }]) => [field, initial(element)]));
}

/** Slack's types have blocks of which nothing is known, too. */
export function isInput(block: AnyBlock): block is InputBlock & { block_id: string } {
  return block.type === 'input' && 'element' in block && block.block_id !== undefined;
}

/** The inputs of a form, by field. */
export function inputsOf(blocks: readonly AnyBlock[]): [field: string, block: InputBlock][] {
  return blocks.flatMap((block): [string, InputBlock][] => (isInput(block) ? [[fieldOf(block.block_id), block]] : []));
}

/** What fields hold, so that the same is the same: whatever order was chosen in, and however Slack ends a line. */
export function valuesOf(held: ReadonlyMap<string, Held>): Fields {
  return Object.fromEntries([...held].map(([field, each]) => [field, plainValue(each)]));
}

function plainValue(held: Held): Value {
  const many = held.selected_options?.map(({ value }) => value) ?? held.selected_users;
  if (many != null) return many.toSorted();
  const one = held.selected_option?.value ?? held.selected_user ?? held.selected_channel ?? held.selected_date_time;
  return one ?? (held.value?.replaceAll('\r\n', '\n').trim() || null);
}

function initial(element: InputBlockElement): Held {
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
export function holding(element: InputBlockElement, held: Held): InputBlockElement {
  const optionsHeld = (): PlainTextOption[] => {
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
      const [initialOption] = optionsHeld();
      return initialOption === undefined ? rest : { ...rest, initial_option: initialOption };
    }
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes': {
      const { initial_options: _, ...rest } = element;
      const initialOptions = optionsHeld();
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
export function inWords(element: InputBlockElement | undefined, held: Held, most: number): string {
  if (element?.type === 'checkboxes') return held.selected_options?.length ? 'yes' : 'no';
  const options = held.selected_options?.map(({ value, text }) => text?.text ?? value);
  if (options?.length) return names(options, most);
  if (held.selected_users?.length) return held.selected_users.map((id) => `<@${id}>`).join(', ');
  if (held.selected_channel) return `<#${held.selected_channel}>`;
  const said = held.selected_option?.text?.text ?? held.selected_option?.value ?? held.value;
  return said ? quote(said, most) : 'none';
}
