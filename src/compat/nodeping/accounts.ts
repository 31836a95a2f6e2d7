import { z } from 'zod';
import { listSubaccounts, type Subaccount } from '../../access/accounts.ts';
import { addSubaccount } from '../../access/commands.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { read } from './members.ts';
import type { NodePingRequest } from './request.ts';
import { RequestError } from './request-error.ts';

const accountMembers = z.object({ name: z.string({ error: 'Expected the name of the sub-account, as text.' }) });

/**
 * Answers `/api/1/accounts`: the sub-accounts by their keys, which requests name as `customerid`. Clients ask for them to see
 * whether their token is good.
 * @throws UserError or RequestError
 */
export async function accounts(
  ctx: ActionContext,
  actor: Actor,
  { method, members }: NodePingRequest,
): Promise<Record<string, unknown>> {
  if (method === 'GET') {
    authorize(actor, 'read');
    return entriesOf(await listSubaccounts(ctx.database, actor.accountId));
  }
  if (method === 'POST') return entriesOf([await addSubaccount(ctx, actor, read(accountMembers, members))]);
  throw new RequestError(`${method} is not possible here: sub-accounts can be listed and added.`);
}

function entriesOf(accounts: readonly Subaccount[]): Record<string, unknown> {
  return Object.fromEntries(accounts.map(({ key, name }) => [key, { name, status: 'Active' }]));
}
