import { z } from 'zod';
import type { FieldTable, NamedValuesOf, NewValuesOf, PlainTable, ValuesOf } from '../core/fields.ts';
import { MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS } from '../core/limits.ts';
import { utc } from '../core/time.ts';
import type { Sentence } from '../when/index.ts';
import type { Selector } from './rules/selector.ts';
import { SERVICE_STATUSES, VISIBILITIES } from './rules/status.ts';

const RISKS = ['low', 'medium', 'high'] as const;

/** The plain fields that a maintenance and a series both have, in the order of their forms. */
export const CONTENT_FIELDS = {
  name: {
    kind: 'text',
    name: 'name',
    schema: z.string(),
    initial: undefined,
    maxChars: MAX_NAME_CHARS,
    expected: 'the name',
    label: 'name',
    audience: 'public',
    form: { label: 'Name', placeholder: 'Postgres upgrade' },
    shown: {},
    search: true,
  },
  serviceStatus: {
    kind: 'choice',
    name: 'service_status',
    schema: z.enum(SERVICE_STATUSES),
    values: SERVICE_STATUSES,
    initial: 'down',
    words: {
      down: { option: 'Down', shown: 'down during the work' },
      degraded: { option: 'Degraded', shown: 'degraded during the work' },
      up: { option: 'Up, users notice nothing', shown: 'up during the work' },
    },
    description: 'What its services are during it.',
    label: 'services are',
    changed: 'the status of the services',
    audience: 'public',
    form: { label: 'The services are then', style: 'menu' },
    shown: {},
    filter: true,
  },
  risk: {
    kind: 'choice',
    name: 'risk',
    schema: z.enum(RISKS).nullable(),
    initial: null,
    values: RISKS,
    words: {
      low: { option: 'Low', shown: 'Low' },
      medium: { option: 'Medium', shown: 'Medium' },
      high: { option: 'High', shown: 'High' },
    },
    description: 'How likely the work is to cause more trouble than planned. null: not rated.',
    label: 'risk',
    changed: 'the risk',
    audience: 'public',
    form: { label: 'Risk', style: 'menu', none: 'Not rated' },
    shown: { preview: { label: 'Risk', maxChars: 20 }, fact: { label: 'Risk', place: 'main' } },
    filter: true,
  },
  description: {
    kind: 'text',
    name: 'description',
    schema: z.string(),
    initial: '',
    maxChars: MAX_DESCRIPTION_CHARS,
    expected: 'the description',
    label: 'description',
    changed: 'the description',
    audience: 'public',
    form: { label: 'Description', multiline: true },
    shown: { preview: { label: 'Description', maxChars: 500 } },
    search: true,
  },
  externalReference: {
    kind: 'text',
    name: 'external_reference',
    schema: z.string().nullable(),
    initial: null,
    maxChars: 200,
    expected: 'the reference',
    label: 'reference',
    changed: 'the reference',
    audience: 'public',
    form: { label: 'External reference', placeholder: 'CHG-123' },
    shown: {
      preview: { label: 'Reference', maxChars: 200 },
      fact: { label: 'Reference', place: 'aside' },
      link: 'externalLink',
    },
    filter: true,
    search: true,
  },
  externalLink: {
    kind: 'text',
    name: 'external_link',
    schema: z.string().nullable(),
    initial: null,
    maxChars: 2_000,
    format: 'url',
    expected: 'the address',
    label: 'link',
    changed: 'the link',
    audience: 'public',
    form: { label: 'External link', placeholder: 'https://...' },
    shown: { preview: { label: 'Link', maxChars: 300 } },
  },
  visibility: {
    kind: 'choice',
    name: 'visibility',
    schema: z.enum(VISIBILITIES),
    values: VISIBILITIES,
    initial: 'public',
    words: {
      public: { option: 'Public: announced everywhere', shown: 'public' },
      internal: { option: 'Internal: not in public channels', shown: 'internal' },
    },
    label: 'visibility',
    changed: 'who may see it',
    audience: 'internal',
    form: { label: 'Who hears of it', style: 'radio' },
    shown: {},
  },
} as const satisfies PlainTable;
export type Content = ValuesOf<typeof CONTENT_FIELDS>;
export type NewContent = NewValuesOf<typeof CONTENT_FIELDS>;

