import { findLastMaintenanceEdits, findLastSeriesEdits, type LastEdit } from '../../audit/repository.ts';
import { providerIds } from '../../checks/provider-repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { type Actor, authorizeReader } from '../../core/permissions.ts';
import { nextOccurrences, parseCron } from '../../core/recurrence/index.ts';
import { toCoverage } from '../../maintenance/commands/announce.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { readSurroundings } from '../../maintenance/repository/surroundings.ts';
import { coveredChecks, needOf } from '../../maintenance/rules/coverage.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import {
  findSeries,
  findVisibleSeries,
  listLastRuns,
  type RunRecord,
  readRunRecords,
  type Series,
  searchSeries,
} from '../../series/repository.ts';
import { getOpenAdHoc, listOpenAdHocs } from './ad-hoc-commands.ts';
import { type AdHoc, listAdHocs, readAdHocCreation, toUser } from './repository.ts';

const MAX_HISTORY_RUNS = 10;
const MAX_LISTED_SERIES = 1000;
/** What people and tools do to a series. */
const EDITS = ['series.scheduled', 'series.changed', 'series.paused', 'series.resumed'] as const;

/** A maintenance in NodePing's API. Instants are milliseconds since 1970; `duration` is in minutes. */
interface Entry {
  readonly name: string;
  readonly enabled: boolean;
  readonly processing: boolean;
  readonly cron?: string;
  /** The IANA zone of the cron line where it is not in UTC. */
  readonly timezone?: string;
  readonly duration: number;
  /** By the start of a run. */
  readonly history: Readonly<
    Record<string, { disabledchecklist: readonly string[]; skippedchecklist: readonly string[] }>
  >;
  /** When it runs next. Of an ad-hoc window: when it was added. */
  readonly nextrun?: number;
  readonly checklist: readonly string[];
  readonly update: { readonly timestamp: number; readonly user: string };
}

/** By key. */
export type Entries = Record<string, Entry>;

/** The entries to show: series, ad-hoc windows that wait, and the maintenances that such windows became. */
interface EntrySources {
  readonly series?: readonly Series[];
  readonly waiting?: readonly AdHoc[];
  readonly open?: readonly Maintenance[];
}

/** Whether a cron line expresses a series. Those that none expresses are absent from this API. */
const hasCronLine = ({ cron }: Series) => parseCron(cron).ok;

/** The series with this key, if a cron line expresses it and the actor may see it. @throws UserError `forbidden` */
export async function findCronSeries(
  { database }: ActionContext,
  actor: Actor,
  key: string,
): Promise<Series | undefined> {
  const reader = authorizeReader(actor);
  const found = await findSeries(database, actor.accountId, key);
  if (found === undefined || !hasCronLine(found)) return undefined;
  return findVisibleSeries(database, actor.accountId, reader, found.id);
}

export async function listEntries(ctx: ActionContext, actor: Actor): Promise<Entries> {
  const reader = authorizeReader(actor);
  const { database } = ctx;
  const byName = { field: 'name', direction: 'asc', limit: MAX_LISTED_SERIES } as const;
  return renderEntries(ctx, actor.accountId, {
    series: (await searchSeries(database, actor.accountId, reader, {}, byName)).filter(hasCronLine),
    waiting: await listAdHocs(database, actor.accountId, reader),
    open: await listOpenAdHocs(ctx, actor),
  });
}

/** @throws UserError `not-found`, also for one that the actor may not see */
export async function getEntry(ctx: ActionContext, actor: Actor, key: string): Promise<Entries> {
  const reader = authorizeReader(actor);
  const { database } = ctx;
  const { accountId } = actor;
  const series = await findCronSeries(ctx, actor, key);
  if (series !== undefined) return renderEntries(ctx, accountId, { series: [series] });
  const waiting = (await listAdHocs(database, accountId, reader)).filter((adHoc) => adHoc.key === key);
  if (waiting.length > 0) return renderEntries(ctx, accountId, { waiting });
  return renderEntries(ctx, accountId, { open: [await getOpenAdHoc(ctx, actor, key)] });
}

export async function renderEntries(
  ctx: ActionContext,
  accountId: number,
  { series = [], waiting = [], open = [] }: EntrySources,
): Promise<Entries> {
  const { nameOf } = await providerIds(ctx.database, accountId);
  const toNames = (checks: readonly string[]) => checks.map((id) => nameOf.get(id) ?? id);
  return {
    ...(await renderSeries(ctx, accountId, series, toNames)),
    ...renderWaiting(waiting, toNames),
    ...(await renderOpen(ctx, accountId, open, toNames)),
  };
}

/** The ids of checks as tools know them. */
type ToNames = (checks: readonly string[]) => string[];

