import type { Prisma } from '../../../prisma/client/client.ts';
import { APPROVALS } from '../../approvals/rules.ts';
import { isId } from '../../core/keys.ts';
import type { Reader } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { RUN_STATES } from '../../series/rules.ts';
import type { Selector } from '../rules/selector.ts';
import { STATUSES } from '../rules/status.ts';
import { audienceFields, readAudience, readWindow, windowFields } from './stored-window.ts';
import { visibleMaintenances } from './visibility.ts';

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
  /** Who requested it since it was last approved: none of them can approve it. */
  requestedBy: true,
  series: {
    select: {
      id: true,
      key: true,
      enabled: true,
      cron: true,
      timezone: true,
      durationMinutes: true,
      ...audienceFields,
    },
  },
  occurrence: true,
  runState: true,
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
    series: { ...series, audience: readAudience({ visibility, scope, services }) },
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

export async function readMaintenances(
  db: Queries,
  query: Pick<Prisma.MaintenanceFindManyArgs, 'orderBy' | 'take' | 'skip'> & { where: Prisma.MaintenanceWhereInput },
): Promise<Maintenance[]> {
  return (await db.maintenance.findMany({ ...query, select: maintenanceFields })).map(toMaintenance);
}

export async function findMaintenance(db: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  return findVisible(db, accountId, 'internal', id);
}

export async function findVisible(db: Queries, accountId: number, reader: Reader, id: number) {
  if (!isId(id)) return undefined;
  const [maintenance] = await readMaintenances(db, { where: { accountId, id, AND: [visibleMaintenances(reader)] } });
  return maintenance;
}

/** Also one that was deleted, as its announcements are still kept up to date. */
export async function findMaintenanceOrDeleted(db: Queries, accountId: number, id: number) {
  if (!isId(id)) return undefined;
  const [maintenance] = await readMaintenances(db, { where: { accountId, id } });
  return maintenance;
}

export async function findIdByKey(db: Queries, accountId: number, key: string): Promise<number | undefined> {
  const where = { accountId, key: key.toUpperCase(), deletedAt: null };
  return (await db.maintenance.findFirst({ where, select: { id: true } }))?.id;
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
 * How many runs of a series were missed in a row up to this occurrence, which counts too. A run that is still scheduled at
 * `now` although its window is over counts as missed.
 */
export async function countMissedInARow(db: Queries, accountId: number, seriesId: number, occurrence: Date, now: Date) {
  const missed = { OR: [{ missed: true }, { status: 'scheduled', scheduledEnd: { lte: now } }] };
  const { _max } = await db.maintenance.aggregate({
    where: { accountId, seriesId, NOT: missed, status: { not: 'canceled' }, occurrence: { lt: occurrence } },
    _max: { occurrence: true },
  });
  const after = _max.occurrence === null ? {} : { gt: _max.occurrence };
  return db.maintenance.count({ where: { accountId, seriesId, ...missed, occurrence: { lte: occurrence, ...after } } });
}
