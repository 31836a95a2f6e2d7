import { Prisma } from '../../prisma/client/client.ts';
import { type StandingApproval, standingApprovalSchema } from '../approvals/rules.ts';
import type { FiltersOf } from '../core/fields.ts';
import { isId } from '../core/keys.ts';
import { Pauses } from '../core/pauses.ts';
import type { Reader } from '../core/permissions.ts';
import type { Interval } from '../core/time.ts';
import { DURING_FREEZE } from '../freezes/rules.ts';
import type { CONTENT_FIELDS } from '../maintenance/fields.ts';
import { changeable, insertionOf, toColumns, WINDOW_COLUMNS } from '../maintenance/repository/columns.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { filterContent, filterPlace } from '../maintenance/repository/search.ts';
import {
  coverageColumns,
  coverageWriter,
  readWindow,
  windowColumns,
  type windowFields,
} from '../maintenance/repository/stored-window.ts';
import { describeMove, readSurroundings } from '../maintenance/repository/surroundings.ts';
import { seesSeries } from '../maintenance/repository/visibility.ts';
import { describePlace, needOf } from '../maintenance/rules/coverage.ts';
import type { Limitable } from '../maintenance/rules/limits.ts';
import type { Selector } from '../maintenance/rules/selector.ts';
import type { Status } from '../maintenance/rules/status.ts';
import type { Due } from '../platform/batches.ts';
import type { Queries } from '../platform/database.ts';
import { nextId } from '../platform/ids.ts';
import { wakeSchedulers } from '../platform/jobs.ts';
import type { Page } from '../platform/rows.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';
import { collected, type Write, write } from '../platform/transaction.ts';
import type { SeriesInput } from './fields.ts';
import type { FreezeOverride, RunState, StoredRun } from './rules.ts';

const { join, raw } = Prisma;

type Row = Prisma.SeriesGetPayload<{ select: typeof windowFields }> & {
  /** False: paused. */
  readonly enabled: boolean;
  readonly cron: string;
  readonly durationMinutes: number;
  readonly duringFreeze: string;
  /** The occurrences ahead for which an admin overrode freezes. */
  readonly freezeOverrides: readonly (Omit<FreezeOverride, 'occurrence'> & { readonly occurrence: string })[];
  /** Channels where its runs are announced besides those subscribed. */
  readonly channels: string[];
  /** Every occurrence up to this instant was made, skipped, missed, or passed over while paused. */
  readonly plannedUntil: Date;
  readonly requestedBy: string[];
  readonly standingApproval: unknown;
  readonly nextDueAt: Date | null;
  /** The first of its scheduled runs. */
  readonly nextRun: { readonly id: number; readonly start: string; readonly end: string } | null;
};

const selectFor = (reader: Reader) => sql`
  ${windowColumns('r', reader)}, r.enabled, r.cron, r.duration_minutes as "durationMinutes", r.channels,
  r.planned_until as "plannedUntil", r.requested_by as "requestedBy", r.standing_approval as "standingApproval",
  r.during_freeze as "duringFreeze", r.freeze_overrides as "freezeOverrides", r.next_due_at as "nextDueAt",
  (select json_build_object('id', id, 'start', scheduled_start_date, 'end', scheduled_end_date) from maintenances
    where series_id = r.id and status = 'scheduled' order by scheduled_start_date, id limit 1) as "nextRun"`;

export type Series = ReturnType<typeof toSeries>;

function toSeries({ nextRun, standingApproval, duringFreeze, freezeOverrides, ...stored }: Row) {
  return {
    ...readWindow(stored),
    /** Its runs that end until then start approved; null: each needs its own approval, where its scopes require one. */
    standingApproval: standingApproval === null ? null : standingApprovalSchema.parse(standingApproval),
    duringFreeze: DURING_FREEZE.find((known) => known === duringFreeze) ?? 'skip',
    freezeOverrides: freezeOverrides.map(
      (each): FreezeOverride => ({ ...each, occurrence: new Date(each.occurrence) }),
    ),
    nextRun: nextRun && { id: nextRun.id, start: new Date(nextRun.start), end: new Date(nextRun.end) },
  };
}

const BY_NAME = sql`r.name, r.id`;

/** The series that satisfy a condition on `r`. */
async function readSeries(
  db: Queries,
  condition: Prisma.Sql,
  page = sql`order by ${BY_NAME}`,
  reader: Reader = 'internal',
): Promise<Series[]> {
  const series: Series[] = [];
  const pauses = new Pauses();
  for (const row of await queryRows<Row>(
    db,
    sql`select ${selectFor(reader)} from series r where ${condition} ${page}`,
  )) {
    series.push(toSeries(row));
    await pauses.pause();
  }
  return series;
}

