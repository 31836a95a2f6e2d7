import type { Prisma } from '../../prisma/client/client.ts';
import { columns, conditions, type FiltersOf, readColumns } from '../core/fields.ts';
import { isId } from '../core/keys.ts';
import type { Audience, Reader } from '../core/permissions.ts';
import { CONTENT_FIELDS, type Content } from '../maintenance/fields.ts';
import { toSelectorColumns } from '../maintenance/repository/changes.ts';
import {
  type Maintenance,
  namedServiceFields,
  storedVisibility,
  toNamedService,
} from '../maintenance/repository/maintenances.ts';
import { visibleSeries, visibleServices } from '../maintenance/repository/visibility.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../maintenance/rules/reminders.ts';
import type { Selector } from '../maintenance/rules/selector.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';
import { searchText } from '../platform/stored-values.ts';
import type { SeriesInput } from './fields.ts';
import type { MadeRun, RunState } from './rules.ts';

/** A recurring window, as stored. */
export interface Series extends Content {
  readonly id: number;
  readonly accountId: number;
  readonly key: string;
  readonly version: number;
  /** Who may know of it, its scope and its services considered. */
  readonly audience: Audience;
  /** False while it is paused. */
  readonly enabled: boolean;
  readonly cron: string;
  readonly timezone: string;
  readonly durationMinutes: number;
  readonly scope: { readonly id: number; readonly name: string } | null;
  /** How long before its start a run is reminded of (minutes), as its scope says. */
  readonly reminders: readonly number[];
  readonly services: readonly { readonly id: number; readonly name: string; readonly audience: Audience }[];
  /** The checks it names; null when it covers those of its services. */
  readonly checks: readonly string[] | null;
  /** Chooses checks beside those. */
  readonly selector: Selector | null;
  /** Slack channel ids that hear of its runs besides those subscribed. */
  readonly channels: readonly string[];
  readonly owner: { readonly id: string; readonly name: string };
  /** Every occurrence up to this instant was seen to (domain/series). */
  readonly plannedUntil: Date;
  readonly nextDueAt: Date | null;
  /** The first of its runs that is scheduled. */
  readonly nextRun: { readonly id: number; readonly start: Date; readonly end: Date } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const fields = {
  id: true,
  accountId: true,
  key: true,
  version: true,
  ...columns(CONTENT_FIELDS),
  enabled: true,
  cron: true,
  timezone: true,
  durationMinutes: true,
  scope: { select: { id: true, name: true, reminders: true, visibility: true } },
  services: { select: { service: { select: namedServiceFields } }, orderBy: { service: { name: 'asc' } } },
  namesChecks: true,
  selector: true,
  selectorFollows: true,
  checks: { select: { checkId: true }, orderBy: { checkId: 'asc' } },
  channels: true,
  ownerId: true,
  ownerName: true,
  plannedUntil: true,
  nextDueAt: true,
  runs: {
    where: { status: 'scheduled' },
    orderBy: [{ scheduledStart: 'asc' }, { id: 'asc' }],
    take: 1,
    select: { id: true, scheduledStart: true, scheduledEnd: true },
  },
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.SeriesSelect;

type Row = Prisma.SeriesGetPayload<{ select: typeof fields }>;

function toSeries(found: Row): Series {
  const { scope, checks, namesChecks, selector, selectorFollows: follows, ownerId, ownerName, runs, ...row } = found;
  const [first] = runs;
  const services = found.services.map(({ service }) => toNamedService(service));
  return {
    ...row,
    ...readColumns(CONTENT_FIELDS, row),
    audience: storedVisibility(found, services),
    scope: scope && { id: scope.id, name: scope.name },
    reminders: scope?.reminders ?? DEFAULT_REMINDERS_MINUTES,
    services,
    checks: namesChecks ? checks.map(({ checkId }) => checkId) : null,
    selector: selector === null ? null : { text: selector, follows },
    owner: { id: ownerId, name: ownerName },
    nextRun: first === undefined ? null : { id: first.id, start: first.scheduledStart, end: first.scheduledEnd },
  };
}

/** Rows as series; what to look for, in which order and how many is for the query to say, the account included. */
export async function readSeries(
  db: Queries,
  query: Pick<Prisma.SeriesFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.SeriesWhereInput },
): Promise<Series[]> {
  return (await db.series.findMany({ ...query, select: fields })).map(toSeries);
}

/** By its id, or by its key in any case. */
export async function findSeries(db: Queries, accountId: number, ref: number | string): Promise<Series | undefined> {
  if (typeof ref === 'number' && (!Number.isSafeInteger(ref) || ref < 1 || ref > 2_147_483_647)) return undefined;
  if (typeof ref === 'string' && !/^[a-z0-9]{1,20}$/i.test(ref)) return undefined;
  const by = typeof ref === 'number' ? { id: ref } : { key: ref.toUpperCase() };
  const row = await db.series.findFirst({ where: { accountId, ...by }, select: fields });
  return row === null ? undefined : toSeries(row);
}

/**
 * The series, locked until the transaction ends, and its scheduled runs with it. The runs are locked first: so does a
 * change of one run, which then makes its series due.
 */
export async function lockSeries(tx: Queries, accountId: number, id: number): Promise<Series | undefined> {
  if (!Number.isSafeInteger(id) || id < 1 || id > 2_147_483_647) return undefined;
  const lockRuns = () => tx.$queryRaw`
    select 1 from maintenances
    where account_id = ${accountId} and series_id = ${id} and status = 'scheduled' order by id for update`;
  await lockRuns();
  await tx.$queryRaw`select 1 from series where account_id = ${accountId} and id = ${id} for update`;
  // Those that the scheduler made in between.
  await lockRuns();
  return findSeries(tx, accountId, id);
}

/** One series whose instant has come at `now`, locked; those that another process works on are passed over. */
export async function lockDueSeries(tx: Queries, now: Date, except: readonly number[]): Promise<Series | undefined> {
  const [due] = await tx.$queryRaw<{ accountId: number; id: number }[]>`
    select account_id as "accountId", id from series
    where next_due_at <= ${now} and not id = any(${[...except]}::int[])
    order by next_due_at, id limit 1 for update skip locked`;
  return due === undefined ? undefined : findSeries(tx, due.accountId, due.id);
}

/** Makes the series of a run due, if the run was scheduled before it was changed: the next run may be needed sooner. */
export async function requestNextRun(tx: Queries, { accountId, run, status }: Maintenance, now: Date): Promise<void> {
  if (run === null || status !== 'scheduled' || run.occurrence <= now) return;
  const where = { accountId, id: run.series.id, nextDueAt: { gt: now } };
  await tx.series.updateMany({ where, data: { nextDueAt: now } });
}

/** By name; ties are broken by id. */
export async function listSeries(db: Queries, accountId: number, limit: number, offset = 0): Promise<Series[]> {
  const rows = await db.series.findMany({
    where: { accountId },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit,
    skip: offset,
    select: fields,
  });
  return rows.map(toSeries);
}

export async function countSeries(db: Queries, accountId: number): Promise<number> {
  return db.series.count({ where: { accountId } });
}

/** The occurrences after an instant that have a run which is not withdrawn. */
export async function listMadeRuns(db: Queries, { accountId, id }: Series, after: Date): Promise<MadeRun[]> {
  const rows = await db.maintenance.findMany({
    where: { accountId, seriesId: id, occurrence: { gt: after }, runState: { not: 'withdrawn' } },
    select: { occurrence: true, status: true },
  });
  return rows.flatMap(({ occurrence, status }) =>
    occurrence === null ? [] : [{ occurrence, open: status === 'scheduled' }],
  );
}

/** The runs that were deleted and whose occurrence is after an instant: their series does not make them again. */
export async function listDeletedRuns(
  db: Queries,
  accountId: number,
  after: Date,
): Promise<{ seriesId: number; occurrence: Date; state: RunState }[]> {
  const rows = await db.maintenance.findMany({
    where: { accountId, occurrence: { gt: after }, deletedAt: { not: null }, runState: { not: 'withdrawn' } },
    select: { seriesId: true, occurrence: true },
  });
  return rows.flatMap(({ seriesId, occurrence }) =>
    seriesId === null || occurrence === null ? [] : [{ seriesId, occurrence, state: 'skipped' as const }],
  );
}

export interface NewSeries extends Omit<SeriesInput, 'selector'> {
  accountId: number;
  key: string;
  enabled: boolean;
  owner: { id: string; name: string };
  plannedUntil: Date;
  selector?: Selector | null;
}

export async function insertSeries(tx: Queries, input: NewSeries, now: Date): Promise<Series> {
  const { services, checks, selector, owner, channels, accountId, ...values } = input;
  const { id } = await tx.series.create({
    data: {
      ...values,
      accountId,
      channels: [...channels],
      namesChecks: checks !== null,
      ...toSelectorColumns(selector),
      ownerId: owner.id,
      ownerName: owner.name,
      createdAt: now,
      updatedAt: now,
    },
    select: { id: true },
  });
  await replaceServices(tx, accountId, id, services);
  await replaceChecks(tx, accountId, id, checks ?? []);
  return toSeries(await tx.series.findUniqueOrThrow({ where: { id }, select: fields }));
}

export type SeriesChanges = Partial<Omit<NewSeries, 'accountId' | 'key' | 'owner'>>;

/** Writes the changes that people make to a locked series and counts its version up. */
export async function updateSeries(tx: Queries, series: Series, changes: SeriesChanges, now: Date): Promise<Series> {
  const { services, checks, selector, channels, ...values } = changes;
  const { accountId, id } = series;
  if (services !== undefined) await replaceServices(tx, accountId, id, services);
  if (checks !== undefined) await replaceChecks(tx, accountId, id, checks ?? []);
  const row = await tx.series.update({
    where: { id },
    data: {
      ...values,
      ...(channels === undefined ? {} : { channels: [...channels] }),
      ...(checks === undefined ? {} : { namesChecks: checks !== null }),
      ...toSelectorColumns(selector),
      ...(values.enabled === false ? { nextDueAt: null } : {}),
      updatedAt: now,
      version: { increment: 1 },
    },
    select: fields,
  });
  return toSeries(row);
}

/** How far the runs of a locked series are planned, and when to look again. No change that anybody made: its version stays. */
export async function updatePlan(
  tx: Queries,
  { id }: Series,
  plan: { plannedUntil: Date; nextDueAt: Date | null },
): Promise<Series> {
  return toSeries(await tx.series.update({ where: { id }, data: plan, select: fields }));
}

/** Deletes a locked series. What it made is of no series any more. */
export async function deleteSeriesRow(tx: Queries, { accountId, id }: Series): Promise<void> {
  await tx.maintenance.updateMany({
    where: { accountId, seriesId: id },
    data: { seriesId: null, occurrence: null, runState: null },
  });
  await tx.series.delete({ where: { id } });
}

async function replaceServices(
  tx: Queries,
  accountId: number,
  seriesId: number,
  ids: readonly number[],
): Promise<void> {
  await tx.seriesService.deleteMany({ where: { accountId, seriesId } });
  await tx.seriesService.createMany({ data: ids.map((serviceId) => ({ accountId, seriesId, serviceId })) });
}

async function replaceChecks(tx: Queries, accountId: number, seriesId: number, ids: readonly string[]): Promise<void> {
  await tx.seriesCheck.deleteMany({ where: { accountId, seriesId } });
  await tx.seriesCheck.createMany({ data: ids.map((checkId) => ({ accountId, seriesId, checkId })) });
}

/** What series are looked for by: those of one list are "or", the lists are "and". */
export interface SeriesSearch {
  readonly enabled?: boolean | undefined;
  readonly scopes?: readonly number[] | undefined;
  readonly services?: readonly number[] | undefined;
  readonly content?: FiltersOf<typeof CONTENT_FIELDS>;
}

/** One page of those that somebody may know of. */
export async function searchSeries(
  db: Queries,
  accountId: number,
  reader: Reader,
  { enabled, scopes, services, content = {} }: SeriesSearch,
  page: Page<'name' | 'id', string>,
): Promise<Series[]> {
  const on = (service: Prisma.ServiceWhereInput): Prisma.SeriesWhereInput => ({
    services: { some: { service: { AND: [service, visibleServices(reader)] } } },
  });
  const where: Prisma.SeriesWhereInput = {
    accountId,
    ...(enabled === undefined ? {} : { enabled }),
    AND: [
      visibleSeries(reader),
      ...conditions(CONTENT_FIELDS, content, searchText),
      ...(services === undefined ? [] : [on({ id: { in: [...services] } })]),
      ...(scopes === undefined
        ? []
        : [{ OR: [{ scopeId: { in: [...scopes] } }, on({ scopeId: { in: [...scopes] } })] }]),
      afterPosition(page),
    ],
  };
  return readSeries(db, { where, orderBy: pageOrder(page), take: page.limit });
}

/** One that somebody may know of. */
export async function findVisibleSeries(
  db: Queries,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<Series | undefined> {
  if (!isId(id)) return undefined;
  const [series] = await readSeries(db, { where: { accountId, id, AND: [visibleSeries(reader)] }, take: 1 });
  return series;
}
