import type { Actor } from '../../core/permissions.ts';
import { cancel } from '../../maintenance/commands/transitions.ts';
import { listMaintenances } from '../../maintenance/repository/list.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { deleteSeries, editSeries, pauseSeries, type RequestedEdit, resumeSeries } from '../../series/commands.ts';
import { lockSeries, type Series } from '../../series/repository.ts';

/** More than a series ever has in progress: its windows do not overlap, but people move runs. */
const MAX_RUNS_IN_PROGRESS = 1000;

/**
 * Changes a series, and pauses or resumes it, in one transaction. A run in progress continues unchanged.
 * @param enabled absent: it stays paused or not
 * @throws what editing, pausing and resuming a series throw
 */
export async function changeSeries(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  edit: RequestedEdit,
  enabled: boolean | undefined,
): Promise<Series> {
  return inTransaction(ctx, async (tx) => {
    const within = { ...ctx, within: tx };
    const edited = await editSeries(within, actor, id, edit);
    if (enabled === undefined || enabled === edited.enabled) return edited;
    return enabled ? resumeSeries(within, actor, id) : pauseSeries(within, actor, id, 'cancel');
  });
}

/**
 * Deletes a series, and cancels its run in progress: here nothing else lists that run, so nothing could unmute its checks.
 * @throws what deleting a series and canceling a maintenance throw
 */
export async function removeSeries(ctx: ActionContext, actor: Actor, { id, key }: Series): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const within = { ...ctx, within: tx };
    // Once the series is locked, no run of it starts, and after it is deleted its runs no longer name it.
    await lockSeries(tx, actor.accountId, id);
    const inProgress = { series: [id], statuses: ['in-progress'] } as const;
    const runs = await listMaintenances(tx, actor.accountId, inProgress, { limit: MAX_RUNS_IN_PROGRESS });
    for (const run of runs) await cancel(within, actor, run.id, `The series ${key} was deleted.`);
    await deleteSeries(within, actor, id);
  });
}
