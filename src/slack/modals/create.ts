import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import type { ScheduleInput } from '../../actions/schedule.ts';
import { SERVICE_STATUSES, VISIBILITIES } from '../../domain/maintenance.ts';
import type { Problem } from '../../domain/refusal.ts';
import { LONGEST_NAME } from '../../domain/window.ts';
import type { Check, Service } from '../../store/catalogue.ts';
import type { DraftWindow } from '../draft.ts';
import { VIEWS } from '../messages/action-ids.ts';
import { LIMITS, shorten } from '../messages/blocks.ts';

/** The blocks of the form; each is named as the field of the HTTP interface it fills, so that problems find their place. */
const FIELDS = {
  name: 'name',
  services: 'services',
  start: 'scheduled_start_date',
  end: 'scheduled_end_date',
  serviceStatus: 'service_status',
  description: 'description',
  reference: 'external_reference',
  link: 'external_link',
  visibility: 'visibility',
  checks: 'checks',
} as const;

/** The action ids by which Slack asks for the options of a searchable select. */
export const OPTIONS = { services: 'options.services', checks: 'options.checks' } as const;

/** Slack's inputs take no more than this. */
const LONGEST_INPUT = 3000;

/** What the form carries along, unseen. Slack keeps at most 3,000 characters of it. */
export const createMetadata = z.object({
  /** Where to answer, and what to replace there. */
  responseUrl: z.string().optional(),
  draftId: z.string().optional(),
  channels: z.array(z.string()).default([]),
  timezone: z.string(),
});
export type CreateMetadata = z.infer<typeof createMetadata>;

const plain = (text: string) => ({ type: 'plain_text' as const, text: shorten(text, LIMITS.optionText) });
const option = (value: string, text: string): PlainTextOption => ({ text: plain(text), value });

const STATUS_OPTIONS = [
  option('down', 'Down'),
  option('degraded', 'Degraded'),
  option('up', 'Up, users notice nothing'),
];
const VISIBILITY_OPTIONS = [
  option('public', 'Public: announced everywhere'),
  option('internal', 'Internal: not in public channels'),
];

export function serviceOption(service: Service): PlainTextOption {
  return option(String(service.id), service.scope === null ? service.name : `${service.scope.name} / ${service.name}`);
}

export function checkOption(check: Check): PlainTextOption {
  return option(check.id, check.name);
}

/**
 * The form to schedule a maintenance, filled with what was understood so far.
 * @param filled the window of a draft, with its services and checks as they are called
 */
export function createModal(
  metadata: CreateMetadata,
  filled?: { window: DraftWindow; services: readonly Service[]; checks: readonly Check[] },
): ModalView {
  const window = filled?.window;
  const services = filled?.services.map(serviceOption) ?? [];
  const checks = window?.checks == null ? [] : (filled?.checks.map(checkOption) ?? []);
  const status = STATUS_OPTIONS.find(({ value }) => value === (window?.serviceStatus ?? 'down'));
  const visibility = VISIBILITY_OPTIONS.find(({ value }) => value === (window?.visibility ?? 'public'));
  const blocks: KnownBlock[] = [
    input(FIELDS.name, 'Name', {
      type: 'plain_text_input',
      action_id: 'value',
      max_length: LONGEST_NAME,
      placeholder: plain('Postgres upgrade'),
      ...(window === undefined || window.name === '' ? {} : { initial_value: window.name }),
    }),
    input(
      FIELDS.services,
      'Services',
      {
        type: 'multi_external_select',
        action_id: OPTIONS.services,
        min_query_length: 0,
        placeholder: plain('Search services'),
        ...(services.length === 0 ? {} : { initial_options: services.slice(0, LIMITS.options) }),
      },
      { optional: true, hint: 'Leave empty only when you name checks below.' },
    ),
    input(FIELDS.start, `Start (${metadata.timezone})`, {
      type: 'datetimepicker',
      action_id: 'value',
      ...(window === undefined ? {} : { initial_date_time: window.start.getTime() / 1000 }),
    }),
    input(FIELDS.end, `End (${metadata.timezone})`, {
      type: 'datetimepicker',
      action_id: 'value',
      ...(window === undefined ? {} : { initial_date_time: window.end.getTime() / 1000 }),
    }),
    input(FIELDS.serviceStatus, 'The services are then', {
      type: 'static_select',
      action_id: 'value',
      options: STATUS_OPTIONS,
      ...(status === undefined ? {} : { initial_option: status }),
    }),
    input(
      FIELDS.description,
      'Description',
      {
        type: 'plain_text_input',
        action_id: 'value',
        multiline: true,
        max_length: LONGEST_INPUT,
        ...(window?.description ? { initial_value: window.description.slice(0, LONGEST_INPUT) } : {}),
      },
      { optional: true },
    ),
    input(
      FIELDS.reference,
      'External reference',
      {
        type: 'plain_text_input',
        action_id: 'value',
        max_length: 200,
        placeholder: plain('CHG-123'),
        ...(window?.externalReference ? { initial_value: window.externalReference } : {}),
      },
      { optional: true },
    ),
    input(
      FIELDS.link,
      'External link',
      {
        type: 'url_text_input',
        action_id: 'value',
        placeholder: plain('https://...'),
        ...(window?.externalLink ? { initial_value: window.externalLink } : {}),
      },
      { optional: true },
    ),
    input(FIELDS.visibility, 'Who hears of it', {
      type: 'radio_buttons',
      action_id: 'value',
      options: VISIBILITY_OPTIONS,
      ...(visibility === undefined ? {} : { initial_option: visibility }),
    }),
    input(
      FIELDS.checks,
      'Only these checks',
      {
        type: 'multi_external_select',
        action_id: OPTIONS.checks,
        min_query_length: 0,
        placeholder: plain('All checks of the services'),
        ...(checks.length === 0 ? {} : { initial_options: checks.slice(0, LIMITS.options) }),
      },
      { optional: true, hint: 'Left empty, all checks of the services are switched off.' },
    ),
  ];
  return {
    type: 'modal',
    callback_id: VIEWS.create,
    title: { type: 'plain_text', text: 'Schedule maintenance' },
    submit: { type: 'plain_text', text: 'Schedule' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify(metadata),
    blocks,
  };
}

type Element = Extract<KnownBlock, { type: 'input' }>['element'];

function input(
  blockId: string,
  label: string,
  element: Element,
  more: { optional?: boolean; hint?: string } = {},
): KnownBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: { type: 'plain_text', text: label },
    element,
    optional: more.optional ?? false,
    ...(more.hint === undefined ? {} : { hint: { type: 'plain_text', text: more.hint } }),
  };
}

