import { z } from '@hono/zod-openapi';
import { Temporal } from 'temporal-polyfill';
import { APPROVALS } from '../../domain/approval.ts';
import { SERVICE_STATUSES, STATUSES, VISIBILITIES } from '../../domain/maintenance.ts';
import { REMINDERS } from '../../domain/reminders.ts';
import { RUN_STATES } from '../../domain/series.ts';
import { isZone } from '../../domain/time.ts';
import type { Check, ScopeSettings, Service } from '../../store/catalogue.ts';
import type { Comment } from '../../store/comments.ts';
import type { HoldRecord } from '../../store/holds.ts';
import type { Maintenance } from '../../store/maintenances.ts';

const EXAMPLE_INSTANT = '2026-12-05T22:00:00Z';

/** ISO 8601 with an offset or `Z`; seconds may be left out. JavaScript's own parser would take 30 February for 2 March. */
export const instant = z
  .string({ error: `Expected a time with its offset, such as ${EXAMPLE_INSTANT}.` })
  .transform((text, context) => {
    try {
      return new Date(Temporal.Instant.from(text).epochMilliseconds);
    } catch {
      context.addIssue({
        code: 'custom',
        message: `Expected a time that exists, with its offset, such as ${EXAMPLE_INSTANT} or 2026-12-05T23:00+01:00.`,
      });
      return z.NEVER;
    }
  })
  .openapi({ type: 'string', format: 'date-time', example: EXAMPLE_INSTANT });

/** How every instant is answered: UTC with `Z`, to the second. */
export function utc(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
export const utcText = z.string().openapi({ format: 'date-time', example: EXAMPLE_INSTANT });

export const id = z
  .int({ error: 'Expected the id, a whole number.' })
  .positive({ error: 'Expected the id, a whole number from 1.' })
  .max(2_147_483_647, { error: 'Expected an id; none is as large as this.' })
  .openapi({ example: 4 });
export const text = (what: string) => z.string({ error: `Expected ${what}, as text.` });
export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `Expected one of ${words.join(', ')}.` });

/** The `{id}` of a path, where it is a whole number. */
export const idInPath = z.object({
  id: z.coerce
    .number({ error: 'Expected the id, a whole number.' })
    .int({ error: 'Expected the id, a whole number.' })
    .openapi({ param: { name: 'id', in: 'path' }, type: 'integer', example: 12 }),
});

export const timezone = text('an IANA time zone')
  .refine(isZone, { error: 'Expected an IANA time zone, such as Europe/Berlin.' })
  .openapi({ example: 'Europe/Berlin' });

export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

const reminders = z
  .array(z.number({ error: 'Expected a number of minutes.' }), { error: 'Expected a list of numbers of minutes.' })
  .openapi({
    description: 'How long before its start a maintenance is reminded of, in minutes; empty: not at all.',
    example: [...REMINDERS],
  });
const requiresApproval = z.boolean({ error: 'Expected true or false.' }).openapi({
  description: 'A second person approves each maintenance that touches it, or it does not start.',
});
export const scopeIn = z.strictObject({ name: text('the name of the scope') }).openapi('NewScope');
export const scopeEditIn = z
  .strictObject({ reminders: reminders.optional(), requires_approval: requiresApproval.optional() })
  .openapi('ScopeEdit');
export const scopeOut = z
  .object({ id, name: z.string(), reminders, requires_approval: requiresApproval })
  .openapi('Scope');
export const toScope = ({ id, name, reminders, requiresApproval }: ScopeSettings): z.infer<typeof scopeOut> => ({
  id,
  name,
  reminders: [...reminders],
  requires_approval: requiresApproval,
});

export const serviceIn = z
  .strictObject({ name: text('the name of the service'), scope: id.nullish() })
  .openapi('NewService');
export const serviceOut = z
  .object({ id, name: z.string(), scope: id.nullable(), status: z.enum(SERVICE_STATUSES) })
  .openapi('Service');
export const toService = ({ scope, ...service }: Service): z.infer<typeof serviceOut> => ({
  ...service,
  scope: scope?.id ?? null,
});

export const checkIn = z
  .strictObject({
    name: text('the name of the check'),
    services: z.array(id, { error: 'Expected a list of ids of services.' }).default([]),
    provider: text('the name of a provider').default('builtin'),
    external_id: text("the provider's own id").min(1, { error: "Expected the provider's own id." }).nullish(),
    enabled: z.boolean({ error: 'Expected true or false.' }).default(true),
    tags: z.array(text('a tag'), { error: 'Expected a list of tags.' }).default([]),
  })
  .openapi('NewCheck');
export const checkOut = z
  .object({
    id: z.string(),
    name: z.string(),
    services: z.array(id),
    provider: z.string(),
    external_id: z.string(),
    enabled: z.boolean().openapi({ description: 'Whether an external monitor should make this check now.' }),
    held_by: z.array(id).openapi({ description: 'The maintenances in progress that want it off.' }),
    tags: z.array(z.string()),
  })
  .openapi('Check');
export const toCheck = ({ externalId, heldBy, ...check }: Check): z.infer<typeof checkOut> => ({
  ...check,
  external_id: externalId,
  held_by: heldBy,
});

const overrideReason = text('a reason').openapi({
  description: 'Why a freeze that blocks should not hold; for admins.',
  example: 'Agreed with the release team',
});

