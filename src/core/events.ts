import { z } from 'zod';

/** An instant in a payload: UTC with `Z`, to the second, as in the HTTP API. */
export const instant = z.iso.datetime();

const rowId = z.coerce.number().int();

/** The subjects of an event besides a maintenance, with their ids. */
const subjectIds = {
  account: rowId,
  ad_hoc: z.string(),
  calendar: rowId,
  channel: z.string(),
  check: z.string(),
  comment: rowId,
  freeze: rowId,
  provider: z.string(),
  role: z.string(),
  scope: rowId,
  series: rowId,
  service: rowId,
  token: rowId,
  webhook: rowId,
  workspace: z.string(),
} as const;

export type SubjectKind = keyof typeof subjectIds;

export const SUBJECT_KINDS = z.object(subjectIds).keyof().options;

/** The schema of a subject of this kind: `{ kind: 'comment', id: 12 }`. */
export function subject<const K extends SubjectKind>(kind: K) {
  return z.object({ kind: z.literal(kind), id: subjectIds[kind] });
}

export type Subject = {
  [K in SubjectKind]: { readonly kind: K; readonly id: z.output<(typeof subjectIds)[K]> };
}[SubjectKind];

const absent = z.undefined().optional();

const accountEventBase = z.object({
  maintenanceId: absent,
  subject: absent,
  internal: absent,
  before: absent,
  after: absent,
});

/** The schema of an event without a maintenance. `shape` has its `subject`, and `before` and `after` of changed values. */
export function accountEvent<const T extends string, S extends z.core.$ZodShape>(type: T, shape: S) {
  return accountEventBase.extend({ type: z.literal(type), ...shape });
}

const maintenanceEventBase = accountEventBase.extend({ maintenanceId: z.int(), internal: z.boolean().optional() });

export function maintenanceEvent<const T extends string, S extends z.core.$ZodShape>(type: T, shape: S) {
  return maintenanceEventBase.extend({ type: z.literal(type), ...shape });
}
