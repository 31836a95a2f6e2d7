import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { hashToken } from '../access/token-repository.ts';
import { problem } from './problem.ts';

/** The variable by which an interface reports a wrong token that its status does not show. */
export const WRONG_TOKEN = 'wrongToken';

/** The variable with the quota of a request, for interfaces that have their own headers for it. */
export const QUOTA = 'quota';

export interface Quota {
  /** A hash of the token or the address that is counted. */
  readonly client: string;
  /** Requests in a window. */
  readonly limit: number;
  readonly used: number;
  /** When a new window begins, in seconds since 1970. */
  readonly resetAt: number;
}

const WINDOW_SECONDS = 60;
/** From one address in a window. Nobody should get to guess tokens. */
const MAX_WRONG_TOKENS = 30;

export interface LimitOptions {
  /** Requests a minute for one token, and for one address without a token; 0 for no limit. */
  readonly requestsPerMinute: number;
  /** How many own proxies are in front of Lull: as many entries at the end of `X-Forwarded-For` are trusted. */
  readonly proxies: number;
}

/**
 * Answers 429 with `Retry-After` to a token, or an address without one, that sends too many requests, and to an address
 * that sends too many wrong tokens. Each response has the remaining quota (draft-ietf-httpapi-ratelimit-headers-10).
 * Each process counts for itself.
 */
export function limits({ requestsPerMinute, proxies }: LimitOptions): MiddlewareHandler {
  if (requestsPerMinute === 0) return (_, next) => next();
  const requests = new RateLimiterMemory({
    keyPrefix: 'requests',
    points: requestsPerMinute,
    duration: WINDOW_SECONDS,
  });
  const wrong = new RateLimiterMemory({ keyPrefix: 'wrong', points: MAX_WRONG_TOKENS, duration: WINDOW_SECONDS });
  return async (c, next) => {
    const address = clientAddress(c, proxies);
    const authorization = c.req.header('authorization');
    const failed = await wrong.get(address);
    if (failed !== null && failed.consumedPoints > MAX_WRONG_TOKENS) {
      c.set(QUOTA, toQuota(address, MAX_WRONG_TOKENS, failed));
      return tooMany(c, failed, 'This address sent many tokens that are not valid');
    }
    const key = authorization === undefined ? `address ${address}` : `token ${hashToken(authorization)}`;
    // It rejects with the same result when there is none left.
    const result = await requests.consume(key).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    c.set(QUOTA, toQuota(key, requestsPerMinute, result));
    const reset = toSeconds(result.msBeforeNext);
    c.header('RateLimit-Policy', `"default";q=${requestsPerMinute};w=${WINDOW_SECONDS}`);
    c.header('RateLimit', `"default";r=${Math.max(0, result.remainingPoints)};t=${reset}`);
    if (result.consumedPoints > requestsPerMinute) {
      return tooMany(c, result, `More than ${requestsPerMinute} requests a minute`);
    }
    await next();
    const isWrong = c.res.status === 401 && authorization !== undefined;
    if (isWrong || c.get(WRONG_TOKEN) === true) await wrong.penalty(address);
    return undefined;
  };
}

function toQuota(key: string, limit: number, { consumedPoints, msBeforeNext }: RateLimiterRes): Quota {
  const resetAt = Math.ceil((Date.now() + msBeforeNext) / 1_000);
  return { client: hashToken(key), limit, used: Math.min(limit, consumedPoints), resetAt };
}

function tooMany(c: Context, { msBeforeNext }: RateLimiterRes, reason: string): Response {
  const wait = toSeconds(msBeforeNext);
  c.header('Retry-After', String(wait));
  return problem(c, 'too-many-requests', `${reason}. Try again in ${wait} ${wait === 1 ? 'second' : 'seconds'}.`);
}

const toSeconds = (ms: number) => Math.max(1, Math.ceil(ms / 1_000));

/** The address of the client; `none` for a request that did not come over a network. */
function clientAddress(c: Context<{ Bindings: { incoming?: IncomingMessage } }>, proxies: number): string {
  const forwarded = proxies === 0 ? [] : (c.req.header('x-forwarded-for') ?? '').split(',');
  return forwarded.at(-proxies)?.trim() || c.env?.incoming?.socket.remoteAddress || 'none';
}
