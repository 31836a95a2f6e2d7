import { record } from '../audit/record.ts';
import { findLastEventId } from '../audit/repository.ts';
import { assertValid } from '../core/errors.ts';
import { MAX_COMMENT_CHARS } from '../core/limits.ts';
import type { Actor } from '../core/permissions.ts';
import { announceEverywhere, notifyOwner, toCoverage } from '../maintenance/commands/announce.ts';
import { withMaintenance } from '../maintenance/commands/find.ts';
import { wrongStatus } from '../maintenance/errors.ts';
import { updateMaintenance } from '../maintenance/repository/changes.ts';
import { findMaintenance } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { needOf } from '../maintenance/rules/coverage.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import { enqueue, handleDeliveryError, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { approvalDecided, approvalNotNeeded, secondPersonRequired } from './errors.ts';
import { insertApprovalRequests, listApprovalRequests, listServiceOwners, readDecisions } from './repository.ts';
import { type Approval, isAnotherPerson } from './rules.ts';

/**
 * Approves a scheduled maintenance, so that it may start, even if it was declined before.
 * @throws UserError `forbidden`, `second-person-required`, `not-found`, or `conflict` when it awaits no approval
 */
export async function approve(ctx: ActionContext, actor: Actor, id: number, once?: string) {
  return withMaintenance(ctx, actor, id, 'approve', once, async (tx, maintenance, now) => {
    assertAwaitsApproval(maintenance, ['pending', 'declined']);
    if (!isAnotherPerson(maintenance, actor.id)) throw secondPersonRequired({ actor: actor.name, id });
    await readSurroundings(tx, actor.accountId, needOf(toCoverage(maintenance)));
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

function assertAwaitsApproval({ id, status, approval }: Maintenance, from: readonly Approval[]): void {
  if (status !== 'scheduled') throw wrongStatus({ id, status, action: 'approve' });
  if (approval === null) throw approvalNotNeeded({ id });
  if (!from.includes(approval)) throw approvalDecided({ id, approval });
}

/**
 * Declines a scheduled maintenance: it does not start unless it is changed, or approved after all.
 * @throws UserError `forbidden`, `not-found`, `invalid-request` for a reason that is too long, or `conflict` when it awaits
 *   no approval
 */
export async function decline(ctx: ActionContext, actor: Actor, id: number, reason = '', once?: string) {
  return withMaintenance(ctx, actor, id, 'approve', once, async (tx, maintenance, now) => {
    const trimmed = reason.trim();
    assertValid(validateText('reason', trimmed, MAX_COMMENT_CHARS));
    assertAwaitsApproval(maintenance, ['pending']);
    await readSurroundings(tx, actor.accountId, needOf(toCoverage(maintenance)));
    const declined = await updateMaintenance(tx, maintenance, { approval: 'declined' }, now);
    const event = await record(tx, actor, now, {
      type: 'maintenance.declined',
      maintenanceId: id,
      internal: true,
      before: { approval: maintenance.approval },
      after: { approval: declined.approval, ...(trimmed && { reason: trimmed }) },
    });
    await announceEverywhere(tx, declined);
    await notifyOwner(tx, declined, `declined:${event}`, event);
    return declined;
  });
}

const MAX_APPROVERS = 20;

/** Finds the people who may approve, in one kind of channel. */
export interface ApproverDirectory {
  /**
   * The people who have the approver role, directly or through a group, and those of `others` who may approve; the admins
   * if there are none.
   * @param others ids of people
   */
  listApprovers(accountId: number, others: readonly string[]): Promise<readonly string[]>;
}

/** Requests an approval from everyone who may give it, and has the messages of earlier requests refreshed. Idempotent. */
export async function notifyApprovers(
  { database }: ActionContext,
  directories: readonly ApproverDirectory[],
  { accountId, maintenanceId }: Jobs['ask-approvers'],
): Promise<void> {
  const maintenance = await findMaintenance(database, accountId, maintenanceId);
  if (maintenance === undefined) return;
  try {
    if (maintenance.status === 'scheduled' && maintenance.approval === 'pending') {
      const owners = await listServiceOwners(database, accountId, maintenanceId);
      const found = await Promise.all(directories.map((directory) => directory.listApprovers(accountId, owners)));
      const people = [...new Set(found.flat())];
      const eventId = await findLastEventId(database, accountId, maintenanceId);
      const { count: round } = await readDecisions(database, accountId, maintenanceId);
      const second = people.filter((person) => isAnotherPerson(maintenance, person));
      const request = { accountId, maintenanceId, round, eventId };
      await insertApprovalRequests(database, request, second.slice(0, MAX_APPROVERS));
    }
  } catch (error) {
    if ((await handleDeliveryError(database, error, 'ask-approvers', { accountId, maintenanceId })) !== undefined)
      throw error;
    return;
  }
  for (const person of await listApprovalRequests(database, accountId, maintenanceId)) {
    await enqueue(database, 'notify', { accountId, person });
  }
}
