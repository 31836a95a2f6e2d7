import type { Prisma } from '../../../prisma/client/client.ts';
import { APPROVALS, type Approval } from '../../approvals/rules.ts';
import { conditions, type FiltersOf, searchConditions } from '../../core/fields.ts';
import { isId } from '../../core/keys.ts';
import type { Reader } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { afterPosition, type Page, pageOrder, searchText } from '../../platform/rows.ts';
import { RUN_STATES } from '../../series/rules.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { OPEN_STATUSES, STATUSES, type Status } from '../rules/status.ts';
import { audienceFields, readAudience, readWindow, windowFields } from './stored-window.ts';
import { visibleMaintenances, visibleSeries, visibleServices } from './visibility.ts';

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

type Row = Prisma.MaintenanceGetPayload<{ select: typeof maintenanceFields }>;

/** Instants are UTC. */
export type Maintenance = ReturnType<typeof toMaintenance>;

export function toMaintenance({ series, occurrence, runState, selected, ...stored }: Row) {
  const { selector, ...window } = readWindow(stored);
  const chosen = selector?.follows || window.status === 'scheduled' ? null : selected;
  return {
    ...window,
    status: oneOf(STATUSES, window.status),
    /** `chosen`: the checks that it chose when the window began, where it does not follow. */
    selector: selector && { ...selector, chosen },
    approval: window.approval === null ? null : oneOf(APPROVALS, window.approval),
    /** Null: not a run of a series. */
    run: series && occurrence && toRun(series, occurrence, runState),
  };
}

export type Run = ReturnType<typeof toRun>;

