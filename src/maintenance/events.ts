import { z } from 'zod';
import { APPROVALS } from '../approvals/rules.ts';
import { instant, maintenanceEvent } from '../core/events.ts';
import { namedSchemas } from '../core/fields.ts';
import { CONTENT_FIELDS } from './fields.ts';
import { STATUSES } from './rules/status.ts';

/** The fields that maintenances and series have in events, with their names over HTTP. */
export const windowEventFields = {
  ...namedSchemas(CONTENT_FIELDS),
  scope: z.int().nullable(),
  services: z.array(z.int()),
  checks: z.array(z.string()).nullable(),
  selector: z.string().nullable(),
  selector_follows: z.boolean(),
  timezone: z.string(),
};

const fields = z.object({
  ...windowEventFields,
  status: z.enum(STATUSES),
  missed: z.boolean(),
  scheduled_start_date: instant,
  scheduled_end_date: instant,
  start_date: instant,
  end_date: instant,
  /** When it will end by itself; null while it is not in progress. */
  ends_at: instant.nullable(),
  approval: z.enum(APPROVALS).nullable(),
});

const plan = fields.pick({ scheduled_start_date: true, scheduled_end_date: true });
const ends = fields.pick({ scheduled_end_date: true, ends_at: true });
const status = fields.pick({ status: true });
const changed = fields
  .partial()
  .extend({ start_date: instant.nullable().optional(), end_date: instant.nullable().optional() });
const rescheduled = plan.extend({ timezone: z.string() });

const ending = {
  before: fields.pick({ status: true, ends_at: true }),
  after: fields.pick({ status: true, end_date: true }).extend({
    reason: z.string().optional(),
    /** If Lull was not running at its end. */
    late_by_minutes: z.number().optional(),
  }),
};

export const maintenanceEvents = [
  maintenanceEvent('maintenance.scheduled', {
    /** All its values. `series`: the key of the series that made it. */
    after: changed.extend(plan.shape).extend({ name: z.string(), series: z.string().optional() }),
  }),
  maintenanceEvent('maintenance.changed', {
    before: changed,
    /** `series`: the key of the series that it followed. */
    after: changed.extend({ series: z.string().optional() }),
  }),
  /** A change that the status does not allow: of what is over, of when it started or ended, or to any other status. */
  maintenanceEvent('maintenance.corrected', { before: changed, after: changed }),
  maintenanceEvent('maintenance.rescheduled', { before: rescheduled, after: rescheduled }),
  maintenanceEvent('maintenance.reminded', {
    after: fields.pick({ name: true }).extend({
      maintenance: z.int(),
      minutes: z.number(),
      awaits_approval: z.boolean().optional(),
      /** Of a reminder before the start. */
      scheduled_start_date: instant.optional(),
      /** Of a reminder before the end. */
      ends_at: instant.optional(),
    }),
  }),
  maintenanceEvent('maintenance.started', {
    /** With the plan if it started early. */
    before: status.extend(plan.partial().shape),
    after: fields.pick({ status: true, start_date: true }).extend({
      ends_at: instant,
      late_by_minutes: z.number(),
      check_count: z.int(),
    }),
  }),
  maintenanceEvent('maintenance.extended', { before: ends, after: ends }),
  maintenanceEvent('maintenance.finished', ending),
  maintenanceEvent('maintenance.canceled', ending),
  /** A run of a series. */
  maintenanceEvent('maintenance.skipped', ending),
  /** Canceled at its start, as nobody had approved it. */
  maintenanceEvent('maintenance.approval_expired', ending),
  maintenanceEvent('maintenance.missed', {
    before: status.optional(),
    after: fields.pick({ status: true, missed: true }).extend({
      /** Of a run: a later run of its series was missed as well. */
      newer_missed: z.boolean().optional(),
      /** Of the newest run of a series that was missed. */
      missed_in_a_row: z.int().optional(),
    }),
  }),
  maintenanceEvent('maintenance.reopened', {
    /** `maintenance`: the one that reopens it. */
    after: z.object({ maintenance: z.int(), ends_at: instant }),
  }),
  maintenanceEvent('maintenance.deleted', { before: fields.pick({ name: true, status: true }) }),
  maintenanceEvent('maintenance.owner_deactivated', {
    /** `open`: how many maintenances of theirs are not over. */
    after: z.object({ owner: z.string(), name: z.string(), open: z.int() }),
  }),
  maintenanceEvent('maintenance.announcement_failed', {
    after: z.object({ channel: z.string(), error: z.string(), advice: z.string() }),
  }),
] as const;
