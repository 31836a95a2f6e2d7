import { record } from '../../audit/record.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { endMaintenance } from '../../maintenance/commands/finish.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { type ActionContext, inTransactionOnce, type Repeated } from '../../platform/transactions.ts';
import { noRunToSkip, scheduledRunsUndecided, seriesNotPaused, seriesPaused } from '../errors.ts';
import { findSeries, type Series, updateSeries } from '../repository.ts';
import { lockSeriesForChange, planRuns } from './plan.ts';

/** What becomes of the runs that are scheduled when their series is paused. */
export type PausedRunsChoice = 'keep' | 'cancel';

/**
 * Pauses a series: it makes no new runs until it is resumed. A run in progress goes on.
 * @param runs what to do with those that are scheduled already
 * @throws UserError `forbidden`, `not-found`, `conflict` when it is paused already, or, with the field `runs`, when there are
 *   runs and it was not said what to do with them
 */
export async function pauseSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  runs: PausedRunsChoice | undefined,
  once?: Once,
): Promise<Series | Repeated<Once>> {
  authorize(actor, 'pause-series');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const taken = await lockSeriesForChange(tx, actor, id, now);
    const { series } = taken;
    if (!series.enabled) throw seriesPaused({ key: series.key });
    const scheduled = taken.runs.filter((run) => run.scheduledStart > now);
    if (runs === undefined && scheduled.length > 0) {
      throw scheduledRunsUndecided({ key: series.key, count: scheduled.length }, 'runs');
    }
    const paused = await updateSeries(tx, series, { enabled: false }, now);
    await record(tx, actor, now, {
      type: 'series.paused',
      subject: { kind: 'series', id },
      before: { enabled: true },
      after: { enabled: false, runs: runs ?? null, scheduled: scheduled.length },
    });
    if (runs !== 'cancel') return paused;
    for (const run of scheduled) {
      const reason = `The series ${series.key} was paused.`;
      await endMaintenance(tx, actor, run, now, 'canceled', 'maintenance.canceled', { reason, runState: 'withdrawn' });
    }
    return { ...paused, nextRun: null };
  });
}

/**
 * Resumes a paused series from now on: the windows that came while it was paused are neither made nor missed.
 * @throws UserError `forbidden`, `not-found`, or `conflict` when it is not paused
 */
export async function resumeSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: Once,
): Promise<Series | Repeated<Once>> {
  authorize(actor, 'resume-series');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const { series } = await lockSeriesForChange(tx, actor, id, now);
    if (series.enabled) throw seriesNotPaused({ key: series.key });
    const resumed = await updateSeries(tx, series, { enabled: true, plannedUntil: now }, now);
    await record(tx, actor, now, {
      type: 'series.resumed',
      subject: { kind: 'series', id },
      before: { enabled: false },
      after: { enabled: true },
    });
    return planRuns(tx, resumed, now);
  });
}

/**
 * Leaves out the next run of a series: it is canceled, and its occurrence is never made again. The series goes on with the
 * one after it.
 * @returns the run that was skipped
 * @throws UserError `forbidden`, `not-found`, or `conflict` when no run is to come
 */
export async function skipRun<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: Once,
): Promise<Maintenance | Repeated<Once>> {
  authorize(actor, 'skip-run');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    // A series that is not paused has its next run made always, so there is one to skip.
    const { series, runs } = await lockSeriesForChange(tx, actor, id, now);
    const next = runs.find((run) => run.scheduledStart > now);
    if (next === undefined) throw noRunToSkip({ key: series.key, paused: !series.enabled });
    const skipped = await endMaintenance(tx, actor, next, now, 'canceled', 'maintenance.skipped', {
      runState: 'skipped',
    });
    const left = await findSeries(tx, actor.accountId, id);
    if (left !== undefined) await planRuns(tx, left, now);
    return skipped;
  });
}
