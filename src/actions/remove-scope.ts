import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { findScope, needsOfScope, removeScopeRow, type ScopeSettings, servicesOfScope } from '../store/scopes.ts';
import { takeTurn } from '../store/turns.ts';
import { type Ground, transact } from './action.ts';
import { noSuchScope } from './edit-scope.ts';
import { mustBeFree } from './remove-service.ts';

/**
 * Removes a scope from the catalogue, with its freezes and subscriptions. What is past still names it. It may have no
 * services any more, and nothing open may need it.
 * @throws Refusal `forbidden`, `not-found`, or `conflict` with what needs it
 */
export async function removeScope(ground: Ground, actor: Actor, id: number): Promise<ScopeSettings> {
  mustBeAllowed(actor, 'remove-scope');
  return transact(ground, async (tx, now) => {
    await takeTurn(tx, actor.accountId, `scope:${id}`);
    const scope = await findScope(tx, actor.accountId, id);
    if (scope === null) throw noSuchScope(id);
    const services = await servicesOfScope(tx, actor.accountId, id);
    if (services.length > 0) {
      throw new Refusal(
        'conflict',
        `The scope ${scope.name} still has ${services.length === 1 ? 'a service' : `${services.length} services`}: ${services.slice(0, 5).join(', ')}. Remove or move them first. Nothing was removed.`,
      );
    }
    mustBeFree(`The scope ${scope.name}`, await needsOfScope(tx, actor.accountId, id));
    await removeScopeRow(tx, actor.accountId, id, now);
    await record(tx, actor, now, { action: 'remove-scope', subject: `scope:${id}`, before: { name: scope.name } });
    return scope;
  });
}
