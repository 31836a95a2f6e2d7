import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import { forgetSeries, type Series } from '../store/series.ts';
import { type Ground, transact } from './action.ts';
import { end } from './finish.ts';
import { takeSeries } from './plan-runs.ts';

/**
 * Deletes a series. Its runs to come are canceled, one in progress goes on, and those that were keep their record, each a
 * window of its own from then on.
 * @throws Refusal `forbidden` or `not-found`
 */
export async function deleteSeries(ground: Ground, actor: Actor, id: number): Promise<Series> {
  mustBeAllowed(actor, 'delete-series');
  return transact(ground, async (tx, now) => {
    const { series, runs } = await takeSeries(tx, actor, id, now);
    for (const run of runs) {
      const reason = `The series ${series.key} was deleted.`;
      await end(tx, actor, run, now, 'canceled', 'cancel', { reason, runState: 'withdrawn' });
    }
    await forgetSeries(tx, series);
    const { key, name, cron, timezone, durationMinutes: duration_minutes } = series;
    await record(tx, actor, now, {
      action: 'delete-series',
      subject: `series:${id}`,
      before: { key, name, cron, timezone, duration_minutes },
    });
    return series;
  });
}
