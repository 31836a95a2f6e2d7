import { z } from 'zod';
import { listServices, type Service } from '../../catalogue/services/repository.ts';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import type { Queries } from '../../platform/database.ts';
import { quote, SLACK_LIMITS, section, shorten } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { FormField } from '../../slack/fields.ts';
import { fillFields, flagField, nameField, readFields, searchManyField, textField } from '../../slack/fields.ts';
import { type Inputs, MAX_INPUT_CHARS, OPTIONS, option, ReplyError, serviceOption } from '../../slack/form.ts';
import type { FilledForm, RecordForm } from '../../slack/record-form.ts';
import { checkForms, sharedForms } from '../../texts/slack-forms.ts';
import { addCheck, editCheck, removeCheck } from '../commands.ts';
import { checkNotFound, providerNotFound } from '../errors.ts';
import { addProvider, editProvider, type ProviderDependencies, removeProvider } from '../provider-commands.ts';
import type { StoredProvider } from '../provider-repository.ts';
import { findProvider, listProviders, lockProvider, sealedCredentials } from '../provider-repository.ts';
import type { DescribedKind, ProviderFields } from '../providers/configuration.ts';
import { type Check, findCheck } from '../repository.ts';

const { check: checkTexts, provider: providerTexts } = checkForms;

const splitList = (text: string) => text.split(',').map((each) => each.trim());

const tagsField = {
  ...textField('tags', { ...checkTexts.tags, optional: true }),
  write(tags: readonly string[]) {
    const text = tags.join(', ');
    const isListable = text.length <= MAX_INPUT_CHARS && !tags.some((tag) => tag.includes(','));
    return isListable ? { value: text.toWellFormed() } : checkTexts.tagsUnlistable;
  },
  read: ({ value }: { value?: string | null | undefined }) => splitList(value ?? '').filter((tag) => tag !== ''),
};

const CHECK_FIELDS = {
  name: nameField(checkTexts.namePlaceholder),
  services: searchManyField('services', {
    ...checkTexts.services,
    actionId: OPTIONS.services,
    toOption: serviceOption,
  }),
  tags: tagsField,
};

/** @param providers the names of the monitoring systems besides Lull's own register */
const addCheckFields = (providers: readonly string[]) => {
  const { name, ...others } = CHECK_FIELDS;
  const builtin = option('builtin', checkTexts.builtin);
  const options = [builtin, ...providers.map((each) => option(each, each))];
  const provider: FormField<undefined, string> = {
    ...{ name: 'provider', ...checkTexts.provider },
    element: { type: 'static_select', action_id: 'value', options: options.slice(0, SLACK_LIMITS.options) },
    write: () => ({ selected_option: { value: 'builtin', text: builtin.text } }),
    read: ({ selected_option: chosen }) => chosen?.value ?? 'builtin',
  };
  const externalId = textField('external_id', { ...checkTexts.externalId, maxChars: MAX_NAME_CHARS, optional: true });
  return { name, provider, externalId, ...others };
};

export function fillAddCheckForm(providers: readonly string[]): FilledForm {
  const values = { name: '', provider: undefined, externalId: '', services: [], tags: [] };
  return { title: checkTexts.add, items: fillFields(addCheckFields(providers), values) };
}

/** @param services those of the check */
export function fillCheckForm(check: Check, services: readonly Service[]): FilledForm {
  const heading = section(`*${quote(check.provider, 100)}*  ${quote(check.externalId, 300)}`);
  return {
    title: checkTexts.change,
    items: [heading, ...fillFields(CHECK_FIELDS, { ...check, services })],
    removable: { noun: sharedForms.nouns.check, name: check.name },
  };
}

