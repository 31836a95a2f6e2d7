import { z } from 'zod';
import { accountEvent, subject } from '../core/events.ts';

const calendar = z.object({ name: z.string(), scopes: z.array(z.int()), services: z.array(z.int()) });

export const calendarEvents = [
  accountEvent('calendar.created', { subject: subject('calendar'), after: calendar }),
  accountEvent('calendar.revoked', { subject: subject('calendar'), before: calendar.pick({ name: true }) }),
] as const;
