import { z } from 'zod';
import { durationInWords } from '../../domain/maintenance.ts';
import type { Audience, TimelineEvent } from '../../store/announcements.ts';
import { ACTIONS } from './action-ids.ts';
import { actions, button, quote, section } from './blocks.ts';
import type { Message } from './message.ts';
import { forReader } from './time.ts';

const instant = z.iso.datetime().transform((text) => new Date(text));

const reminded = z.object({
  maintenance: z.number(),
  name: z.string(),
  scheduled_start_date: instant.optional(),
  scheduled_end_date: instant.optional(),
  awaits_approval: z.boolean().default(false),
});

/**
 * "Postgres upgrade starts in 15 min", as it was at the reminder: who reads it later sees when that was. In the thread and
 * in the channel; before the end with a button to extend it.
 */
export function reminder(event: TimelineEvent, audience: Audience): Message {
  const reading = reminded.parse(event.after);
  const { maintenance, name, scheduled_start_date: start, scheduled_end_date: end } = reading;
  const inWords = (instant: Date) => durationInWords(instant.getTime() - event.at.getTime());
  const what = `:bell: *${quote(name, 250)}*`;
  if (start !== undefined && reading.awaits_approval && audience === 'internal') {
    const when = `${inWords(start)}, ${forReader(start)}`;
    return said(
      `${what} would start in ${when}, but is not approved: unapproved it is canceled then. \`/maintenance approve ${maintenance}\` approves it.`,
    );
  }
  // Whether it will start is not known yet, and why is not for everybody.
  if (start !== undefined && reading.awaits_approval) return said(`${what} is planned for ${forReader(start)}.`);
  if (start !== undefined) return said(`${what} starts in ${inWords(start)}, ${forReader(start)}.`);
  if (end === undefined) throw new Error(`reminder ${event.id} has neither a start nor an end`);
  const message = said(`${what} ends in ${inWords(end)}, ${forReader(end)}.`);
  if (audience === 'public') return message;
  const extend = button(ACTIONS.extend, 'Extend', String(maintenance));
  return { ...message, blocks: [...message.blocks, actions(`reminder:${event.id}`, [extend])] };
}

function said(text: string): Message {
  return { text, blocks: [section(text)], broadcast: true };
}
