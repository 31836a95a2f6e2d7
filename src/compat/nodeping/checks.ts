import { z } from 'zod';
import { listServices } from '../../catalogue/services/repository.ts';
import { editCheck, switchChecksTogether } from '../../checks/commands.ts';
import { type ProviderIds, providerIds } from '../../checks/provider-repository.ts';
import { type Check, countRegister, listChecks } from '../../checks/repository.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { toLimited } from './entries.ts';
import { flag, ids, type NodePingRequest, RequestError, readMembers, text, unknownCheck } from './request.ts';

const pattern = text
  .refine((value) => !value.includes('\0'), { error: 'Expected text without the character U+0000.' })
  .optional();

/** `active` and `inactive`, as a check is shown, or true and false. */
const enabled = z.preprocess((value) => (value === 'active' ? true : value === 'inactive' ? false : value), flag);

const checkMembers = z.object({
  id: ids.optional(),
  label: pattern,
  target: pattern,
  type: pattern,
  enabled: enabled.optional(),
  disableall: flag.optional(),
});

/** Answers `/checks` as far as maintenance needs it: lists checks, and switches them one by one or together. */
export async function checks(
  ctx: ActionContext,
  actor: Actor,
  { method, members }: NodePingRequest,
  id: string | undefined,
): Promise<Record<string, unknown>> {
  const { database } = ctx;
  const { label, target, type, disableall, ...sent } = readMembers(checkMembers, members);
  const known = await providerIds(database, actor.accountId);
  const named = id === undefined ? sent.id : [id];
  const find = (name: string) => {
    const found = known.idOf.get(name);
    if (found === undefined) throw unknownCheck(name);
    return found;
  };
  if (method === 'GET') {
    authorize(actor, 'read');
    const all = await listChecks(database, actor.accountId, named === undefined ? {} : { ids: named.map(find) });
    const documents = (await filterVisible(ctx, actor, all)).map((check) => toDocument(check, known));
    if (id === undefined) return Object.fromEntries(documents.map((document) => [document._id, document]));
    if (documents[0] === undefined) throw unknownCheck(id);
    return documents[0];
  }
  if (method !== 'PUT') throw new RequestError(`${method} is not possible here: checks can be read and switched.`);
  if (named === undefined) {
    if (disableall === undefined) {
      throw new RequestError('Name the check: PUT /api/1/checks/<id>, or say disableall=true or false for all.');
    }
    await switchChecksTogether(ctx, actor, { label, target, type }, !disableall);
    const { enabled, disabled, together } = await countRegister(database, actor.accountId);
    return { enabled, disabled, disableall: together };
  }
  const check = find(named[0] ?? '');
  return toDocument(await editCheck(ctx, actor, check, { name: label, enabled: sent.enabled }), known);
}

/** Somebody limited to scopes knows the checks of services in them. */
async function filterVisible({ database }: ActionContext, actor: Actor, all: readonly Check[]) {
  const reader = toLimited(actor);
  if (reader === 'internal') return all;
  const services = new Set((await listServices(database, actor.accountId, { reader })).map(({ id }) => id));
  return all.filter((check) => check.services.some((id) => services.has(id)));
}

function toDocument({ id, name, provider, externalId, enabled, tags }: Check, { nameOf }: ProviderIds) {
  return {
    _id: nameOf.get(id) ?? id,
    label: name,
    type: provider.toUpperCase(),
    enable: enabled ? 'active' : 'inactive',
    tags,
    parameters: { target: externalId },
  };
}
