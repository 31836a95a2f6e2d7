import { z } from 'zod';
import { accountEvent, instant, subject } from '../core/events.ts';
import { DURING_FREEZE } from '../freezes/rules.ts';
import { windowEventFields } from '../maintenance/events.ts';

const fields = z.object({
  ...windowEventFields,
  cron: z.string(),
  duration_minutes: z.int(),
  during_freeze: z.enum(DURING_FREEZE),
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
    /** `runs`: what happens to the scheduled runs; `scheduled`: how many there are. */
    after: enabled.extend({ runs: z.enum(['keep', 'cancel']).nullable(), scheduled: z.int() }),
  }),
  accountEvent('series.resumed', { ...series, before: enabled, after: enabled }),
  accountEvent('series.approved', {
    ...series,
    before: z.object({ approved_until: instant.nullable() }),
    after: z.object({ approved_until: instant, requested_by: z.array(z.string()) }),
  }),
  /** It changed, so that its runs need approvals of their own again. */
  accountEvent('series.approval_ended', { ...series, before: z.object({ approved_until: instant }) }),
  accountEvent('series.deleted', { ...series, before: recurrence.extend({ key: z.string() }) }),
  /** `runs`: the occurrences that take place in spite of the freezes. */
  accountEvent('series.freeze_overridden', {
    ...series,
    after: z.object({
      runs: z.array(instant),
      freezes: z.array(z.object({ id: z.int(), reason: z.string() })),
      override_reason: z.string(),
    }),
  }),
  accountEvent('series.runs_planned', {
    ...series,
    after: z.object({ made: z.int(), missed: z.int(), frozen: z.int().optional(), planned_until: instant }),
  }),
] as const;
