import type { Ground } from '../actions/action.ts';
import { isSecondPerson } from '../domain/approval.ts';
import { askedOf, decisionsOn, insertAsks, ownersOfServices } from '../store/asks.ts';
import { lastEvent } from '../store/history.ts';
import { type Effects, enqueue } from '../store/jobs.ts';
import { findMaintenance } from '../store/maintenances.ts';
import { PostRefused } from './announce.ts';

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
export async function askApprovers(
  { database }: Ground,
  approvers: Approvers,
  { accountId, maintenanceId }: Effects['approvers'],
): Promise<void> {
  const maintenance = await findMaintenance(database, accountId, maintenanceId);
  if (maintenance === undefined) return;
  try {
    if (maintenance.status === 'scheduled' && maintenance.approval === 'pending') {
      const owners = await ownersOfServices(database, accountId, maintenanceId);
      const people = await approvers.of(accountId, owners);
      const eventId = await lastEvent(database, accountId, maintenanceId);
      const { count: round } = await decisionsOn(database, accountId, maintenanceId);
      const second = people.filter((person) => isSecondPerson(maintenance, person));
      await insertAsks(database, { accountId, maintenanceId, round, eventId }, second.slice(0, MOST));
    }
  } catch (error) {
    if (!(error instanceof PostRefused)) throw error;
    if (error.reason.kind === 'disconnected') return;
    if (error.reason.kind !== 'later') throw error;
    const notBefore = new Date(Date.now() + error.reason.retryAfterSeconds * 1000);
    await enqueue(database, 'approvers', { accountId, maintenanceId }, { notBefore });
    return;
  }
  for (const person of await askedOf(database, accountId, maintenanceId)) {
    await enqueue(database, 'notify', { accountId, person });
  }
}
