import { findLastMaintenanceEdits, findLastSeriesEdits, type LastEdit } from '../../audit/repository.ts';
import { providerIds } from '../../checks/provider-repository.ts';
import { type Actor, authorizeReader } from '../../core/permissions.ts';
import { nextOccurrences, parseCron } from '../../core/recurrence/index.ts';
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
  { database, clock }: ActionContext,
  accountId: number,
  { series = [], waiting = [], open = [] }: EntrySources,
): Promise<Entries> {
  const { nameOf } = await providerIds(database, accountId);
  const toNames = (checks: readonly string[]) => checks.map((id) => nameOf.get(id) ?? id);
  /** @param checklist whose order its checks have; those that it has no more come last */
  const toHistory = (runs: readonly RunRecord[], checklist: readonly string[]) => {
    const ordered = (checks: readonly string[]) =>
      toNames([...checklist.filter((id) => checks.includes(id)), ...checks.filter((id) => !checklist.includes(id))]);
    return Object.fromEntries(
      runs.map(({ startedAt, muted, alreadyMuted }) => [
        String(startedAt.getTime()),
        { disabledchecklist: ordered(muted), skippedchecklist: ordered(alreadyMuted) },
      ]),
    );
  };
  const toUpdate = ({ at, by }: LastEdit) => ({ timestamp: at.getTime(), user: toUser(by) });

  const entries: Entries = {};
  const seriesIds = series.map(({ id }) => id);
  const runs = await listLastRuns(database, accountId, seriesIds, MAX_HISTORY_RUNS);
  const seriesEdits = await findLastSeriesEdits(database, accountId, seriesIds, EDITS);
  for (const one of series) {
    const its = runs.get(one.id) ?? [];
    const checklist = await listCoveredCheckIds(database, one);
    // A paused series shows when it would run.
    const next = one.nextRun?.start ?? nextOccurrences(one, clock.now())[0]?.start;
    entries[one.key] = {
      name: one.name,
      enabled: one.enabled,
      processing: its.some((run) => run.inProgress),
      cron: one.cron,
      // Only where the line is not in UTC, which no client of NodePing expects.
      ...(one.timezone === 'UTC' ? {} : { timezone: one.timezone }),
      duration: one.durationMinutes,
      history: toHistory(its, checklist),
      ...(next === undefined ? {} : { nextrun: next.getTime() }),
      checklist: toNames(checklist),
      update: toUpdate(seriesEdits.get(one.id) ?? { at: one.createdAt, by: one.owner }),
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
      update: { timestamp: one.updatedAt.getTime(), user: one.editedBy },
    };
  }
  const started = open.flatMap(({ id, status, startedAt }) => (startedAt === null ? [] : [{ id, status, startedAt }]));
  const records = await readRunRecords(database, accountId, started);
  const openIds = open.map(({ id }) => id);
  const edits = await findLastMaintenanceEdits(database, accountId, openIds);
  const added = await readAdHocCreation(
    database,
    accountId,
    open.map(({ key }) => key),
  );
  for (const one of open) {
    const record = records.get(one.id);
    const { status, scheduledStart: start, scheduledEnd: end } = one;
    const checklist = await listCoveredCheckIds(database, one);
    entries[one.key] = {
      name: one.name,
      enabled: status === 'scheduled' || status === 'in-progress',
      processing: status === 'in-progress',
      duration: Math.round((end.getTime() - start.getTime()) / 60_000),
      history: toHistory(record === undefined ? [] : [record], checklist),
      nextrun: (added.get(one.key) ?? start).getTime(),
      checklist: toNames(checklist),
      update: toUpdate(edits.get(one.id) ?? { at: one.createdAt, by: one.owner }),
    };
  }
  return entries;
}

/** The checks that it names, else those of its services. */
export async function listCoveredCheckIds(database: Queries, window: Series | Maintenance): Promise<readonly string[]> {
  return window.checks ?? (await listCoveredChecks(database, window.accountId, toCoverage(window))).map(({ id }) => id);
}
