import { z } from 'zod';
import { findAccountNamed, listSubaccounts } from '../../access/accounts.ts';
import { addSubaccount } from '../../access/commands.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { type NodePingRequest, RequestError, readMembers, text } from './request.ts';

const accountMembers = z.object({ name: z.string({ error: 'Expected the name of the sub-account, as text.' }) });
const oneAccount = z.object({ id: text.optional(), customerid: text.optional() });

/**
 * Answers `/accounts`: the sub-accounts by their keys, which requests name as `customerid`. Clients test tokens with it.
 * @param id in the path
 */
export async function accounts(
  ctx: ActionContext,
  actor: Actor,
  { method, members }: NodePingRequest,
  id: string | undefined,
): Promise<Record<string, unknown>> {
  if (method === 'POST') return toDocument(await addSubaccount(ctx, actor, readMembers(accountMembers, members)));
  if (method !== 'GET') throw new RequestError(`${method} is not possible here: sub-accounts can be listed and added.`);
  authorize(actor, 'read');
  const sent = readMembers(oneAccount, members);
  const key = id ?? sent.id ?? sent.customerid;
  if (key === undefined || key === '') {
    // Somebody limited to scopes of the account cannot act in them.
    const subaccounts = actor.scopes === undefined ? await listSubaccounts(ctx.database, actor.accountId) : [];
    return Object.fromEntries(subaccounts.map((each) => [each.key, { name: each.name, status: 'Active' }]));
  }
  const found = await findAccountNamed(ctx.database, key, actor.accountId);
  if (found === undefined || (actor.scopes !== undefined && found.id !== actor.accountId)) {
    throw new RequestError(`There is no account ${key}. GET /api/1/accounts lists the sub-accounts.`);
  }
  return toDocument({ ...found, key: found.key ?? key });
}

function toDocument({ key, name }: { readonly key: string; readonly name: string }) {
  return { _id: key, type: 'customer', customer_name: name, status: 'Active' };
}
