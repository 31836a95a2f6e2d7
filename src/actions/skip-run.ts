import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { findSeries } from '../store/series.ts';
import { type Ground, transactOnce } from './action.ts';
import { end } from './finish.ts';
import { planRuns, takeSeries } from './plan-runs.ts';

/**
 * Leaves out the next run of a series: it is canceled, and its occurrence is never made again. The series goes on with the
 * one after it.
 * @returns the run that was skipped
 * @throws Refusal `forbidden`, `not-found`, or `conflict` when no run is to come
 */
export async function skipRun(ground: Ground, actor: Actor, id: number): Promise<Maintenance>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function skipRun(
  ground: Ground,
  actor: Actor,
  id: number,
  once: string | undefined,
): Promise<Maintenance | undefined>;
export async function skipRun(
  ground: Ground,
  actor: Actor,
  id: number,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'skip-run');
  return transactOnce(ground, actor, once, async (tx, now) => {
    // A series that is not paused has its next run made always, so there is one to skip.
    const { series, runs } = await takeSeries(tx, actor, id, now);
    const next = runs.find((run) => run.scheduledStart > now);
    if (next === undefined) {
      const why = series.enabled ? 'has no run to come' : 'is paused and has no run to come';
      throw new Refusal('conflict', `The series ${series.key} ${why}; there is nothing to skip.`);
    }
    const skipped = await end(tx, actor, next, now, 'canceled', 'skip', { runState: 'skipped' });
    const left = await findSeries(tx, actor.accountId, id);
    if (left !== undefined) await planRuns(tx, left, now);
    return skipped;
  });
}
