import { record } from '../../audit/record.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { MAX_WINDOW_MS, utc } from '../../core/time.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type ActionContext, inTransactionOnce, type Repeated } from '../../platform/transactions.ts';
import { detachRun } from '../../series/rules.ts';
import { endNotLater, extensionInvalid, extensionTooLong, windowTooLong, wrongStatus } from '../errors.ts';
import { updateMaintenance } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { type ExtendBy, extendedEnd } from '../rules/extension.ts';
import { can, nextDue } from '../rules/lifecycle.ts';
import { remindedUntilAfterChange } from '../rules/reminders.ts';
import { changeEnd, currentWindow } from '../rules/times.ts';
import { validateZone } from '../rules/validation.ts';
import { announceEverywhere, reconcileMuted, toCoverage } from './announce.ts';
import { applyRules, recordEnteredFreezes } from './apply-rules.ts';
import { lockForChange } from './find.ts';

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
 * @throws UserError `forbidden`, `not-found`, `invalid` for times that cannot be, or `conflict` when it has begun or is over;
 * FreezeConflict when a freeze blocks it
 */
export async function reschedule<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  asked: NewWindow | ((current: Maintenance) => NewWindow),
  once?: Once,
): Promise<Maintenance | Repeated<Once>> {
  authorize(actor, 'reschedule');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    if (!can(maintenance.status, 'reschedule')) {
      throw wrongStatus({ id, status: maintenance.status, action: 'reschedule' });
    }
    const window = typeof asked === 'function' ? asked(maintenance) : asked;
    const { start: scheduledStart, timezone = maintenance.timezone } = window;
    const length = maintenance.scheduledEnd.getTime() - maintenance.scheduledStart.getTime();
    const scheduledEnd = window.end ?? new Date(scheduledStart.getTime() + length);
    const { approval, entered } = await applyRules(tx, actor, now, {
      before: maintenance,
      after: { times: { ...maintenance, scheduledStart, scheduledEnd }, coverage: toCoverage(maintenance) },
      problems: validateZone(timezone),
      overrideReason: window.overrideReason,
    });
    const remindedUntil = remindedUntilAfterChange(maintenance, { start: scheduledStart, end: scheduledEnd }, now);
    const moved = await updateMaintenance(
      tx,
      maintenance,
      {
        scheduledStart,
        scheduledEnd,
        timezone,
        remindedUntil,
        nextDueAt: nextDue({ ...maintenance, scheduledStart, scheduledEnd, remindedUntil }),
        ...detachRun(maintenance.run),
        ...approval,
      },
      now,
    );
    await record(tx, actor, now, {
      type: 'maintenance.rescheduled',
      maintenanceId: id,
      before: resolveTimes(maintenance),
      after: resolveTimes(moved),
    });
    await recordEnteredFreezes(tx, actor, now, id, entered);
    await announceEverywhere(tx, moved);
    await wakeSchedulers(tx);
    return moved;
  });
}

/** As the HTTP interface names them. */
export function resolveTimes({ scheduledStart, scheduledEnd, timezone }: Maintenance) {
  return {
    scheduled_start_date: utc(scheduledStart),
    scheduled_end_date: utc(scheduledEnd),
    timezone,
  };
}

/** As the HTTP interface names them. */
function endsOf({ scheduledEnd, endsAt }: Maintenance) {
  return { scheduled_end_date: utc(scheduledEnd), ends_at: endsAt && utc(endsAt) };
}

/**
 * Moves the end of an open maintenance later. A length counts from the end it has; a window that started early keeps its plan.
 * @param overrideReason why a freeze that blocks should not hold; one that it is in already is not asked about again
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, `invalid` for minutes that cannot be, or `conflict` when it is over; FreezeConflict when
 *   a freeze blocks it
 */
export async function extend(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  by: ExtendBy,
  once?: string,
  overrideReason?: string,
): Promise<Maintenance | undefined> {
  authorize(actor, 'extend');
  const most = MAX_WINDOW_MS / 60_000;
  if (typeof by === 'number' && !(Number.isSafeInteger(by) && by >= 1 && by <= most)) {
    throw UserError.invalid([extensionInvalid.at('minutes', { minutes: by, max: most })]);
  }
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    if (!can(maintenance.status, 'extend')) {
      throw wrongStatus({ id, status: maintenance.status, action: 'extend' });
    }
    const { start, end } = currentWindow(maintenance);
    const later = extendedEnd(end, by);
    if (later <= end) throw UserError.invalid([endNotLater.at('minutes', { id, end })]);
    const ends = changeEnd(maintenance, later);
    const minutes = Math.ceil((later.getTime() - end.getTime()) / 60_000);
    const length = (later.getTime() - start.getTime()) / 60_000;
    const { approval, entered } = await applyRules(tx, actor, now, {
      before: maintenance,
      after: { times: { ...maintenance, ...ends }, coverage: toCoverage(maintenance) },
      mapTimesProblem: (problem) =>
        problem.code === windowTooLong.code
          ? extensionTooLong.at('minutes', { minutes, length, max: most })
          : { ...problem, field: 'minutes' },
      overrideReason,
    });
    const remindedUntil = remindedUntilAfterChange(maintenance, { start, end: later }, now);
    const extended = await updateMaintenance(
      tx,
      maintenance,
      {
        ...ends,
        remindedUntil,
        nextDueAt: nextDue({ ...maintenance, ...ends, remindedUntil }),
        ...detachRun(maintenance.run),
        ...approval,
      },
      now,
    );
    await record(tx, actor, now, {
      type: 'maintenance.extended',
      maintenanceId: id,
      before: endsOf(maintenance),
      after: endsOf(extended),
    });
    await recordEnteredFreezes(tx, actor, now, id, entered);
    await announceEverywhere(tx, extended);
    await reconcileMuted(tx, extended);
    await wakeSchedulers(tx);
    return extended;
  });
}
