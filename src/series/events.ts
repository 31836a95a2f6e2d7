import { z } from 'zod';
import { accountEvent, instant, subject } from '../core/events.ts';
import { namedSchemas } from '../core/fields.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';

/** The fields of a series that an event can change, as the HTTP interface names them. */
const fields = z.object({
  ...namedSchemas(CONTENT_FIELDS),
  cron: z.string(),
  timezone: z.string(),
  duration_minutes: z.int(),
  scope: z.int().nullable(),
  services: z.array(z.int()),
  checks: z.array(z.string()).nullable(),
  selector: z.string().nullable(),
  selector_follows: z.boolean(),
  channels: z.array(z.string()),
});

const recurrence = fields.pick({ name: true, cron: true, timezone: true, duration_minutes: true });
const enabled = z.object({ enabled: z.boolean() });
const series = { subject: subject('series') };

export const seriesEvents = [
  accountEvent('series.scheduled', { ...series, after: recurrence.extend(enabled.partial().shape) }),
  accountEvent('series.changed', { ...series, before: fields.partial(), after: fields.partial() }),
  accountEvent('series.paused', {
    ...series,
    before: enabled,
    /** `runs`: what becomes of the runs that are scheduled, and how many those are. */
    after: enabled.extend({ runs: z.enum(['keep', 'cancel']).nullable(), scheduled: z.int() }),
  }),
  accountEvent('series.resumed', { ...series, before: enabled, after: enabled }),
  accountEvent('series.deleted', { ...series, before: recurrence.extend({ key: z.string() }) }),
  accountEvent('series.runs_planned', {
    ...series,
    after: z.object({ made: z.int(), missed: z.int(), planned_until: instant }),
  }),
] as const;
