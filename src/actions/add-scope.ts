import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_DESCRIPTION, problemsOfName, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { takenIn } from '../store/fault.ts';
import { createScope, type ScopeSettings, type ScopeValues, scopeNamed } from '../store/scopes.ts';
import { type Ground, transact } from './action.ts';

/** @throws Refusal `forbidden`, `invalid`, or `conflict` when a scope has that name already */
export async function addScope(ground: Ground, actor: Actor, input: ScopeValues): Promise<ScopeSettings> {
  mustBeAllowed(actor, 'add-scope');
  const name = input.name.trim();
  const problems = [
    ...problemsOfName('scope', name),
    ...problemsOfText('description', input.description ?? '', LONGEST_DESCRIPTION),
  ];
  if (problems.length > 0) throw Refusal.invalid(problems);
  const taken = () => {
    const message = `There is a scope named ${name} already. Choose another name.`;
    return new Refusal('conflict', message, [{ field: 'name', message }]);
  };
  const add = transact(ground, async (tx, now) => {
    if ((await scopeNamed(tx, actor.accountId, name)) !== null) {
      throw taken();
    }
    const scope = await createScope(tx, actor.accountId, { ...input, name });
    await record(tx, actor, now, { action: 'add-scope', subject: `scope:${scope.id}`, after: { ...input, name } });
    return scope;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw takenIn(error) === 'scopes_named_once' ? taken() : error;
  });
}
