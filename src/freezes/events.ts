import { z } from 'zod';
import { accountEvent, instant, maintenanceEvent, subject } from '../core/events.ts';
import { FREEZE_EFFECTS } from './rules.ts';

const fields = z.object({
  scope: z.int().nullable(),
  start: instant,
  end: instant.nullable(),
  cron: z.string().nullish(),
  timezone: z.string().nullish(),
  duration_minutes: z.int().nullish(),
  calendar_url: z.string().nullish(),
  reason: z.string(),
  effect: z.enum(FREEZE_EFFECTS),
});

const freezes = z.array(z.object({ id: z.int(), reason: z.string() }));

const plan = z.object({ scheduled_start_date: instant, scheduled_end_date: instant });

export const frozenMaintenanceEvents = [
  /** A run of a series that does not take place. `more`: how many runs after it are skipped as well. */
  maintenanceEvent('maintenance.freeze_skipped', {
    before: z.object({ status: z.string(), ends_at: instant.nullable() }).optional(),
    after: z.object({ status: z.string(), freezes, more: z.int().optional() }),
  }),
  /** A run of a series; `before`: its window without the freezes. */
  maintenanceEvent('maintenance.freeze_moved', { before: plan, after: plan.extend({ freezes }) }),
  maintenanceEvent('maintenance.freeze_entered', { after: z.object({ freezes }) }),
  maintenanceEvent('maintenance.freeze_overridden', { after: z.object({ freezes, override_reason: z.string() }) }),
] as const;

export const freezeEvents = [
  accountEvent('freeze.added', { subject: subject('freeze'), after: fields }),
  accountEvent('freeze.changed', { subject: subject('freeze'), before: fields.partial(), after: fields.partial() }),
  accountEvent('freeze.removed', { subject: subject('freeze'), before: fields }),
] as const;