async function renderSeries(
  { database, clock }: ActionContext,
  accountId: number,
  all: readonly Series[],
  toNames: ToNames,
): Promise<Entries> {
  const ids = all.map(({ id }) => id);
  const lastRuns = await listLastRuns(database, accountId, ids, MAX_HISTORY_RUNS);
  const edits = await findLastSeriesEdits(database, accountId, ids, EDITS);
  const checklists = await listCoveredCheckIds(database, accountId, all);
  const entries: Entries = {};
  for (const series of all) {
    const { id, key, name, enabled, cron, timezone, durationMinutes: duration, nextRun } = series;
    const runs = lastRuns.get(id) ?? [];
    const checklist = checklists.get(id) ?? [];
    // A paused series shows when it would run.
    const next = nextRun?.start ?? nextOccurrences(series, clock.now())[0]?.start;
    entries[key] = {
      name,
      enabled,
      processing: runs.some((run) => run.inProgress),
      cron,
      // Clients of NodePing expect no time zone.
      ...(timezone === 'UTC' ? {} : { timezone }),
      duration,
      history: toHistory(runs, checklist, toNames),
      ...(next === undefined ? {} : { nextrun: next.getTime() }),
      checklist: toNames(checklist),
      update: toUpdate(edits.get(id), series),
    };
  }
  return entries;
}

function renderWaiting(all: readonly AdHoc[], toNames: ToNames): Entries {
  return Object.fromEntries(
    all.map(({ key, name, durationMinutes: duration, checks, createdAt, updatedAt, editedBy }) => [
      key,
      {
        name,
        enabled: false,
        processing: false,
        duration,
        history: {},
        nextrun: createdAt.getTime(),
        checklist: toNames(checks),
        update: { timestamp: updatedAt.getTime(), user: editedBy },
      },
    ]),
  );
}

async function renderOpen(
  { database }: ActionContext,
  accountId: number,
  all: readonly Maintenance[],
  toNames: ToNames,
): Promise<Entries> {
  const ids = all.map(({ id }) => id);
  const keys = all.map(({ key }) => key);
  const started = all.flatMap(({ id, status, startedAt }) => (startedAt === null ? [] : [{ id, status, startedAt }]));
  const records = await readRunRecords(database, accountId, started);
  const edits = await findLastMaintenanceEdits(database, accountId, ids);
  const added = await readAdHocCreation(database, accountId, keys);
  const checklists = await listCoveredCheckIds(database, accountId, all);
  const entries: Entries = {};
  for (const maintenance of all) {
    const { id, key, name, status, scheduledStart: start, scheduledEnd: end } = maintenance;
    const record = records.get(id);
    const checklist = checklists.get(id) ?? [];
    entries[key] = {
      name,
      enabled: status === 'scheduled' || status === 'in-progress',
      processing: status === 'in-progress',
      duration: Math.round((end.getTime() - start.getTime()) / 60_000),
      history: toHistory(record === undefined ? [] : [record], checklist, toNames),
      nextrun: (added.get(key) ?? start).getTime(),
      checklist: toNames(checklist),
      update: toUpdate(edits.get(id), maintenance),
    };
  }
  return entries;
}

/** @param checklist whose order the checks of a run have; those that were removed from it come last */
function toHistory(runs: readonly RunRecord[], checklist: readonly string[], toNames: ToNames): Entry['history'] {
  const listed = new Set(checklist);
  const order = (checks: readonly string[]) => {
    const own = new Set(checks);
    return toNames([...checklist.filter((id) => own.has(id)), ...checks.filter((id) => !listed.has(id))]);
  };
  return Object.fromEntries(
    runs.map(({ startedAt, muted, alreadyMuted }) => [
      String(startedAt.getTime()),
      { disabledchecklist: order(muted), skippedchecklist: order(alreadyMuted) },
    ]),
  );
}

/** The last edit, or that it was created. */
function toUpdate(edit: LastEdit | undefined, { createdAt, owner }: Series | Maintenance): Entry['update'] {
  const { at, actorId, actorName } = edit ?? { at: createdAt, actorId: owner.id, actorName: owner.name };
  return { timestamp: at.getTime(), user: toUser(actorId, actorName) };
}

/** By the id of the window: the checks that it names, else those of its services, by name. */
export async function listCoveredCheckIds(
  db: Queries,
  accountId: number,
  windows: readonly (Series | Maintenance)[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const coverages = windows
    .filter(({ checks }) => checks === null)
    .map((window) => [window.id, toCoverage(window)] as const);
  const needs = coverages.map(([, coverage]) => needOf(coverage));
  const services = needs.flatMap((need) => need.services);
  const checks = needs.flatMap((need) => need.checks);
  const selectors = needs.flatMap((need) => need.selectors);
  const around = await readSurroundings(db, accountId, { services, checks, selectors }, {});
  const covered = new Map(coverages.map(([id, coverage]) => [id, coveredChecks(around, coverage)]));
  const known = await listChecks(db, accountId, { ids: [...new Set([...covered.values()].flat())] });
  const places = new Map(known.map(({ id }, place) => [id, place]));
  const place = (id: string) => places.get(id) ?? 0;
  return new Map(
    windows.map(({ id, checks: named }) => [
      id,
      named ?? (covered.get(id) ?? []).filter((check) => places.has(check)).sort((a, b) => place(a) - place(b)),
    ]),
  );
}
