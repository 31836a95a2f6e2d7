import { record } from '../audit/record.ts';
import { assertValid } from '../core/errors.ts';
import { MAX_COMMENT_CHARS } from '../core/limits.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { announceEverywhere } from '../maintenance/commands/announce.ts';
import { lockForChange } from '../maintenance/commands/find.ts';
import { notifyOwner } from '../maintenance/commands/notify-owner.ts';
import { wrongStatus } from '../maintenance/errors.ts';
import { updateMaintenance } from '../maintenance/repository/changes.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import { type ActionContext, inTransactionOnce } from '../platform/transactions.ts';
import { approvalDecided, approvalNotNeeded, secondPersonRequired } from './errors.ts';
import { isAnotherPerson } from './rules.ts';

/**
 * Approves a scheduled maintenance, so that it may start. One that was declined may be approved all the same.
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden` for one who asked for it, `not-found`, or `conflict` when nothing waits for an approval
 */
export async function approve(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: string,
): Promise<Maintenance | undefined> {
  authorize(actor, 'approve');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    assertAwaitsApproval(maintenance, ['pending', 'declined']);
    if (!isAnotherPerson(maintenance, actor.id)) {
      throw secondPersonRequired({ actor: actor.name, id });
    }
    const approved = await updateMaintenance(tx, maintenance, { approval: 'approved', requestedBy: [] }, now);
    await record(tx, actor, now, {
      type: 'maintenance.approved',
      maintenanceId: id,
      internal: true,
      before: { approval: maintenance.approval, requested_by: [...maintenance.requestedBy] },
      after: { approval: approved.approval },
    });
    await announceEverywhere(tx, approved);
    return approved;
  });
}

/** @throws UserError `conflict` when what a second person says to it makes no difference */
export function assertAwaitsApproval({ id, status, approval }: Maintenance, from: readonly string[]): void {
  if (status !== 'scheduled') throw wrongStatus({ id, status, action: 'approve' });
  if (approval === null) throw approvalNotNeeded({ id });
  if (!from.includes(approval)) throw approvalDecided({ id, approval });
}

/**
 * Declines a scheduled maintenance: it stays, and does not start unless it is changed or approved after all.
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, `invalid` for an endless reason, or `conflict` when nothing waits for approval
 */
export async function decline(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  reason: string | undefined,
  once?: string,
): Promise<Maintenance | undefined> {
  authorize(actor, 'approve');
  const why = reason?.trim() ?? '';
  const problems = validateText('reason', why, MAX_COMMENT_CHARS);
  assertValid(problems);
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    assertAwaitsApproval(maintenance, ['pending']);
    const declined = await updateMaintenance(tx, maintenance, { approval: 'declined' }, now);
    const event = await record(tx, actor, now, {
      type: 'maintenance.declined',
      maintenanceId: id,
      internal: true,
      before: { approval: maintenance.approval },
      after: { approval: declined.approval, ...(why === '' ? {} : { reason: why }) },
    });
    await announceEverywhere(tx, declined);
    await notifyOwner(tx, declined, `declined:${event}`, event);
    return declined;
  });
}
