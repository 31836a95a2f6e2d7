import type { ElementValue, ElementValues } from '../protocol.ts';
import { listPlacedElements, type PlacedBlock } from './blocks.ts';
import type { InteractiveElement, PlainOption, RichOption } from './elements.ts';

type Option = PlainOption | RichOption;

/** The options that the app has sent for external selects, by `block_id/action_id`. */
export type OfferedOptions = Record<string, Option[]>;

export const elementKey = (blockId: string, actionId: string): string => `${blockId}/${actionId}`;

/** @param currentChannel for selects with `default_to_current_conversation` */
function initialValue(element: InteractiveElement, currentChannel?: string): ElementValue {
  const current = 'default_to_current_conversation' in element && element.default_to_current_conversation === true;
  switch (element.type) {
    case 'plain_text_input':
    case 'url_text_input':
    case 'email_text_input':
    case 'number_input':
      return element.initial_value ?? null;
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return element.initial_option?.value ?? null;
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return element.initial_options?.map((option) => option.value) ?? null;
    case 'users_select':
      return element.initial_user ?? null;
    case 'conversations_select':
      return element.initial_conversation ?? (current ? (currentChannel ?? null) : null);
    case 'channels_select':
      return element.initial_channel ?? null;
    case 'multi_users_select':
      return element.initial_users ?? null;
    case 'multi_conversations_select':
      return element.initial_conversations ?? (current && currentChannel !== undefined ? [currentChannel] : null);
    case 'multi_channels_select':
      return element.initial_channels ?? null;
    case 'datepicker':
      return element.initial_date ?? null;
    case 'timepicker':
      return element.initial_time ?? null;
    case 'datetimepicker':
      return element.initial_date_time ?? null;
    case 'button':
    case 'overflow':
      return null;
  }
}

/** All elements but buttons and overflow menus are part of the state. */
export const keepsValue = (element: InteractiveElement): boolean =>
  element.type !== 'button' && element.type !== 'overflow';

/**
 * The values of all elements. An earlier value is kept if its block and action ids still exist, else the value is the
 * initial one. Slack does the same when a view is updated.
 */
export function carryValues(blocks: PlacedBlock[], before: ElementValues = {}, currentChannel?: string): ElementValues {
  const values: ElementValues = {};
  for (const { block, element } of listPlacedElements(blocks)) {
    if (!keepsValue(element)) continue;
    const held = before[block.block_id]?.[element.action_id];
    const forBlock = values[block.block_id] ?? {};
    values[block.block_id] = forBlock;
    forBlock[element.action_id] = held === undefined ? initialValue(element, currentChannel) : held;
  }
  return values;
}

/** The options in the element's own definition. */
export function listOptions(element: InteractiveElement): Option[] {
  if (element.type === 'static_select' || element.type === 'multi_static_select') {
    return element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];
  }
  if (element.type === 'overflow' || element.type === 'checkboxes' || element.type === 'radio_buttons') {
    return element.options;
  }
  if (element.type === 'external_select') return element.initial_option === undefined ? [] : [element.initial_option];
  if (element.type === 'multi_external_select') return element.initial_options ?? [];
  return [];
}

function findOption(element: InteractiveElement, offered: Option[], value: string): Option {
  const found = [...listOptions(element), ...offered].find((option) => option.value === value);
  if (found === undefined) {
    throw new Error(`The ${element.type} ${element.action_id ?? ''} has no option with the value ${value}.`);
  }
  return found;
}

const expectText = (value: ElementValue): string | null => {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  throw new Error(`Expected a string or null, got ${JSON.stringify(value)}.`);
};
const expectList = (value: ElementValue): string[] => {
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  throw new Error(`Expected an array of strings or null, got ${JSON.stringify(value)}.`);
};

/**
 * A value in the shape of `state.values` and of actions.
 *
 * @throws Error when the element cannot have the value
 */
