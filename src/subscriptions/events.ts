import { z } from 'zod';
import { accountEvent, subject } from '../core/events.ts';

const audience = z.object({ audience: z.enum(['internal', 'public']) });
const subscription = audience.extend({ channel: z.string(), scope: z.int().optional(), service: z.int().optional() });

export const subscriptionEvents = [
  accountEvent('channel.subscribed', {
    subject: subject('channel'),
    /** Present if the audience of an existing subscription changed. */
    before: audience.optional(),
    after: subscription,
  }),
  accountEvent('channel.unsubscribed', { subject: subject('channel'), before: subscription }),
] as const;
