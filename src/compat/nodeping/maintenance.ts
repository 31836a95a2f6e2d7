import { z } from 'zod';
import { findLastMaintenanceEdits, findLastSeriesEdits, type LastEdit } from '../../audit/repository.ts';
import { providerIds } from '../../checks/provider-repository.ts';
import { type Actor, authorize, type Limited } from '../../core/permissions.ts';
import { nextOccurrences } from '../../core/recurrence/index.ts';
import { listCoveredChecks, toCoverage } from '../../maintenance/commands/announce.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { deleteSeries, editSeries, pauseSeries, resumeSeries, scheduleSeries } from '../../series/commands.ts';
import {
  findSeries,
  findVisibleSeries,
  listLastRuns,
  type RunRecord,
  readRunRecords,
  type Series,
  searchSeries,
} from '../../series/repository.ts';
import { type AdHocState, addAdHoc, editAdHoc, getOpenAdHoc, listOpenAdHocs, removeAdHoc } from './ad-hoc-commands.ts';
import { type AdHoc, listAdHocs } from './repository.ts';
import { flag, ids, minutes, type NodePingRequest, RequestError, readMembers, resolveChecks, text } from './request.ts';

/** Stands for the id of a new ad-hoc window. */
const AD_HOC = 'ad-hoc';

const maintenanceMembers = z.object({
  id: text.optional(),
  _id: text.optional(),
  name: text.optional(),
  enabled: flag.optional(),
  cron: text.optional(),
  duration: minutes.optional(),
  checklist: ids.optional(),
});
type Members = z.infer<typeof maintenanceMembers>;

/**
 * Answers `/maintenance` and `/maintenance/<id>`.
 * @param id in the path, which wins over one in the body
 */
export async function maintenance(
  ctx: ActionContext,
  actor: Actor,
  { method, members }: NodePingRequest,
  id: string | undefined,
): Promise<Record<string, unknown>> {
  const sent = readMembers(maintenanceMembers, members);
  const isAdHoc = (some: string | undefined) => some?.toLowerCase() === AD_HOC;
  const idInBody = sent.id ?? sent._id;
  const keyInPath = isAdHoc(id) ? undefined : id?.toUpperCase();
  if (method === 'POST' && keyInPath === undefined) {
    const create = id !== undefined || isAdHoc(idInBody) ? createAdHoc : createSeries;
    return toSaved(await create(ctx, actor, sent));
  }
  const key = keyInPath ?? (isAdHoc(idInBody) ? undefined : idInBody?.toUpperCase());
  if (method === 'GET') {
    return key === undefined ? { schedules: await listEntries(ctx, actor) } : getEntry(ctx, actor, key);
  }
  if (key === undefined) {
    throw new RequestError(`Name the maintenance to change: ${method} /api/1/maintenance/<id>, or id in the body.`);
  }
  if (method !== 'DELETE') return toSaved(await update(ctx, actor, key, sent));
  const series = await findSeries(ctx.database, actor.accountId, key);
  if (series !== undefined) await deleteSeries(ctx, actor, series.id);
  else await removeAdHoc(ctx, actor, key);
  return { ok: true, message: 'Maintenance removed successfully.' };
}

async function createAdHoc(ctx: ActionContext, actor: Actor, sent: Members): Promise<Entries> {
  const { durationMinutes, checks } = await readRequired(ctx, actor, sent);
  const { name = 'Ad-hoc maintenance', enabled = false } = sent;
  return renderAdHoc(ctx, actor, await addAdHoc(ctx, actor, { name, durationMinutes, checks, enabled }));
}

async function createSeries(ctx: ActionContext, actor: Actor, sent: Members): Promise<Entries> {
  const required = await readRequired(ctx, actor, sent);
  if (sent.cron === undefined) {
    const message = `cron is missing. Expected a cron line, such as "1 12 * * *"; for a window without one, POST /api/1/maintenance/ad-hoc.`;
    throw new RequestError(message);
  }
  const series = await scheduleSeries(ctx, actor, {
    name: sent.name ?? 'Scheduled maintenance',
    cron: sent.cron,
    timezone: 'UTC',
    ...required,
    scopeId: null,
    services: [],
    visibility: 'internal',
    channels: [],
    enabled: sent.enabled ?? false,
  });
  return renderEntries(ctx, actor.accountId, { series: [series] });
}

