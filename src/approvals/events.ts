import { z } from 'zod';
import { maintenanceEvent } from '../core/events.ts';
import { APPROVALS } from './rules.ts';

const approval = z.object({ approval: z.enum(APPROVALS).nullable() });

export const approvalEvents = [
  maintenanceEvent('maintenance.approved', {
    before: approval.extend({ requested_by: z.array(z.string()) }),
    after: approval,
  }),
  maintenanceEvent('maintenance.declined', {
    before: approval,
    after: approval.extend({ reason: z.string().optional() }),
  }),
] as const;
