import { describe, expect, it } from 'vitest';
import {
  checkHome,
  checkMessageBlocks,
  checkModal,
  exceedsBlockText,
} from '../../../src/playground/block-kit/check.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const option = (length = 1, value = 'v') => ({ text: plain(length), value });
const options = (count: number) => Array.from({ length: count }, (_, index) => option(1, `v${index}`));
const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const button = (rest: object = {}) => ({ type: 'button', text: plain(1), ...rest });
const input = (element: object, rest: object = {}) => ({ type: 'input', label: plain(1), element, ...rest });
const select = (rest: object) => ({ type: 'static_select', ...rest });
const modal = (rest: object = {}) => ({ type: 'modal', title: plain(1), blocks: [section(1)], ...rest });

const errorsOf = (blocks: unknown): string[] => {
  const checked = checkMessageBlocks(blocks);
  return checked.ok ? [] : checked.errors;
};

describe('the blocks of a message', () => {
  it.each<[string, (length: number) => unknown, number, string]>([
    ['blocks', (n) => Array.from({ length: n }, () => section(1)), 50, '/blocks'],
    ['section text', (n) => [section(n)], 3000, '/blocks/0/text/text'],
    ['section fields', (n) => [{ type: 'section', fields: Array(n).fill(plain(1)) }], 10, '/blocks/0/fields'],
    ['a field', (n) => [{ type: 'section', fields: [plain(n)] }], 2000, '/blocks/0/fields/0/text'],
    ['header', (n) => [{ type: 'header', text: plain(n) }], 150, '/blocks/0/text/text'],
    ['context', (n) => [{ type: 'context', elements: Array(n).fill(plain(1)) }], 10, '/blocks/0/elements'],
    ['actions', (n) => [actions(...Array(n).fill(button()))], 25, '/blocks/0/elements'],
    ['button text', (n) => [actions(button({ text: plain(n) }))], 75, '/blocks/0/elements/0/text/text'],
    ['button value', (n) => [actions(button({ value: 'x'.repeat(n) }))], 2000, '/blocks/0/elements/0/value'],
    ['action_id', (n) => [actions(button({ action_id: 'x'.repeat(n) }))], 255, '/blocks/0/elements/0/action_id'],
    ['block_id', (n) => [{ type: 'divider', block_id: 'x'.repeat(n) }], 255, '/blocks/0/block_id'],
    ['options', (n) => [actions(select({ options: options(n) }))], 100, '/blocks/0/elements/0/options'],
    ['option text', (n) => [actions(select({ options: [option(n)] }))], 75, '/blocks/0/elements/0/options/0/text/text'],
    [
      'option value',
      (n) => [actions(select({ options: [option(1, 'x'.repeat(n))] }))],
      150,
      '/blocks/0/elements/0/options/0/value',
    ],
    ['overflow', (n) => [actions({ type: 'overflow', options: options(n) })], 5, '/blocks/0/elements/0/options'],
    ['checkboxes', (n) => [actions({ type: 'checkboxes', options: options(n) })], 10, '/blocks/0/elements/0/options'],
    [
      'confirm title',
      (n) => [actions(button({ confirm: { title: plain(n), text: plain(1) } }))],
      100,
      '/blocks/0/elements/0/confirm/title/text',
    ],
    [
      'confirm text',
      (n) => [actions(button({ confirm: { text: plain(n) } }))],
      300,
      '/blocks/0/elements/0/confirm/text/text',
    ],
    ['label', (n) => [input({ type: 'plain_text_input' }, { label: plain(n) })], 2000, '/blocks/0/label/text'],
    ['hint', (n) => [input({ type: 'plain_text_input' }, { hint: plain(n) })], 2000, '/blocks/0/hint/text'],
    [
      'placeholder',
      (n) => [input({ type: 'plain_text_input', placeholder: plain(n) })],
      150,
      '/blocks/0/element/placeholder/text',
    ],
  ])('hold %s up to the limit and no further', (_what, make, limit, pointer) => {
    expect(errorsOf(make(limit))).toEqual([]);
    const [error, ...others] = errorsOf(make(limit + 1));
    expect(others).toEqual([]);
    expect(error).toMatch(
      new RegExp(`^(no more than ${limit} items allowed|must be less than ${limit + 1} characters)`),
    );
    expect(error).toContain(`[json-pointer:${pointer}]`);
  });

  it.each<[string, unknown, string]>([
    ['an unknown block', [{ type: 'carousel' }], 'unsupported type: carousel [json-pointer:/blocks/0/type]'],
    ['a block without type', [{}], 'missing required field: type [json-pointer:/blocks/0]'],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    ['a header without text', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
    ['an empty section', [{ type: 'section' }], 'must define either `text` or `fields` [json-pointer:/blocks/0]'],
    ['empty text', [section(0)], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    ['empty actions', [actions()], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
    [
      'an unknown field',
      [{ type: 'divider', colour: 'red' }],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      'an input in actions',
      [actions({ type: 'plain_text_input' })],
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    ['a button in an input', [input(button())], 'unsupported type: button [json-pointer:/blocks/0/element/type]'],
    [
      'a text that is a string',
      [{ type: 'section', text: 'x' }],
      'must provide an object [json-pointer:/blocks/0/text]',
    ],
    [
      'a select that offers nothing',
      [actions(select({}))],
      'must define either `options` or `option_groups`, not both [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'an unknown style',
      [actions(button({ style: 'green' }))],
      'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a date that is none',
      [actions({ type: 'datepicker', initial_date: '2026-13-01' })],
      'must be a date of the form YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]',
    ],
    [
      'milliseconds for seconds',
      [actions({ type: 'datetimepicker', initial_date_time: 1_764_000_000_000 })],
      'must be no more than 9999999999 [json-pointer:/blocks/0/elements/0/initial_date_time]',
    ],
    [
      'an initial option that is not offered',
      [actions(select({ options: options(2), initial_option: option(2, 'v1') }))],
      'the initial option must match one of the options [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'two elements with the focus',
      [
        input({ type: 'plain_text_input', focus_on_load: true }),
        input({ type: 'plain_text_input', focus_on_load: true }),
      ],
      'only one element may have `focus_on_load` [json-pointer:/blocks]',
    ],
    [
      'a block id used twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      'block_id `a` already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'an action id used twice',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      'action_id `a` already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
  ])('are refused for %s', (_what, blocks, error) => {
    expect(errorsOf(blocks)).toEqual([error]);
  });

  it('get missing ids', () => {
    const checked = checkMessageBlocks([actions(button(), button()), { type: 'divider' }]);
    if (!checked.ok) throw new Error(checked.errors.join());
    const [first, second] = checked.value;
    expect(first?.block_id).not.toBe(second?.block_id);
    if (first?.type !== 'actions') throw new Error('expected actions');
    const [one, other] = first.elements;
    expect(one?.action_id).toBeTypeOf('string');
    expect(one?.action_id).not.toBe(other?.action_id);
  });

  it('have at most 10,000 characters of text in total', () => {
    const checked = (length: number) => {
      const blocks = checkMessageBlocks([section(3000), section(3000), section(3000), section(length)]);
      if (!blocks.ok) throw new Error(blocks.errors.join());
      return exceedsBlockText(blocks.value);
    };
    expect(checked(1000)).toBe(false);
    expect(checked(1001)).toBe(true);
  });
});

describe('a modal', () => {
  const errors = (view: unknown): string[] => {
    const checked = checkModal(view);
    return checked.ok ? [] : checked.errors;
  };

  it.each<[string, (length: number) => object, number, string]>([
    ['blocks', (n) => ({ blocks: Array(n).fill(section(1)) }), 100, '/view/blocks'],
    ['title', (n) => ({ title: plain(n) }), 24, '/view/title/text'],
    ['submit', (n) => ({ submit: plain(n) }), 24, '/view/submit/text'],
    ['close', (n) => ({ close: plain(n) }), 24, '/view/close/text'],
    ['private_metadata', (n) => ({ private_metadata: 'x'.repeat(n) }), 3000, '/view/private_metadata'],
    ['callback_id', (n) => ({ callback_id: 'x'.repeat(n) }), 255, '/view/callback_id'],
    ['external_id', (n) => ({ external_id: 'x'.repeat(n) }), 255, '/view/external_id'],
  ])('holds %s up to the limit and no further', (_what, make, limit, pointer) => {
    expect(errors(modal(make(limit)))).toEqual([]);
    expect(errors(modal(make(limit + 1)))).toEqual([expect.stringContaining(`[json-pointer:${pointer}]`)]);
  });

  it('needs a submit button for its inputs', () => {
    const blocks = [input({ type: 'plain_text_input' })];
    expect(errors(modal({ blocks }))).toEqual([
      'must define `submit` to use an `input` block in modals [json-pointer:/view]',
    ]);
    expect(errors(modal({ blocks, submit: plain(1) }))).toEqual([]);
  });

  it('is not a Home tab, which has no title', () => {
    expect(errors({ type: 'home', blocks: [] })).toContain('unsupported type: home [json-pointer:/view/type]');
    expect(checkHome({ type: 'home', blocks: [section(1)] }).ok).toBe(true);
    expect(checkHome({ type: 'home', blocks: [], title: plain(1) }).ok).toBe(false);
  });
});