export function toSlackValue(
  element: InteractiveElement,
  value: ElementValue,
  offered: Option[] = [],
): Record<string, unknown> {
  const type = element.type;
  switch (type) {
    case 'plain_text_input':
    case 'url_text_input':
    case 'email_text_input':
    case 'number_input': {
      const text = expectText(value);
      return { type, value: text === '' ? null : text };
    }
    case 'static_select':
    case 'external_select':
    case 'radio_buttons': {
      const chosen = expectText(value);
      return { type, selected_option: chosen === null ? null : findOption(element, offered, chosen) };
    }
    case 'overflow': {
      const chosen = expectText(value);
      if (chosen === null) throw new Error('An overflow menu needs the value of one of its options.');
      return { type, selected_option: findOption(element, offered, chosen) };
    }
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: expectList(value).map((each) => findOption(element, offered, each)) };
    case 'users_select':
      return { type, selected_user: expectText(value) };
    case 'conversations_select':
      return { type, selected_conversation: expectText(value) };
    case 'channels_select':
      return { type, selected_channel: expectText(value) };
    case 'multi_users_select':
      return { type, selected_users: expectList(value) };
    case 'multi_conversations_select':
      return { type, selected_conversations: expectList(value) };
    case 'multi_channels_select':
      return { type, selected_channels: expectList(value) };
    case 'datepicker':
      return { type, selected_date: expectMatch(value, /^\d{4}-\d{2}-\d{2}$/, 'YYYY-MM-DD') };
    case 'timepicker': {
      const zone = element.timezone === undefined ? {} : { timezone: element.timezone };
      return { type, selected_time: expectMatch(value, /^\d{2}:\d{2}$/, 'HH:mm'), ...zone };
    }
    case 'datetimepicker':
      if (value !== null && typeof value !== 'number') {
        throw new Error(`Expected seconds since 1970 or null, got ${JSON.stringify(value)}.`);
      }
      return { type, selected_date_time: value };
    case 'button':
      return {
        type,
        text: element.text,
        ...(element.value === undefined ? {} : { value: element.value }),
        ...(element.style === undefined ? {} : { style: element.style }),
      };
  }
}

function expectMatch(value: ElementValue, form: RegExp, named: string): string | null {
  const text = expectText(value);
  if (text !== null && !form.test(text)) throw new Error(`Expected ${named} or null, got ${JSON.stringify(text)}.`);
  return text;
}

/** `state.values` of a view or message: every element that keeps a value. */
export function toSlackState(
  blocks: PlacedBlock[],
  values: ElementValues,
  offered: OfferedOptions = {},
): Record<string, Record<string, unknown>> {
  const state: Record<string, Record<string, unknown>> = {};
  for (const { block, element } of listPlacedElements(blocks)) {
    if (!keepsValue(element)) continue;
    const forBlock = state[block.block_id] ?? {};
    state[block.block_id] = forBlock;
    const value = values[block.block_id]?.[element.action_id] ?? null;
    forBlock[element.action_id] = toSlackValue(element, value, offered[elementKey(block.block_id, element.action_id)]);
  }
  return state;
}

const isEmpty = (value: ElementValue): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** The errors that Slack's client finds before it submits, by `block_id`. */
export function validateInputs(blocks: PlacedBlock[], values: ElementValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element } of listPlacedElements(blocks)) {
    if (block.type !== 'input') continue;
    const value = values[block.block_id]?.[element.action_id] ?? null;
    const wrong = isEmpty(value)
      ? block.optional === true
        ? undefined
        : 'Please complete this required field.'
      : validateValue(element, value);
    if (wrong !== undefined) errors[block.block_id] = wrong;
  }
  return errors;
}

function validateValue(element: InteractiveElement, value: ElementValue): string | undefined {
  if (Array.isArray(value)) {
    const most = 'max_selected_items' in element ? element.max_selected_items : undefined;
    return most !== undefined && value.length > most ? `Please choose at most ${most}.` : undefined;
  }
  if (typeof value !== 'string') return undefined;
  switch (element.type) {
    case 'plain_text_input': {
      const most = element.max_length ?? 3000;
      if (value.length > most) return `Please use at most ${most} characters.`;
      if (value.length < (element.min_length ?? 0)) return `Please use at least ${element.min_length} characters.`;
      return undefined;
    }
    case 'url_text_input':
      return URL.canParse(value) && /^[a-z]+:\/\//i.test(value) ? undefined : 'Please enter a valid URL.';
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? undefined : 'Please enter a valid email address.';
    case 'number_input': {
      const form = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
      if (!form.test(value))
        return element.is_decimal_allowed ? 'Please enter a number.' : 'Please enter a whole number.';
      if (element.min_value !== undefined && Number(value) < Number(element.min_value)) {
        return `Please enter ${element.min_value} or more.`;
      }
      if (element.max_value !== undefined && Number(value) > Number(element.max_value)) {
        return `Please enter ${element.max_value} or less.`;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}
