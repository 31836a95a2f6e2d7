import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { type Series, updateSeries } from '../store/series.ts';
import { type Ground, transactOnce } from './action.ts';
import { end } from './finish.ts';
import { takeSeries } from './plan-runs.ts';

/** What becomes of the runs that are scheduled when their series is paused. */
export type RunsOfPaused = 'keep' | 'cancel';

/**
 * Pauses a series: it makes no new runs until it is resumed. A run in progress goes on.
 * @param runs what to do with those that are scheduled already
 * @throws Refusal `forbidden`, `not-found`, `conflict` when it is paused already, or, with the field `runs`, when there are
 *   runs and it was not said what to do with them
 */
export async function pauseSeries(
  ground: Ground,
  actor: Actor,
  id: number,
  runs: RunsOfPaused | undefined,
): Promise<Series>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function pauseSeries(
  ground: Ground,
  actor: Actor,
  id: number,
  runs: RunsOfPaused | undefined,
  once: string | undefined,
): Promise<Series | undefined>;
export async function pauseSeries(
  ground: Ground,
  actor: Actor,
  id: number,
  runs: RunsOfPaused | undefined,
  once?: string,
): Promise<Series | undefined> {
  mustBeAllowed(actor, 'pause-series');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const taken = await takeSeries(tx, actor, id, now);
    const { series } = taken;
    if (!series.enabled) throw new Refusal('conflict', `The series ${series.key} is paused already.`);
    const scheduled = taken.runs.filter((run) => run.scheduledStart > now);
    if (runs === undefined && scheduled.length > 0) throw whatOfRuns(series, scheduled.length);
    const paused = await updateSeries(tx, series, { enabled: false }, now);
    await record(tx, actor, now, {
      action: 'pause-series',
      subject: `series:${id}`,
      before: { enabled: true },
      after: { enabled: false, runs: runs ?? null, scheduled: scheduled.length },
    });
    if (runs !== 'cancel') return paused;
    for (const run of scheduled) {
      const reason = `The series ${series.key} was paused.`;
      await end(tx, actor, run, now, 'canceled', 'cancel', { reason, runState: 'withdrawn' });
    }
    return { ...paused, nextRun: null };
  });
}

function whatOfRuns({ key }: Series, count: number): Refusal {
  const runs = count === 1 ? '1 run' : `${count} runs`;
  const message = `The series ${key} has ${runs} scheduled already. Say what becomes of ${count === 1 ? 'it' : 'them'}: keep or cancel.`;
  return new Refusal('conflict', message, [{ field: 'runs', message }]);
}
