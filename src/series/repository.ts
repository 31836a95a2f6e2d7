import type { Prisma } from '../../prisma/client/client.ts';
import { conditions, type FiltersOf } from '../core/fields.ts';
import { isId } from '../core/keys.ts';
import type { Reader } from '../core/permissions.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import {
  insertedCoverage,
  readWindow,
  updatedCoverage,
  windowFields,
} from '../maintenance/repository/stored-window.ts';
import { visibleSeries, visibleServices } from '../maintenance/repository/visibility.ts';
import type { Selector } from '../maintenance/rules/selector.ts';
import type { Status } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';
import { wakeSchedulers } from '../platform/jobs.ts';
import { afterPosition, type Page, pageOrder, searchText } from '../platform/rows.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';
import { type Write, write } from '../platform/transaction.ts';
import type { SeriesInput } from './fields.ts';
import type { MadeRun, RunState } from './rules.ts';

const fields = {
  ...windowFields,
  /** False: paused. */
  enabled: true,
  cron: true,
  durationMinutes: true,
  /** Channels where its runs are announced besides those subscribed. */
  channels: true,
  /** Every occurrence up to this instant was made, skipped, missed, or passed over while paused. */
  plannedUntil: true,
  nextDueAt: true,
  runs: {
    where: { status: 'scheduled' },
    orderBy: [{ scheduledStart: 'asc' }, { id: 'asc' }],
    take: 1,
    select: { id: true, scheduledStart: true, scheduledEnd: true },
  },
} as const satisfies Prisma.SeriesSelect;

export type Series = ReturnType<typeof toSeries>;

function toSeries({ runs: [first], ...stored }: Prisma.SeriesGetPayload<{ select: typeof fields }>) {
  return {
    ...readWindow(stored),
    nextRun: first === undefined ? null : { id: first.id, start: first.scheduledStart, end: first.scheduledEnd },
  };
}

async function readSeries(db: Queries, query: Pick<Prisma.SeriesFindManyArgs, 'where' | 'orderBy' | 'take' | 'skip'>) {
  return (await db.series.findMany({ ...query, select: fields })).map(toSeries);
}

/** By its id, or by its key in any case. */
export async function findSeries(db: Queries, accountId: number, ref: number | string): Promise<Series | undefined> {
  if (typeof ref === 'number' ? !isId(ref) : !/^[a-z0-9]{1,20}$/i.test(ref)) return undefined;
  const by = typeof ref === 'number' ? { id: ref } : { key: ref.toUpperCase() };
  const [series] = await readSeries(db, { where: { accountId, ...by } });
  return series;
}

/**
 * The series, locked until the transaction ends, and its scheduled runs with it. The runs are locked first: so does a
 * change of one run, which then makes its series due.
 */
export async function lockSeries(tx: Queries, accountId: number, id: number): Promise<Series | undefined> {
  if (!isId(id)) return undefined;
  const lockRuns = () =>
    execute(
      tx,
      sql`
        select 1 from maintenances
        where account_id = ${accountId} and series_id = ${id} and status = 'scheduled' order by id for update`,
    );
  await lockRuns();
  await execute(tx, sql`select 1 from series where account_id = ${accountId} and id = ${id} for update`);
  // Those that the scheduler made in between.
  await lockRuns();
  return findSeries(tx, accountId, id);
}

/** One series whose instant has come at `now`, locked; those that another process works on are passed over. */
export async function lockDueSeries(tx: Queries, now: Date, except: readonly number[]): Promise<Series | undefined> {
  const [due] = (
    await execute<{ accountId: number; id: number }>(
      tx,
      sql`
        select account_id as "accountId", id from series
        where next_due_at <= ${now} and not id = any(${[...except]}::int[])
        order by next_due_at, id limit 1 for update skip locked`,
    )
  ).rows;
  return due === undefined ? undefined : findSeries(tx, due.accountId, due.id);
}

/** Makes the series of a run due, if the run was scheduled before it was changed: the next run may be needed sooner. */
export async function requestNextRun(tx: Queries, { run, status }: Maintenance, now: Date): Promise<void> {
  if (run === null || status !== 'scheduled' || run.occurrence <= now) return;
  await write(tx, REQUEST, String(run.series.id), { id: run.series.id, next_due_at: now });
  await wakeSchedulers(tx, now);
}

const REQUEST: Write<{ readonly id: number; readonly next_due_at: Date }> = {
  table: 'series',
  statement: `
    update series set next_due_at = r.next_due_at from jsonb_populate_recordset(null::series, $rows) r
    where series.id = r.id and series.next_due_at > r.next_due_at`,
};

export async function listSeries(db: Queries, accountId: number, limit: number, offset = 0): Promise<Series[]> {
  return readSeries(db, { where: { accountId }, orderBy: [{ name: 'asc' }, { id: 'asc' }], take: limit, skip: offset });
}

const PART = 100;

/** The same, read in parts: the work on the rows of many would keep everything else waiting. */
export async function listManySeries(db: Queries, accountId: number, limit: number): Promise<Series[]> {
  const series: Series[] = [];
  for (;;) {
    const wanted = Math.min(PART, limit - series.length);
    const part = wanted === 0 ? [] : await listSeries(db, accountId, wanted, series.length);
    series.push(...part);
    if (part.length < PART) return series;
  }
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
  readonly accountId: number;
  readonly key: string;
  readonly enabled: boolean;
  readonly owner: { readonly id: string; readonly name: string };
  readonly plannedUntil: Date;
  readonly selector?: Selector | null;
}

