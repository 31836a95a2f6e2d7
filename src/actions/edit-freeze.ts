import { difference } from '../domain/difference.ts';
import { problemsOfFreeze } from '../domain/freezes.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { findFreeze, type NewFreeze, type StoredFreeze, updateFreeze } from '../store/freezes.ts';
import { takeTurn } from '../store/turns.ts';
import { type Ground, transact } from './action.ts';
import { recorded } from './add-freeze.ts';
import { unknownScope } from './references.ts';
import { noSuchFreeze } from './remove-freeze.ts';

/** What is not named stays as it is. */
export type FreezeEdit = { readonly [Field in keyof NewFreeze]?: NewFreeze[Field] | undefined };

/**
 * Changes a freeze. What is scheduled in it already stays as it is.
 * @throws Refusal `forbidden`, `not-found`, or `invalid` with every field that is wrong
 */
export async function editFreeze(ground: Ground, actor: Actor, id: number, edit: FreezeEdit): Promise<StoredFreeze> {
  mustBeAllowed(actor, 'add-freeze');
  return transact(ground, async (tx, now) => {
    await takeTurn(tx, actor.accountId, `freeze:${id}`);
    const freeze = await findFreeze(tx, actor.accountId, id);
    if (freeze === undefined) throw noSuchFreeze(id);
    const wanted: NewFreeze = {
      scopeId: edit.scopeId === undefined ? (freeze.scope?.id ?? null) : edit.scopeId,
      start: edit.start ?? freeze.start,
      end: edit.end ?? freeze.end,
      reason: edit.reason?.trim() ?? freeze.reason,
      effect: edit.effect ?? freeze.effect,
    };
    const problems = [...problemsOfFreeze(wanted, now), ...(await unknownScope(tx, actor.accountId, wanted.scopeId))];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const changed = await updateFreeze(tx, actor.accountId, id, wanted);
    const change = difference(recorded(freeze), recorded(changed));
    if (change !== undefined)
      await record(tx, actor, now, { action: 'edit-freeze', subject: `freeze:${id}`, ...change });
    return changed;
  });
}
