import { z } from 'zod';
import type { ScheduleInput } from '../commands/schedule.ts';
import { SERVICE_STATUSES, VISIBILITIES } from '../status.ts';

const instant = z.iso.datetime().transform((text) => new Date(text));

const understood = z.object({
  name: z.string(),
  services: z.array(z.number()),
  checks: z.array(z.string()).nullable(),
  selector: z.object({ text: z.string(), follows: z.boolean() }).nullable().default(null),
  /** IANA zone the times were said in. */
  timezone: z.string(),
  serviceStatus: z.enum(SERVICE_STATUSES),
  visibility: z.enum(VISIBILITIES),
  description: z.string(),
  externalReference: z.string().nullable(),
  externalLink: z.string().nullable(),
  channels: z.array(z.string()),
  /** What was not said, in words for people. */
  assumed: z.array(z.string()),
  /** What a person should know of how it was read: clock changes, zones. */
  notices: z.array(z.string()),
});
export type DraftContent = z.infer<typeof understood>;

/** A window that was understood and waits for its confirmation, as kept in a draft. */
export const draftWindow = understood.extend({ kind: z.literal('window'), start: instant, end: instant });
export type DraftWindow = z.infer<typeof draftWindow>;

/** A recurring window that waits for the same. */
export const draftSeries = understood.extend({
  kind: z.literal('series'),
  cron: z.string(),
  durationMinutes: z.number(),
});
export type DraftSeries = z.infer<typeof draftSeries>;

/** Sentences that a person may choose from, with the service to be added first where one is. */
export const draftChoices = z.object({
  kind: z.literal('choices'),
  choices: z.array(z.object({ text: z.string(), addService: z.string().optional() })),
});

/** The same as JSON for the store. */
export function serializeDraft(draft: DraftWindow | DraftSeries) {
  return draft.kind === 'window' ? { ...draft, start: draft.start.toISOString(), end: draft.end.toISOString() } : draft;
}

export function toScheduleInput({ kind: _, assumed: __, notices: ___, ...window }: DraftWindow): ScheduleInput {
  return { ...window, scopeId: null };
}
