import { z } from 'zod';
import { revocation } from '../access/events.ts';
import { accountEvent, subject } from '../core/events.ts';

const calendar = z.object({
  name: z.string(),
  scopes: z.array(z.int()),
  services: z.array(z.int()),
  /** The Slack id of the person who must be able to read for it to work; null: nobody. */
  owner: z.string().nullable(),
  /** The id of the token that created it. */
  created_with: z.int().nullable(),
});

export const calendarEvents = [
  accountEvent('calendar.created', { subject: subject('calendar'), after: calendar }),
  accountEvent('calendar.revoked', {
    subject: subject('calendar'),
    before: calendar.pick({ name: true }),
    after: revocation,
  }),
] as const;
