import { findLastEventId } from '../audit/repository.ts';
import { findMaintenance } from '../maintenance/repository/maintenances.ts';
import { enqueue, handleDeliveryError, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { insertApprovalRequests, listApprovalRequests, listServiceOwners, readDecisions } from './repository.ts';
import { isAnotherPerson } from './rules.ts';

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
      await insertApprovalRequests(
        database,
        { accountId, maintenanceId, round, eventId },
        second.slice(0, MAX_APPROVERS),
      );
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
