import { record } from '../audit/record.ts';
import { requestPostCheck } from '../checks/post-check.ts';
import { systemActor } from '../core/permissions.ts';
import { announceEverywhere, notifyOwner } from '../maintenance/commands/announce.ts';
import { prefetch } from '../maintenance/commands/prefetch.ts';
import { endMaintenance, remind, startMaintenance } from '../maintenance/commands/transitions.ts';
import { setReminded, updateMaintenance } from '../maintenance/repository/changes.ts';
import { lockDueMaintenances } from '../maintenance/repository/locked.ts';
import { countMissedInARow, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { nextStep } from '../maintenance/rules/change.ts';
import { spanOf } from '../maintenance/rules/coverage.ts';
import { nextDue } from '../maintenance/rules/lifecycle.ts';
import { currentWindow, plannedWindow } from '../maintenance/rules/times.ts';
import { advanceBatch, type Batch } from '../platform/batches.ts';
import type { Queries } from '../platform/database.ts';
import type { ActionContext, Advanced, TimedTransition } from '../platform/transactions.ts';
import { holdRun, placeAtStart } from '../series/freezing.ts';
import { requestNextRun } from '../series/repository.ts';
import { isNewestMissed } from '../series/rules.ts';

/** How many are advanced in one transaction. */
export const BATCH = 250;

/**
 * Takes one step with each of the maintenances that are due, in one transaction. One that fails does not hold up the others.
 * @param except ids to skip: those that failed before
 */
export async function advanceDueMaintenances(ctx: ActionContext, except: readonly number[] = []): Promise<Advanced> {
  return advanceBatch(ctx, DUE, { except, limit: BATCH });
}

const DUE: Batch<Maintenance> = {
  lock: lockDueMaintenances,
  async prepare(tx, maintenances) {
    // Freezes decide whether runs start.
    const runs = maintenances.filter(({ run, status }) => run !== null && status === 'scheduled');
    await prefetch(tx, maintenances, { between: runs.length > 0 ? spanOf(runs.map(plannedWindow)) : undefined });
    return maintenances;
  },
  advance,
};

async function advance(tx: Queries, maintenance: Maintenance, now: Date): Promise<TimedTransition | undefined> {
  const { accountId, id } = maintenance;
  const actor = systemActor(accountId);
  const step = nextStep(maintenance, now);
  if (step?.kind === 'start' || step?.kind === 'miss') {
    const placement = await placeAtStart(tx, maintenance);
    if (placement !== undefined) {
      await holdRun(tx, maintenance, placement, now);
      return undefined;
    }
  }
  switch (step?.kind) {
    case 'remind':
      await remind(tx, actor, maintenance, step.reminder, now);
      return undefined;
    case 'start':
      await startMaintenance(tx, actor, maintenance, now, { lateBy: step.lateBy });
      return { kind: 'start', lateBy: now.getTime() - maintenance.scheduledStart.getTime() };
    case 'finish':
      await endMaintenance(tx, actor, maintenance, now, 'succeed', 'maintenance.finished', { lateBy: step.lateBy });
      return { kind: 'finish', lateBy: now.getTime() - currentWindow(maintenance).end.getTime() };
    case 'lapse':
      await endMaintenance(tx, actor, maintenance, now, 'canceled', 'maintenance.approval_expired', {
        reason: 'not approved',
      });
      return undefined;
    case 'look':
      await requestPostCheck(tx, maintenance, now);
      return undefined;
    case 'miss': {
      const missed = await updateMaintenance(tx, maintenance, { status: 'failed', missed: true, nextDueAt: null }, now);
      const after = { status: missed.status, missed: true, ...(await missedOfSeries(tx, missed, now)) };
      const event = await record(tx, actor, now, {
        type: 'maintenance.missed',
        maintenanceId: missed.id,
        before: { status: maintenance.status },
        after,
      });
      await announceEverywhere(tx, missed);
      if (!('newer_missed' in after)) await notifyOwner(tx, missed, 'missed', event);
      await requestNextRun(tx, maintenance, now);
      return undefined;
    }
    case undefined: {
      // The reminders of its scope changed since, so the instant is derived again.
      const next = nextDue(maintenance);
      if (next === null || next <= now) {
        throw new Error(`maintenance ${id} has a due instant that its status and times do not explain`);
      }
      await setReminded(tx, maintenance, {});
      return undefined;
    }
  }
}

/** Of several missed runs of a series in a row, only the newest is reported. */
async function missedOfSeries(tx: Queries, { run }: Maintenance, now: Date) {
  if (run === null) return {};
  const { series, occurrence } = run;
  if (series.enabled && !isNewestMissed(series, occurrence, now)) return { newer_missed: true };
  const counts = await countMissedInARow(tx, [{ seriesId: series.id, occurrence }], now);
  return { missed_in_a_row: counts.get(series.id) ?? 1 };
}
