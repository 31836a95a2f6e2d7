import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_NAME, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { insertSubaccount, type Subaccount } from '../store/subaccounts.ts';
import { type Ground, transact } from './action.ts';

/**
 * Adds an account within the account, for whose checks and maintenances tools of the account ask by its key.
 * @throws Refusal `forbidden` or `invalid`
 */
export async function addSubaccount(ground: Ground, actor: Actor, input: { name: string }): Promise<Subaccount> {
  mustBeAllowed(actor, 'add-subaccount');
  const name = input.name.trim();
  const problems = problemsOfText('name', name, LONGEST_NAME);
  if (name === '') problems.push({ field: 'name', message: 'A sub-account needs a name.' });
  if (problems.length > 0) throw Refusal.invalid(problems);
  return transact(ground, async (tx, now) => {
    const added = await insertSubaccount(tx, actor.accountId, name);
    await record(tx, actor, now, {
      action: 'add-subaccount',
      subject: `account:${added.id}`,
      after: { key: added.key, name },
    });
    return added;
  });
}
