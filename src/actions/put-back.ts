import { nextDue, STANDS } from '../domain/lifecycle.ts';
import type { Interval } from '../domain/maintenance.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { changedByHand } from '../domain/series.ts';
import { problemsOfTimes } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { endHolds, holdsOf } from '../store/holds.ts';
import { wakeSchedulers } from '../store/jobs.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transact } from './action.ts';
import { askAgain } from './ask-approval.ts';
import { announceEverywhere, coverageOf, enforce } from './effects.ts';
import { mindFreezes, recordPassed } from './mind-freezes.ts';
import { timesOf } from './reschedule.ts';

/**
 * Makes a maintenance in progress a scheduled one again, in a window to come: it began by mistake. Its checks go on again at
 * once.
 * @throws Refusal `forbidden`, `not-found`, `invalid` for times that cannot be, or `conflict` when it is not in progress; Frozen
 *   when a freeze blocks it
 */
export async function putBack(ground: Ground, actor: Actor, id: number, window: Interval): Promise<Maintenance> {
  mustBeAllowed(actor, 'reschedule');
  return transact(ground, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    if (maintenance.status !== 'in-progress') {
      throw new Refusal(
        'conflict',
        `Maintenance ${id} ${STANDS[maintenance.status]}; only one in progress can be put back.`,
      );
    }
    const problems = problemsOfTimes(window, now);
    if (problems.length === 0 && window.start <= now) {
      const message = `The start, ${window.start.toISOString()}, is in the past, so it would begin again at once. Give a later start.`;
      problems.push({ field: 'scheduled_start_date', message });
    }
    if (problems.length > 0) throw Refusal.invalid(problems);
    const there = { ...coverageOf(maintenance), ...window };
    const passed = await mindFreezes(tx, actor, there, undefined);
    const next = {
      status: 'scheduled',
      scheduledStart: window.start,
      scheduledEnd: window.end,
      startedAt: null,
      endedAt: null,
      remindedUntil: now,
    } as const;
    const scheduled = await updateMaintenance(
      tx,
      maintenance,
      {
        ...next,
        nextDueAt: nextDue({ ...maintenance, ...next }),
        ...changedByHand(maintenance.run),
        ...(await askAgain(tx, actor, maintenance, there)),
      },
      now,
    );
    const holds = await holdsOf(tx, actor.accountId, id);
    await endHolds(tx, actor.accountId, id, now);
    await record(tx, actor, now, {
      action: 'reschedule',
      maintenanceId: id,
      before: stateOf(maintenance),
      after: stateOf(scheduled),
    });
    await recordPassed(tx, actor, now, id, passed);
    await announceEverywhere(tx, scheduled);
    await enforce(
      tx,
      actor.accountId,
      holds.map(({ checkId }) => checkId),
    );
    await wakeSchedulers(tx);
    return scheduled;
  });
}

function stateOf(maintenance: Maintenance) {
  return { status: maintenance.status, ...timesOf(maintenance) };
}
