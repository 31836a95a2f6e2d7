import type { Context, ErrorHandler } from 'hono';
import { etag } from 'hono/etag';
import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import type { Authentication, Identified, IdentifyErrorCode } from '../access/authentication.ts';
import { UserError } from '../core/errors.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { HttpError } from './errors.ts';
import { httpProblem, problem, userProblem } from './problem.ts';
import { matchedRoute } from './route.ts';

/** What the pages and the feeds stand on. */
export interface ReadingOptions {
  readonly ctx: ActionContext;
  readonly authentication: Authentication;
  /** Where people reach Lull; undefined: wherever they sent their request. */
  readonly publicUrl: string | undefined;
  readonly log: Logger;
}

/** For how long what everybody may read is shown as it was (seconds); and while it is fetched anew, if that takes a while. */
const FRESH = 15;
const STALE = 60;

/** What is public, for caches between: shown for some seconds as it was, then asked for again by its ETag. */
export const cachedBriefly = createMiddleware(async (c, next) => {
  await next();
  if (c.res.status === 200 || c.res.status === 304) {
    c.header('Cache-Control', `public, max-age=${FRESH}, stale-while-revalidate=${STALE}`);
  }
});

export const tagged = etag();

/**
 * Does the same work once for all who ask for it at the same time: however many read a page in a busy hour, one of them has
 * it made.
 */
export function coalesce<T>(): (key: string, make: () => Promise<T>) => Promise<T> {
  const inHand = new Map<string, Promise<T>>();
  return (key, make) => {
    const known = inHand.get(key);
    if (known !== undefined) return known;
    const made = make().finally(() => inHand.delete(key));
    inHand.set(key, made);
    return made;
  };
}

/** Where people reach Lull: what it was told, or what this request was sent to. Without a slash at its end. */
export function requestOrigin(c: Context, publicUrl: string | undefined): string {
  return publicUrl ?? new URL(c.req.url).origin;
}

/** Answers what cannot be read, and what went wrong. */
export function handleReadError(log: Logger): ErrorHandler {
  return (error, c) => {
    if (error instanceof UnauthorizedReader) return problem(c, error.code, error.message, error);
    if (error instanceof HttpError) return httpProblem(c, error);
    if (error instanceof UserError) return userProblem(c, error);
    // Not its path: some are secret.
    log.error({ error, method: c.req.method, route: matchedRoute(c) }, 'a request failed');
    return problem(c, 'internal-error', 'Try again; the log of Lull says more.');
  };
}

/** Nobody said whose account is read, or nobody could. */
export class UnauthorizedReader extends Error {
  readonly status: 400 | 401 | 503;
  readonly code: IdentifyErrorCode;

  constructor({ status, code, detail }: Extract<Identified, { readonly ok: false }>) {
    super(detail);
    this.name = 'UnauthorizedReader';
    this.status = status;
    this.code = code;
  }
}

/** The account that is named in the address, for the links of what is shown: empty where there is one only. */
export function accountQuery(c: Context): string {
  return queryText(c, ['account']);
}

/** These parameters of the address, as they stand there, from `?`; empty for none. */
export function queryText(c: Context, names: readonly string[]): string {
  const kept = new URLSearchParams();
  for (const name of names) for (const value of c.req.queries(name) ?? []) if (value !== '') kept.append(name, value);
  return kept.size === 0 ? '' : `?${kept}`;
}
