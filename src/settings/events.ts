import { z } from 'zod';
import { DEFAULT_ROLES } from '../access/rules.ts';
import { accountEvent } from '../core/events.ts';

const settings = z
  .object({
    default_role: z.enum(DEFAULT_ROLES),
    timezone: z.string(),
    default_channel: z.string().nullable(),
    post_check_after: z.number(),
    anonymous_reads: z.boolean(),
  })
  .partial();

export const settingsEvents = [accountEvent('settings.changed', { before: settings, after: settings })] as const;
