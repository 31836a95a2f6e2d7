import { providerIds } from '../../checks/provider-repository.ts';
import type { Actor } from '../../core/permissions.ts';
import { maintenanceNotFound } from '../../maintenance/errors.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import {
  deleteSeries,
  editSeries,
  pauseSeries,
  resumeSeries,
  type SeriesEdit,
  scheduleSeries,
} from '../../series/commands.ts';
import { findSeries, type Series } from '../../series/repository.ts';
import { type AdHocState, addAdHoc, editAdHoc, removeAdHoc } from './ad-hoc-commands.ts';
import { type Entry, findEntry, listCoveredCheckIds, listEntries, renderEntries, type ShownEntry } from './entries.ts';
import { type MaintenanceMembers, maintenanceMembers, read, resolveChecks } from './members.ts';
import type { NodePingRequest } from './request.ts';
import { RequestError } from './request-error.ts';

/** The id of what has none yet. */
const AD_HOC = 'ad-hoc';

/**
 * Answers `/api/1/maintenance` and what is below it.
 * @param id in the path, if there is one; it wins over one in the body
 * @throws UserError or RequestError
 */
export async function maintenance(
  ctx: ActionContext,
  actor: Actor,
  { method, members }: NodePingRequest,
  id: string | undefined,
): Promise<Record<string, unknown>> {
  const asked = read(maintenanceMembers, members);
  const inBody = asked.id ?? asked._id;
  const inPath = id === undefined || id.toLowerCase() === AD_HOC ? undefined : id.toUpperCase();
  if (method === 'POST' && inPath === undefined) {
    const adHoc = id !== undefined || inBody?.toLowerCase() === AD_HOC;
    return saved(await (adHoc ? createAdHoc(ctx, actor, asked) : createSeries(ctx, actor, asked)));
  }
  const key = inPath ?? (inBody?.toLowerCase() === AD_HOC ? undefined : inBody?.toUpperCase());
  if (method === 'GET') return key === undefined ? { schedules: await listEntries(ctx, actor) } : one(ctx, actor, key);
  if (key === undefined) {
    throw new RequestError(`Name the maintenance to change: ${method} /api/1/maintenance/<id>, or id in the body.`);
  }
  if (method !== 'DELETE') return saved(await update(ctx, actor, key, asked));
  const series = await findSeries(ctx.database, actor.accountId, key);
  if (series !== undefined) await deleteSeries(ctx, actor, series.id);
  else await removeAdHoc(ctx, actor, key);
  return { ok: true, message: 'Maintenance removed successfully.' };
}

async function one(ctx: ActionContext, actor: Actor, key: string): Promise<Record<string, Entry>> {
  const entry = await findEntry(ctx, actor, key);
  if (entry === undefined) throw maintenanceNotFound({ ref: key });
  return entry;
}

async function createAdHoc(ctx: ActionContext, actor: Actor, asked: MaintenanceMembers) {
  const { duration, checklist } = needed(asked);
  const input = {
    name: asked.name ?? 'Ad-hoc maintenance',
    durationMinutes: duration,
    checks: resolveChecks(checklist, await providerIds(ctx.database, actor.accountId)),
    enabled: asked.enabled ?? false,
  };
  return renderEntries(ctx, actor.accountId, shown(await addAdHoc(ctx, actor, input)));
}

async function createSeries(ctx: ActionContext, actor: Actor, asked: MaintenanceMembers) {
  const { duration, checklist } = needed(asked);
  const { cron } = asked;
  if (cron === undefined) {
    const message = `cron is missing. Expected a cron line, such as "1 12 * * *"; for a window without one, POST /api/1/maintenance/ad-hoc.`;
    throw new RequestError(message);
  }
  const series = await scheduleSeries(ctx, actor, {
    name: asked.name ?? 'Scheduled maintenance',
    cron,
    timezone: 'UTC',
    durationMinutes: duration,
    scopeId: null,
    services: [],
    checks: resolveChecks(checklist, await providerIds(ctx.database, actor.accountId)),
    visibility: 'internal',
    channels: [],
    enabled: asked.enabled ?? false,
  });
  return renderEntries(ctx, actor.accountId, { series: [series] });
}

async function update(ctx: ActionContext, actor: Actor, key: string, asked: MaintenanceMembers) {
  const { name, enabled, duration: durationMinutes, checklist } = asked;
  const checks = checklist && resolveChecks(checklist, await providerIds(ctx.database, actor.accountId));
  const series = await findSeries(ctx.database, actor.accountId, key);
  if (series !== undefined) {
    const updated = await updateSeries(ctx, actor, series, asked, checks);
    return renderEntries(ctx, actor.accountId, { series: [updated] });
  }
  const edit = {
    ...(name === undefined ? {} : { name }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(durationMinutes === undefined ? {} : { durationMinutes }),
    ...(checks === undefined ? {} : { checks }),
  };
  return renderEntries(ctx, actor.accountId, shown(await editAdHoc(ctx, actor, key, edit)));
}

async function updateSeries(
  ctx: ActionContext,
  actor: Actor,
  series: Series,
  { name, cron, duration: durationMinutes, enabled = series.enabled }: MaintenanceMembers,
  checks: readonly string[] | undefined,
): Promise<Series> {
  // Clients send the whole list back: a series that covers the checks of its services goes on doing so.
  const covered = await listCoveredCheckIds(ctx.database, series);
  const otherChecks = checks !== undefined && !isSameSet(checks, covered);
  const edit: SeriesEdit = {
    ...(name === undefined ? {} : { name }),
    ...(cron === undefined ? {} : { cron }),
    ...(durationMinutes === undefined ? {} : { durationMinutes }),
    ...(otherChecks ? { checks } : {}),
  };
  const edited = await editSeries(ctx, actor, series.id, edit);
  if (enabled === edited.enabled) return edited;
  return enabled ? resumeSeries(ctx, actor, series.id) : pauseSeries(ctx, actor, series.id, 'cancel');
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.every((one) => others.includes(one)) && others.every((one) => some.includes(one));
}

function shown(state: AdHocState): ShownEntry {
  return 'waiting' in state ? { waiting: [state.waiting] } : { open: [state.begun] };
}

/** What everything new has. */
function needed({ duration, checklist }: MaintenanceMembers) {
  const problems: string[] = [];
  if (duration === undefined) {
    problems.push('duration is missing. Expected a whole number of minutes, such as 60.');
  }
  if (checklist === undefined || checklist.length === 0) {
    problems.push(`checklist is ${checklist === undefined ? 'missing' : 'empty'}. Expected a list of ids of checks.`);
  }
  if (duration === undefined || checklist === undefined || problems.length > 0) {
    throw new RequestError(problems.join('\n'));
  }
  return { duration, checklist };
}

/** As the interface answers a change: without who made the last one. */
function saved(entries: Record<string, Entry>): Record<string, unknown> {
  const shown = Object.entries(entries).map(([key, { update: _, ...entry }]) => [key, entry] as const);
  return { ...Object.fromEntries(shown), ok: true, message: 'Maintenance settings were successfully saved.' };
}
