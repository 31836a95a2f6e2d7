import type { ModalView, PlainTextOption } from '@slack/types';
import type { AddCheckInput, CheckEdit } from '../../checks/commands.ts';
import type { Check } from '../../checks/repository.ts';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { DEFAULT_REMINDERS_MINUTES, sortReminders } from '../../maintenance/rules/reminders.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import { quote, SLACK_LIMITS, section } from '../../slack/blocks.ts';
import {
  checkOption,
  type InputValue,
  input,
  OPTIONS,
  option,
  plain,
  readChosenOptions,
  serviceOption,
  toOptions,
} from '../../slack/form.ts';
import {
  descriptionInput,
  FORMS,
  form,
  nameInput,
  type Origin,
  readCommon,
  removeButton,
  visibilityInput,
} from '../../slack/record-form.ts';
import type { ScopeEdit } from '../scopes/commands.ts';
import type { ScopeSettings } from '../scopes/repository.ts';
import type { ServiceEdit } from '../services/commands.ts';
import type { Service, ServiceSettings } from '../services/repository.ts';

/** The reminders that people choose from (minutes). Those that were set over HTTP are offered besides. */
const USUAL = [10_080, 4320, 2880, 1440, 720, 240, 120, 60, 30, 15];
const reminderOption = (minutes: number) => option(String(minutes), formatDuration(minutes * 60_000));
const APPROVAL = option('approval', 'A second person approves each maintenance of it');

/** Adds a scope, or changes one. */
export function scopeForm(scope: ScopeSettings | undefined, origin: Origin): ModalView {
  const reminders = scope?.reminders ?? DEFAULT_REMINDERS_MINUTES;
  const offered = sortReminders([...USUAL, ...reminders]).slice(0, SLACK_LIMITS.options);
  const metadata = scope === undefined ? { origin } : { origin, id: String(scope.id) };
  return form(FORMS.scope, scope === undefined ? 'Add a scope' : 'Change a scope', metadata, [
    nameInput(scope?.name ?? '', 'Production'),
    descriptionInput(scope?.description ?? ''),
    visibilityInput(scope?.visibility ?? 'public'),
    input(
      'reminders',
      'Remind of a maintenance before its start',
      {
        type: 'multi_static_select',
        action_id: 'value',
        options: offered.map(reminderOption),
        placeholder: plain('Not at all'),
        ...(reminders.length === 0 ? {} : { initial_options: sortReminders(reminders).map(reminderOption) }),
      },
      { optional: true, hint: 'Of a run of a series only once the window before it has been over for an hour.' },
    ),
    input(
      'requires_approval',
      'Approval',
      {
        type: 'checkboxes',
        action_id: 'value',
        options: [APPROVAL],
        ...(scope?.requiresApproval === true ? { initial_options: [APPROVAL] } : {}),
      },
      { optional: true, hint: 'Unapproved at its start, it is canceled. What is scheduled already stays as it is.' },
    ),
    ...(scope === undefined ? [] : [removeButton({ kind: 'scope', id: String(scope.id) }, scope.name)]),
  ]);
}

/** What the fields hold, those that are given. */
export function readScopeForm(held: ReadonlyMap<string, InputValue>): ScopeEdit {
  const [reminders, approval] = [held.get('reminders'), held.get('requires_approval')];
  return {
    ...readCommon(held),
    ...(reminders === undefined ? {} : { reminders: readChosenOptions(reminders).map(({ value }) => Number(value)) }),
    ...(approval === undefined ? {} : { requiresApproval: readChosenOptions(approval).length > 0 }),
  };
}

const chosen = (options: readonly PlainTextOption[]) => (options.length === 0 ? {} : { initial_options: [...options] });

/** Adds a service, or changes one. @param checks those that it has, as they are called */
export function serviceForm(service: ServiceSettings | undefined, checks: readonly Check[], origin: Origin): ModalView {
  const offered = toOptions(checks, checkOption);
  const metadata = service === undefined ? { origin } : { origin, id: String(service.id) };
  const scope = service?.scope ?? null;
  const owners = service?.owners ?? [];
  return form(FORMS.service, service === undefined ? 'Add a service' : 'Change a service', metadata, [
    nameInput(service?.name ?? '', 'api'),
    input(
      'scope',
      'Scope',
      {
        type: 'external_select',
        action_id: OPTIONS.scopes,
        min_query_length: 0,
        placeholder: plain('None'),
        ...(scope === null ? {} : { initial_option: option(String(scope.id), scope.name) }),
      },
      { optional: true },
    ),
    input(
      'owners',
      'Owners',
      {
        type: 'multi_users_select',
        action_id: 'value',
        placeholder: plain('Nobody'),
        ...(owners.length === 0 ? {} : { initial_users: [...owners] }),
      },
      { optional: true, hint: 'It is first on their Home tab, and those who may approve are asked.' },
    ),
    offered === null
      ? section('*Checks*\nToo many for a form; they stay as they are. Change them over HTTP.')
      : input(
          'checks',
          'Checks',
          {
            type: 'multi_external_select',
            action_id: OPTIONS.checks,
            min_query_length: 0,
            placeholder: plain('None'),
            ...chosen(offered),
          },
          { optional: true, hint: 'Switched off during its maintenances; those in progress follow at once.' },
        ),
    descriptionInput(service?.description ?? ''),
    visibilityInput(service?.visibility ?? 'public'),
    ...(service === undefined ? [] : [removeButton({ kind: 'service', id: String(service.id) }, service.name)]),
  ]);
}

