import { z } from 'zod';
import { type FieldTable, mapTable } from '../../core/fields.ts';
import { SERIES_FIELDS } from '../../series/fields.ts';
import type { ScheduleInput } from '../commands/schedule.ts';
import { CONTENT_FIELDS, COVERAGE_FIELDS, MAINTENANCE_FIELDS } from '../fields.ts';

/** Like the fields of a table, in a draft. */
const schemas = <T extends FieldTable>(table: T): { [P in keyof T]: T[P]['schema'] } =>
  mapTable(table, (field, property) => [[property, field.schema]]);

const understood = z.object({
  ...schemas(CONTENT_FIELDS),
  ...schemas(COVERAGE_FIELDS),
  channels: z.array(z.string()),
  /** What was not said, in words for people. */
  assumed: z.array(z.string()),
  /** What a person should know of how it was read: clock changes, zones. */
  notices: z.array(z.string()),
});
export type DraftContent = z.infer<typeof understood>;

/** A window that was understood and waits for its confirmation, as kept in a draft. */
export const draftWindow = understood.extend({
  kind: z.literal('window'),
  start: MAINTENANCE_FIELDS.start.schema,
  end: MAINTENANCE_FIELDS.end.schema,
});
export type DraftWindow = z.infer<typeof draftWindow>;

/** A recurring window that waits for the same. */
export const draftSeries = understood.extend({
  kind: z.literal('series'),
  cron: SERIES_FIELDS.cron.schema,
  durationMinutes: SERIES_FIELDS.durationMinutes.schema,
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
