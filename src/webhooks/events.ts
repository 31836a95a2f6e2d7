import { z } from 'zod';
import { accountEvent, maintenanceEvent, subject } from '../core/events.ts';

const fields = z.object({
  /** As it is shown: the whole may hold a secret. */
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  audience: z.enum(['internal', 'public']),
});
const editable = fields.extend({ enabled: z.boolean() }).partial();

/** Failed for too long. The maintenance is that of the message that could not be delivered, if it had one. */
export const webhookDisabledEvents = [
  maintenanceEvent('webhook.disabled', {
    maintenanceId: z.int().optional(),
    subject: subject('webhook'),
    after: z.object({ webhook: z.int(), reason: z.string() }),
  }),
] as const;

export const webhookEvents = [
  accountEvent('webhook.added', { subject: subject('webhook'), after: fields }),
  accountEvent('webhook.changed', {
    subject: subject('webhook'),
    before: editable.optional(),
    after: editable.optional(),
  }),
  accountEvent('webhook.removed', { subject: subject('webhook'), before: fields }),
  accountEvent('webhook.secret_rotated', { subject: subject('webhook') }),
] as const;
