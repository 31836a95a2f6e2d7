import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { findAccountNamed } from '../../access/accounts.ts';
import { type Authentication, identifyToken } from '../../access/authentication.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorizeAny, type Permission } from '../../core/permissions.ts';
import { limitBody } from '../../http/body.ts';
import { bodyTooLarge, HttpError, INTERNAL_ERROR, MAX_BODY_BYTES } from '../../http/errors.ts';
import { ADMIT, WRONG_TOKEN } from '../../http/limits.ts';
import { problemsAs } from '../../http/problem.ts';
import { readAccountName } from '../../http/reading.ts';
import { maintenanceNotFound } from '../../maintenance/errors.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { UnfinishedBodies } from '../../platform/unfinished.ts';
import { httpErrorText } from '../../texts/http-errors.ts';
import { accounts } from './accounts.ts';
import { checks } from './checks.ts';
import { maintenance } from './maintenance.ts';
import { type Env, type NodePingRequest, RequestError, readHead, readWhole } from './request.ts';

/** @param id the last part of the path, if there is one */
type Answer = (
  ctx: ActionContext,
  actor: Actor,
  request: NodePingRequest,
  id: string | undefined,
) => Promise<Record<string, unknown>>;

/** The permissions of which a method needs one, checked before the body is read. */
type Permissions = Readonly<Record<NodePingRequest['method'], readonly [Permission, ...Permission[]]>>;
const MAINTENANCE: Permissions = {
  GET: ['read'],
  POST: ['schedule', 'schedule-series', 'edit', 'edit-series', 'start', 'finish'],
  PUT: ['edit', 'edit-series', 'start', 'finish'],
  DELETE: ['cancel', 'delete-series'],
};
const CHECKS: Permissions = {
  GET: ['read'],
  POST: ['add-check', 'switch-check'],
  PUT: ['switch-check', 'edit-check'],
  DELETE: ['remove-check'],
};
const ACCOUNTS: Permissions = { GET: ['read'], POST: ['add-subaccount'], PUT: ['read'], DELETE: ['read'] };

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
  api.use(limitBody({ maxSize: MAX_BODY_BYTES, onError: (c) => failure(c, 200, bodyTooLarge(MAX_BODY_BYTES)) }));

  const unfinished = new UnfinishedBodies();
  const serve = (answer: Answer, permissions: Permissions) => async (c: Context<Env>) => {
    const head = readHead(c);
    const admit = c.get(ADMIT);
    const permitted = async (request: NodePingRequest) => {
      const actor = await identifyActor(authentication, request, readAccountName(c));
      authorizeAny(actor, permissions[request.method]);
      return actor;
    };
    // Clients may send the token in the body alone.
    const refused = head.token === undefined ? undefined : await admit?.(head.token);
    if (refused !== undefined) return refused;
    const early = head.token === undefined ? undefined : await permitted(head);
    const { incoming } = c.env ?? {};
    if (early === undefined && incoming !== undefined) unfinished.add(incoming, incoming.socket.remoteAddress ?? '');
    const request = await readWhole(c, head);
    const refusedLate = early === undefined ? await admit?.(request.token) : undefined;
    if (refusedLate !== undefined) return refusedLate;
    const isSame = request.token === head.token && request.members.customerid === head.members.customerid;
    const actor = early !== undefined && isSame ? early : await permitted(request);
    return c.json(await answer(ctx, actor, request, c.req.param('id')));
  };
  for (const path of ['/maintenance', '/maintenance/', '/maintenance/:id'])
    api.all(path, serve(maintenance, MAINTENANCE));
  for (const path of ['/checks', '/checks/', '/checks/:id']) api.all(path, serve(checks, CHECKS));
  for (const path of ['/accounts', '/accounts/', '/accounts/:id']) api.all(path, serve(accounts, ACCOUNTS));

  api.all('*', async (c) => {
    const refused = await c.get(ADMIT)?.(undefined);
    return refused ?? failure(c, 404, `There is nothing at ${c.req.method} ${c.req.path}.`);
  });
  api.onError((error, c) => {
    if (error instanceof AuthenticationError) {
      c.set(WRONG_TOKEN, error.wrongToken);
      return failure(c, 403, error.message);
    }
    if (error instanceof RequestError || error instanceof HttpError) return failure(c, 200, error.message);
    if (error instanceof UserError)
      return failure(c, error.kind === 'forbidden' ? 403 : 200, toErrorText(error, c.req.path));
    log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
    return failure(c, 500, INTERNAL_ERROR);
  });
  return api;
}

/** Fields that this API calls otherwise than the native one, by the first part of the path. */
const FIELD_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  maintenance: { duration_minutes: 'duration', checks: 'checklist' },
  checks: { name: 'label' },
};

function toErrorText({ code, kind, params, problems }: UserError, path: string): string {
  if (code === maintenanceNotFound.code) {
    return `There is no maintenance ${params.ref}. GET /api/1/maintenance lists the maintenances.`;
  }
  const names = FIELD_NAMES[path.replace(/^\/api\/1\//, '').split('/', 1)[0] ?? ''];
  const renamed = problems.map((problem) => ({ ...problem, field: names?.[problem.field] ?? problem.field }));
  return httpErrorText(new UserError({ code, kind, params, problems: renamed }));
}

/**
 * The actor of a token, in the sub-account that `customerid` names.
 * @param account as in Lull's own interface; `customerid` then names a sub-account of it
 */
async function identifyActor(
  authentication: Authentication,
  { token, members: { customerid } }: NodePingRequest,
  account: string | undefined,
): Promise<Actor> {
  if (token === undefined || token === '') {
    throw new AuthenticationError(
      'Send a token: as token in the query or in the JSON body, or as the user name of HTTP Basic authentication.',
    );
  }
  const unknown = `customerid is ${JSON.stringify(customerid)}; there is no such sub-account of this account.`;
  if (customerid !== undefined && typeof customerid !== 'string') throw new AuthenticationError(unknown);
  const identified = await identifyToken(authentication, token, account ?? (customerid || undefined));
  if (identified.ok) {
    const { actor } = identified;
    if (account === undefined || !customerid || customerid === account) return actor;
    const { database } = authentication.ctx;
    const named = actor.scopes === undefined && (await findAccountNamed(database, customerid, actor.accountId));
    if (!named) throw new AuthenticationError(unknown);
    return { ...actor, accountId: named.id };
  }
  if (identified.code === 'account-unknown') throw new AuthenticationError(account ? identified.detail : unknown);
  if (identified.code === 'account-required') {
    throw new AuthenticationError(
      'Several workspaces use this Lull. Name one by its Slack team id as customerid, or send a token of its own.',
    );
  }
  throw new AuthenticationError(identified.detail, identified.status === 401);
}

/** Turns failures before this API into its form: its clients take an answer without `error` for a success. */
export const toErrorMessage = problemsAs((error) => ({ error }));