/** By its id, or by its key in any case. */
export async function findSeries(db: Queries, accountId: number, ref: number | string): Promise<Series | undefined> {
  if (typeof ref === 'number' ? !isId(ref) : !/^[a-z0-9]{1,20}$/i.test(ref)) return undefined;
  const by = typeof ref === 'number' ? sql`r.id = ${ref}` : sql`r.key = ${ref.toUpperCase()}`;
  const [series] = await readSeries(db, sql`r.account_id = ${accountId} and ${by}`);
  return series;
}

/**
 * The series, locked until the transaction ends, and its scheduled runs with it. The runs are locked first: so does a
 * change of one run, which then makes its series due.
 */
export async function lockSeries(tx: Queries, accountId: number, id: number): Promise<Series | undefined> {
  if (!isId(id)) return undefined;
  const runs = sql`
    select id from maintenances
    where account_id = ${accountId} and series_id = ${id} and status = 'scheduled' order by id for update`;
  await execute(
    tx,
    sql`
      with runs as materialized (${runs})
      select 1 from (select count(*) from runs) as locked, series r
      where r.account_id = ${accountId} and r.id = ${id} for update of r`,
  );
  // Those that the scheduler made in between.
  await execute(tx, runs);
  return findSeries(tx, accountId, id);
}

