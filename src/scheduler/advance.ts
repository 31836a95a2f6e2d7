import { record } from '../audit/record.ts';
import { requestPostCheck } from '../checks/post-check.ts';
import { systemActor } from '../core/permissions.ts';
import { announceEverywhere, notifyOwner } from '../maintenance/commands/announce.ts';
import { prefetch } from '../maintenance/commands/prefetch.ts';
import { endMaintenance, remind, startMaintenance } from '../maintenance/commands/transitions.ts';
import { setReminded, updateMaintenance } from '../maintenance/repository/changes.ts';
import { type Due, lockDueMaintenances } from '../maintenance/repository/locked.ts';
import { countMissedInARow, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { nextStep } from '../maintenance/rules/change.ts';
import { nextDue } from '../maintenance/rules/lifecycle.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import type { Queries } from '../platform/database.ts';
import { attempt } from '../platform/transaction.ts';
import {
  type ActionContext,
  type Advanced,
  inTransaction,
  nothingDue,
  type TimedTransition,
} from '../platform/transactions.ts';
import { requestNextRun } from '../series/repository.ts';
import { isNewestMissed } from '../series/rules.ts';

/** How many are advanced in one transaction. */
export const BATCH = 250;

/**
 * Takes one step with each of the maintenances that are due, in one transaction. One that fails does not hold up the others.
 * @param except ids to skip: those that failed before
 */
export async function advanceDueMaintenances(ctx: ActionContext, except: readonly number[] = []): Promise<Advanced> {
  return advanceBatch(ctx, { except, limit: BATCH });
}

async function advanceBatch(ctx: ActionContext, due: Omit<Due, 'now'>): Promise<Advanced> {
  let taken: number[] = [];
  try {
    return await inTransaction(ctx, async (tx, now) => {
      taken = [];
      const maintenances = await lockDueMaintenances(tx, { ...due, now });
      taken = maintenances.map(({ id }) => id);
      return advanceAll(tx, maintenances, now);
    });
  } catch (error) {
    // Without ids, the database itself failed, and the scheduler waits for it.
    const [id, ...others] = taken;
    if (id === undefined) throw error;
    if (others.length === 0) return { ...nothingDue, failed: [{ id, error }] };
    return advanceHalves(ctx, due, taken);
  }
}

/** After an error that says nothing about which maintenance causes it. */
async function advanceHalves(ctx: ActionContext, due: Omit<Due, 'now'>, ids: readonly number[]): Promise<Advanced> {
  const middle = Math.ceil(ids.length / 2);
  const first = await advanceBatch(ctx, { ...due, only: ids.slice(0, middle) });
  const second = await advanceBatch(ctx, { ...due, only: ids.slice(middle) });
  return {
    moved: [...first.moved, ...second.moved],
    failed: [...first.failed, ...second.failed],
    transitions: [...first.transitions, ...second.transitions],
  };
}

async function advanceAll(tx: Queries, maintenances: readonly Maintenance[], now: Date): Promise<Advanced> {
  await prefetch(tx, maintenances);
  const moved: number[] = [];
  const failed: { id: number; error: unknown }[] = [];
  const transitions: TimedTransition[] = [];
  for (const maintenance of maintenances) {
    const { id } = maintenance;
    const { error } = await attempt(tx, async () => {
      const transition = await advance(tx, maintenance, now);
      if (transition !== undefined) transitions.push(transition);
    });
    if (error === undefined) moved.push(id);
    else failed.push({ id, error });
  }
  return { moved, failed, transitions };
}

async function advance(tx: Queries, maintenance: Maintenance, now: Date): Promise<TimedTransition | undefined> {
  const { accountId, id } = maintenance;
  const actor = systemActor(accountId);
  const step = nextStep(maintenance, now);
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
async function missedOfSeries(tx: Queries, { accountId, run }: Maintenance, now: Date) {
  if (run === null) return {};
  const { series, occurrence } = run;
  if (series.enabled && !isNewestMissed(series, occurrence, now)) return { newer_missed: true };
  return { missed_in_a_row: await countMissedInARow(tx, accountId, series.id, occurrence, now) };
}
