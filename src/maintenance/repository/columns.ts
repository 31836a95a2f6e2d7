import { mapTable } from '../../core/fields.ts';
import { insertion, type Write } from '../../platform/transaction.ts';
import { CONTENT_FIELDS } from '../fields.ts';

/** The columns that maintenances and series both have, by the properties of a row. */
export const WINDOW_COLUMNS = {
  id: 'id',
  accountId: 'account_id',
  key: 'key',
  version: 'version',
  ...mapTable<typeof CONTENT_FIELDS, { readonly [P in keyof typeof CONTENT_FIELDS]: string }>(
    CONTENT_FIELDS,
    ({ name }, property) => [[property, name]],
  ),
  scopeId: 'scope_id',
  timezone: 'timezone',
  namesChecks: 'names_checks',
  selector: 'selector',
  selectorFollows: 'selector_follows',
  limitedTo: 'limited_to',
  requestedBy: 'requested_by',
  nextDueAt: 'next_due_at',
  ownerId: 'owner_id',
  ownerName: 'owner_name',
  createdAt: 'creation_date',
  updatedAt: 'update_date',
} as const;

/** The columns of `maintenances`. */
export const COLUMNS = {
  ...WINDOW_COLUMNS,
  status: 'status',
  missed: 'missed',
  scheduledStart: 'scheduled_start_date',
  scheduledEnd: 'scheduled_end_date',
  startedAt: 'start_date',
  endedAt: 'end_date',
  endsAt: 'ends_at',
  remindedUntil: 'reminded_until',
  postCheckAt: 'post_check_date',
  reopensId: 'reopens_id',
  approval: 'approval',
  approved: 'approved',
  selected: 'selected',
  adHoc: 'ad_hoc',
  seriesId: 'series_id',
  occurrence: 'occurrence',
  runState: 'run_state',
  overriddenFreezes: 'overridden_freezes',
  freezeReason: 'freeze_reason',
  deletedAt: 'deleted_at',
} as const;

/** The columns that a change of a stored row can set. */
export const changeable = (columns: Readonly<Record<string, string>>): string[] =>
  Object.values(columns).filter((column) => !['id', 'account_id', 'key', 'version'].includes(column));

/** New rows of a table, whose values come from `toColumns`. */
export function insertionOf(table: string, columns: Readonly<Record<string, string>>): Write<Record<string, unknown>> {
  return { table, statement: insertion(table, Object.values(columns)).statement };
}

/** Values by property under the names of their columns. */
export function toColumns<Property extends string>(
  columns: Readonly<Record<Property, string>>,
  values: Readonly<{ [P in Property]?: unknown }>,
): Record<string, unknown> {
  return Object.fromEntries(
    (Object.keys(columns) as Property[]).flatMap((property) =>
      values[property] === undefined ? [] : [[columns[property], values[property]]],
    ),
  );
}
