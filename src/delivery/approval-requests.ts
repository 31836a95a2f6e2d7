import { type Decisions, listPostedRequests, readDecisions, updateApprovalRequest } from '../approvals/repository.ts';
import type { RequestedApproval } from '../approvals/rules.ts';
import { DeliveryError } from '../core/delivery-error.ts';
import { findMaintenance, type Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Queries } from '../platform/database.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { Channel, ChannelMessage } from './channel.ts';

/**
 * The message that asks for an approval, and whether it still asks.
 * @param round how many decisions had been made before this request
 */
export async function approvalRequestMessage(
  db: Queries,
  maintenance: Maintenance,
  round: number,
): Promise<{ message: ChannelMessage; open: boolean }> {
  const approval = requestState(maintenance, round, await readDecisions(db, maintenance.accountId, maintenance.id));
  return { message: { type: 'approval-request', maintenance, approval }, open: approval.state === 'open' };
}

function requestState({ status, approval }: Maintenance, round: number, { count, by }: Decisions): RequestedApproval {
  const scheduled = status === 'scheduled';
  if (scheduled && approval === 'pending') return { state: count === round ? 'open' : 'again' };
  if (by !== undefined && count > round && (approval === 'approved' || approval === 'declined')) {
    return { state: approval, by };
  }
  return { state: 'closed' };
}

/** Updates the messages that ask a person for approvals. One that was answered says so, and is not touched again. */
export async function refreshApprovalRequests(
  { database }: ActionContext,
  channel: Channel,
  { accountId, person }: Jobs['notify'],
): Promise<void> {
  for (const { id, maintenanceId, round, messageRef, rendered: shown } of await listPostedRequests(
    database,
    accountId,
    person,
  )) {
    const maintenance = await findMaintenance(database, accountId, maintenanceId);
    if (maintenance === undefined || messageRef === '') {
      await updateApprovalRequest(database, id, { asks: false });
      continue;
    }
    const { message, open } = await approvalRequestMessage(database, maintenance, round);
    const rendered = channel.render(message);
    try {
      if (rendered !== shown) await channel.update({ accountId, type: 'person', address: person }, messageRef, message);
    } catch (error) {
      // The person deleted the message or left: nothing is left to keep up to date.
      if (!(error instanceof DeliveryError) || (error.reason.kind !== 'gone' && error.reason.kind !== 'final'))
        throw error;
      await updateApprovalRequest(database, id, { asks: false });
      continue;
    }
    await updateApprovalRequest(database, id, {
      ...(rendered === undefined ? {} : { rendered }),
      ...(open ? {} : { asks: false }),
    });
  }
}
