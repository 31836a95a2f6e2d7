import { z } from 'zod';
import { listServices } from '../../catalogue/services/repository.ts';
import { editCheck, switchChecksTogether } from '../../checks/commands.ts';
import { type ProviderIds, providerIds } from '../../checks/provider-repository.ts';
import { type Check, countRegister, listChecks } from '../../checks/repository.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { assertMember } from './entries.ts';
import { flag, ids, read } from './members.ts';
import type { NodePingRequest } from './request.ts';
import { RequestError } from './request-error.ts';

const text = z
  .string({ error: 'Expected text.' })
  .refine((value) => !value.includes('\0'), { error: 'Expected text without the character U+0000.' });

/** `active` and `inactive`, as a check is shown, or true and false. */
const enabled = z.preprocess((value) => (value === 'active' ? true : value === 'inactive' ? false : value), flag);

const checkMembers = z.object({
  id: ids.optional(),
  label: text.optional(),
  target: text.optional(),
  type: text.optional(),
  enabled: enabled.optional(),
  disableall: flag.optional(),
});

/**
 * Answers `/api/1/checks` as far as maintenance needs it: what there is and whether it is on, one by one or together.
 * @param id in the path, if there is one
 * @throws UserError or RequestError
 */
export async function checks(
  ctx: ActionContext,
  actor: Actor,
  { method, members }: NodePingRequest,
  id: string | undefined,
): Promise<Record<string, unknown>> {
  const asked = read(checkMembers, members);
  const known = await providerIds(ctx.database, actor.accountId);
  if (method === 'GET') {
    authorize(actor, 'read');
    const named = id === undefined ? asked.id : [id];
    const wanted = named?.map((name) => idOf(known, name));
    const there = await listChecks(ctx.database, actor.accountId, wanted === undefined ? {} : { ids: wanted });
    const found = await seenOf(ctx, actor, there);
    if (id !== undefined && found.length === 0) throw checkNotFound(id);
    const documents = found.map((check) => documentOf(check, known));
    return id === undefined
      ? Object.fromEntries(documents.map((document) => [document._id, document]))
      : { ...documents[0] };
  }
  if (method !== 'PUT') throw new RequestError(`${method} is not possible here: checks can be read and switched.`);
  const { label, target, type, disableall } = asked;
  if (id === undefined && asked.id === undefined) {
    if (disableall === undefined) {
      throw new RequestError('Name the check: PUT /api/1/checks/<id>, or say disableall=true or false for all.');
    }
    await switchChecksTogether(ctx, actor, { label, target, type }, !disableall);
    const { enabled, disabled, together } = await countRegister(ctx.database, actor.accountId);
    return { enabled, disabled, disableall: together };
  }
  const check = idOf(known, id ?? asked.id?.[0] ?? '');
  await editCheck(ctx, actor, check, { name: label, enabled: asked.enabled });
  const [changed] = await listChecks(ctx.database, actor.accountId, { ids: [check] });
  return changed === undefined ? {} : documentOf(changed, known);
}

/** @throws RequestError */
function idOf({ idOf }: ProviderIds, name: string): string {
  const id = idOf.get(name);
  if (id === undefined) throw checkNotFound(name);
  return id;
}

function checkNotFound(name: string): RequestError {
  return new RequestError(`There is no check ${name}. GET /api/1/checks lists those there are.`);
}

/** Those of the checks that somebody may know of: who is limited to scopes, those of services in them. */
async function seenOf({ database }: ActionContext, actor: Actor, all: readonly Check[]): Promise<readonly Check[]> {
  const reader = assertMember(actor);
  if (reader === 'internal') return all;
  const services = new Set((await listServices(database, actor.accountId, { reader })).map(({ id }) => id));
  return all.filter((check) => check.services.some((id) => services.has(id)));
}

function documentOf({ id, name, provider, externalId, enabled, tags }: Check, { nameOf }: ProviderIds) {
  return {
    _id: nameOf.get(id) ?? id,
    label: name,
    type: provider.toUpperCase(),
    enable: enabled ? 'active' : 'inactive',
    tags,
    parameters: { target: externalId },
  };
}
