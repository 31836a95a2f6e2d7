import { can, STANDS } from '../domain/lifecycle.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { changedByHand } from '../domain/series.ts';
import { LONGEST_COMMENT, problemsOfText } from '../domain/window.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { end } from './finish.ts';

/**
 * Cancels a maintenance that is scheduled or in progress; its checks go on again at once.
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden`, `not-found`, `invalid` for an endless reason, or `conflict` when it is over already
 */
export async function cancel(
  ground: Ground,
  actor: Actor,
  id: number,
  reason: string | undefined,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'cancel');
  const problems = problemsOfText('reason', reason ?? '', LONGEST_COMMENT);
  if (problems.length > 0) throw Refusal.invalid(problems);
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    if (!can(maintenance.status, 'cancel')) {
      throw new Refusal(
        'conflict',
        `Maintenance ${id} ${STANDS[maintenance.status]} already; there is nothing to cancel.`,
      );
    }
    const details = { ...(reason ? { reason } : {}), ...changedByHand(maintenance.run) };
    return end(tx, actor, maintenance, now, 'canceled', 'cancel', details);
  });
}
