import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_COMMENT, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { mustAwait } from './approve.ts';
import { announceEverywhere } from './effects.ts';
import { notifyOwner } from './notify-owner.ts';

/**
 * Declines a scheduled maintenance: it stays, and does not start unless it is changed or approved after all.
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden`, `not-found`, `invalid` for an endless reason, or `conflict` when nothing waits for approval
 */
export async function decline(
  ground: Ground,
  actor: Actor,
  id: number,
  reason: string | undefined,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'approve');
  const why = reason?.trim() ?? '';
  const problems = problemsOfText('reason', why, LONGEST_COMMENT);
  if (problems.length > 0) throw Refusal.invalid(problems);
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    mustAwait(maintenance, ['pending']);
    const declined = await updateMaintenance(tx, maintenance, { approval: 'declined' }, now);
    const event = await record(tx, actor, now, {
      action: 'decline',
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
