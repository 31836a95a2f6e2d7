import { z } from 'zod';
import { instant, maintenanceEvent } from '../core/events.ts';
import { APPROVALS } from './rules.ts';

const approval = z.object({ approval: z.enum(APPROVALS).nullable() });

export const approvalEvents = [
  maintenanceEvent('maintenance.approved', {
    before: approval.extend({ requested_by: z.array(z.string()) }),
    /** `approved_until`: the end of the window as it was approved. */
    after: approval.extend({ approved_until: instant.optional() }),
  }),
  maintenanceEvent('maintenance.declined', {
    before: approval,
    after: approval.extend({ reason: z.string().optional(), ends_at: instant.optional() }),
  }),
] as const;
