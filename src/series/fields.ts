import { z } from 'zod';
import type { FieldTable, ValuesOf } from '../core/fields.ts';
import { DURING_FREEZE } from '../freezes/rules.ts';
import { CONTENT_FIELDS, COVERAGE_FIELDS, SCOPE_FIELD } from '../maintenance/fields.ts';

export const SERIES_FIELDS = {
  ...CONTENT_FIELDS,
  ...COVERAGE_FIELDS,
  scopeId: SCOPE_FIELD,
  cron: { kind: 'other', name: 'cron', schema: z.string(), label: 'when', audience: 'public' },
  durationMinutes: {
    kind: 'other',
    name: 'duration_minutes',
    schema: z.number(),
    label: 'minutes long',
    audience: 'public',
  },
  /** What happens to a run in a freeze that blocks. */
  duringFreeze: {
    kind: 'other',
    name: 'during_freeze',
    schema: z.enum(DURING_FREEZE),
    label: 'during a freeze',
    audience: 'internal',
  },
  /** Where its runs are announced besides the subscribed channels. */
  channels: {
    kind: 'other',
    name: 'channels',
    schema: z.array(z.string()).readonly(),
    label: 'channels',
    audience: 'internal',
    recorded: (ids: readonly string[]) => ({ channels: ids.toSorted() }),
  },
} as const satisfies FieldTable;

/** The cron line applies to the wall-clock minutes of `timezone` (IANA). */
export type SeriesInput = ValuesOf<typeof SERIES_FIELDS>;
