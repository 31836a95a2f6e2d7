import { z } from 'zod';
import { accountEvent, subject } from '../../core/events.ts';

const adHoc = z.object({ name: z.string(), duration_minutes: z.int(), checks: z.array(z.string()) });

/** Windows that wait to be enabled over NodePing's interface. */
export const adHocEvents = [
  accountEvent('ad_hoc.added', { subject: subject('ad_hoc'), after: adHoc }),
  accountEvent('ad_hoc.changed', { subject: subject('ad_hoc'), before: adHoc.partial(), after: adHoc.partial() }),
  accountEvent('ad_hoc.removed', { subject: subject('ad_hoc'), before: adHoc }),
] as const;
