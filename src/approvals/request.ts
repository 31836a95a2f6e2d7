import { findLastEventId } from '../audit/repository.ts';
import { PostError, type Poster } from '../delivery/announce.ts';
import { findMaintenance, type Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { Message } from '../slack/blocks.ts';
import {
  type Decisions,
  insertApprovalRequests,
  listApprovalRequests,
  listPostedRequests,
  listServiceOwners,
  readDecisions,
  updateApprovalRequest,
} from './repository.ts';
import { isAnotherPerson } from './rules.ts';
import { approvalRequest, type RequestedApproval } from './slack/messages.ts';

/** Who may approve, by their Slack ids. */
export interface Approvers {
  /**
   * Those who may approve because they were given the role, alone or with a user group, and of `others` those who may; where
   * there is none, the admins of the workspace.
   * @throws PostRefused
   */
  of(accountId: number, others: readonly string[]): Promise<readonly string[]>;
}

/** More would be a circular (people asked for one approval). */
const MOST = 20;

/**
 * Asks those who may approve a maintenance that waits for it, in direct messages, and brings the messages of those who were
 * asked up to date. Doing it twice changes nothing.
 */
export async function notifyApprovers(
  { database }: ActionContext,
  approvers: Approvers,
  { accountId, maintenanceId }: Jobs['approvers'],
): Promise<void> {
  const maintenance = await findMaintenance(database, accountId, maintenanceId);
  if (maintenance === undefined) return;
  try {
    if (maintenance.status === 'scheduled' && maintenance.approval === 'pending') {
      const owners = await listServiceOwners(database, accountId, maintenanceId);
      const people = await approvers.of(accountId, owners);
      const eventId = await findLastEventId(database, accountId, maintenanceId);
      const { count: round } = await readDecisions(database, accountId, maintenanceId);
      const second = people.filter((person) => isAnotherPerson(maintenance, person));
      await insertApprovalRequests(database, { accountId, maintenanceId, round, eventId }, second.slice(0, MOST));
    }
  } catch (error) {
    if (!(error instanceof PostError)) throw error;
    if (error.reason.kind === 'disconnected') return;
    if (error.reason.kind !== 'later') throw error;
    const notBefore = new Date(Date.now() + error.reason.retryAfterSeconds * 1000);
    await enqueue(database, 'approvers', { accountId, maintenanceId }, { notBefore });
    return;
  }
  for (const person of await listApprovalRequests(database, accountId, maintenanceId)) {
    await enqueue(database, 'notify', { accountId, person });
  }
}

/** A message that asks for an approval, and whether it asks still. @param round how often it was decided upon before */
export async function renderApprovalRequest(
  db: Queries,
  maintenance: Maintenance,
  round: number,
): Promise<{ message: Message; open: boolean }> {
  const asked = standing(maintenance, round, await readDecisions(db, maintenance.accountId, maintenance.id));
  return { message: approvalRequest(maintenance, asked), open: asked.state === 'open' };
}

function standing({ status, approval }: Maintenance, round: number, { count, by }: Decisions): RequestedApproval {
  const scheduled = status === 'scheduled';
  if (scheduled && approval === 'pending') return { state: count === round ? 'open' : 'again' };
  if (by !== undefined && count > round && (approval === 'approved' || approval === 'declined')) {
    return { state: approval, by };
  }
  return { state: 'closed' };
}

/** Brings the messages that ask somebody for approvals up to date. Those that were answered say so, and stay as they are. */
export async function refreshApprovalRequests(
  { database }: ActionContext,
  poster: Poster,
  { accountId, person }: Jobs['notify'],
): Promise<void> {
  for (const { id, maintenanceId, round, ts, rendered: shown } of await listPostedRequests(
    database,
    accountId,
    person,
  )) {
    const maintenance = await findMaintenance(database, accountId, maintenanceId);
    if (maintenance === undefined || ts === '') {
      await updateApprovalRequest(database, id, { asks: false });
      continue;
    }
    const { message, open } = await renderApprovalRequest(database, maintenance, round);
    const rendered = JSON.stringify(message);
    try {
      if (rendered !== shown) await poster.update(accountId, person, ts, message);
    } catch (error) {
      // The person deleted it, or is not there any more: nothing is left to be kept true.
      if (!(error instanceof PostError) || (error.reason.kind !== 'gone' && error.reason.kind !== 'final')) throw error;
      await updateApprovalRequest(database, id, { asks: false });
      continue;
    }
    await updateApprovalRequest(database, id, { rendered, ...(open ? {} : { asks: false }) });
  }
}
