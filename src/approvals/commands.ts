import { record } from '../audit/record.ts';
import { findLastEventId } from '../audit/repository.ts';
import { assertValid } from '../core/errors.ts';
import { MAX_COMMENT_CHARS } from '../core/limits.ts';
import type { Actor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { announceEverywhere, notifyOwner, reconcileMuted, toCoverage } from '../maintenance/commands/announce.ts';
import { withMaintenance } from '../maintenance/commands/find.ts';
import { wrongStatus } from '../maintenance/errors.ts';
import { type MaintenanceChanges, updateMaintenance } from '../maintenance/repository/changes.ts';
import { findMaintenance } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { needOf } from '../maintenance/rules/coverage.ts';
import { toExtent } from '../maintenance/rules/extent.ts';
import { nextDue } from '../maintenance/rules/lifecycle.ts';
import { changeEnd, currentWindow } from '../maintenance/rules/times.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, handleDeliveryError, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { approvalDecided, approvalNotNeeded, approvalOutdated, secondPersonRequired } from './errors.ts';
import { insertApprovalRequests, listApprovalRequests, listServiceOwners, readDecisions } from './repository.ts';
import { type Approval, awaitsApproval, isAnotherPerson, requestersOnceApproved, toApproved } from './rules.ts';

/**
 * Approves a scheduled maintenance as it is, so that it may start, even if it was declined before; or the extension of one in
 * progress.
 * @param options.version that the person saw; absent: whatever it is
 * @throws UserError `forbidden`, `second-person-required`, `not-found`, or `conflict` when it awaits no approval or changed
 */
export async function approve(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: string,
  { version }: { readonly version?: number | undefined } = {},
) {
  return withMaintenance(ctx, actor, id, 'approve', once, async (tx, maintenance, now) => {
    assertAwaitsApproval(maintenance, ['pending', 'declined']);
    if (!isAnotherPerson(maintenance, actor.id)) throw secondPersonRequired({ actor: actor.name, id });
    if (version !== undefined && version !== maintenance.version) throw approvalOutdated({ id });
    return approveLocked(tx, actor, now, maintenance);
  });
}

/** Approves a locked maintenance as it is. */
export async function approveLocked(
  tx: Queries,
  actor: Actor,
  now: Date,
  maintenance: Maintenance,
): Promise<Maintenance> {
  const { id, accountId } = maintenance;
  const coverage = toCoverage(maintenance);
  const around = await readSurroundings(tx, accountId, needOf(coverage));
  const approved = toApproved(toExtent(around, coverage, currentWindow(maintenance)));
  const requestedBy = requestersOnceApproved(maintenance);
  const changed = await updateMaintenance(tx, maintenance, { approval: 'approved', approved, requestedBy }, now);
  await record(tx, actor, now, {
    type: 'maintenance.approved',
    maintenanceId: id,
    internal: true,
    before: { approval: maintenance.approval, requested_by: [...maintenance.requestedBy] },
    after: { approval: changed.approval, approved_until: utc(approved.end) },
  });
  await announceEverywhere(tx, changed);
  return changed;
}

function assertAwaitsApproval(maintenance: Maintenance, from: readonly Approval[]): void {
  const { id, status, approval } = maintenance;
  if (awaitsApproval(maintenance)) return;
  if (status !== 'scheduled' && status !== 'in-progress') throw wrongStatus({ id, status, action: 'approve' });
  if (approval === null) throw approvalNotNeeded({ id });
  if (status === 'in-progress' || !from.includes(approval)) throw approvalDecided({ id, approval });
}

/**
 * Declines a scheduled maintenance: it does not start unless it is changed, or approved after all. One in progress whose
 * extension is declined ends when it was approved to end, or now if that is past.
 * @throws UserError `forbidden`, `not-found`, `invalid-request` for a reason that is too long, or `conflict` when it awaits
 *   no approval
 */
export async function decline(ctx: ActionContext, actor: Actor, id: number, reason = '', once?: string) {
  return withMaintenance(ctx, actor, id, 'approve', once, async (tx, maintenance, now) => {
    const trimmed = reason.trim();
    assertValid(validateText('reason', trimmed, MAX_COMMENT_CHARS));
    assertAwaitsApproval(maintenance, ['pending']);
    await readSurroundings(tx, actor.accountId, needOf(toCoverage(maintenance)));
    const changes = withoutExtension(maintenance, now) ?? { approval: 'declined' };
    const declined = await updateMaintenance(tx, maintenance, changes, now);
    const event = await record(tx, actor, now, {
      type: 'maintenance.declined',
      maintenanceId: id,
      internal: true,
      before: { approval: maintenance.approval },
      after: {
        approval: declined.approval,
        ...(trimmed && { reason: trimmed }),
        ...(declined.endsAt && { ends_at: utc(declined.endsAt) }),
      },
    });
    await announceEverywhere(tx, declined);
    await reconcileMuted(tx, declined);
    await notifyOwner(tx, declined, `declined:${event}`, event);
    return declined;
  });
}

/** How a maintenance in progress ends without an extension that nobody approved; undefined for a scheduled one. */
function withoutExtension(maintenance: Maintenance, now: Date): MaintenanceChanges | undefined {
  const { status, approved } = maintenance;
  if (status !== 'in-progress' || approved === null) return undefined;
  const times = changeEnd(maintenance, new Date(Math.max(approved.end.getTime(), now.getTime())));
  return {
    ...times,
    approval: 'approved',
    approved: { ...approved, final: true },
    nextDueAt: nextDue({ ...maintenance, ...times }),
  };
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
    if (awaitsApproval(maintenance)) {
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