export const maintenanceIn = z
  .strictObject({
    name: text('the name of the maintenance'),
    scope: id.nullish(),
    service: id.nullish(),
    services: z.array(id, { error: 'Expected a list of ids of services.' }).optional(),
    checks: z.array(text('the id of a check'), { error: 'Expected a list of ids of checks.' }).nullish(),
    service_status: oneOf(SERVICE_STATUSES).default('down'),
    scheduled_start_date: instant,
    scheduled_end_date: instant,
    timezone: timezone.optional(),
    visibility: oneOf(VISIBILITIES).default('public'),
    description: text('the description').nullish(),
    external_reference: text('the reference').nullish(),
    external_link: text('the address').nullish(),
    override_reason: overrideReason.optional(),
  })
  .openapi('NewMaintenance');

const holdOut = z.object({
  check: z.string(),
  name: z.string(),
  outcome: z.string().openapi({ example: 'disabled' }),
  released: z.boolean(),
  error: z.string().nullable(),
});

export const maintenanceOut = z
  .object({
    id,
    key: z.string().openapi({ example: '9VKQB' }),
    name: z.string(),
    description: z.string(),
    status: z.enum(STATUSES),
    missed: z.boolean().openapi({ description: 'The whole window passed while Lull was not running.' }),
    visibility: z.enum(VISIBILITIES),
    scope: id.nullable(),
    service: id.nullable().openapi({ description: 'The first of its services.' }),
    services: z.array(id),
    service_status: z.enum(SERVICE_STATUSES),
    checks: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'The checks it names; null: those of its services.' }),
    timezone: z.string(),
    scheduled_start_date: utcText,
    scheduled_end_date: utcText,
    start_date: utcText.nullable(),
    end_date: utcText.nullable(),
    external_reference: z.string().nullable(),
    external_link: z.string().nullable(),
    owner: z.string(),
    approval: z.enum(APPROVALS).nullable().openapi({
      description:
        'pending or declined: it does not start before a second person approves it. null: it needs no approval.',
    }),
    series: id.nullable().openapi({ description: 'The series that made it; null: a window of its own.' }),
    occurrence: utcText
      .nullable()
      .openapi({ description: 'The instant of the series it stands for, unchanged when moved.' }),
    run: z.enum(RUN_STATES).nullable().openapi({
      description:
        'following: it changes with its series. detached: it was changed by hand. skipped. withdrawn: canceled because the series changed.',
    }),
    version: z.number().int(),
    creation_date: utcText,
    update_date: utcText,
  })
  .openapi('Maintenance');
export const maintenanceWithHoldsOut = maintenanceOut
  .extend({ holds: z.array(holdOut) })
  .openapi('MaintenanceWithHolds');

export function toMaintenance(maintenance: Maintenance): z.infer<typeof maintenanceOut> {
  const services = maintenance.services.map((service) => service.id);
  return {
    id: maintenance.id,
    key: maintenance.key,
    name: maintenance.name,
    description: maintenance.description,
    status: maintenance.status,
    missed: maintenance.missed,
    visibility: maintenance.visibility,
    scope: maintenance.scope?.id ?? null,
    service: services[0] ?? null,
    services,
    service_status: maintenance.serviceStatus,
    checks: maintenance.checks === null ? null : [...maintenance.checks],
    timezone: maintenance.timezone,
    scheduled_start_date: utc(maintenance.scheduledStart),
    scheduled_end_date: utc(maintenance.scheduledEnd),
    start_date: maintenance.startedAt && utc(maintenance.startedAt),
    end_date: maintenance.endedAt && utc(maintenance.endedAt),
    external_reference: maintenance.externalReference,
    external_link: maintenance.externalLink,
    owner: maintenance.owner.name,
    approval: maintenance.approval,
    series: maintenance.run?.series.id ?? null,
    occurrence: maintenance.run && utc(maintenance.run.occurrence),
    run: maintenance.run?.state ?? null,
    version: maintenance.version,
    creation_date: utc(maintenance.createdAt),
    update_date: utc(maintenance.updatedAt),
  };
}

export const moveIn = z
  .strictObject({
    scheduled_start_date: instant,
    scheduled_end_date: instant.optional().openapi({ description: 'Left out: it keeps its length.' }),
    timezone: timezone.optional(),
    override_reason: overrideReason.optional(),
  })
  .openapi('Move');

export function toHold(hold: HoldRecord): z.infer<typeof holdOut> {
  return {
    check: hold.checkId,
    name: hold.checkName,
    outcome: hold.outcome,
    released: hold.releasedAt !== null,
    error: hold.error,
  };
}

export const commentIn = z
  .strictObject({
    comment: text('the text of the comment'),
    internal: z.boolean({ error: 'Expected true or false.' }).default(false),
  })
  .openapi('NewComment');
export const commentOut = z
  .object({
    id,
    comment: z.string(),
    internal: z.boolean(),
    author: z.string(),
    source: z.string(),
    creation_date: utcText,
  })
  .openapi('Comment');
export const toComment = (comment: Comment): z.infer<typeof commentOut> => ({
  id: comment.id,
  comment: comment.text,
  internal: comment.internal,
  author: comment.author.name,
  source: comment.source,
  creation_date: utc(comment.createdAt),
});
