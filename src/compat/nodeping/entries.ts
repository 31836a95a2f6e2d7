import { findLastMaintenanceEdits, findLastSeriesEdits, type LastEdit } from '../../audit/repository.ts';
import { providerIds } from '../../checks/provider-repository.ts';
import { type Actor, authorize, type Limited } from '../../core/permissions.ts';
import { nextOccurrences } from '../../core/recurrence/index.ts';
import { listCoveredChecks, toCoverage } from '../../maintenance/commands/announce.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
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
import { type AdHoc, listAdHocs } from './repository.ts';

const MAX_HISTORY_RUNS = 10;
const MAX_LISTED_SERIES = 1000;
/** What people and tools do to a series. */
const EDITS = ['series.scheduled', 'series.changed', 'series.paused', 'series.resumed'] as const;

/** A maintenance in NodePing's API. Instants are milliseconds since 1970; `duration` is in minutes. */
export interface Entry {
  readonly name: string;
  readonly enabled: boolean;
  readonly processing: boolean;
  readonly cron?: string;
  readonly duration: number;
  /** By the start of a run. */
  readonly history: Readonly<
    Record<string, { disabledchecklist: readonly string[]; skippedchecklist: readonly string[] }>
  >;
  readonly nextrun?: number;
  readonly checklist: readonly string[];
  readonly update?: { readonly timestamp: number; readonly user: string };
}

/** By key. */
export type Entries = Record<string, Entry>;

/** The entries to show: series, ad-hoc windows that wait, and the maintenances that such windows became. */
interface EntrySources {
  readonly series?: readonly Series[];
  readonly waiting?: readonly AdHoc[];
  readonly open?: readonly Maintenance[];
}

export async function listEntries(ctx: ActionContext, actor: Actor): Promise<Entries> {
  authorize(actor, 'read');
  const { database } = ctx;
  const reader = toLimited(actor);
  const byName = { field: 'name', direction: 'asc', limit: MAX_LISTED_SERIES } as const;
  return renderEntries(ctx, actor.accountId, {
    series: await searchSeries(database, actor.accountId, reader, {}, byName),
    waiting: await listAdHocs(database, actor.accountId, reader),
    open: await listOpenAdHocs(ctx, actor),
  });
}

/** @throws UserError `not-found`, also for one that the actor may not see */
export async function getEntry(ctx: ActionContext, actor: Actor, key: string): Promise<Entries> {
  authorize(actor, 'read');
  const { database } = ctx;
  const { accountId } = actor;
  const reader = toLimited(actor);
  const found = await findSeries(database, accountId, key);
  const series = found && (await findVisibleSeries(database, accountId, reader, found.id));
  if (series !== undefined) return renderEntries(ctx, accountId, { series: [series] });
  const waiting = (await listAdHocs(database, accountId, reader)).filter((adHoc) => adHoc.key === key);
  if (waiting.length > 0) return renderEntries(ctx, accountId, { waiting });
  return renderEntries(ctx, accountId, { open: [await getOpenAdHoc(ctx, actor, key)] });
}

/** What a token of the account may see. */
export function toLimited({ scopes }: Actor): Limited | 'internal' {
  return scopes === undefined ? 'internal' : { scopes };
}

export async function renderEntries(
  { database, clock }: ActionContext,
  accountId: number,
  { series = [], waiting = [], open = [] }: EntrySources,
): Promise<Entries> {
  const { nameOf } = await providerIds(database, accountId);
  const toNames = (checks: readonly string[]) => checks.map((id) => nameOf.get(id) ?? id).toSorted();
  const toHistory = (runs: readonly RunRecord[]) =>
    Object.fromEntries(
      runs.map(({ startedAt, muted, alreadyMuted }) => [
        String(startedAt.getTime()),
        { disabledchecklist: toNames(muted), skippedchecklist: toNames(alreadyMuted) },
      ]),
    );
  const toUpdate = ({ at, by }: LastEdit) => ({ timestamp: at.getTime(), user: by });

  const entries: Entries = {};
  const seriesIds = series.map(({ id }) => id);
  const runs = await listLastRuns(database, accountId, seriesIds, MAX_HISTORY_RUNS);
  const seriesEdits = await findLastSeriesEdits(database, accountId, seriesIds, EDITS);
  for (const one of series) {
    const its = runs.get(one.id) ?? [];
    // A paused series shows when it would run.
    const next = one.nextRun?.start ?? nextOccurrences(one, clock.now())[0]?.start;
    entries[one.key] = {
      name: one.name,
      enabled: one.enabled,
      processing: its.some((run) => run.inProgress),
      cron: one.cron,
      duration: one.durationMinutes,
      history: toHistory(its),
      ...(next === undefined ? {} : { nextrun: next.getTime() }),
      checklist: toNames(await listCoveredCheckIds(database, one)),
      update: toUpdate(seriesEdits.get(one.id) ?? { at: one.createdAt, by: one.owner.name }),
    };
  }
  for (const one of waiting) {
    entries[one.key] = {
      name: one.name,
      enabled: false,
      processing: false,
      duration: one.durationMinutes,
      history: {},
      nextrun: one.createdAt.getTime(),
      checklist: toNames(one.checks),
      update: toUpdate({ at: one.updatedAt, by: one.editedBy }),
    };
  }
  const started = open.flatMap(({ id, status, startedAt }) => (startedAt === null ? [] : [{ id, status, startedAt }]));
  const records = await readRunRecords(database, accountId, started);
  const edits = await findLastMaintenanceEdits(
    database,
    accountId,
    open.map(({ id }) => id),
  );
  for (const one of open) {
    const record = records.get(one.id);
    const { status, scheduledStart: start, scheduledEnd: end } = one;
    entries[one.key] = {
      name: one.name,
      enabled: status === 'scheduled' || status === 'in-progress',
      processing: status === 'in-progress',
      duration: Math.round((end.getTime() - start.getTime()) / 60_000),
      history: toHistory(record === undefined ? [] : [record]),
      nextrun: start.getTime(),
      checklist: toNames(await listCoveredCheckIds(database, one)),
      update: toUpdate(edits.get(one.id) ?? { at: one.createdAt, by: one.owner.name }),
    };
  }
  return entries;
}

/** The checks that it names, else those of its services. */
export async function listCoveredCheckIds(database: Queries, window: Series | Maintenance): Promise<readonly string[]> {
  return window.checks ?? (await listCoveredChecks(database, window.accountId, toCoverage(window))).map(({ id }) => id);
}