const { description: _, ...sentenceFields } = CONTENT_FIELDS;
/** The fields that a sentence can set. */
export const SENTENCE_FIELDS = sentenceFields;

/** The values in a sentence, under the names of their fields. */
export function contentInSentence({ name, serviceStatus, risk, internal, reference, link }: Sentence) {
  return {
    name,
    service_status: serviceStatus,
    risk,
    visibility: internal ? ('internal' as const) : undefined,
    external_reference: reference,
    external_link: link,
  } satisfies { readonly [N in keyof NamedValuesOf<typeof SENTENCE_FIELDS>]: unknown };
}

/** What a maintenance and a series cover, and the IANA zone in which people wrote their times. */
export const COVERAGE_FIELDS = {
  services: {
    kind: 'other',
    name: 'services',
    schema: z.array(z.number()).readonly(),
    label: 'services',
    changed: 'the services',
    audience: 'public',
    recorded: (ids: readonly number[]) => ({ services: ids.toSorted((a, b) => a - b) }),
  },
  /** Null: those of its services. */
  checks: {
    kind: 'other',
    name: 'checks',
    schema: z.array(z.string()).readonly().nullable(),
    label: 'checks',
    changed: 'the checks',
    audience: 'internal',
    recorded: (ids: readonly string[] | null) => ({ checks: ids === null ? null : ids.toSorted() }),
  },
  /** Chooses more checks. */
  selector: {
    kind: 'other',
    name: 'selector',
    schema: z.object({ text: z.string(), follows: z.boolean() }).readonly().nullable(),
    label: 'selector',
    audience: 'internal',
    recorded: (chosen: Selector | null) => ({
      selector: chosen?.text ?? null,
      selector_follows: chosen?.follows ?? false,
    }),
  },
  timezone: {
    kind: 'other',
    name: 'timezone',
    schema: z.string(),
    label: 'time zone',
    changed: 'the time zone',
    audience: 'public',
  },
} as const satisfies FieldTable;

/** Content and coverage of a new window; absent values have the defaults of the tables. */
export interface NewWindow extends NewContent, Omit<ValuesOf<typeof COVERAGE_FIELDS>, 'selector'> {
  readonly selector?: Selector | null;
  /** Allows no service, no check and no selector: NodePing's tools add checks to their schedules later. */
  readonly mayCoverNothing?: boolean;
}

/** Null: that of its services. */
export const SCOPE_FIELD = {
  kind: 'other',
  name: 'scope',
  schema: z.number().nullable(),
  label: 'scope',
  changed: 'the scope',
  audience: 'public',
} as const satisfies FieldTable[string];

const instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (at) => at.toISOString(),
});

/** What people can change of a maintenance. */
export const MAINTENANCE_FIELDS = {
  start: {
    kind: 'other',
    name: 'scheduled_start_date',
    schema: instant,
    label: 'start',
    audience: 'public',
    recorded: (at: Date) => ({ scheduled_start_date: utc(at) }),
  },
  end: {
    kind: 'other',
    name: 'scheduled_end_date',
    schema: instant,
    label: 'end',
    audience: 'public',
    recorded: (at: Date) => ({ scheduled_end_date: utc(at) }),
  },
  /** When it will end by itself; null while it is not in progress. */
  endsAt: {
    kind: 'other',
    name: 'ends_at',
    schema: instant.nullable(),
    label: 'ends',
    audience: 'public',
    recorded: (at: Date | null) => ({ ends_at: at && utc(at) }),
  },
  ...CONTENT_FIELDS,
  ...COVERAGE_FIELDS,
} as const satisfies FieldTable;

export type EditableFields = ValuesOf<typeof MAINTENANCE_FIELDS>;
