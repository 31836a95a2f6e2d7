import { findLastMaintenanceEdits, findLastSeriesEdits, type LastEdit } from '../../audit/repository.ts';
import { type ProviderIds, providerIds } from '../../checks/provider-repository.ts';
import { type Actor, authorize, type Limited } from '../../core/permissions.ts';
import { nextOccurrences } from '../../core/recurrence/index.ts';
import { listCoveredChecks, toCoverage } from '../../maintenance/commands/announce.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { findSeries, findVisibleSeries, type Series, searchSeries } from '../../series/repository.ts';
import { listLastRuns, type RunRecord, readRunRecords } from '../../series/run-records.ts';
import { findOpenAdHoc, listOpenAdHocs } from './ad-hoc-commands.ts';
import { type AdHoc, listAdHocs } from './repository.ts';

/** How many runs a history holds. */
const REMEMBERED = 10;
/** How many series a list answers with. */
const LISTED = 1000;
/** What people and tools do to a series. */
const EDITS = ['series.scheduled', 'series.changed', 'series.paused', 'series.resumed'] as const;

/** A maintenance as NodePing's interface shows it. Instants are milliseconds since 1970; `duration` is in minutes. */
export interface Entry {
  readonly name: string;
  readonly enabled: boolean;
  readonly processing: boolean;
  readonly cron?: string;
  readonly duration: number;
  /** By the instant at which a run began. */
  readonly history: Readonly<
    Record<string, { disabledchecklist: readonly string[]; skippedchecklist: readonly string[] }>
  >;
  readonly nextrun?: number;
  readonly checklist: readonly string[];
  readonly update?: { readonly timestamp: number; readonly user: string };
}

/** The series, the one-off windows that wait, and those that have begun, each by its key. */
export async function listEntries(ctx: ActionContext, actor: Actor): Promise<Record<string, Entry>> {
  authorize(actor, 'read');
  const { database } = ctx;
  const reader = assertMember(actor);
  const byName = { field: 'name', direction: 'asc', limit: LISTED } as const;
  const series = await searchSeries(database, actor.accountId, reader, {}, byName);
  const waiting = await listAdHocs(database, actor.accountId, reader);
  const open = await listOpenAdHocs(ctx, actor);
  return renderEntries(ctx, actor.accountId, { series, waiting, open });
}

/** The one with this key; undefined when there is none that somebody may know of. */
export async function findEntry(
  ctx: ActionContext,
  actor: Actor,
  key: string,
): Promise<Record<string, Entry> | undefined> {
  authorize(actor, 'read');
  const { database } = ctx;
  const { accountId } = actor;
  const reader = assertMember(actor);
  const found = await findSeries(database, accountId, key);
  const series = found && (await findVisibleSeries(database, accountId, reader, found.id));
  if (series !== undefined) return renderEntries(ctx, accountId, { series: [series] });
  const waiting = (await listAdHocs(database, accountId, reader)).find((adHoc) => adHoc.key === key);
  if (waiting !== undefined) return renderEntries(ctx, accountId, { waiting: [waiting] });
  const open = await findOpenAdHoc(ctx, actor, key);
  return open && renderEntries(ctx, accountId, { open: [open] });
}

/** What somebody who may read knows of. */
export function assertMember({ scopes }: Actor): Limited | 'internal' {
  return scopes === undefined ? 'internal' : { scopes };
}

/** What there is to be shown. */
export interface ShownEntry {
  readonly series?: readonly Series[];
  readonly waiting?: readonly AdHoc[];
  /** One-off windows that have become maintenances. */
  readonly open?: readonly Maintenance[];
}

