import { record } from '../../audit/record.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { assertValid, UserError } from '../../core/errors.ts';
import { pick, toRecorded } from '../../core/fields.ts';
import { difference, type Fields } from '../../core/merge.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { announceEverywhere } from '../../maintenance/commands/announce.ts';
import { applyRules, recordEnteredFreezes } from '../../maintenance/commands/apply-rules.ts';
import { validateReferences } from '../../maintenance/commands/coverage.ts';
import { toEditable } from '../../maintenance/commands/edit.ts';
import { assertWithinScopes } from '../../maintenance/commands/find.ts';
import { endMaintenance } from '../../maintenance/commands/finish.ts';
import { findCommonScope } from '../../maintenance/commands/schedule.ts';
import { MAINTENANCE_FIELDS, SCOPE_FIELD } from '../../maintenance/fields.ts';
import { suppressPublicPosts } from '../../maintenance/repository/announcements.ts';
import { updateMaintenance } from '../../maintenance/repository/changes.ts';
import { setReminded } from '../../maintenance/repository/due.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { nextDue } from '../../maintenance/rules/lifecycle.ts';
import { remindedUntilAfterChange } from '../../maintenance/rules/reminders.ts';
import type { Queries } from '../../platform/database.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../../platform/transactions.ts';
import { seriesChanged } from '../errors.ts';
import { SERIES_FIELDS, type SeriesInput } from '../fields.ts';
import { deleteSeriesRow, type Series, updateSeries } from '../repository.ts';
import { occursAt, validateSeries } from '../rules.ts';
import { lockSeriesForChange, planRuns, runDefaults } from './plan.ts';
import { normalizeCron } from './schedule.ts';

/** What is not named stays as it is. */
export type SeriesEdit = { readonly [K in keyof SeriesInput]?: SeriesInput[K] };

/** Somebody else changed the series since the one who edits looked at it. Nothing was overwritten. */
export class SeriesVersionConflict extends UserError {
  constructor({ key, version }: Series, edited: number) {
    super(seriesChanged({ key, version: edited, currentVersion: version }));
  }
}

/**
 * Changes a series and the runs that follow it: those whose occurrence is still one of its windows get the new values, the
 * others are withdrawn, and new ones are made. Runs that were changed by hand or have begun stay as they are.
 * @throws UserError `forbidden`, `not-found`, or `invalid` with every field that is wrong
 */
export async function editSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  edit: SeriesEdit,
  once?: Once,
  version?: number,
): Promise<Series | Repeated<Once>> {
  authorize(actor, 'edit-series');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const { series, runs } = await lockSeriesForChange(tx, actor, id, now);
    if (version !== undefined && version !== series.version) throw new SeriesVersionConflict(series, version);
    const input = { ...toSeriesInput(series), ...edit };
    const problems = [...validateSeries(input, now), ...(await validateReferences(tx, actor.accountId, input))];
    assertValid(problems);
    const wanted: SeriesInput = {
      ...input,
      name: input.name.trim(),
      cron: normalizeCron(input.cron),
      services: [...new Set(input.services)],
      checks: input.checks === null ? null : [...new Set(input.checks)],
      channels: [...new Set(input.channels)],
      scopeId: edit.scopeId === undefined ? await scopeAfter(tx, series, input) : edit.scopeId,
    };
    await assertWithinScopes(tx, actor, wanted);
    const change = difference(toRecorded(SERIES_FIELDS, toSeriesInput(series)), toRecorded(SERIES_FIELDS, wanted));
    if (change === undefined) return series;

    // The windows of another recurrence are looked for from now on; those that have a run keep it.
    const otherTimes = 'cron' in change.after || 'timezone' in change.after;
    const edited = await updateSeries(tx, series, { ...wanted, ...(otherTimes ? { plannedUntil: now } : {}) }, now);
    await record(tx, actor, now, { type: 'series.changed', subject: { kind: 'series', id }, ...change });
    for (const run of runs) {
      if (follows(run, now)) await follow(tx, actor, edited, run, now);
      // It stays as it is; when it is reminded of depends on the windows around it.
      else await setReminded(tx, ofSeries(run, edited), {});
    }
    return planRuns(tx, edited, now);
  });
}

