import { z } from 'zod';
import { listSubaccounts, type Subaccount } from '../../access/accounts.ts';
import { addSubaccount } from '../../access/commands.ts';
import { Refusal } from '../../core/errors.ts';
import { type Actor, mustBeAllowed } from '../../core/permissions.ts';
import type { Ground } from '../../platform/transactions.ts';
import { read } from './members.ts';
import type { Asked } from './request.ts';

const accountMembers = z.object({ name: z.string({ error: 'Expected the name of the sub-account, as text.' }) });

/**
 * Answers `/api/1/accounts`: the sub-accounts by their keys, which requests name as `customerid`. Clients ask for them to see
 * whether their token is good.
 * @throws Refusal
 */
export async function accounts(
  ground: Ground,
  actor: Actor,
  { method, members }: Asked,
): Promise<Record<string, unknown>> {
  if (method === 'GET') {
    mustBeAllowed(actor, 'read');
    return entriesOf(await listSubaccounts(ground.database, actor.accountId));
  }
  if (method === 'POST') return entriesOf([await addSubaccount(ground, actor, read(accountMembers, members))]);
  throw new Refusal('invalid', `${method} is not possible here: sub-accounts can be listed and added.`);
}

function entriesOf(accounts: readonly Subaccount[]): Record<string, unknown> {
  return Object.fromEntries(accounts.map(({ key, name }) => [key, { name, status: 'Active' }]));
}