export async function renderEntries(
  { database, clock }: ActionContext,
  accountId: number,
  { series = [], waiting = [], open = [] }: ShownEntry,
): Promise<Record<string, Entry>> {
  const ids = await providerIds(database, accountId);
  const runs = await listLastRuns(
    database,
    accountId,
    series.map(({ id }) => id),
    REMEMBERED,
  );
  const edits = await findLastSeriesEdits(
    database,
    accountId,
    series.map(({ id }) => id),
    EDITS,
  );
  const begun = await readRunRecords(
    database,
    accountId,
    open.flatMap(({ id, status, startedAt }) => (startedAt === null ? [] : [{ id, status, startedAt }])),
  );
  const editsOfOpen = await findLastMaintenanceEdits(
    database,
    accountId,
    open.map(({ id }) => id),
  );
  const entries: Record<string, Entry> = {};
  for (const one of series) {
    const checks = await listCoveredCheckIds(database, one);
    entries[one.key] = entryOfSeries(one, checks, runs.get(one.id) ?? [], edits.get(one.id), ids, clock.now());
  }
  for (const one of waiting) entries[one.key] = entryOfWaiting(one, ids);
  for (const one of open) {
    const checks = await listCoveredCheckIds(database, one);
    entries[one.key] = entryOfOpen(one, checks, begun.get(one.id), editsOfOpen.get(one.id), ids);
  }
  return entries;
}

/** The ids of the checks it switches off: those it names, else those of its services. */
export async function listCoveredCheckIds(database: Queries, window: Series | Maintenance): Promise<readonly string[]> {
  return window.checks ?? (await listCoveredChecks(database, window.accountId, toCoverage(window))).map(({ id }) => id);
}

function entryOfSeries(
  series: Series,
  checks: readonly string[],
  runs: readonly RunRecord[],
  edit: LastEdit | undefined,
  ids: ProviderIds,
  now: Date,
): Entry {
  // A paused one is shown when it would run.
  const upcoming = series.nextRun?.start ?? nextOccurrences(series, now)[0]?.start;
  return {
    name: series.name,
    enabled: series.enabled,
    processing: runs.some((run) => run.inProgress),
    cron: series.cron,
    duration: series.durationMinutes,
    history: historyOf(runs, ids),
    ...(upcoming === undefined ? {} : { nextrun: upcoming.getTime() }),
    checklist: named(checks, ids),
    update: updateOf(edit ?? { at: series.createdAt, by: series.owner.name }),
  };
}

function entryOfWaiting(adHoc: AdHoc, ids: ProviderIds): Entry {
  return {
    name: adHoc.name,
    enabled: false,
    processing: false,
    duration: adHoc.durationMinutes,
    history: {},
    nextrun: adHoc.createdAt.getTime(),
    checklist: named(adHoc.checks, ids),
    update: updateOf({ at: adHoc.updatedAt, by: adHoc.editedBy }),
  };
}

function entryOfOpen(
  maintenance: Maintenance,
  checks: readonly string[],
  run: RunRecord | undefined,
  edit: LastEdit | undefined,
  ids: ProviderIds,
): Entry {
  const { name, status, scheduledStart: start, scheduledEnd: end, createdAt, owner } = maintenance;
  return {
    name,
    enabled: status === 'scheduled' || status === 'in-progress',
    processing: status === 'in-progress',
    duration: Math.round((end.getTime() - start.getTime()) / 60_000),
    history: historyOf(run === undefined ? [] : [run], ids),
    nextrun: start.getTime(),
    checklist: named(checks, ids),
    update: updateOf(edit ?? { at: createdAt, by: owner.name }),
  };
}

function historyOf(runs: readonly RunRecord[], ids: ProviderIds): Entry['history'] {
  return Object.fromEntries(
    runs.map(({ startedAt, disabled, skipped }) => [
      String(startedAt.getTime()),
      { disabledchecklist: named(disabled, ids), skippedchecklist: named(skipped, ids) },
    ]),
  );
}

const named = (checks: readonly string[], { nameOf }: ProviderIds) =>
  checks.map((id) => nameOf.get(id) ?? id).toSorted();

const updateOf = ({ at, by }: LastEdit) => ({ timestamp: at.getTime(), user: by });
