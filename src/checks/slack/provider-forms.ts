import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { quote, section, shorten } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import { type InputValue, input, MAX_INPUT_CHARS, option, plain } from '../../slack/form.ts';
import { FORMS, form, nameInput, type Origin, removeButton } from '../../slack/record-form.ts';
import { type FieldMessage, ReplyError } from '../../slack/reply-error.ts';
import type { DescribedKind, ProviderMeans } from '../provider-commands.ts';
import type { StoredProvider } from '../provider-repository.ts';

/** The forms of providers validate fields by kind, and seal secrets. */
export interface ProviderFormContext extends SlackContext {
  readonly providers: ProviderMeans;
}

const SECRETS = 'Credentials are sealed and not shown again.';

const SWITCHED = option('enabled', 'Windows switch its checks');

/** Connects a monitoring system of this kind. */
export function connectForm(kind: DescribedKind, origin: Origin): ModalView {
  return form(FORMS.connect, 'Connect', { origin, id: kind.kind }, [
    section(`*${quote(kind.title, 100)}*${writtenFrom(kind)}`),
    nameInput('', kind.kind),
    ...fieldInputs('settings', kind.settings, {}),
    section(SECRETS),
    ...fieldInputs('credentials', kind.credentials, {}),
  ]);
}

/** What was never tried against the live service says so. */
function writtenFrom({ writtenFrom: documents }: DescribedKind): string {
  return documents.length === 0 ? '' : '\nWritten from its documentation, and not tried against the live service yet.';
}

/** Changes how a monitoring system is connected. */
export function providerForm(provider: StoredProvider, kind: DescribedKind, origin: Origin): ModalView {
  const { name, settings, enabled } = provider;
  return form(FORMS.provider, 'Change', { origin, id: name }, [
    section(`*${quote(name, 100)}*  ${quote(kind.title, 100)}`),
    ...fieldInputs('settings', kind.settings, settings),
    input(
      'enabled',
      'Use',
      {
        type: 'checkboxes',
        action_id: 'value',
        options: [SWITCHED],
        ...(enabled ? { initial_options: [SWITCHED] } : {}),
      },
      { optional: true, hint: 'Without, what Lull switched off there goes on again, and is left alone.' },
    ),
    section(`${SECRETS} Left empty, they stay as they are.`),
    ...fieldInputs('credentials', kind.credentials, {}, { stays: true }),
    removeButton({ kind: 'provider', id: name }, name),
  ]);
}

const described = z.object({
  properties: z
    .record(
      z.string(),
      z.looseObject({
        type: z.string().optional(),
        description: z.string().default(''),
        default: z.json().optional(),
        items: z.looseObject({ type: z.string().optional() }).optional(),
      }),
    )
    .default({}),
  required: z.array(z.string()).default([]),
});

type Property = z.infer<typeof described>['properties'][string];

/** How a field of a monitoring system is filled in. */
type Form = 'text' | 'number' | 'flag' | 'words' | 'json';

function formOf({ type, items }: Property): Form {
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'flag';
  return type === 'array' && items?.type === 'string' ? 'words' : 'json';
}

/** The fields of a kind, in two parts: what is shown, and what is secret. */
export type Part = 'settings' | 'credentials';

const YES = option('yes', 'Yes');
const inWords = (field: string) => (field.charAt(0).toUpperCase() + field.slice(1)).replaceAll('_', ' ');

/**
 * A form of what a kind of monitoring systems wants to know, made from its JSON Schema.
 * @param values what is kept already; secrets are never among them
 * @param more.stays whether what is left empty stays as it is
 */
export function fieldInputs(
  part: Part,
  schema: unknown,
  values: Readonly<Record<string, unknown>>,
  { stays = false }: { stays?: boolean } = {},
): KnownBlock[] {
  const { properties, required } = described.parse(schema);
  return Object.entries(properties).map(([field, property]) => {
    const form = formOf(property);
    const optional = stays || !required.includes(field) || form === 'flag';
    const more = { optional, ...(property.description === '' ? {} : { hint: shorten(property.description, 2000) }) };
    const value = values[field] ?? (form === 'flag' ? property.default : undefined);
    const id = `${part}.${field}`;
    if (form === 'flag') {
      const chosen = value === true ? { initial_options: [YES] } : {};
      return input(id, inWords(field), { type: 'checkboxes', action_id: 'value', options: [YES], ...chosen }, more);
    }
    const written = value === undefined ? '' : writtenAs(form, value);
    return input(
      id,
      inWords(field),
      {
        type: 'plain_text_input',
        action_id: 'value',
        max_length: MAX_INPUT_CHARS,
        ...(form === 'json' || field === 'certificate' ? { multiline: true } : {}),
        ...(property.default === undefined ? {} : { placeholder: plain(writtenAs(form, property.default) || 'None') }),
        ...(written === '' ? {} : { initial_value: written.slice(0, MAX_INPUT_CHARS) }),
      },
      more,
    );
  });
}

function writtenAs(form: Form, value: unknown): string {
  if (form === 'words' && Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value, null, form === 'json' ? 2 : 0);
}

/** What was filled in, as the kind takes it; what is left empty is left out. `held`: by field of the form, those that are given. */
export function readFields(
  part: Part,
  schema: unknown,
  held: ReadonlyMap<string, InputValue>,
): { values: Record<string, unknown>; problems: FieldMessage[] } {
  const values: Record<string, unknown> = {};
  const problems: FieldMessage[] = [];
  for (const [field, property] of Object.entries(described.parse(schema).properties)) {
    const form = formOf(property);
    const id = `${part}.${field}`;
    if (!held.has(id)) continue;
    const written = held.get(id)?.value?.trim() ?? '';
    if (form === 'flag') values[field] = (held.get(id)?.selected_options ?? []).length > 0;
    else if (written === '') continue;
    else if (form === 'text') values[field] = written;
    else if (form === 'words') values[field] = written.split(',').map((word) => word.trim());
    else {
      const read = parsed(written);
      if (read === undefined) {
        const expected = form === 'number' ? 'a number such as 10' : 'JSON';
        problems.push({ field: id, message: `${inWords(field)} is ${quote(written, 100)}; expected ${expected}.` });
      } else values[field] = read;
    }
  }
  return { values, problems };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws ReplyError */
export function findKind({ providers }: Pick<ProviderFormContext, 'providers'>, name: string): DescribedKind {
  const kind = providers.configuration.described().find((each) => each.kind === name);
  if (kind === undefined) throw new ReplyError(`There is no kind of monitoring systems named ${name}.`);
  return kind;
}
