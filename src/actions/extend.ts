import { can, nextDue, STANDS } from '../domain/lifecycle.ts';
import { durationInWords } from '../domain/maintenance.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { remindedAfter } from '../domain/reminders.ts';
import { changedByHand } from '../domain/series.ts';
import { LONGEST } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { wakeSchedulers } from '../store/jobs.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { askAgain } from './ask-approval.ts';
import { announceEverywhere, enforceHeld } from './effects.ts';
import { mindFreezes, recordPassed, windowOf } from './mind-freezes.ts';

/**
 * Moves the end of an open maintenance later by `minutes`.
 * @param overrideReason why a freeze that blocks should not hold; one that it is in already is not asked about again
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden`, `not-found`, `invalid` for minutes that cannot be, or `conflict` when it is over; Frozen when
 *   a freeze blocks it
 */
export async function extend(
  ground: Ground,
  actor: Actor,
  id: number,
  minutes: number,
  once?: string,
  overrideReason?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'extend');
  const most = LONGEST / 60_000;
  if (!Number.isSafeInteger(minutes) || minutes < 1 || minutes > most) {
    throw Refusal.invalid([
      {
        field: 'minutes',
        message: `minutes is ${minutes}; a whole number from 1 to ${most} is expected, such as 30.`,
      },
    ]);
  }
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    if (!can(maintenance.status, 'extend')) {
      throw new Refusal('conflict', `Maintenance ${id} ${STANDS[maintenance.status]} already; it cannot be extended.`);
    }
    const scheduledEnd = new Date(maintenance.scheduledEnd.getTime() + minutes * 60_000);
    const length = scheduledEnd.getTime() - maintenance.scheduledStart.getTime();
    if (length > LONGEST) {
      throw Refusal.invalid([
        {
          field: 'minutes',
          message: `With ${minutes} more minutes the window would last ${durationInWords(length)}; at most ${durationInWords(LONGEST)} are possible.`,
        },
      ]);
    }
    const window = windowOf(maintenance);
    const passed = await mindFreezes(tx, actor, { ...window, end: scheduledEnd }, overrideReason, window);
    const remindedUntil = remindedAfter(maintenance, { start: maintenance.scheduledStart, end: scheduledEnd }, now);
    const extended = await updateMaintenance(
      tx,
      maintenance,
      {
        scheduledEnd,
        remindedUntil,
        nextDueAt: nextDue({ ...maintenance, scheduledEnd, remindedUntil }),
        ...changedByHand(maintenance.run),
        ...(await askAgain(tx, actor, maintenance, window)),
      },
      now,
    );
    await record(tx, actor, now, {
      action: 'extend',
      maintenanceId: id,
      before: { scheduled_end_date: maintenance.scheduledEnd.toISOString() },
      after: { scheduled_end_date: scheduledEnd.toISOString() },
    });
    await recordPassed(tx, actor, now, id, passed);
    await announceEverywhere(tx, extended);
    await enforceHeld(tx, extended);
    await wakeSchedulers(tx);
    return extended;
  });
}
