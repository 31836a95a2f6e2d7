import { z } from 'zod';
import { isOver } from '../domain/reminders.ts';
import type { TimelineEvent } from '../store/announcements.ts';
import type { Maintenance } from '../store/maintenances.ts';

const failure = z.object({ channel: z.string() });

/**
 * Whether an event that a channel was not told of yet is not worth telling there any more: a reminder that something else
 * happened after, or that this very channel could not be reached.
 */
export function isStale({ action, at, after }: TimelineEvent, maintenance: Maintenance, channel: string): boolean {
  if (action === 'remind') return isOver(at, maintenance);
  if (action === 'announce-failed') return failure.safeParse(after).data?.channel === channel;
  return false;
}