export const checkForm: RecordForm = {
  async fill(_, db, { actor: { accountId } }, id) {
    if (id === undefined) return fillAddCheckForm((await listProviders(db, accountId)).map(({ name }) => name));
    const check = await findCheck(db, accountId, id);
    if (check === null) throw checkNotFound({ id });
    return fillCheckForm(check, await listServices(db, accountId, { ids: check.services }));
  },
  async save(_, { actor }, { id, inputs, ctx }) {
    if (id === undefined) {
      const { services, externalId, ...values } = readFields(addCheckFields([]), inputs, 'all');
      const ids = { services: services.map(Number), externalId: externalId || null };
      await addCheck(ctx, actor, { ...values, ...ids, enabled: true });
    } else {
      const { services, ...edit } = readFields(CHECK_FIELDS, inputs);
      await editCheck(ctx, actor, id, { ...edit, services: services?.map(Number) });
    }
  },
  remove: removeCheck,
};

const propertySchema = z.looseObject({
  type: z.string().optional(),
  description: z.string().default(''),
  default: z.json().optional(),
  items: z.looseObject({ type: z.string().optional() }).optional(),
});
const partSchema = z.object({
  properties: z.record(z.string(), propertySchema).default({}),
  required: z.array(z.string()).default([]),
});

type Property = z.infer<typeof propertySchema>;
type PropertyType = 'text' | 'number' | 'flag' | 'list' | 'json';

const TYPES: Readonly<Record<string, PropertyType>> = {
  ...{ string: 'text', integer: 'number', number: 'number', boolean: 'flag' },
};
const typeOf = ({ type = '', items }: Property): PropertyType =>
  TYPES[type] ?? (type === 'array' && items?.type === 'string' ? 'list' : 'json');

/** Settings are shown, credentials are not. */
type Part = 'settings' | 'credentials';

/** The fields of one part of a kind of monitoring systems, from its JSON Schema, by their names in a form. */
function schemaFields(part: Part, schema: unknown, keepsEmpty = false): Record<string, FormField> {
  const { properties, required } = partSchema.parse(schema);
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const id = `${part}.${name}`;
      const field = propertyField(id, name, property, !keepsEmpty && required.includes(name));
      return [id, part === 'credentials' ? { ...field, secret: true } : field];
    }),
  );
}