/** What the fields hold, those that are given. */
export function readServiceForm(held: ReadonlyMap<string, InputValue>): ServiceEdit {
  const [scope, owners] = [held.get('scope'), held.get('owners')];
  const scopeId = scope?.selected_option?.value;
  return {
    ...readCommon(held),
    ...(scope === undefined ? {} : { scopeId: scopeId === undefined ? null : Number(scopeId) }),
    ...(owners === undefined ? {} : { owners: owners.selected_users ?? [] }),
    ...(held.has('checks') ? { checks: readChosenOptions(held.get('checks')).map(({ value }) => value ?? '') } : {}),
  };
}

const OWN_REGISTER = option('builtin', "Lull's own register");

/** Adds a check. @param providers the names of the monitoring systems besides Lull's own register */
export function addCheckForm(providers: readonly string[], origin: Origin): ModalView {
  const offered = [OWN_REGISTER, ...providers.map((name) => option(name, name))].slice(0, SLACK_LIMITS.options);
  return form(FORMS.check, 'Add a check', { origin }, [
    nameInput('', 'api health'),
    input('provider', 'Monitoring system', {
      type: 'static_select',
      action_id: 'value',
      options: offered,
      initial_option: OWN_REGISTER,
    }),
    input(
      'external_id',
      'Its id there',
      { type: 'plain_text_input', action_id: 'value', max_length: MAX_NAME_CHARS },
      { optional: true, hint: "In Lull's own register it gets one by itself." },
    ),
    ...checkInputs([], []),
  ]);
}

/** Changes a check. @param services those that it watches, as they are called */
export function checkForm(check: Check, services: readonly Service[], origin: Origin): ModalView {
  return form(FORMS.check, 'Change a check', { origin, id: check.id }, [
    section(`*${quote(check.provider, 100)}*  ${quote(check.externalId, 300)}`),
    nameInput(check.name, 'api health'),
    ...checkInputs(check.tags, services),
    removeButton({ kind: 'check', id: check.id }, check.name),
  ]);
}

/** The longest list of tags that the form shows (characters). */
const LONGEST_TAGS = 3000;

function checkInputs(tags: readonly string[], services: readonly Service[]) {
  const offered = toOptions(services, serviceOption);
  const written = tags.join(', ');
  return [
    offered === null
      ? section('*Services*\nToo many for a form; they stay as they are. Change them over HTTP.')
      : input(
          'services',
          'Services',
          {
            type: 'multi_external_select',
            action_id: OPTIONS.services,
            min_query_length: 0,
            placeholder: plain('None'),
            ...chosen(offered),
          },
          { optional: true, hint: 'Their maintenances switch it off.' },
        ),
    written.length > LONGEST_TAGS || tags.some((tag) => tag.includes(','))
      ? section('*Tags*\nThey cannot be shown in a form; they stay as they are. Change them over HTTP.')
      : input(
          'tags',
          'Tags',
          {
            type: 'plain_text_input',
            action_id: 'value',
            max_length: LONGEST_TAGS,
            placeholder: plain('db, eu'),
            ...(written === '' ? {} : { initial_value: written.toWellFormed() }),
          },
          { optional: true, hint: 'With commas between them.' },
        ),
  ];
}

/** What the fields hold, those that are given. */
export function readCheckForm(held: ReadonlyMap<string, InputValue>): CheckEdit {
  const name = held.get('name');
  const tags = held
    .get('tags')
    ?.value?.split(',')
    .flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()]));
  return {
    ...(name === undefined ? {} : { name: name.value?.trim() ?? '' }),
    ...(held.has('services')
      ? { services: readChosenOptions(held.get('services')).map(({ value }) => Number(value)) }
      : {}),
    ...(held.has('tags') ? { tags: tags ?? [] } : {}),
  };
}

/** The same for a check to be added. */
export function readAddCheckForm(held: ReadonlyMap<string, InputValue>): AddCheckInput {
  const { name = '', services = [], tags = [] } = readCheckForm(held);
  return {
    name,
    services,
    tags,
    provider: held.get('provider')?.selected_option?.value ?? 'builtin',
    externalId: held.get('external_id')?.value?.trim() || null,
    enabled: true,
  };
}
