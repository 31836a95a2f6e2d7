import { describe, expect, test } from 'vitest';
import { fillScopeForm, fillServiceForm } from '../../../src/catalogue/slack/forms.ts';
import { Configuration } from '../../../src/checks/providers/configuration.ts';
import { KINDS } from '../../../src/checks/providers/kinds.ts';
import type { Check } from '../../../src/checks/repository.ts';
import { fillCheckForm, fillProviderForm } from '../../../src/checks/slack/forms.ts';
import { fillDefaultsForm } from '../../../src/settings/slack/account-forms.ts';
import { describeValue, drawField } from '../../../src/slack/fields.ts';
import type { InputValue } from '../../../src/slack/form.ts';
import { comparable, type FilledForm, listInputs } from '../../../src/slack/record-form.ts';
import { httpProblemText } from '../../../src/texts/http-errors.ts';
import { T } from '../../slack/samples.ts';

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
  type: null,
  target: null,
  mutedBy: [],
};
const health = { lastOkAt: T, lastErrorAt: null, lastError: null, lastSyncAt: T, failures: 0 };

const FORMS = {
  defaults: fillDefaultsForm({
    defaultRole: 'viewer',
    timezone: 'Asia/Tokyo',
    defaultChannel: 'C0GENERAL',
    postCheckAfter: 20,
    anonymousReads: true,
  }),
  scope: fillScopeForm({ ...scope, reminders: [120, 15], requiresApproval: true }),
  service: fillServiceForm(
    {
      id: 4,
      name: 'api',
      scope,
      description: 'First line\nsecond',
      visibility: 'internal',
      audience: 'internal',
      status: 'up',
      owners: ['U2', 'U1'],
      checks: ['c1'],
    },
    [check],
  ),
  check: fillCheckForm(check, [service]),
  ...Object.fromEntries(
    new Configuration(KINDS, new Map(), httpProblemText).described().map((kind) => [
      kind.kind,
      fillProviderForm(
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
      ),
    ]),
  ),
};

const toInput = (written: InputValue | string): InputValue =>
  typeof written === 'string' ? expect.unreachable() : written;
const valuesOf = (form: FilledForm) =>
  new Map(listInputs(form).map(({ field, value }): [string, InputValue] => [field.name, value]));

describe.each(Object.entries(FORMS))('the form of %s', (_, form) => {
  test('is filled again from the values that are read from it', () => {
    for (const { field, value } of listInputs(form)) {
      const read = field.read(value);
      if (field.element.type.includes('external')) continue;
      expect(comparable([[field.name, toInput(field.write(read))]])).toEqual(comparable([[field.name, value]]));
    }
  });

  test('drawn with nothing holds nothing', () => {
    for (const { field } of listInputs(form)) {
      expect(drawField({ field, value: {} }, field.name)).toMatchObject({ element: field.element });
      expect(JSON.stringify(field.element)).not.toContain('initial');
    }
  });

  test('shows the values it is filled with', () => {
    for (const { field, value } of listInputs(form)) {
      const shown = JSON.stringify(drawField({ field, value }, field.name));
      for (const each of [comparable([[field.name, value]])[field.name] ?? []].flat()) {
        expect(shown).toContain(JSON.stringify(String(each)).slice(1, -1));
      }
    }
  });
});

test('values chosen in another order, and lines that end in another way, are the same', () => {
  const values = valuesOf(FORMS.service);
  const again = new Map(values)
    .set('owners', { selected_users: ['U1', 'U2'] })
    .set('description', { value: 'First line\r\nsecond ' });
  expect(comparable(again)).toEqual(comparable(values));
  expect(comparable(again.set('owners', { selected_users: [] }))).not.toEqual(comparable(values));
});

test('the value of a field is described as the form shows it', () => {
  const inputs = new Map(listInputs(FORMS.scope).map((each) => [each.field.name, each]));
  const describeField = (name: string, changed?: InputValue) => {
    const { field, value } = inputs.get(name) ?? expect.unreachable();
    return describeValue(field, changed ?? value, 100);
  };
  expect(describeField('reminders')).toBe('2 h, 15 min');
  expect(describeField('reminders', { selected_options: [] })).toBe('none');
  expect(describeField('requires_approval')).toBe('yes');
  expect(describeField('requires_approval', { selected_options: [] })).toBe('no');
  expect(describeField('visibility')).toBe('Internal: people of this workspace');
  expect(describeField('name', { value: 'a <b>' })).toBe('a &lt;b&gt;');
  expect(describeField('name', { selected_users: ['U1'] })).toBe('<@U1>');
  expect(describeField('name', { selected_option: { value: '4', text: { text: 'Production / api' } } })).toBe(
    'Production / api',
  );
});
