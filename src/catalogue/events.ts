import { z } from 'zod';
import { accountEvent, subject } from '../core/events.ts';
import { VISIBILITIES } from '../maintenance/rules/status.ts';

const scope = z.object({
  name: z.string(),
  description: z.string(),
  visibility: z.enum(VISIBILITIES),
  reminders: z.array(z.number()),
  requires_approval: z.boolean(),
});

const service = z.object({
  name: z.string(),
  description: z.string(),
  scope: z.int().nullable(),
  visibility: z.enum(VISIBILITIES),
  owners: z.array(z.string()),
});
const editableService = service.extend({ checks: z.array(z.string()) }).partial();

export const catalogueEvents = [
  accountEvent('scope.added', {
    subject: subject('scope'),
    after: scope.pick({ name: true, description: true, visibility: true }),
  }),
  accountEvent('scope.changed', { subject: subject('scope'), before: scope.partial(), after: scope.partial() }),
  accountEvent('scope.removed', { subject: subject('scope'), before: scope.pick({ name: true }) }),
  accountEvent('service.added', { subject: subject('service'), after: service }),
  accountEvent('service.changed', { subject: subject('service'), before: editableService, after: editableService }),
  accountEvent('service.removed', { subject: subject('service'), before: service }),
] as const;
