import { assertValid } from '../../core/errors.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { detachRun } from '../../series/rules.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { validateRecordedTimes } from '../rules/change.ts';
import { can } from '../rules/lifecycle.ts';
import type { Status } from '../rules/status.ts';
import { correctedTimes } from '../rules/times.ts';
import { editLocked, type MaintenanceEdit } from './edit.ts';
import { lockForChange } from './find.ts';
import { endMaintenance, startLocked } from './transitions.ts';

/** How a maintenance should be. Absent fields stay as they are. */
export interface Correction extends Omit<MaintenanceEdit, 'endsAt'> {
  readonly status: Status;
  /** When it started; absent: as recorded, or now if it starts. */
  readonly startedAt?: Date | undefined;
  /** When it ended; absent: as recorded, or now if it ends. */
  readonly endedAt?: Date | undefined;
}

/**
 * Corrects a maintenance, whatever its status. A change that the status allows is an edit, a start, an end or a cancellation,
 * with its notifications; anything else is recorded as a correction.
 * @param requested from the locked maintenance
 * @throws FreezeConflict, or UserError `forbidden`, `not-found`, `invalid-request` with every wrong field, `approval-missing`,
 *   `window-over` or `run-withdrawn`
 */
export async function correct(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  requested: (current: Maintenance) => Correction,
): Promise<Maintenance> {
  authorize(actor, 'edit');
  return inTransaction(ctx, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    const { status, ...wanted } = requested(maintenance);
    const amend = (before: Maintenance, to: Status, { startedAt, endedAt, ...edit }: Omit<Correction, 'status'>) => {
      const plan = { start: edit.start ?? before.scheduledStart, end: edit.end ?? before.scheduledEnd };
      const recorded = correctedTimes(before, { ...plan, status: to, startedAt, endedAt }, now);
      return editLocked(tx, actor, now, before, edit, { recorded });
    };
    if (status === maintenance.status || status === 'scheduled' || !can(maintenance.status, STEPS[status])) {
      return amend(maintenance, status, wanted);
    }
    authorize(actor, STEPS[status]);
    const { startedAt, endedAt, ...edit } = wanted;
    if (status === 'in-progress') {
      return startLocked(tx, actor, await amend(maintenance, 'scheduled', edit), now, { startedAt });
    }
    // The plan may be in the past only once it is over.
    const { start, end, ...content } = edit;
    const amended = await amend(maintenance, maintenance.status, { ...content, startedAt });
    assertValid(validateRecordedTimes({ ...amended, endsAt: null, endedAt: endedAt ?? null }));
    const canceled = status === 'canceled';
    const type = canceled ? 'maintenance.canceled' : 'maintenance.finished';
    const details = { endedAt, ...(canceled && detachRun(amended.run)) };
    const ended = await endMaintenance(tx, actor, amended, now, status, type, details);
    return amend(ended, status, { ...(start && { start }), ...(end && { end }), startedAt });
  });
}

/** The transition that leads to each status. */
const STEPS = { 'in-progress': 'start', succeed: 'finish', failed: 'finish', canceled: 'cancel' } as const;
