import { z } from 'zod';
import type { ScheduleInput } from '../actions/schedule.ts';
import { SERVICE_STATUSES, VISIBILITIES } from '../domain/maintenance.ts';

const instant = z.iso.datetime().transform((text) => new Date(text));

/** A window that was understood and waits for its confirmation, as kept in a draft. */
export const draftWindow = z.object({
  kind: z.literal('window'),
  name: z.string(),
  services: z.array(z.number()),
  checks: z.array(z.string()).nullable(),
  start: instant,
  end: instant,
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
export type DraftWindow = z.infer<typeof draftWindow>;

/** Sentences that a person may choose from, with the service to be added first where one is. */
export const draftChoices = z.object({
  kind: z.literal('choices'),
  choices: z.array(z.object({ text: z.string(), addService: z.string().optional() })),
});
export type DraftChoices = z.infer<typeof draftChoices>;

export const draft = z.discriminatedUnion('kind', [draftWindow, draftChoices]);

/** The same as JSON for the store. */
export function toContent(window: DraftWindow) {
  return { ...window, start: window.start.toISOString(), end: window.end.toISOString() };
}

export function toScheduleInput({ kind: _, assumed: __, notices: ___, ...window }: DraftWindow): ScheduleInput {
  return { ...window, scopeId: null };
}
