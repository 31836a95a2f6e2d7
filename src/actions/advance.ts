import { approvedStep } from '../domain/approval.ts';
import { dueStep, nextDue } from '../domain/lifecycle.ts';
import { lullIn } from '../domain/permissions.ts';
import { isNewestMissed } from '../domain/series.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { lockDue } from '../store/due.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import { missedInARow } from '../store/maintenance-list.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { setReminded } from '../store/reminders.ts';
import { type Advance, advanceOneStep, type Ground, lock, type Transition } from './action.ts';
import { announceEverywhere } from './effects.ts';
import { end } from './finish.ts';
import { lookAgain } from './look-again.ts';
import { notifyOwner } from './notify-owner.ts';
import { wantNextRun } from './plan-runs.ts';
import { remind } from './remind.ts';
import { begin } from './start.ts';

/**
 * Moves one maintenance whose instant has come one step, in one transaction with its effects (rule 1).
 * @param except the ids to pass over: one that cannot be moved must not hold up the others
 */
export async function advanceOne(ground: Ground, except: readonly number[] = []): Promise<Advance> {
  let transition: Transition | undefined;
  const advanced = await advanceOneStep(ground, async (tx, now, took) => {
    const due = await lockDue(tx, now, except);
    if (due === undefined) return;
    took(due.id);
    transition = await advance(tx, due, now);
  });
  return advanced.outcome === 'moved' ? { ...advanced, transition } : advanced;
}

/** @returns the transition it made, if that is what time asked for */
async function advance(
  tx: Queries,
  due: { accountId: number; id: number },
  now: Date,
): Promise<Transition | undefined> {
  const actor = lullIn(due.accountId);
  const maintenance = await lock(tx, actor, due.id);
  const asked = dueStep(maintenance, now);
  const step = asked && approvedStep(asked, maintenance);
  switch (step?.kind) {
    case 'remind':
      await remind(tx, actor, maintenance, step.reminder, now);
      return undefined;
    case 'start':
      await begin(tx, actor, maintenance, now, step.lateBy);
      return { kind: 'start', lateBy: now.getTime() - maintenance.scheduledStart.getTime() };
    case 'finish':
      await end(tx, actor, maintenance, now, 'succeed', 'finish', { lateBy: step.lateBy });
      return { kind: 'finish', lateBy: now.getTime() - maintenance.scheduledEnd.getTime() };
    case 'lapse':
      await end(tx, actor, maintenance, now, 'canceled', 'lapse', { reason: 'not approved' });
      return undefined;
    case 'look':
      await lookAgain(tx, maintenance, now);
      return undefined;
    case 'miss': {
      const missed = await updateMaintenance(tx, maintenance, { status: 'failed', missed: true, nextDueAt: null }, now);
      const after = { status: missed.status, missed: true, ...(await missedOfSeries(tx, missed, now)) };
      const event = await record(tx, actor, now, {
        action: 'miss',
        maintenanceId: missed.id,
        before: { status: maintenance.status },
        after,
      });
      await announceEverywhere(tx, missed);
      if (!('newer_missed' in after)) await notifyOwner(tx, missed, 'missed', event);
      await wantNextRun(tx, maintenance, now);
      return undefined;
    }
    case undefined: {
      // The reminders of its scope changed meanwhile, or the row is of an older Lull: the instant is derived anew.
      const next = nextDue(maintenance);
      if (next === null || next <= now) {
        throw new Error(`maintenance ${due.id} has a due instant that its status and times do not explain`);
      }
      await setReminded(tx, maintenance, {});
      return undefined;
    }
  }
}

/** Of the runs of a series that were missed in a row the thread tells once, in the newest. */
async function missedOfSeries(tx: Queries, { accountId, run }: Maintenance, now: Date) {
  if (run === null) return {};
  const { series, occurrence } = run;
  if (series.enabled && !isNewestMissed(series, occurrence, now)) return { newer_missed: true };
  return { missed_in_a_row: await missedInARow(tx, accountId, series.id, occurrence, now) };
}
