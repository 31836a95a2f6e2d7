import { mapTable } from '../../core/fields.ts';
import { CONTENT_FIELDS } from '../fields.ts';

/** The columns of `maintenances` by the properties of a row. */
export const COLUMNS = {
  id: 'id',
  accountId: 'account_id',
  key: 'key',
  version: 'version',
  ...mapTable<typeof CONTENT_FIELDS, { readonly [P in keyof typeof CONTENT_FIELDS]: string }>(
    CONTENT_FIELDS,
    ({ name }, property) => [[property, name]],
  ),
  status: 'status',
  missed: 'missed',
  scopeId: 'scope_id',
  timezone: 'timezone',
  scheduledStart: 'scheduled_start_date',
  scheduledEnd: 'scheduled_end_date',
  startedAt: 'start_date',
  endedAt: 'end_date',
  endsAt: 'ends_at',
  nextDueAt: 'next_due_at',
  remindedUntil: 'reminded_until',
  postCheckAt: 'post_check_date',
  reopensId: 'reopens_id',
  approval: 'approval',
  requestedBy: 'requested_by',
  namesChecks: 'names_checks',
  selector: 'selector',
  selectorFollows: 'selector_follows',
  selected: 'selected',
  adHoc: 'ad_hoc',
  ownerId: 'owner_id',
  ownerName: 'owner_name',
  seriesId: 'series_id',
  occurrence: 'occurrence',
  runState: 'run_state',
  createdAt: 'creation_date',
  updatedAt: 'update_date',
  deletedAt: 'deleted_at',
} as const;

type Column = keyof typeof COLUMNS;

/** Values by property under the names of their columns. */
export function toColumns(values: Readonly<{ [P in Column]?: unknown }>): Record<string, unknown> {
  return Object.fromEntries(
    (Object.keys(COLUMNS) as Column[]).flatMap((property) =>
      values[property] === undefined ? [] : [[COLUMNS[property], values[property]]],
    ),
  );
}