const text = z
  .object({ value: z.object({ value: z.string().nullish() }) })
  .transform(({ value }) => value.value?.trim() || null);
const moment = z
  .object({ value: z.object({ selected_date_time: z.number().nullish() }) })
  .transform(({ value }) => (value.selected_date_time == null ? null : new Date(value.selected_date_time * 1000)));
const chosen = <T extends readonly string[]>(words: T) =>
  z
    .object({ value: z.object({ selected_option: z.object({ value: z.enum(words) }) }) })
    .transform(({ value }) => value.selected_option.value);
const several = z
  .object({ selected_options: z.array(z.object({ value: z.string() })).nullish() })
  .transform((element) => element.selected_options?.map((picked) => picked.value) ?? []);

const submitted = z.object({
  [FIELDS.name]: text,
  [FIELDS.services]: z
    .object({ [OPTIONS.services]: several })
    .transform((block) => block[OPTIONS.services].map(Number)),
  [FIELDS.start]: moment,
  [FIELDS.end]: moment,
  [FIELDS.serviceStatus]: chosen(SERVICE_STATUSES),
  [FIELDS.description]: text,
  [FIELDS.reference]: text,
  [FIELDS.link]: text,
  [FIELDS.visibility]: chosen(VISIBILITIES),
  [FIELDS.checks]: z.object({ [OPTIONS.checks]: several }).transform((block) => block[OPTIONS.checks]),
});

/** What was filled in, as the action takes it; or what is missing, by field. `values` is Slack's `view.state.values`. */
export function readCreateModal(
  values: unknown,
  metadata: CreateMetadata,
): { ok: true; input: ScheduleInput } | { ok: false; problems: Problem[] } {
  const form = submitted.parse(values);
  const start = form[FIELDS.start];
  const end = form[FIELDS.end];
  if (start === null || end === null) {
    const missing = [...(start === null ? [FIELDS.start] : []), ...(end === null ? [FIELDS.end] : [])];
    return { ok: false, problems: missing.map((field) => ({ field, message: 'Choose a day and a time.' })) };
  }
  const checks = form[FIELDS.checks];
  return {
    ok: true,
    input: {
      name: form[FIELDS.name] ?? '',
      services: form[FIELDS.services],
      checks: checks.length === 0 ? null : checks,
      start,
      end,
      timezone: metadata.timezone,
      serviceStatus: form[FIELDS.serviceStatus],
      visibility: form[FIELDS.visibility],
      description: form[FIELDS.description] ?? '',
      externalReference: form[FIELDS.reference],
      externalLink: form[FIELDS.link],
      scopeId: null,
      channels: metadata.channels,
    },
  };
}