function toRun(
  { visibility, scope, services, ...series }: NonNullable<Row['series']>,
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

export async function lockMaintenance(tx: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  if (!isId(id)) return undefined;
  await lockMaintenances(tx, accountId, [id]);
  return findMaintenance(tx, accountId, id);
}

/** Locks maintenances until the transaction ends, ordered by id so that two transactions never wait for each other. */
export async function lockMaintenances(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await tx.$queryRaw`
    select 1 from maintenances where account_id = ${accountId} and id = any(${[...ids]}::int[]) order by id for update`;
}

/** The values of one list are alternatives, and all lists apply. Instants are UTC. */
export interface MaintenanceSearch {
  readonly statuses?: readonly Status[] | undefined;
  /** Of the maintenance, or of one of its services. */
  readonly scopes?: readonly number[] | undefined;
  readonly services?: readonly number[] | undefined;
  readonly content?: FiltersOf<typeof CONTENT_FIELDS>;
  readonly series?: readonly number[] | undefined;
  /** Anywhere in a searched field, in any case; or the whole key. */
  readonly texts?: readonly string[] | undefined;
  /** Of the planned start and end. */
  readonly startBefore?: Date | undefined;
  readonly startAfter?: Date | undefined;
  readonly endBefore?: Date | undefined;
  readonly endAfter?: Date | undefined;
  readonly updatedAfter?: Date | undefined;
}

export interface MaintenanceFilter extends MaintenanceSearch {
  /** Only those that the reader can see, found by what the reader can see of them. */
  readonly reader?: Reader;
  /** Only those that await the approval of a person other than those who requested them, such as this one. */
  readonly approvableBy?: string;
  /** In the name, in any case. */
  readonly matching?: string;
  /** The window ends after this instant, or is planned to. */
  readonly endsAfter?: Date;
  /** The window started before this instant, or was planned to. */
  readonly startsBefore?: Date;
  readonly owner?: string;
  /** Only those made through the NodePing interface. */
  readonly adHoc?: true;
}

function toWhere(accountId: number, filter: MaintenanceFilter): Prisma.MaintenanceWhereInput {
  const { reader = 'internal', statuses, scopes, services, content = {}, series, texts, matching } = filter;
  const { startBefore, startAfter, endBefore, endAfter, updatedAfter, endsAfter, startsBefore } = filter;
  const { approvableBy, owner, adHoc } = filter;
  const onService = (service: Prisma.ServiceWhereInput): Prisma.MaintenanceWhereInput => ({
    services: { some: { service: { AND: [service, visibleServices(reader)] } } },
  });
  return {
    accountId,
    ...(statuses && { status: { in: [...statuses] } }),
    ...((startBefore || startAfter) && { scheduledStart: between(startAfter, startBefore) }),
    ...((endBefore || endAfter) && { scheduledEnd: between(endAfter, endBefore) }),
    ...(updatedAfter && { updatedAt: { gt: updatedAfter } }),
    ...(matching && { name: { contains: matching, mode: 'insensitive' } }),
    ...(owner !== undefined && { ownerId: owner }),
    ...(adHoc && { adHoc }),
    ...(approvableBy !== undefined && {
      approval: 'pending' satisfies Approval,
      NOT: { requestedBy: { has: approvableBy } },
    }),
    AND: [
      visibleMaintenances(reader),
      ...conditions(CONTENT_FIELDS, content, searchText),
      services ? onService({ id: { in: [...services] } }) : {},
      scopes ? { OR: [{ scopeId: { in: [...scopes] } }, onService({ scopeId: { in: [...scopes] } })] } : {},
      series ? { series: { AND: [{ id: { in: [...series] } }, visibleSeries(reader)] } } : {},
      texts ? { OR: texts.flatMap(containing) } : {},
      endsAfter ? { OR: [{ scheduledEnd: { gt: endsAfter } }, { endsAt: { gt: endsAfter } }] } : {},
      startsBefore ? { OR: [{ scheduledStart: { lt: startsBefore } }, { startedAt: { lt: startsBefore } }] } : {},
    ],
  };
}

function between(after: Date | undefined, before: Date | undefined): { gt?: Date; lt?: Date } {
  return { ...(after && { gt: after }), ...(before && { lt: before }) };
}

function containing(text: string): Prisma.MaintenanceWhereInput[] {
  const contains = { contains: searchText(text).replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const };
  return [...searchConditions(CONTENT_FIELDS, contains), { key: searchText(text).toUpperCase() }];
}

/** Ordered by start, those in progress first; `newestFirst`: by the planned start, the latest first. */
export async function listMaintenances(
  db: Queries,
  accountId: number,
  filter: MaintenanceFilter = {},
  page: { limit: number; offset?: number; newestFirst?: boolean } = { limit: 200 },
): Promise<Maintenance[]> {
  return readMaintenances(db, {
    where: toWhere(accountId, filter),
    orderBy: page.newestFirst ? [{ scheduledStart: 'desc' }, { id: 'desc' }] : openFirst,
    take: page.limit,
    skip: page.offset ?? 0,
  });
}

export async function countMaintenances(db: Queries, accountId: number, filter: MaintenanceFilter): Promise<number> {
  return db.maintenance.count({ where: toWhere(accountId, filter) });
}

export type MaintenanceOrder = 'scheduledStart' | 'updatedAt' | 'id';

export async function searchMaintenances(
  db: Queries,
  accountId: number,
  reader: Reader,
  search: MaintenanceSearch,
  page: Page<MaintenanceOrder, Date> & { readonly offset?: number },
): Promise<Maintenance[]> {
  return readMaintenances(db, {
    where: { AND: [toWhere(accountId, { ...search, reader }), afterPosition(page)] },
    orderBy: pageOrder(page),
    take: page.limit,
    skip: page.offset ?? 0,
  });
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

export async function listOpenBetween(db: Queries, accountId: number, window: Interval): Promise<Maintenance[]> {
  return readMaintenances(db, { where: { accountId, ...openDuring(window) }, orderBy: openFirst });
}

export async function findReopening(db: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  const where = { ...toWhere(accountId, { statuses: OPEN_STATUSES }), reopensId: id };
  const [reopening] = await readMaintenances(db, { where, orderBy: { id: 'desc' }, take: 1 });
  return reopening;
}

export async function listOpenOnServices(db: Queries, accountId: number, services: readonly number[]) {
  const where = toWhere(accountId, { statuses: OPEN_STATUSES, services });
  return readMaintenances(db, { where, orderBy: { id: 'asc' } });
}

/** The open maintenances in a scope, or on a service in it. */
export async function listOpenInScope(db: Queries, accountId: number, scope: number): Promise<Maintenance[]> {
  const where = toWhere(accountId, { statuses: OPEN_STATUSES, scopes: [scope] });
  return readMaintenances(db, { where, orderBy: { id: 'asc' } });
}

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