/** Locks runs, except those that another transaction works on. @returns the ids of the locked ones */
export async function lockRuns(tx: Queries, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await execute<{ id: number }>(
    tx,
    sql`select id from maintenances where id = any(${[...ids]}::int[]) order by id for update skip locked`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Withdraws locked runs that freezes skipped, so that they can be made again. */
export async function withdrawFrozen(tx: Queries, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await execute(
    tx,
    sql`
      update maintenances set run_state = 'withdrawn', version = version + 1, update_date = ${now}
      where id = any(${[...ids]}::int[]) and run_state = 'frozen'`,
  );
}

interface RevisedSpan {
  readonly account_id: number;
  readonly start_date: Date;
  readonly end_date: Date;
  readonly at: Date;
}

const REVISE: Write<RevisedSpan> = {
  table: 'series',
  statement: `
    update series s set next_due_at = least(s.next_due_at, revised.at)
    from (
      select m.series_id, min(span.at) as at
      from jsonb_to_recordset($rows) as span (account_id int, start_date timestamptz, end_date timestamptz, at timestamptz)
        join maintenances m on m.account_id = span.account_id and m.status in ('scheduled', 'canceled')
          and m.scheduled_start_date > span.at and m.scheduled_end_date > span.start_date
          and least(m.scheduled_start_date, m.occurrence) < span.end_date
      where m.run_state = 'frozen' or (m.status = 'scheduled' and m.run_state = 'following')
      group by m.series_id
    ) revised where s.id = revised.series_id and s.enabled`,
};

/** Makes those series due that have runs ahead in any of these spans, scheduled or skipped because of a freeze. */
export async function requestRevision(tx: Queries, accountId: number, spans: readonly Interval[], at: Date) {
  for (const { start, end } of spans) {
    const key = `${accountId} ${start.getTime()} ${end.getTime()}`;
    await write(tx, REVISE, key, { account_id: accountId, start_date: start, end_date: end, at });
  }
  await wakeSchedulers(tx, at);
}

/** Series that are due, of all accounts in turn, locked; those that another process works on are passed over. */
export async function lockDueSeries(tx: Queries, { now, except, only, limit }: Due): Promise<Series[]> {
  const { rows } = await execute<{ id: number }>(
    tx,
    sql`
      with due as materialized (
        select id, row_number() over (partition by account_id order by next_due_at, id) as turn from series
        where next_due_at <= ${now} and id <> all(${[...except]}::int[])
          and (${only === undefined} or id = any(${[...(only ?? [])]}::int[]))
      )
      select r.id from series r join due on due.id = r.id
      where r.next_due_at <= ${now}
      order by due.turn, r.next_due_at, r.id limit ${limit}::int for update of r skip locked`,
  );
  const ids = rows.map(({ id }) => id);
  return ids.length === 0 ? [] : readSeries(tx, sql`r.id = any(${ids}::int[])`, sql`order by r.next_due_at, r.id`);
}

/** Makes the series of a run due, if the run was scheduled before it was changed: the next run may be needed sooner. */
export async function requestNextRun(tx: Queries, { run, status }: Maintenance, now: Date): Promise<void> {
  if (run === null || status !== 'scheduled' || run.occurrence <= now) return;
  const { id } = run.series;
  const earlier = collected(tx, UPDATE, String(id));
  await write(tx, UPDATE, String(id), { id, versions: 0, values: {}, ...earlier, due_by: now });
  await wakeSchedulers(tx, now);
}

export async function listSeries(db: Queries, accountId: number, limit: number, offset = 0): Promise<Series[]> {
  return readSeries(db, sql`r.account_id = ${accountId}`, sql`order by ${BY_NAME} limit ${limit} offset ${offset}`);
}

export async function countSeries(db: Queries, accountId: number): Promise<number> {
  return db.series.count({ where: { accountId } });
}

/**
 * The occurrences that have a run which is not withdrawn, by the id of the series: those after `now`, and those after which
 * the series was not planned yet.
 */
export async function listMadeRuns(
  db: Queries,
  series: readonly Pick<Series, 'id' | 'plannedUntil'>[],
  now: Date,
): Promise<ReadonlyMap<number, readonly StoredRun[]>> {
  const rows = await queryRows<{ seriesId: number } & StoredRun>(
    db,
    sql`
      select m.series_id as "seriesId", m.id, m.occurrence, m.status = 'scheduled' as open, m.run_state = 'frozen' as frozen,
        m.run_state as state, m.scheduled_start_date as start, m.scheduled_end_date as end, m.overridden_freezes as overridden
      from unnest(${series.map(({ id }) => id)}::int[], ${series.map(({ plannedUntil }) => plannedUntil)}::timestamptz[])
        as asked (id, planned_until)
      join maintenances m on m.series_id = asked.id and m.occurrence > least(asked.planned_until, ${now})
      where m.run_state <> 'withdrawn'
      order by m.occurrence`,
  );
  const bySeries = new Map(series.map(({ id }): [number, StoredRun[]] => [id, []]));
  for (const { seriesId, ...run } of rows) bySeries.get(seriesId)?.push(run);
  return bySeries;
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
  /** The people who schedule or change it. */
  readonly requestedBy: readonly string[];
  readonly standingApproval?: StandingApproval | null;
  readonly selector?: Selector | null;
  readonly limitedTo?: Limitable['limitedTo'];
}

/** The columns of `series`. */
const COLUMNS = {
  ...WINDOW_COLUMNS,
  enabled: 'enabled',
  cron: 'cron',
  durationMinutes: 'duration_minutes',
  channels: 'channels',
  duringFreeze: 'during_freeze',
  freezeOverrides: 'freeze_overrides',
  plannedUntil: 'planned_until',
  standingApproval: 'standing_approval',
} as const;

const UPDATED = changeable(COLUMNS);
const INSERT = insertionOf('series', COLUMNS);

/** The new values under the names of their columns, by how much the version increases, and when it is due at the latest. */
interface Update {
  readonly id: number;
  readonly versions: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly due_by: Date | null;
}

/** One kind for all changes of a series, as a statement cannot change a row twice. A paused series is never due. */
const UPDATE: Write<Update> = {
  table: 'series',
  statement: `
    update series s set version = s.version + u.versions, (${UPDATED.join(', ')}) = (
      select ${UPDATED.map((column) =>
        column === WINDOW_COLUMNS.nextDueAt
          ? 'case when r.next_due_at > u.due_by then u.due_by else r.next_due_at end'
          : `r.${column}`,
      ).join(', ')} from jsonb_populate_record(s, u.values) r)
    from jsonb_to_recordset($rows) as u (id int, versions int, values jsonb, due_by timestamptz)
    where s.id = u.id and (u.values <> '{}' or s.next_due_at > u.due_by)`,
};

type Values = { readonly [Property in keyof typeof COLUMNS]?: unknown };

async function update(tx: Queries, { id }: Pick<Series, 'id'>, versions: number, values: Values): Promise<void> {
  const key = String(id);
  const columns = toColumns(COLUMNS, values);
  const inserted = collected(tx, INSERT, key);
  if (inserted !== undefined) return write(tx, INSERT, key, { ...inserted, ...columns });
  const earlier = collected(tx, UPDATE, key);
  await write(tx, UPDATE, key, {
    id,
    versions: (earlier?.versions ?? 0) + versions,
    values: { ...earlier?.values, ...columns },
    due_by: values.nextDueAt === undefined ? (earlier?.due_by ?? null) : null,
  });
}

const writeCoverage = coverageWriter('series');

export async function insertSeries(tx: Queries, input: NewSeries, now: Date): Promise<Series> {
  const { services, checks, selector = null, limitedTo = null, owner, channels, scopeId, ...values } = input;
  const id = await nextId(tx, 'series');
  const stored = {
    ...values,
    id,
    version: 1,
    channels: [...channels],
    requestedBy: [...values.requestedBy],
    standingApproval: null,
    freezeOverrides: [],
    nextDueAt: null,
    createdAt: now,
    updatedAt: now,
  };
  const coverage = coverageColumns({ checks, selector, limitedTo });
  const row = { ...stored, ...coverage, scopeId, ownerId: owner.id, ownerName: owner.name };
  await write(tx, INSERT, String(id), toColumns(COLUMNS, row));
  await writeCoverage(tx, stored, {}, { services, checks });
  const place = { visibility: values.visibility, scopeId, services };
  const around = await readSurroundings(tx, values.accountId, needOf({ ...place, checks: [] }));
  return {
    ...stored,
    ...describePlace(around, place),
    owner,
    checks: checks && [...checks],
    selector,
    limitedTo: limitedTo && [...limitedTo],
    nextRun: null,
  };
}

/** Writes the changes that people make to a locked series, and increments its version. */
export async function updateSeries(
  tx: Queries,
  before: Series,
  changes: Partial<Omit<NewSeries, 'accountId' | 'key' | 'owner'> & Pick<Series, 'freezeOverrides'>>,
  now: Date,
): Promise<Series> {
  const { services, checks, selector, limitedTo, scopeId, channels, ...values } = changes;
  const paused = values.enabled === false ? { nextDueAt: null } : {};
  await update(tx, before, 1, {
    ...values,
    ...paused,
    channels,
    scopeId,
    ...coverageColumns({ checks, selector, limitedTo }),
    updatedAt: now,
  });
  const serviceIds = before.services.map((service) => service.id);
  await writeCoverage(tx, before, { services: serviceIds, checks: before.checks }, { services, checks });
  return {
    ...before,
    ...values,
    ...paused,
    ...(await describeMove(tx, before, changes)),
    channels: [...(channels ?? before.channels)],
    requestedBy: [...(values.requestedBy ?? before.requestedBy)],
    checks: checks === undefined ? before.checks : checks && [...checks],
    selector: selector === undefined ? before.selector : selector,
    limitedTo: limitedTo === undefined ? before.limitedTo : limitedTo && [...limitedTo],
    version: before.version + 1,
    updatedAt: now,
  };
}

/** Sets how far the runs of a locked series are planned. Its version stays, as nothing that people edit changed. */
export async function updatePlan(
  tx: Queries,
  series: Pick<Series, 'id'>,
  { plannedUntil, nextDueAt }: Pick<Series, 'plannedUntil' | 'nextDueAt'>,
): Promise<void> {
  if (nextDueAt !== null) await wakeSchedulers(tx, nextDueAt);
  await update(tx, series, 0, { plannedUntil, nextDueAt });
}

/** Deletes a locked series. Its runs stay as maintenances without a series. */
export async function deleteSeriesRow(tx: Queries, { accountId, id }: Series): Promise<void> {
  await execute(
    tx,
    sql`
      with released as (
        update maintenances set series_id = null, occurrence = null, run_state = null
        where account_id = ${accountId} and series_id = ${id})
      delete from series where account_id = ${accountId} and id = ${id}`,
  );
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
  const column = raw(page.field === 'id' ? 'r.id' : 'r.name');
  const [way, past] = page.direction === 'asc' ? [raw('asc'), raw('>')] : [raw('desc'), raw('<')];
  const { after } = page;
  const isAfter = (position: NonNullable<typeof after>) =>
    page.field === 'id'
      ? sql`r.id ${past} ${position.id}`
      : sql`(r.name, r.id) ${past} (${position.value}, ${position.id})`;
  const conditions = [
    sql`r.account_id = ${accountId}`,
    seesSeries(reader),
    ...(enabled === undefined ? [] : [sql`r.enabled = ${enabled}`]),
    ...filterContent('r', content),
    ...filterPlace('r', { reader, services, scopes }),
    ...(after ? [isAfter(after)] : []),
  ];
  const ordered = sql`order by ${column} ${way}, r.id ${way} limit ${page.limit}`;
  return readSeries(db, join(conditions, ' and '), ordered, reader);
}

export async function findVisibleSeries(db: Queries, accountId: number, reader: Reader, id: number) {
  if (!isId(id)) return undefined;
  const isIt = sql`r.account_id = ${accountId} and r.id = ${id} and ${seesSeries(reader)}`;
  const [series] = await readSeries(db, isIt, undefined, reader);
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
  const bySeries = new Map(series.map((id): [number, RunRecord[]] => [id, []]));
  for (const { seriesId, id } of runs) {
    const record = records.get(id);
    if (record !== undefined) bySeries.get(seriesId)?.push(record);
  }
  return bySeries;
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
  const byRun = new Map(runs.map(({ id }): [number, typeof mutes] => [id, []]));
  for (const mute of mutes) byRun.get(mute.maintenanceId)?.push(mute);
  const checks = (run: number, outcomes: readonly string[]) =>
    (byRun.get(run) ?? []).filter(({ outcome }) => outcomes.includes(outcome)).map(({ checkId }) => checkId);
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
