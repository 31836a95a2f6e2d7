import { z } from 'zod';
import { providerIds } from '../../checks/provider-repository.ts';
import { type Actor, toReader } from '../../core/permissions.ts';
import { fromBody } from '../../http/rows.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { scheduleSeries } from '../../series/commands.ts';
import type { Series } from '../../series/repository.ts';
import { type AdHocState, addAdHoc, editAdHoc, removeAdHoc } from './ad-hoc-commands.ts';
import { resolveChecks } from './checks.ts';
import { type Entries, findCronSeries, getEntry, listCoveredCheckIds, listEntries, renderEntries } from './entries.ts';
import { flag, ids, minutes, type NodePingRequest, RequestError, readMembers, text } from './request.ts';
import { changeSeries, removeSeries } from './series-commands.ts';

/** Stands for the id of a new ad-hoc window. */
const AD_HOC = 'ad-hoc';

const idMembers = z.object({ id: text.optional(), _id: text.optional() });
/** `cron` is not among them: whatever it is, it is ignored. */
const adHocMembers = z.object({
  name: text.optional(),
  enabled: flag.optional(),
  duration: minutes.optional(),
  checklist: ids.optional(),
});
const seriesMembers = adHocMembers.extend({ cron: text.optional() });
type SeriesMembers = z.infer<typeof seriesMembers>;
type Sent = NodePingRequest['members'];

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
  const keyInPath = toKey(id);
  if (method === 'POST' && keyInPath === undefined) {
    const create = id !== undefined || isAdHoc(members.id ?? members._id) ? createAdHoc : createSeries;
    return toSaved(await create(ctx, actor, members));
  }
  const key = keyInPath ?? readKey(members);
  if (method === 'GET') {
    return key === undefined ? { schedules: await listEntries(ctx, actor) } : getEntry(ctx, actor, key);
  }
  if (key === undefined) {
    throw new RequestError(`Name the maintenance to change: ${method} /api/1/maintenance/<id>, or id in the body.`);
  }
  if (method !== 'DELETE') return toSaved(await update(ctx, actor, key, members));
  const series = await findCronSeries(ctx, actor, key);
  if (series !== undefined) await removeSeries(ctx, actor, series);
  else await removeAdHoc(ctx, actor, key);
  return { ok: true, message: 'Maintenance removed successfully.' };
}

const isAdHoc = (id: unknown) => typeof id === 'string' && id.toLowerCase() === AD_HOC;

/** The key of the maintenance that an id names. */
const toKey = (id: string | undefined) => (isAdHoc(id) ? undefined : id?.toUpperCase());

function readKey(members: Sent): string | undefined {
  const { id, _id } = readMembers(idMembers, members);
  return toKey(id ?? _id);
}

async function createAdHoc(ctx: ActionContext, actor: Actor, members: Sent): Promise<Entries> {
  const sent = readMembers(adHocMembers, members);
  const { durationMinutes, checks } = await readRequired(ctx, actor, sent);
  const { name = 'Ad-hoc maintenance', enabled = false } = sent;
  return renderAdHoc(ctx, actor, await addAdHoc(ctx, actor, { name, durationMinutes, checks, enabled }));
}

async function createSeries(ctx: ActionContext, actor: Actor, members: Sent): Promise<Entries> {
  const sent = readMembers(seriesMembers, members);
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
    mayCoverNothing: true,
    enabled: sent.enabled ?? false,
  });
  return renderEntries(ctx, actor.accountId, { series: [series] });
}

/** The members that are required of everything new. */
async function readRequired(
  { database }: ActionContext,
  actor: Actor,
  { duration, checklist }: z.infer<typeof adHocMembers>,
) {
  const problems: string[] = [];
  if (duration === undefined) problems.push('duration is missing. Expected a whole number of minutes, such as 60.');
  if (checklist === undefined)
    problems.push('checklist is missing. Expected a list of ids of checks; it may be empty.');
  if (duration === undefined || checklist === undefined || problems.length > 0) {
    throw new RequestError(problems.join('\n'));
  }
  const known = await providerIds(database, actor.accountId, toReader(actor));
  return { durationMinutes: duration, checks: resolveChecks(checklist, known) };
}

async function update(ctx: ActionContext, actor: Actor, key: string, members: Sent): Promise<Entries> {
  const series = await findCronSeries(ctx, actor, key);
  const sent: SeriesMembers = readMembers(series === undefined ? adHocMembers : seriesMembers, members);
  const { name, enabled, duration: durationMinutes, checklist, cron } = sent;
  const checks =
    checklist && resolveChecks(checklist, await providerIds(ctx.database, actor.accountId, toReader(actor)));
  if (series === undefined) {
    const edit = fromBody({ name, enabled, durationMinutes, checks });
    return renderAdHoc(ctx, actor, await editAdHoc(ctx, actor, key, edit));
  }
  // Clients send everything back: a series on the checks of its services stays one, and one in another zone keeps it.
  const edit = async (current: Series, tx: Queries) => {
    const keepsChecks = checks === undefined || (current.checks === null && (await coversOnly(tx, current, checks)));
    return {
      ...fromBody({ name, durationMinutes, checks: keepsChecks ? undefined : checks }),
      ...(cron === undefined || cron === current.cron ? {} : { cron, timezone: 'UTC' }),
      mayCoverNothing: true,
    };
  };
  const changed = await changeSeries(ctx, actor, series.id, edit, enabled);
  return renderEntries(ctx, actor.accountId, { series: [changed] });
}

async function coversOnly(db: Queries, series: Series, checks: readonly string[]): Promise<boolean> {
  const covered = (await listCoveredCheckIds(db, series.accountId, [series])).get(series.id) ?? [];
  return covered.length === checks.length && covered.every((id) => checks.includes(id));
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