export async function insertSeries(tx: Queries, input: NewSeries, now: Date): Promise<Series> {
  const { services, checks, selector, owner, channels, ...values } = input;
  const row = await tx.series.create({
    data: {
      ...values,
      channels: [...channels],
      ...insertedCoverage({ services, checks, selector }),
      ownerId: owner.id,
      ownerName: owner.name,
      createdAt: now,
      updatedAt: now,
    },
    select: fields,
  });
  return toSeries(row);
}

/** Writes the changes that people make to a locked series, and increments its version. */
export async function updateSeries(
  tx: Queries,
  { id }: Series,
  changes: Partial<Omit<NewSeries, 'accountId' | 'key' | 'owner'>>,
  now: Date,
): Promise<Series> {
  const { services, checks, selector, channels, ...values } = changes;
  const row = await tx.series.update({
    where: { id },
    data: {
      ...values,
      ...(channels && { channels: [...channels] }),
      ...updatedCoverage({ services, checks, selector }),
      ...(values.enabled === false ? { nextDueAt: null } : {}),
      updatedAt: now,
      version: { increment: 1 },
    },
    select: fields,
  });
  return toSeries(row);
}

/** Sets how far the runs of a locked series are planned. Its version stays, as nothing that people edit changed. */
export async function updatePlan(tx: Queries, { id }: Series, plan: { plannedUntil: Date; nextDueAt: Date | null }) {
  if (plan.nextDueAt !== null) await wakeSchedulers(tx, plan.nextDueAt);
  return toSeries(await tx.series.update({ where: { id }, data: plan, select: fields }));
}

/** Deletes a locked series. Its runs stay as maintenances without a series. */
export async function deleteSeriesRow(tx: Queries, { accountId, id }: Series): Promise<void> {
  const data = { seriesId: null, occurrence: null, runState: null };
  await tx.maintenance.updateMany({ where: { accountId, seriesId: id }, data });
  await tx.series.delete({ where: { id } });
}

/** The values of one list are alternatives, and all lists apply. */
export interface SeriesSearch {
  readonly enabled?: boolean | undefined;
  readonly scopes?: readonly number[] | undefined;
  readonly services?: readonly number[] | undefined;
  readonly content?: FiltersOf<typeof CONTENT_FIELDS>;
}

export async function searchSeries(
  db: Queries,
  accountId: number,
  reader: Reader,
  { enabled, scopes, services, content = {} }: SeriesSearch,
  page: Page<'name' | 'id', string>,
): Promise<Series[]> {
  const onService = (service: Prisma.ServiceWhereInput): Prisma.SeriesWhereInput => ({
    services: { some: { service: { AND: [service, visibleServices(reader)] } } },
  });
  const where: Prisma.SeriesWhereInput = {
    accountId,
    ...(enabled !== undefined && { enabled }),
    AND: [
      visibleSeries(reader),
      ...conditions(CONTENT_FIELDS, content, searchText),
      services ? onService({ id: { in: [...services] } }) : {},
      scopes ? { OR: [{ scopeId: { in: [...scopes] } }, onService({ scopeId: { in: [...scopes] } })] } : {},
      afterPosition(page),
    ],
  };
  return readSeries(db, { where, orderBy: pageOrder(page), take: page.limit });
}

export async function findVisibleSeries(db: Queries, accountId: number, reader: Reader, id: number) {
  if (!isId(id)) return undefined;
  const [series] = await readSeries(db, { where: { accountId, id, AND: [visibleSeries(reader)] } });
  return series;
}

/** What a run of a series did to its checks; the checks by their ids. */
export interface RunRecord {
  readonly startedAt: Date;
  readonly inProgress: boolean;
  readonly muted: readonly string[];
  /** Off before the run. */
  readonly alreadyMuted: readonly string[];
}

/** The last runs of each of these series that started, newest first, by the id of the series. */
export async function listLastRuns(db: Queries, accountId: number, series: readonly number[], count: number) {
  const runs = await queryRows<{ seriesId: number; id: number; status: string; startedAt: Date }>(
    db,
    sql`
      select of.id as "seriesId", run.id, run.status, run.start_date as "startedAt"
      from unnest(${[...series]}::int[]) as of (id)
      cross join lateral (
        select id, status, start_date from maintenances
        where account_id = ${accountId} and series_id = of.id and start_date is not null and deleted_at is null
        order by start_date desc, id desc limit ${count}
      ) run
      order by run.start_date desc, run.id desc`,
  );
  const records = await readRunRecords(db, accountId, runs);
  return new Map(
    series.map((id) => [id, runs.filter((run) => run.seriesId === id).flatMap((run) => records.get(run.id) ?? [])]),
  );
}

/** What these maintenances did to their checks, by their ids. */
export async function readRunRecords(
  db: Queries,
  accountId: number,
  runs: readonly { readonly id: number; readonly status: string; readonly startedAt: Date }[],
): Promise<Map<number, RunRecord>> {
  const mutes = await db.mute.findMany({
    where: { accountId, maintenanceId: { in: runs.map(({ id }) => id) } },
    orderBy: [{ maintenanceId: 'asc' }, { checkId: 'asc' }],
    select: { maintenanceId: true, checkId: true, outcome: true },
  });
  const checks = (run: number, outcomes: readonly string[]) =>
    mutes
      .filter(({ maintenanceId, outcome }) => maintenanceId === run && outcomes.includes(outcome))
      .map(({ checkId }) => checkId);
  return new Map(
    runs.map(({ id, status, startedAt }) => [
      id,
      {
        startedAt,
        inProgress: status === ('in-progress' satisfies Status),
        muted: checks(id, ['muted', 'unmuted_by_hand']),
        alreadyMuted: checks(id, ['already_muted']),
      },
    ]),
  );
}