function follows({ run, scheduledStart }: Maintenance, now: Date): boolean {
  // One whose start has come is the scheduler's already.
  return run?.state === 'following' && scheduledStart > now;
}

async function follow(tx: Queries, actor: Actor, series: Series, run: Maintenance, now: Date): Promise<void> {
  const occurrence = occursAt(series, run.scheduledStart);
  if (occurrence === undefined) {
    const reason = `The series ${series.key} changed, and this is not one of its windows any more.`;
    await endMaintenance(tx, actor, run, now, 'canceled', 'maintenance.canceled', { reason, runState: 'withdrawn' });
    return;
  }
  const { accountId: _, owner: __, ...values } = runDefaults(series);
  const scheduledEnd = occurrence.end;
  const remindedUntil = remindedUntilAfterChange(run, { start: run.scheduledStart, end: scheduledEnd }, now);
  const { reminders } = series;
  const { approval, entered } = await applyRules(tx, actor, now, {
    before: run,
    after: { times: { ...run, scheduledEnd }, coverage: values },
    unattended: true,
  });
  const due = nextDue({ ...ofSeries(run, series), scheduledEnd, remindedUntil, reminders });
  const followed = await updateMaintenance(tx, run, { ...values, scheduledEnd, remindedUntil, nextDueAt: due }, now);
  const change = difference(recordRun(run), recordRun(followed));
  if (change !== undefined) {
    const after = { ...change.after, series: series.key };
    await record(tx, actor, now, { type: 'maintenance.changed', maintenanceId: run.id, before: change.before, after });
    await updateMaintenance(tx, run, approval, now);
    await recordEnteredFreezes(tx, actor, now, run.id, entered);
  }
  await announceEverywhere(tx, followed, series.channels);
  // As when one is edited alone: what happened while it was internal is not told in public afterwards.
  if (run.audience !== followed.audience) await suppressPublicPosts(tx, series.accountId, run.id);
}

/** A run with its series as that is now. */
function ofSeries(maintenance: Maintenance, series: Series): Maintenance {
  return { ...maintenance, run: maintenance.run && { ...maintenance.run, series } };
}

/** A scope that was taken from the services changes with them; one that was named stays. */
async function scopeAfter(tx: Queries, series: Series, input: SeriesInput): Promise<number | null> {
  const scope = series.scope?.id ?? null;
  const ids = series.services.map((service) => service.id);
  const taken = findCommonScope(await listServices(tx, series.accountId, { ids }));
  if (scope !== taken) return scope;
  return findCommonScope(await listServices(tx, series.accountId, { ids: input.services }));
}

/** What people may change of it, as it is. */
export function toSeriesInput(series: Series): SeriesInput {
  const { services, scope } = series;
  return {
    ...pick(SERIES_FIELDS, { ...series, services: services.map(({ id }) => id), scopeId: scope?.id ?? null }),
  };
}

/** What a run has of its series, as it is recorded. */
function recordRun(run: Maintenance): Fields {
  const { start: _, ...fields } = MAINTENANCE_FIELDS;
  return toRecorded({ ...fields, scope: SCOPE_FIELD }, { ...toEditable(run), scope: run.scope?.id ?? null });
}

/**
 * Deletes a series. Its runs to come are canceled, one in progress goes on, and those that were keep their record, each a
 * window of its own from then on.
 * @throws UserError `forbidden` or `not-found`
 */
export async function deleteSeries(ctx: ActionContext, actor: Actor, id: number): Promise<Series> {
  authorize(actor, 'delete-series');
  return inTransaction(ctx, async (tx, now) => {
    const { series, runs } = await lockSeriesForChange(tx, actor, id, now);
    for (const run of runs) {
      const reason = `The series ${series.key} was deleted.`;
      await endMaintenance(tx, actor, run, now, 'canceled', 'maintenance.canceled', { reason, runState: 'withdrawn' });
    }
    await deleteSeriesRow(tx, series);
    const { key, name, cron, timezone, durationMinutes: duration_minutes } = series;
    await record(tx, actor, now, {
      type: 'series.deleted',
      subject: { kind: 'series', id },
      before: { key, name, cron, timezone, duration_minutes },
    });
    return series;
  });
}
