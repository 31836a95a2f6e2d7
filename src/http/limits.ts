import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { hashToken } from '../access/token-repository.ts';
import { problem } from './problem.ts';

/** The variable of a request by which a door says that its token was wrong, where its status does not. */
export const WRONG_TOKEN = 'wrongToken';

/** Limits count by the minute (seconds). */
const WINDOW = 60;
/** Tokens that turn out to be wrong, from one address, until it has to wait: nobody guesses one, and nobody is to try. */
const WRONG_TOKENS = 30;

export interface LimitOptions {
  /** Requests a minute for one token, and for one address without a token; 0 for no limit. */
  readonly requestsPerMinute: number;
  /** How many proxies of one's own stand before Lull: so many entries of `X-Forwarded-For`, from its end, are believed. */
  readonly proxies: number;
}

/**
 * Answers 429 with `Retry-After` to a token, or to an address without one, that asks too often, and to an address that sends
 * too many tokens that are wrong. Says on each answer how much is left (draft-ietf-httpapi-ratelimit-headers-10).
 *
 * Counted in this process alone: of several instances each has its own count.
 */
export function limits({ requestsPerMinute, proxies }: LimitOptions): MiddlewareHandler {
  if (requestsPerMinute === 0) return (_, next) => next();
  const requests = new RateLimiterMemory({ keyPrefix: 'requests', points: requestsPerMinute, duration: WINDOW });
  const wrong = new RateLimiterMemory({ keyPrefix: 'wrong', points: WRONG_TOKENS, duration: WINDOW });
  return async (c, next) => {
    const address = addressOf(c, proxies);
    const authorization = c.req.header('authorization');
    const failed = await wrong.get(address);
    if (failed !== null && failed.consumedPoints > WRONG_TOKENS) {
      return tooMany(c, failed, 'This address sent many tokens that are not valid');
    }
    const key = authorization === undefined ? `address ${address}` : `token ${hashToken(authorization)}`;
    let left: RateLimiterRes;
    try {
      left = await requests.consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      describe(c, requestsPerMinute, refused);
      return tooMany(c, refused, `More than ${requestsPerMinute} requests a minute`);
    }
    describe(c, requestsPerMinute, left);
    await next();
    // A door may take the token from elsewhere than the header: what counts is that it was wrong.
    const tried = c.res.status === 401 && authorization !== undefined;
    if (tried || c.get(WRONG_TOKEN) === true) await wrong.penalty(address);
    return undefined;
  };
}

function describe(c: Context, quota: number, { remainingPoints, msBeforeNext }: RateLimiterRes): void {
  c.header('RateLimit-Policy', `"default";q=${quota};w=${WINDOW}`);
  c.header('RateLimit', `"default";r=${Math.max(0, remainingPoints)};t=${seconds(msBeforeNext)}`);
}

function tooMany(c: Context, { msBeforeNext }: RateLimiterRes, what: string): Response {
  const wait = seconds(msBeforeNext);
  c.header('Retry-After', String(wait));
  return problem(c, 'too-many-requests', `${what}. Try again in ${wait} ${wait === 1 ? 'second' : 'seconds'}.`);
}

const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1_000));

/** Where a request came from; one that did not come over a network has no address. */
function addressOf(c: Context<{ Bindings: { incoming?: IncomingMessage } }>, proxies: number): string {
  const forwarded = proxies === 0 ? [] : (c.req.header('x-forwarded-for') ?? '').split(',');
  const believed = forwarded.at(-proxies)?.trim();
  return believed || c.env?.incoming?.socket.remoteAddress || 'none';
}
