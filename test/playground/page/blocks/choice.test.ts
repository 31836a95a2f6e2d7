import { describe, expect, it } from 'vitest';
import { matching, offeredChoices, suggestedChoices } from '../../../../src/playground/page/blocks/choice.ts';

const option = (text: string, detail?: string) => ({
  text: { type: 'plain_text' as const, text },
  value: text.toLowerCase(),
  ...(detail ? { description: { type: 'plain_text' as const, text: detail } } : {}),
});

describe('the choices of a select', () => {
  const groups = offeredChoices({
    option_groups: [
      { label: { type: 'plain_text', text: 'Shop' }, options: [option('Checkout', 'payments'), option('Search')] },
      { label: { type: 'plain_text', text: 'Core' }, options: [option('Api')] },
    ],
  });

  it('come in their groups', () => {
    expect(groups).toEqual([
      {
        label: 'Shop',
        choices: [
          { value: 'checkout', label: 'Checkout', detail: 'payments' },
          { value: 'search', label: 'Search' },
        ],
      },
      { label: 'Core', choices: [{ value: 'api', label: 'Api' }] },
    ]);
  });

  it('are found by every word, in name or detail', () => {
    expect(matching(groups, 'PAY check')).toEqual([
      { label: 'Shop', choices: [{ value: 'checkout', label: 'Checkout', detail: 'payments' }] },
    ]);
    expect(matching(groups, 'nothing')).toEqual([]);
    expect(matching(groups, ' ')).toEqual(groups);
  });

  it('are those of the app where it is asked', () => {
    expect(suggestedChoices({ options: [option('Web')] })).toEqual([{ choices: [{ value: 'web', label: 'Web' }] }]);
    expect(suggestedChoices({ optionGroups: [{ label: 'All', options: [option('Web')] }] })).toEqual([
      { label: 'All', choices: [{ value: 'web', label: 'Web' }] },
    ]);
  });
});
