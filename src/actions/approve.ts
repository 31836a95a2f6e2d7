import { isSecondPerson } from '../domain/approval.ts';
import { STANDS } from '../domain/lifecycle.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { announceEverywhere } from './effects.ts';

/**
 * Approves a scheduled maintenance, so that it may start. One that was declined may be approved all the same.
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden` for one who asked for it, `not-found`, or `conflict` when nothing waits for an approval
 */
export async function approve(
  ground: Ground,
  actor: Actor,
  id: number,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'approve');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    mustAwait(maintenance, ['pending', 'declined']);
    if (!isSecondPerson(maintenance, actor.id)) {
      throw new Refusal(
        'forbidden',
        `${actor.name} asked for maintenance ${id}, or changed it since; a second person has to approve it.`,
      );
    }
    const approved = await updateMaintenance(tx, maintenance, { approval: 'approved', requestedBy: [] }, now);
    await record(tx, actor, now, {
      action: 'approve',
      maintenanceId: id,
      internal: true,
      before: { approval: maintenance.approval, requested_by: [...maintenance.requestedBy] },
      after: { approval: approved.approval },
    });
    await announceEverywhere(tx, approved);
    return approved;
  });
}

/** @throws Refusal `conflict` when what a second person says to it makes no difference */
export function mustAwait({ id, status, approval }: Maintenance, from: readonly string[]): void {
  if (status !== 'scheduled') {
    throw new Refusal('conflict', `Maintenance ${id} ${STANDS[status]}; only a scheduled one waits for approval.`);
  }
  if (approval === null) throw new Refusal('conflict', `Maintenance ${id} needs no approval.`);
  if (!from.includes(approval)) throw new Refusal('conflict', `Maintenance ${id} is ${approval} already.`);
}
