import { can, nextDue, STANDS } from '../domain/lifecycle.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { remindedAfter } from '../domain/reminders.ts';
import { changedByHand } from '../domain/series.ts';
import { problemsOfTimes, problemsOfZone } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { wakeSchedulers } from '../store/jobs.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { askAgain } from './ask-approval.ts';
import { announceEverywhere, coverageOf } from './effects.ts';
import { mindFreezes, recordPassed } from './mind-freezes.ts';

/** Where to. Without an end it keeps its length; without the IANA zone the times were said in, its zone. */
export interface NewWindow {
  readonly start: Date;
  readonly end?: Date | undefined;
  readonly timezone?: string | undefined;
  /** Why a freeze that blocks should not hold. */
  readonly overrideReason?: string | undefined;
}

/**
 * Moves a scheduled maintenance to another window. A run of a series still stands for its occurrence, so that one is not
 * made again.
 * @throws Refusal `forbidden`, `not-found`, `invalid` for times that cannot be, or `conflict` when it has begun or is over;
 * Frozen when a freeze blocks it
 */
export async function reschedule(ground: Ground, actor: Actor, id: number, window: NewWindow): Promise<Maintenance>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function reschedule(
  ground: Ground,
  actor: Actor,
  id: number,
  window: NewWindow,
  once: string | undefined,
): Promise<Maintenance | undefined>;
export async function reschedule(
  ground: Ground,
  actor: Actor,
  id: number,
  window: NewWindow,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'reschedule');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    if (!can(maintenance.status, 'reschedule')) {
      throw new Refusal(
        'conflict',
        `Maintenance ${id} ${STANDS[maintenance.status]}; only a scheduled one can be moved.`,
      );
    }
    const { start: scheduledStart, timezone = maintenance.timezone } = window;
    const length = maintenance.scheduledEnd.getTime() - maintenance.scheduledStart.getTime();
    const scheduledEnd = window.end ?? new Date(scheduledStart.getTime() + length);
    const problems = [
      ...problemsOfTimes({ start: scheduledStart, end: scheduledEnd }, now),
      ...problemsOfZone(timezone),
    ];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const there = { ...coverageOf(maintenance), start: scheduledStart, end: scheduledEnd };
    const passed = await mindFreezes(tx, actor, there, window.overrideReason);
    const remindedUntil = remindedAfter(maintenance, { start: scheduledStart, end: scheduledEnd }, now);
    const moved = await updateMaintenance(
      tx,
      maintenance,
      {
        scheduledStart,
        scheduledEnd,
        timezone,
        remindedUntil,
        nextDueAt: nextDue({ ...maintenance, scheduledStart, scheduledEnd, remindedUntil }),
        ...changedByHand(maintenance.run),
        ...(await askAgain(tx, actor, maintenance, there)),
      },
      now,
    );
    await record(tx, actor, now, {
      action: 'reschedule',
      maintenanceId: id,
      before: timesOf(maintenance),
      after: timesOf(moved),
    });
    await recordPassed(tx, actor, now, id, passed);
    await announceEverywhere(tx, moved);
    await wakeSchedulers(tx);
    return moved;
  });
}

/** As the HTTP interface names them. */
export function timesOf({ scheduledStart, scheduledEnd, timezone }: Maintenance) {
  return {
    scheduled_start_date: scheduledStart.toISOString(),
    scheduled_end_date: scheduledEnd.toISOString(),
    timezone,
  };
}
