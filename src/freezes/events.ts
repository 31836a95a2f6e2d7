import { z } from 'zod';
import { accountEvent, instant, maintenanceEvent, subject } from '../core/events.ts';
import { FREEZE_EFFECTS } from './rules.ts';

const fields = z.object({
  scope: z.int().nullable(),
  start: instant,
  end: instant,
  reason: z.string(),
  effect: z.enum(FREEZE_EFFECTS),
});

const freezes = z.array(z.object({ id: z.int(), reason: z.string() }));

export const frozenMaintenanceEvents = [
  maintenanceEvent('maintenance.freeze_entered', { after: z.object({ freezes }) }),
  maintenanceEvent('maintenance.freeze_overridden', { after: z.object({ freezes, override_reason: z.string() }) }),
] as const;

export const freezeEvents = [
  accountEvent('freeze.added', { subject: subject('freeze'), after: fields }),
  accountEvent('freeze.changed', { subject: subject('freeze'), before: fields.partial(), after: fields.partial() }),
  accountEvent('freeze.removed', { subject: subject('freeze'), before: fields }),
] as const;
