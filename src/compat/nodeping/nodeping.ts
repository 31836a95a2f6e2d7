import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { findSubaccount } from '../../access/accounts.ts';
import { type Authentication, identifyToken } from '../../access/authentication.ts';
import { UserError } from '../../core/errors.ts';
import type { Actor } from '../../core/permissions.ts';
import { WRONG_TOKEN } from '../../http/limits.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { httpErrorText } from '../../texts/http-errors.ts';
import { accounts } from './accounts.ts';
import { checks } from './checks.ts';
import { maintenance } from './maintenance.ts';
import { type Env, MAX_BODY_BYTES, type NodePingRequest, readRequest } from './request.ts';
import { RequestError } from './request-error.ts';

/** Answers one request, with what it changed. @param id the last part of the path, if there is one */
type Answer = (
  ctx: ActionContext,
  actor: Actor,
  asked: NodePingRequest,
  id: string | undefined,
) => Promise<Record<string, unknown>>;

/** A token that is missing or unknown, or stands for another account. */
class Unknown extends Error {
  /** The token was sent, and is none. */
  readonly wrong: boolean;

  constructor(message: string, wrong = false) {
    super(message);
    this.wrong = wrong;
  }
}

const SEND_A_TOKEN =
  'Send a token: as token in the query or in the JSON body, or as the user name of HTTP Basic authentication.';

/**
 * The interface that tools of NodePing's speak, to be mounted at `/api/1`. Every answer is JSON; a failure is
 * `{"error":"..."}` with status 403 when it is about who asks and 200 otherwise, as its clients take no other.
 * https://nodeping.com/docs-api-maintenance.html
 */
export function nodeping(ctx: ActionContext, authentication: Authentication, log: Logger): Hono<Env> {
  const api = new Hono<Env>();
  const failure = (c: Context<Env>, status: ContentfulStatusCode, error: string) => c.json({ error }, status);
  const onError = (c: Context<Env>) => failure(c, 200, `The body is larger than ${MAX_BODY_BYTES} bytes. Send less.`);
  api.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError }));

  const serve = (answer: Answer) => async (c: Context<Env>) => {
    const asked = await readRequest(c);
    const actor = await actorOf(ctx, authentication, asked);
    return c.json(await answer(ctx, actor, asked, c.req.param('id')));
  };
  api.all('/maintenance', serve(maintenance));
  api.all('/maintenance/', serve(maintenance));
  api.all('/maintenance/:id', serve(maintenance));
  api.all('/checks', serve(checks));
  api.all('/checks/:id', serve(checks));
  api.all('/accounts', serve(accounts));

  api.all('*', (c) => failure(c, 404, `There is nothing at ${c.req.method} ${c.req.path}.`));
  api.onError((error, c) => {
    if (error instanceof Unknown) {
      c.set(WRONG_TOKEN, error.wrong);
      return failure(c, 403, error.message);
    }
    if (error instanceof RequestError) return failure(c, 200, error.message);
    if (error instanceof UserError) return failure(c, error.kind === 'forbidden' ? 403 : 200, httpErrorText(error));
    log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
    return failure(c, 500, 'Nothing is known to have changed. Try again; the log of Lull says more.');
  });
  return api;
}

/** Who asks, in the sub-account that they ask about. */
async function actorOf(
  ctx: ActionContext,
  authentication: Authentication,
  { token, members }: NodePingRequest,
): Promise<Actor> {
  if (token === undefined || token === '') throw new Unknown(SEND_A_TOKEN);
  const identified = await identifyToken(authentication, token);
  if (!identified.ok) throw new Unknown(identified.detail, identified.status === 401);
  const { actor } = identified;
  const { customerid } = members;
  if (customerid === undefined || customerid === '') return actor;
  const account = typeof customerid === 'string' && (await findSubaccount(ctx.database, actor.accountId, customerid));
  if (!account) {
    throw new Unknown(`customerid is ${JSON.stringify(customerid)}; there is no such sub-account of this account.`);
  }
  if (actor.scopes !== undefined && account.id !== actor.accountId) {
    throw new Unknown('This token is limited to scopes of the account, so it has no right in a sub-account.');
  }
  return { ...actor, accountId: account.id };
}
