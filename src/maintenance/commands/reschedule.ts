import { askAgain } from '../../approvals/commands.ts';
import { record } from '../../audit/record.ts';
import { Refusal } from '../../core/errors.ts';
import { type Actor, mustBeAllowed } from '../../core/permissions.ts';
import { LONGEST } from '../../core/time.ts';
import { mindFreezes, recordPassed, windowOf } from '../../freezes/assert-not-frozen.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type Ground, transactOnce } from '../../platform/transactions.ts';
import { changedByHand } from '../../series/rules.ts';
import { can, nextDue, STANDS } from '../lifecycle.ts';
import { remindedAfter } from '../reminders.ts';
import { updateMaintenance } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { durationInWords } from '../status.ts';
import { problemsOfTimes, problemsOfZone } from '../window.ts';
import { announceEverywhere, coverageOf, enforceHeld } from './announce.ts';
import { lock } from './find.ts';

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
