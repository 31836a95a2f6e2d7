import type { Prisma } from '../../../prisma/client/client.ts';
import { APPROVALS, approvedSchema } from '../../approvals/rules.ts';
import type { Interval } from '../../core/time.ts';
import { DURING_FREEZE } from '../../freezes/rules.ts';
import type { Queries } from '../../platform/database.ts';
import { queryRows, sql } from '../../platform/sql.ts';
import { RUN_STATES } from '../../series/rules.ts';
import type { Selector } from '../rules/selector.ts';
import { STATUSES } from '../rules/status.ts';
import { audienceFields, readAudience, readWindow, windowFields } from './stored-window.ts';

export const maintenanceFields = {
  ...windowFields,
  status: true,
  missed: true,
  scheduledStart: true,
  scheduledEnd: true,
  startedAt: true,
  endedAt: true,
  /** While it is in progress: when it will end by itself. */
  endsAt: true,
  /** When the checks that it unmuted are verified; null: they are not, or were. */
  postCheckAt: true,
  reopensId: true,
  /** Every reminder at or before this instant was posted or left out. */
  remindedUntil: true,
  selected: true,
  /** Null: it needs no approval. */
  approval: true,
  /** The people who requested or changed it since it was last approved: none can approve it. */
  requestedBy: true,
  approved: true,
  series: {
    select: {
      id: true,
      key: true,
      enabled: true,
      cron: true,
      timezone: true,
      durationMinutes: true,
      duringFreeze: true,
      ...audienceFields,
    },
  },
  occurrence: true,
  runState: true,
  /** The ids of the freezes that an admin overrode for it. */
  overriddenFreezes: true,
  /** Of the freezes that skipped or moved a run; null: none did. */
  freezeReason: true,
  /** No interface shows it since; null: not deleted. */
  deletedAt: true,
} as const satisfies Prisma.MaintenanceSelect;

export type MaintenanceRow = Prisma.MaintenanceGetPayload<{ select: typeof maintenanceFields }>;

/** Instants are UTC. */
export type Maintenance = ReturnType<typeof toMaintenance>;

export function toMaintenance({ series, occurrence, runState, ...stored }: MaintenanceRow) {
  const { selector, ...window } = readWindow(stored);
  return {
    ...window,
    status: oneOf(STATUSES, window.status),
    selector: withChosen(selector, window),
    approval: window.approval === null ? null : oneOf(APPROVALS, window.approval),
    /** What was approved of it; null: nothing. */
    approved: window.approved === null ? null : approvedSchema.parse(window.approved),
    /** Null: not a run of a series. */
    run: series && occurrence && toRun(series, occurrence, runState),
  };
}

/** `chosen`: the checks that a selector chose when the window began, where it does not follow. */
export function withChosen(
  selector: Selector | null,
  { status, selected }: { readonly status: string; readonly selected: readonly string[] },
) {
  return selector && { ...selector, chosen: selector.follows || status === 'scheduled' ? null : selected };
}

export type Run = ReturnType<typeof toRun>;

function toRun(
  { visibility, scope, services, ...series }: NonNullable<MaintenanceRow['series']>,
  occurrence: Date,
  state: string | null,
) {
  return {
    series: {
      ...series,
      duringFreeze: oneOf(DURING_FREEZE, series.duringFreeze),
      audience: readAudience({ visibility, scope, services }),
    },
    /** The instant of the series that it stands for, wherever it was moved to. */
    occurrence,
    state: oneOf(RUN_STATES, state ?? ''),
  };
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((value) => value === text);
  if (found === undefined)
    throw new Error(`stored value is ${JSON.stringify(text)}, expected one of ${known.join(', ')}`);
  return found;
}

/** A condition for the open windows that share time with this one: in progress by their actual times, scheduled by the plan. */
export function openDuring({ start, end }: Interval): Prisma.MaintenanceWhereInput {
  return {
    OR: [
      { status: 'scheduled', scheduledStart: { lt: end }, scheduledEnd: { gt: start } },
      { status: 'in-progress', startedAt: { lt: end }, endsAt: { gt: start } },
    ],
  };
}

/** Those in progress by their actual start, then the scheduled ones by their plan. */
export const openFirst: Prisma.MaintenanceOrderByWithRelationInput[] = [
  { startedAt: { sort: 'asc', nulls: 'last' } },
  { scheduledStart: 'asc' },
  { id: 'asc' },
];

/**
 * How many runs of each series were missed in a row up to an occurrence, which counts too, by the id of the series. A run that
 * is still scheduled at `now` although its window is over counts as missed.
 */
export async function countMissedInARow(
  db: Queries,
  occurrences: readonly { readonly seriesId: number; readonly occurrence: Date }[],
  now: Date,
): Promise<ReadonlyMap<number, number>> {
  const missed = (alias: Prisma.Sql) =>
    sql`(${alias}.missed or ${alias}.status = 'scheduled' and ${alias}.scheduled_end_date <= ${now})`;
  const rows = await queryRows<{ seriesId: number; count: number }>(
    db,
    sql`
      select asked.series_id as "seriesId", (
        select count(*)::int from maintenances m
        where m.series_id = asked.series_id and m.occurrence <= asked.occurrence and ${missed(sql`m`)}
          and m.occurrence > coalesce((
            select max(o.occurrence) from maintenances o
            where o.series_id = asked.series_id and o.occurrence < asked.occurrence and o.status <> 'canceled'
              and not ${missed(sql`o`)}), '-infinity')) as count
      from unnest(${occurrences.map(({ seriesId }) => seriesId)}::int[],
        ${occurrences.map(({ occurrence }) => occurrence)}::timestamptz[]) as asked (series_id, occurrence)`,
  );
  return new Map(rows.map(({ seriesId, count }) => [seriesId, count]));
}
