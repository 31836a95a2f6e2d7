import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { type Series, updateSeries } from '../store/series.ts';
import { type Ground, transactOnce } from './action.ts';
import { planRuns, takeSeries } from './plan-runs.ts';

/**
 * Resumes a paused series from now on: the windows that came while it was paused are neither made nor missed.
 * @throws Refusal `forbidden`, `not-found`, or `conflict` when it is not paused
 */
export async function resumeSeries(ground: Ground, actor: Actor, id: number): Promise<Series>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function resumeSeries(
  ground: Ground,
  actor: Actor,
  id: number,
  once: string | undefined,
): Promise<Series | undefined>;
export async function resumeSeries(
  ground: Ground,
  actor: Actor,
  id: number,
  once?: string,
): Promise<Series | undefined> {
  mustBeAllowed(actor, 'resume-series');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const { series } = await takeSeries(tx, actor, id, now);
    if (series.enabled) throw new Refusal('conflict', `The series ${series.key} is not paused.`);
    const resumed = await updateSeries(tx, series, { enabled: true, plannedUntil: now }, now);
    await record(tx, actor, now, {
      action: 'resume-series',
      subject: `series:${id}`,
      before: { enabled: false },
      after: { enabled: true },
    });
    return planRuns(tx, resumed, now);
  });
}
