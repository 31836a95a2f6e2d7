import { can } from '../domain/lifecycle.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { changedByHand } from '../domain/series.ts';
import { record } from '../store/audit.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { end } from './finish.ts';

/**
 * Deletes a maintenance: no list, feed or door shows it any more. One that is scheduled or in progress is canceled first,
 * its channels are told, and its checks go on again at once. What is in the audit stays, as do the messages in Slack.
 * @returns the maintenance as it was left; undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden`, or `not-found`, also for one that is deleted already
 */
export async function deleteMaintenance(
  ground: Ground,
  actor: Actor,
  id: number,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'delete');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    const over = can(maintenance.status, 'cancel')
      ? await end(tx, actor, maintenance, now, 'canceled', 'cancel', changedByHand(maintenance.run))
      : maintenance;
    const deleted = await updateMaintenance(tx, over, { deletedAt: now, lookAt: null, nextDueAt: null }, now);
    await record(tx, actor, now, {
      action: 'delete',
      maintenanceId: id,
      internal: true,
      before: { name: maintenance.name, status: maintenance.status },
    });
    return deleted;
  });
}
