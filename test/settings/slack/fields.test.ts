import { describe, expect, test } from 'vitest';
import { checkForm, scopeForm, serviceForm } from '../../../src/catalogue/slack/forms.ts';
import { Configuration } from '../../../src/checks/providers/configuration.ts';
import { KINDS } from '../../../src/checks/providers/kinds.ts';
import type { Check } from '../../../src/checks/repository.ts';
import { providerForm } from '../../../src/checks/slack/provider-forms.ts';
import { defaultsForm } from '../../../src/settings/slack/account-forms.ts';
import { describeValue, initialValues, listInputs, toValues, withValues } from '../../../src/slack/record-form.ts';
import { httpProblemText } from '../../../src/texts/http-errors.ts';
import { T } from '../../slack/samples.ts';

const ORIGIN = { view: 'V0123456789', generation: 0 };
const scope = { id: 1, name: 'Production', description: 'Old', visibility: 'internal' as const };
const service = { id: 4, name: 'api', scope, audience: 'internal' as const, status: 'up' as const };
const check: Check = {
  id: 'c1',
  name: 'api health',
  provider: 'builtin',
  externalId: '1',
  enabled: true,
  tags: ['eu', 'db'],
  services: [4],
  mutedBy: [],
};
const health = { lastOkAt: T, lastErrorAt: null, lastError: null, lastSyncAt: T, failures: 0 };

const FORMS = {
  defaults: defaultsForm(
    { defaultRole: 'viewer', timezone: 'Asia/Tokyo', defaultChannel: 'C0GENERAL', postCheckAfter: 20 },
    ORIGIN,
  ),
  scope: scopeForm({ ...scope, reminders: [120, 15], requiresApproval: true }, ORIGIN),
  service: serviceForm(
    {
      id: 4,
      name: 'api',
      scope,
      description: 'First line\r\nsecond',
      visibility: 'internal',
      audience: 'internal',
      status: 'up',
      owners: ['U2', 'U1'],
      checks: ['c1'],
    },
    [check],
    ORIGIN,
  ),
  check: checkForm(check, [service], ORIGIN),
  ...Object.fromEntries(
    new Configuration(KINDS, new Map(), httpProblemText).described().map((kind) => [
      kind.kind,
      providerForm(
        {
          name: 'ours',
          kind: kind.kind,
          settings: { url: 'https://example.com', margin: 10 },
          enabled: true,
          version: 1,
          health,
          createdAt: T,
        },
        kind,
        ORIGIN,
      ),
    ]),
  ),
};

describe.each(Object.entries(FORMS))('the form of %s', (_, { blocks }) => {
  test('drawn with its values is the same form', () => {
    const held = initialValues(blocks);
    for (const [field, { element }] of listInputs(blocks)) {
      expect(withValues(element, held.get(field) ?? {})).toEqual(element);
    }
  });

  test('drawn with nothing holds nothing', () => {
    const emptied = listInputs(blocks).map(([, block]) => ({ ...block, element: withValues(block.element, {}) }));
    for (const value of Object.values(toValues(initialValues(emptied)))) expect([null, []]).toContainEqual(value);
  });
});

test('what was chosen in another order, and lines that end in another way, are the same', () => {
  const held = initialValues(FORMS.service.blocks);
  const again = new Map(held)
    .set('owners', { selected_users: ['U1', 'U2'] })
    .set('description', { value: 'First line\nsecond ' });
  expect(toValues(again)).toEqual(toValues(held));
  expect(toValues(again.set('owners', { selected_users: [] }))).not.toEqual(toValues(held));
});

test('what a field holds is said as the form shows it', () => {
  const elements = new Map(listInputs(FORMS.scope.blocks).map(([field, { element }]) => [field, element]));
  const held = initialValues(FORMS.scope.blocks);
  const said = (field: string, is = held.get(field) ?? {}) => describeValue(elements.get(field), is, 100);
  expect(said('reminders')).toBe('2 h, 15 min');
  expect(said('reminders', { selected_options: [] })).toBe('none');
  expect(said('requires_approval')).toBe('yes');
  expect(said('requires_approval', { selected_options: [] })).toBe('no');
  expect(said('visibility')).toBe('Internal: people of this workspace');
  expect(said('name', { value: 'a <b>' })).toBe('a &lt;b&gt;');
  expect(describeValue(undefined, { selected_users: ['U1'] }, 100)).toBe('<@U1>');
  expect(describeValue(undefined, { selected_option: { value: '4', text: { text: 'Production / api' } } }, 100)).toBe(
    'Production / api',
  );
});
