import { describe, expect, it } from 'vitest';
import { filterChoices, listChoices, readSuggestions } from '../../../../src/playground/page/blocks/choices.ts';

const option = (text: string, detail?: string) => ({
  text: { type: 'plain_text' as const, text },
  value: text.toLowerCase(),
  ...(detail ? { description: { type: 'plain_text' as const, text: detail } } : {}),
});

describe('the choices of a select', () => {
  const groups = listChoices({
    option_groups: [
      { label: { type: 'plain_text', text: 'Shop' }, options: [option('Checkout', 'payments'), option('Search')] },
      { label: { type: 'plain_text', text: 'Core' }, options: [option('Api')] },
    ],
  });

  it('keep their groups', () => {
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

  it('match every word, in label or detail', () => {
    expect(filterChoices(groups, 'PAY check')).toEqual([
      { label: 'Shop', choices: [{ value: 'checkout', label: 'Checkout', detail: 'payments' }] },
    ]);
    expect(filterChoices(groups, 'nothing')).toEqual([]);
    expect(filterChoices(groups, ' ')).toEqual(groups);
  });

  it('can come from the app', () => {
    expect(readSuggestions({ options: [option('Web')] })).toEqual([{ choices: [{ value: 'web', label: 'Web' }] }]);
    expect(readSuggestions({ optionGroups: [{ label: 'All', options: [option('Web')] }] })).toEqual([
      { label: 'All', choices: [{ value: 'web', label: 'Web' }] },
    ]);
  });
});