/** The members that are required of everything new. */
async function readRequired({ database }: ActionContext, { accountId }: Actor, { duration, checklist }: Members) {
  const problems: string[] = [];
  if (duration === undefined) problems.push('duration is missing. Expected a whole number of minutes, such as 60.');
  if (checklist === undefined || checklist.length === 0) {
    problems.push(`checklist is ${checklist === undefined ? 'missing' : 'empty'}. Expected a list of ids of checks.`);
  }
  if (duration === undefined || checklist === undefined || problems.length > 0) {
    throw new RequestError(problems.join('\n'));
  }
  return { durationMinutes: duration, checks: resolveChecks(checklist, await providerIds(database, accountId)) };
}

async function update(ctx: ActionContext, actor: Actor, key: string, sent: Members): Promise<Entries> {
  const { name, enabled, duration: durationMinutes, checklist, cron } = sent;
  const checks = checklist && resolveChecks(checklist, await providerIds(ctx.database, actor.accountId));
  const series = await findSeries(ctx.database, actor.accountId, key);
  const edit = {
    ...(name === undefined ? {} : { name }),
    ...(durationMinutes === undefined ? {} : { durationMinutes }),
  };
  if (series === undefined) {
    const all = { ...edit, ...(enabled === undefined ? {} : { enabled }), ...(checks && { checks }) };
    return renderAdHoc(ctx, actor, await editAdHoc(ctx, actor, key, all));
  }
  // Clients send the whole list back: a series on the checks of its services stays one.
  const covered = checks === undefined ? [] : await listCoveredCheckIds(ctx.database, series);
  const others = checks?.some((id) => !covered.includes(id)) || covered.some((id) => !checks?.includes(id));
  const values = { ...edit, ...(cron === undefined ? {} : { cron }), ...(checks && others ? { checks } : {}) };
  let updated: Series = await editSeries(ctx, actor, series.id, values);
  if (enabled === true && !updated.enabled) updated = await resumeSeries(ctx, actor, series.id);
  if (enabled === false && updated.enabled) updated = await pauseSeries(ctx, actor, series.id, 'cancel');
  return renderEntries(ctx, actor.accountId, { series: [updated] });
}

function renderAdHoc(ctx: ActionContext, { accountId }: Actor, state: AdHocState): Promise<Entries> {
  const sources = 'waiting' in state ? { waiting: [state.waiting] } : { open: [state.open] };
  return renderEntries(ctx, accountId, sources);
}

/** The answer to a change, without who made the last one. */
function toSaved(entries: Entries): Record<string, unknown> {
  const shown = Object.entries(entries).map(([key, { update: _, ...entry }]) => [key, entry] as const);
  return { ...Object.fromEntries(shown), ok: true, message: 'Maintenance settings were successfully saved.' };
}

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
type Entries = Record<string, Entry>;

/** The entries to show: series, ad-hoc windows that wait, and the maintenances that such windows became. */
interface EntrySources {
  readonly series?: readonly Series[];
  readonly waiting?: readonly AdHoc[];
  readonly open?: readonly Maintenance[];
}

async function listEntries(ctx: ActionContext, actor: Actor): Promise<Entries> {
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
async function getEntry(ctx: ActionContext, actor: Actor, key: string): Promise<Entries> {
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

async function renderEntries(
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
  const openIds = open.map(({ id }) => id);
  const edits = await findLastMaintenanceEdits(database, accountId, openIds);
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
async function listCoveredCheckIds(database: Queries, window: Series | Maintenance): Promise<readonly string[]> {
  return window.checks ?? (await listCoveredChecks(database, window.accountId, toCoverage(window))).map(({ id }) => id);
}
