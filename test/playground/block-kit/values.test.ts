import { describe, expect, it } from 'vitest';
import type { PlacedBlock } from '../../../src/playground/block-kit/blocks.ts';
import { checkMessageBlocks } from '../../../src/playground/block-kit/check.ts';
import { carryValues, toSlackState, validateInputs } from '../../../src/playground/block-kit/values.ts';
import type { ElementValue } from '../../../src/playground/protocol.ts';

function placed(blocks: unknown[]): PlacedBlock[] {
  const checked = checkMessageBlocks(blocks);
  if (!checked.ok) throw new Error(checked.errors.join());
  return checked.value;
}

const field = (element: object, rest: object = {}) => ({
  type: 'input',
  block_id: 'b',
  label: { type: 'plain_text', text: 'Label' },
  element: { action_id: 'a', ...element },
  ...rest,
});

const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value });
const offered = [option('one'), option('two')];

describe('state.values', () => {
  it.each<[string, object, ElementValue, object, object]>([
    ['plain_text_input', {}, 'typed', { value: null }, { value: 'typed' }],
    ['number_input', { is_decimal_allowed: false }, '7', { value: null }, { value: '7' }],
    ['url_text_input', {}, 'https://example.com', { value: null }, { value: 'https://example.com' }],
    ['email_text_input', {}, 'a@example.com', { value: null }, { value: 'a@example.com' }],
    ['static_select', { options: offered }, 'two', { selected_option: null }, { selected_option: option('two') }],
    ['radio_buttons', { options: offered }, 'one', { selected_option: null }, { selected_option: option('one') }],
    [
      'multi_static_select',
      { options: offered },
      ['two'],
      { selected_options: [] },
      { selected_options: [option('two')] },
    ],
    ['checkboxes', { options: offered }, ['one'], { selected_options: [] }, { selected_options: [option('one')] }],
    ['users_select', {}, 'U1', { selected_user: null }, { selected_user: 'U1' }],
    ['multi_users_select', {}, ['U1'], { selected_users: [] }, { selected_users: ['U1'] }],
    ['channels_select', {}, 'C1', { selected_channel: null }, { selected_channel: 'C1' }],
    ['multi_channels_select', {}, ['C1'], { selected_channels: [] }, { selected_channels: ['C1'] }],
    ['conversations_select', {}, 'C1', { selected_conversation: null }, { selected_conversation: 'C1' }],
    ['multi_conversations_select', {}, ['C1'], { selected_conversations: [] }, { selected_conversations: ['C1'] }],
    ['datepicker', {}, '2026-11-21', { selected_date: null }, { selected_date: '2026-11-21' }],
    ['timepicker', {}, '02:30', { selected_time: null }, { selected_time: '02:30' }],
    ['datetimepicker', {}, 1_764_000_000, { selected_date_time: null }, { selected_date_time: 1_764_000_000 }],
  ])('of a %s are as Slack hands them on', (type, rest, value, untouched, touched) => {
    const blocks = placed([field({ type, ...rest })]);
    expect(toSlackState(blocks, carryValues(blocks))).toEqual({ b: { a: { type, ...untouched } } });
    expect(toSlackState(blocks, { b: { a: value } })).toEqual({ b: { a: { type, ...touched } } });
  });

  it('reject unknown options', () => {
    const blocks = placed([field({ type: 'static_select', options: offered })]);
    expect(() => toSlackState(blocks, { b: { a: 'three' } })).toThrow('has no option with the value three');
  });

  it('keep values whose ids stay, and reset others', () => {
    const before = placed([field({ type: 'plain_text_input' })]);
    const typed = { ...carryValues(before), b: { a: 'typed' } };
    expect(carryValues(placed([field({ type: 'plain_text_input', initial_value: 'new' })]), typed)).toEqual(typed);
    const renamed = placed([field({ type: 'plain_text_input', initial_value: 'new', action_id: 'c' })]);
    expect(carryValues(renamed, typed)).toEqual({ b: { c: 'new' } });
  });
});

describe("Slack's client, before it submits", () => {
  it.each<[string, object, object, ElementValue, string | undefined]>([
    ['asks for a required text', { type: 'plain_text_input' }, {}, '', 'Please complete this required field.'],
    ['lets an optional one be', { type: 'plain_text_input' }, { optional: true }, null, undefined],
    ['asks for a required choice', { type: 'multi_users_select' }, {}, [], 'Please complete this required field.'],
    ['counts to the least', { type: 'plain_text_input', min_length: 3 }, {}, 'ab', 'Please use at least 3 characters.'],
    ['counts to the most', { type: 'plain_text_input', max_length: 2 }, {}, 'abc', 'Please use at most 2 characters.'],
    ['wants a URL', { type: 'url_text_input' }, {}, 'example', 'Please enter a valid URL.'],
    ['wants an address', { type: 'email_text_input' }, {}, 'ana', 'Please enter a valid email address.'],
    ['wants a number', { type: 'number_input', is_decimal_allowed: true }, {}, 'x', 'Please enter a number.'],
    [
      'wants a whole number',
      { type: 'number_input', is_decimal_allowed: false },
      {},
      '1.5',
      'Please enter a whole number.',
    ],
    [
      'wants it not too small',
      { type: 'number_input', is_decimal_allowed: false, min_value: '1' },
      {},
      '0',
      'Please enter 1 or more.',
    ],
    [
      'wants it not too large',
      { type: 'number_input', is_decimal_allowed: false, max_value: '9' },
      {},
      '10',
      'Please enter 9 or less.',
    ],
    [
      'counts what was chosen',
      { type: 'multi_users_select', max_selected_items: 1 },
      {},
      ['U1', 'U2'],
      'Please choose at most 1.',
    ],
    [
      'is content with what fits',
      { type: 'number_input', is_decimal_allowed: false, max_value: '9' },
      {},
      '9',
      undefined,
    ],
  ])('%s', (_what, element, rest, value, error) => {
    const blocks = placed([field(element, rest)]);
    expect(validateInputs(blocks, { b: { a: value } })).toEqual(error === undefined ? {} : { b: error });
  });
});
