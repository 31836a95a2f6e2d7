import { z } from 'zod';
import { listVisibleChecks } from '../../catalogue/search.ts';
import { addCheck, editCheck, removeCheck, switchChecksTogether } from '../../checks/commands.ts';
import { type ProviderIds, providerIds } from '../../checks/provider-repository.ts';
import { type Check, countRegister, findCheck } from '../../checks/repository.ts';
import { newKey } from '../../core/keys.ts';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { type Actor, authorizeReader, toReader } from '../../core/permissions.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { flag, ids, type NodePingRequest, RequestError, readMembers, text } from './request.ts';

const storable = text.refine((value) => !value.includes('\0'), {
  error: 'Expected text without the character U+0000.',
});

/** `active` and `inactive`, as a check is shown, or true and false. */
const enabled = z.preprocess((value) => (value === 'active' ? true : value === 'inactive' ? false : value), flag);

const tags = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').filter((tag) => tag !== '') : value),
  z.array(text, { error: 'Expected a list of tags.' }),
);

/** Other members, such as `interval`, are about monitoring, which Lull does not do. They are ignored. */
const checkMembers = z.object({
  id: ids.optional(),
  label: storable.optional(),
  target: storable.optional(),
  type: storable.optional(),
  tags: tags.optional(),
  enabled: enabled.optional(),
  disableall: flag.optional(),
});
type Members = z.infer<typeof checkMembers>;

/**
 * Answers `/checks` and `/checks/<id>` as far as maintenance needs them: checks are listed, and those of Lull's own register
 * are added, changed, removed, and switched one by one or together.
 */
export async function checks(
  ctx: ActionContext,
  actor: Actor,
  { method, members }: NodePingRequest,
  id: string | undefined,
): Promise<Record<string, unknown>> {
  const sent = readMembers(checkMembers, members);
  const known = await providerIds(ctx.database, actor.accountId, toReader(actor));
  const named = id === undefined ? sent.id : [id];
  if (method === 'GET') {
    const reader = authorizeReader(actor);
    const wanted = named?.map((each) => find(known, each));
    const shown = await listVisibleChecks(ctx.database, actor.accountId, reader, wanted);
    const documents = shown.map((check) => toDocument(check, known));
    if (id === undefined) return Object.fromEntries(documents.map((document) => [document._id, document]));
    if (documents[0] === undefined) throw unknownCheck(id);
    return documents[0];
  }
  if (method === 'POST' && id === undefined) return add(ctx, actor, sent);
  const check = named === undefined ? undefined : find(known, named[0] ?? '');
  if (method === 'DELETE') {
    if (check === undefined) throw new RequestError('Name the check to remove: DELETE /api/1/checks/<id>.');
    await removeCheck(ctx, actor, check);
    return { ok: true, id: known.nameOf.get(check) };
  }
  if (check !== undefined) return edit(ctx, actor, check, sent);
  if (sent.disableall === undefined) {
    throw new RequestError(
      'Name the check: PUT /api/1/checks/<id>, or send disableall=true or disableall=false for all checks.',
    );
  }
  const { label, target, type } = sent;
  await switchChecksTogether(ctx, actor, { label, target, type }, !sent.disableall);
  const { enabled, disabled, together } = await countRegister(ctx.database, actor.accountId);
  return { enabled, disabled, disableall: together };
}

async function add(ctx: ActionContext, actor: Actor, sent: Members) {
  const { label = '', target = '', type = '', tags = [], enabled = false } = sent;
  if (type.trim() === '') throw new RequestError('type is missing. Expected the type of the check, such as HTTP.');
  const added = await addCheck(ctx, actor, {
    name: label || target.slice(0, MAX_NAME_CHARS) || type,
    provider: 'builtin',
    externalId: newCheckId(ctx.clock.now()),
    type: type.trim().toUpperCase(),
    target,
    enabled,
    tags,
    services: [],
  });
  return toDocument(added, await providerIds(ctx.database, actor.accountId));
}

/** An id that looks like those of NodePing: `202611301330BQ7KX-9VKQBC2D`. */
function newCheckId(now: Date): string {
  return `${now.toISOString().replace(/\D/g, '').slice(0, 12)}${newKey(5)}-${newKey(8)}`;
}

/** A check of another monitoring system keeps what that system calls its target. */
async function edit(ctx: ActionContext, actor: Actor, id: string, { label, target, tags, enabled }: Members) {
  const check = await findCheck(ctx.database, actor.accountId, id);
  const own = check?.provider === 'builtin' ? { target } : {};
  const edited = await editCheck(ctx, actor, id, { name: label, ...own, tags, enabled });
  return toDocument(edited, await providerIds(ctx.database, actor.accountId));
}

function toDocument({ id, name, provider, externalId, type, target, enabled, tags }: Check, { nameOf }: ProviderIds) {
  return {
    _id: nameOf.get(id) ?? id,
    label: name,
    type: type ?? provider.toUpperCase(),
    enable: enabled ? 'active' : 'inactive',
    tags,
    parameters: { target: target ?? externalId },
  };
}

/** Lull's id of a check. @throws RequestError */
function find({ idOf }: ProviderIds, name: string): string {
  const found = idOf.get(name);
  if (found === undefined) throw unknownCheck(name);
  return found;
}

function unknownCheck(id: string): RequestError {
  return new RequestError(`There is no check ${id}. GET /api/1/checks lists the checks.`);
}

/** Lull's ids of the checks in a list. @throws RequestError with those that do not exist */
export function resolveChecks(checklist: readonly string[], { idOf }: ProviderIds): string[] {
  const unknown = checklist.filter((id) => !idOf.has(id));
  if (unknown.length === 0) return [...new Set(checklist.flatMap((id) => idOf.get(id) ?? []))];
  throw new RequestError(
    `checklist names ${unknown.join(', ')}; there is no such check. GET /api/1/checks lists the checks.`,
  );
}
