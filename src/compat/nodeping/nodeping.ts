import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { z } from 'zod';
import { findSubaccount, listSubaccounts, type Subaccount } from '../../access/accounts.ts';
import { type Authentication, identifyToken } from '../../access/authentication.ts';
import { addSubaccount } from '../../access/commands.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { editCheck, switchChecksTogether } from '../../checks/commands.ts';
import { type ProviderIds, providerIds } from '../../checks/provider-repository.ts';
import { type Check, countRegister, listChecks } from '../../checks/repository.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { WRONG_TOKEN } from '../../http/limits.ts';
import { problemsAs } from '../../http/problem.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { httpErrorText } from '../../texts/http-errors.ts';
import { maintenance, toLimited } from './maintenance.ts';
import {
  type Env,
  flag,
  ids,
  MAX_BODY_BYTES,
  type NodePingRequest,
  RequestError,
  readMembers,
  readRequest,
  text,
  unknownCheck,
} from './request.ts';

/** @param id the last part of the path, if there is one */
type Answer = (
  ctx: ActionContext,
  actor: Actor,
  request: NodePingRequest,
  id: string | undefined,
) => Promise<Record<string, unknown>>;

/** A token that is missing or unknown, or for another account. */
class AuthenticationError extends Error {
  readonly wrongToken: boolean;

  constructor(message: string, wrongToken = false) {
    super(message);
    this.wrongToken = wrongToken;
  }
}

/**
 * NodePing's API for its tools, mounted at `/api/1`. Every answer is JSON. A failure is `{"error":"..."}` with status 403 when
 * it is about the token or the role, and 200 otherwise, as its clients accept no other.
 * @see https://nodeping.com/docs-api-maintenance.html
 */
export function nodeping(ctx: ActionContext, authentication: Authentication, log: Logger): Hono<Env> {
  const api = new Hono<Env>();
  const failure = (c: Context<Env>, status: ContentfulStatusCode, error: string) => c.json({ error }, status);
  const onError = (c: Context<Env>) => failure(c, 200, `The body is larger than ${MAX_BODY_BYTES} bytes. Send less.`);
  api.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError }));

  const serve = (answer: Answer) => async (c: Context<Env>) => {
    const request = await readRequest(c);
    const actor = await identifyActor(ctx, authentication, request);
    return c.json(await answer(ctx, actor, request, c.req.param('id')));
  };
  for (const path of ['/maintenance', '/maintenance/', '/maintenance/:id']) api.all(path, serve(maintenance));
  for (const path of ['/checks', '/checks/', '/checks/:id']) api.all(path, serve(checks));
  api.all('/accounts', serve(accounts));

  api.all('*', (c) => failure(c, 404, `There is nothing at ${c.req.method} ${c.req.path}.`));
  api.onError((error, c) => {
    if (error instanceof AuthenticationError) {
      c.set(WRONG_TOKEN, error.wrongToken);
      return failure(c, 403, error.message);
    }
    if (error instanceof RequestError) return failure(c, 200, error.message);
    if (error instanceof UserError) return failure(c, error.kind === 'forbidden' ? 403 : 200, httpErrorText(error));
    log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
    return failure(c, 500, 'Nothing is known to have changed. Try again; the log of Lull says more.');
  });
  return api;
}

/** The actor of a token, in the sub-account that `customerid` names. */
async function identifyActor(ctx: ActionContext, authentication: Authentication, { token, members }: NodePingRequest) {
  if (token === undefined || token === '') {
    throw new AuthenticationError(
      'Send a token: as token in the query or in the JSON body, or as the user name of HTTP Basic authentication.',
    );
  }
  const identified = await identifyToken(authentication, token);
  if (!identified.ok) throw new AuthenticationError(identified.detail, identified.status === 401);
  const { actor } = identified;
  const { customerid } = members;
  if (customerid === undefined || customerid === '') return actor;
  const account = typeof customerid === 'string' && (await findSubaccount(ctx.database, actor.accountId, customerid));
  if (!account) {
    const message = `customerid is ${JSON.stringify(customerid)}; there is no such sub-account of this account.`;
    throw new AuthenticationError(message);
  }
  if (actor.scopes !== undefined && account.id !== actor.accountId) {
    throw new AuthenticationError(
      'This token is limited to scopes of the account, so it has no right in a sub-account.',
    );
  }
  return { ...actor, accountId: account.id };
}

const accountMembers = z.object({ name: z.string({ error: 'Expected the name of the sub-account, as text.' }) });

/** Answers `/accounts`: the sub-accounts by their keys, which requests name as `customerid`. Clients test tokens with it. */
async function accounts(ctx: ActionContext, actor: Actor, { method, members }: NodePingRequest) {
  const toEntries = (subaccounts: readonly Subaccount[]) =>
    Object.fromEntries(subaccounts.map(({ key, name }) => [key, { name, status: 'Active' }]));
  if (method === 'GET') {
    authorize(actor, 'read');
    return toEntries(await listSubaccounts(ctx.database, actor.accountId));
  }
  if (method === 'POST') return toEntries([await addSubaccount(ctx, actor, readMembers(accountMembers, members))]);
  throw new RequestError(`${method} is not possible here: sub-accounts can be listed and added.`);
}

/** Turns failures before this API into its form: its clients take an answer without `error` for a success. */
export const toErrorMessage = problemsAs((error) => ({ error }));

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
async function checks(
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
