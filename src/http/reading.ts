import type { Context, ErrorHandler } from 'hono';
import type { Logger } from 'pino';
import type { Authentication, Identified, IdentifyErrorCode } from '../access/authentication.ts';
import { UserError } from '../core/errors.ts';
import { ANY_ORIGIN } from '../core/origin.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { HttpError } from './errors.ts';
import { httpProblem, problem, userProblem } from './problem.ts';
import type { RenderedTexts } from './rendered.ts';
import { matchedRoute } from './route.ts';

/** Dependencies of the pages and feeds. */
export interface ReadingOptions {
  readonly ctx: ActionContext;
  readonly authentication: Authentication;
  /** Default: the origin of each request. */
  readonly publicUrl: string | undefined;
  readonly rendered: RenderedTexts;
  readonly log: Logger;
}

const FRESH_SECONDS = 15;
const STALE_SECONDS = 60;

/** Lets shared caches serve a public response for some seconds. */
export const CACHED_BRIEFLY = `public, max-age=${FRESH_SECONDS}, stale-while-revalidate=${STALE_SECONDS}`;

/**
 * The account that a request names, by its Slack team id or the key of a sub-account, in `Lull-Account` or `?account=`. An
 * empty one names none.
 * @throws HttpError `account-ambiguous`
 */
export function readAccountName(c: Context): string | undefined {
  const sent = [c.req.header('lull-account') ?? '', ...(c.req.queries('account') ?? [])];
  const [name, other] = new Set(sent.filter((each) => each !== ''));
  if (other === undefined) return name;
  const detail = `The request names the accounts ${JSON.stringify(name)} and ${JSON.stringify(other)}. Name one.`;
  throw new HttpError('account-ambiguous', detail);
}

/** The public origin of Lull, without a trailing slash. */
export function requestOrigin(c: Context, publicUrl: string | undefined): string {
  return publicUrl ?? new URL(c.req.url).origin;
}

/** The same for a text that is rendered once for all requests, whatever host they name. */
export const renderedOrigin = (publicUrl: string | undefined): string => publicUrl ?? ANY_ORIGIN;

export function handleReadError(log: Logger): ErrorHandler {
  return (error, c) => {
    if (error instanceof UnauthorizedReader) return problem(c, error.code, error.message, error);
    if (error instanceof HttpError) return httpProblem(c, error);
    if (error instanceof UserError) return userProblem(c, error);
    // Not the path, which may be secret.
    log.error({ error, method: c.req.method, route: matchedRoute(c) }, 'a request failed');
    return problem(c, 'internal-error', 'Try again; the log of Lull says more.');
  };
}

/** The account of a public page is not named, or is unknown. */
export class UnauthorizedReader extends Error {
  readonly status: 400 | 401 | 403 | 503;
  readonly code: IdentifyErrorCode;

  constructor({ status, code, detail }: Extract<Identified, { readonly ok: false }>) {
    super(detail);
    this.name = 'UnauthorizedReader';
    this.status = status;
    this.code = code;
  }
}

/** The account in the address, as a query for links: empty where it is not named. */
export function accountQuery(c: Context): string {
  return queryText(c, []);
}

/** The account and these parameters of the address as a query that begins with `?`, or empty. */
export function queryText(c: Context, names: readonly string[]): string {
  const kept = new URLSearchParams();
  // Requests with two different accounts are refused.
  const [account] = (c.req.queries('account') ?? []).filter((name) => name !== '');
  if (account !== undefined) kept.append('account', account);
  for (const name of names) for (const value of c.req.queries(name) ?? []) if (value !== '') kept.append(name, value);
  return kept.size === 0 ? '' : `?${kept}`;
}
