import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { deleteFreeze, findFreeze, type StoredFreeze } from '../store/freezes.ts';
import { type Ground, transact } from './action.ts';
import { recorded } from './add-freeze.ts';

export function noSuchFreeze(id: number): Refusal {
  return new Refusal('not-found', `There is no freeze ${id}. It may have been removed already.`);
}

/**
 * Removes a freeze; the audit keeps what it was.
 * @throws Refusal `forbidden` or `not-found`
 */
export async function removeFreeze(ground: Ground, actor: Actor, id: number): Promise<StoredFreeze> {
  mustBeAllowed(actor, 'remove-freeze');
  return transact(ground, async (tx, now) => {
    const freeze = await findFreeze(tx, actor.accountId, id);
    if (freeze === undefined || !(await deleteFreeze(tx, actor.accountId, id))) {
      throw noSuchFreeze(id);
    }
    await record(tx, actor, now, { action: 'remove-freeze', subject: `freeze:${id}`, before: recorded(freeze) });
    return freeze;
  });
}