function propertyField(id: string, name: string, property: Property, required: boolean): FormField {
  const type = typeOf(property);
  const { default: initial, description } = property;
  const label = (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ');
  const options = {
    label,
    optional: !required || type === 'flag',
    ...(description === '' ? {} : { hint: shorten(description, 2000) }),
  };
  if (type === 'flag') {
    const flag = flagField(id, 'yes', { ...options, option: providerTexts.yes });
    return { ...flag, write: (value = initial) => flag.write(value === true) };
  }
  const field = textField(id, {
    ...options,
    ...(type === 'json' || name === 'certificate' ? { multiline: true } : {}),
    ...(initial === undefined ? {} : { placeholder: toText(type, initial) || providerTexts.none }),
  });
  return {
    ...field,
    write: (value) => field.write(value === undefined ? '' : toText(type, value)),
    read({ value }): unknown {
      const text = value?.trim() ?? '';
      if (text === '') return undefined;
      if (type === 'text') return text;
      if (type === 'list') return splitList(text);
      try {
        return JSON.parse(text);
      } catch {
        throw new ReplyError([{ field: id, message: providerTexts.unreadable(label, quote(text, 100), type) }]);
      }
    },
  };
}

function toText(type: PropertyType, value: unknown): string {
  if (type === 'list' && Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value, null, type === 'json' ? 2 : 0);
}

/** The values of both parts; fields that were left empty are left out. */
function readParts(kind: DescribedKind, inputs: Inputs): Record<Part, Record<string, unknown>> {
  const read = (part: Part) =>
    Object.fromEntries(
      Object.entries(readFields(schemaFields(part, kind[part]), inputs))
        .filter(([, value]) => value !== undefined)
        .map(([id, value]) => [id.slice(part.length + 1), value]),
    );
  return { settings: read('settings'), credentials: read('credentials') };
}

/** Forms of monitoring systems read and seal what is filled in. */
export interface ProviderFormContext extends SlackContext {
  readonly providers: ProviderDependencies;
}

/** @throws ReplyError */
function findKind({ providers }: ProviderFormContext, name: string) {
  const kind = providers.configuration.described().find((each) => each.kind === name);
  if (kind === undefined) throw new ReplyError(providerTexts.kindUnknown(name));
  return kind;
}

export function fillConnectForm(kind: DescribedKind): FilledForm {
  // A kind that was never tried against the live service says so.
  const untried = kind.writtenFrom.length === 0 ? '' : `\n${providerTexts.untried}`;
  return {
    title: providerTexts.connect,
    items: [
      section(`*${quote(kind.title, 100)}*${untried}`),
      ...fillFields({ name: nameField(kind.kind) }, { name: '' }),
      ...fillFields(schemaFields('settings', kind.settings), {}),
      section(providerTexts.credentials),
      ...fillFields(schemaFields('credentials', kind.credentials), {}),
    ],
  };
}

/** Connects a monitoring system. The id is its kind. */
export const connectForm: RecordForm<ProviderFormContext> = {
  adds: true,
  fill: async (context, _db, _person, id = '') => fillConnectForm(findKind(context, id)),
  async save(context, { actor }, { id = '', inputs, ctx }) {
    const parts = readParts(findKind(context, id), inputs);
    const { name } = readFields({ name: nameField(id) }, inputs, 'all');
    await addProvider(ctx, actor, { name, kind: id, ...parts, enabled: true }, context.providers);
  },
};

const ENABLED_FIELD = { enabled: flagField('enabled', 'enabled', providerTexts.enabled) };

export function fillProviderForm(provider: StoredProvider, kind: DescribedKind): FilledForm {
  const { name, enabled } = provider;
  const settings = Object.entries(provider.settings).map(([id, value]) => [`settings.${id}`, value]);
  return {
    title: providerTexts.change,
    items: [
      section(`*${quote(name, 100)}*  ${quote(kind.title, 100)}`),
      ...fillFields(schemaFields('settings', kind.settings), Object.fromEntries(settings)),
      ...fillFields(ENABLED_FIELD, { enabled }),
      section(providerTexts.credentialsKept),
      ...fillFields(schemaFields('credentials', kind.credentials, true), {}),
    ],
    removable: { noun: sharedForms.nouns.provider, name },
  };
}

async function getProvider(db: Queries, accountId: number, name: string) {
  const provider = await findProvider(db, accountId, name);
  if (provider === undefined) throw providerNotFound({ name });
  return provider;
}

export const providerForm: RecordForm<ProviderFormContext> = {
  async fill(context, db, { actor: { accountId } }, id = '') {
    const provider = await getProvider(db, accountId, id);
    const credentials = await sealedCredentials(db, accountId, id);
    return { ...fillProviderForm(provider, findKind(context, provider.kind)), hidden: { credentials } };
  },
  async save(context, { actor }, { id = '', inputs, ctx }) {
    const provider = await getProvider(ctx.database, actor.accountId, id);
    const { settings, credentials } = readParts(findKind(context, provider.kind), inputs);
    const { enabled } = readFields(ENABLED_FIELD, inputs);
    const changesSettings = [...inputs.keys()].some((field) => field.startsWith('settings.'));
    const merge = (current: ProviderFields) => {
      const kept = Object.entries(current).filter(([field]) => !inputs.has(`settings.${field}`));
      return { ...Object.fromEntries(kept), ...settings };
    };
    const edit = {
      ...(changesSettings ? { settings: merge } : {}),
      ...(enabled === undefined ? {} : { enabled }),
      ...(Object.keys(credentials).length === 0 ? {} : { credentials }),
    };
    await editProvider(ctx, actor, id, edit, context.providers);
  },
  lock: lockProvider,
  remove: removeProvider,
};
