import type { Context, MiddlewareHandler } from 'hono';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { hashToken } from '../access/token-repository.ts';
import { clientAddress } from '../platform/client-address.ts';
import { emit } from '../platform/telemetry.ts';
import { problem } from './problem.ts';
import { peerAddress } from './proxy.ts';

/** The variable by which an interface reports a wrong token that its status does not show. */
export const WRONG_TOKEN = 'wrongToken';

/** The variable with the quota of a request, for interfaces that have their own headers for it. */
export const QUOTA = 'quota';

/** The variable with the `Admit` of a request, for an interface that finds the token elsewhere than in `Authorization`. */
export const ADMIT = 'admit';

/** Counts a request when its token is known. @returns the refusal, if there is one */
export type Admit = (token: string | undefined) => Promise<Response | undefined>;

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
/** From one address in a window. */
const MAX_WRONG_TOKENS = 30;
const MAX_REMEMBERED_TOKENS = 10_000;
/** Of wrong tokens: those of one address, and all. */
const MAX_LOGGED_PER_ADDRESS = 3;
const MAX_LOGGED = 60;
const SHOWN_HASH_CHARS = 8;

export interface LimitOptions {
  /** Requests a minute for one token, and for one address without a token; 0 for no limit. */
  readonly requestsPerMinute: number;
  /** How many own proxies are in front of Lull: as many entries at the end of `X-Forwarded-For` are trusted. */
  readonly proxies: number;
}

/**
 * Answers 429 with `Retry-After` to a token, or an address without one, that sends too many requests, and to the wrong tokens
 * of an address that sends many. A valid token counts for itself alone, wherever it comes from. Each response has the
 * remaining quota (draft-ietf-httpapi-ratelimit-headers-10). Each process counts for itself.
 * @param admitsItself whether the interface at a path calls `Admit`
 */
export function limits(
  { requestsPerMinute, proxies }: LimitOptions,
  log: Logger,
  admitsItself: (path: string) => boolean = () => false,
): MiddlewareHandler {
  const points = requestsPerMinute === 0 ? Number.MAX_SAFE_INTEGER : requestsPerMinute;
  const requests = new RateLimiterMemory({ keyPrefix: 'requests', points, duration: WINDOW_SECONDS });
  const wrong = new WrongTokens(log);
  /** Tokens that were valid, by their hashes. Others are counted after their request, as most of them are guesses. */
  const valid = new LRUCache<string, true>({ max: MAX_REMEMBERED_TOKENS });

  async function count(c: Context, key: string): Promise<Response | undefined> {
    if (requestsPerMinute === 0) return undefined;
    // It rejects with the same result when there is none left.
    const result = await requests.consume(key).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    c.set(QUOTA, toQuota(key, requestsPerMinute, result));
    const reset = toSeconds(result.msBeforeNext);
    c.header('RateLimit-Policy', `"default";q=${requestsPerMinute};w=${WINDOW_SECONDS}`);
    c.header('RateLimit', `"default";r=${Math.max(0, result.remainingPoints)};t=${reset}`);
    if (result.consumedPoints <= requestsPerMinute) return undefined;
    return tooMany(c, result, `More than ${requestsPerMinute} requests a minute`);
  }

  return async (c, next) => {
    const address = clientAddress(c.req.header('x-forwarded-for'), peerAddress(c), proxies);
    let hash: string | undefined;
    const admit: Admit = async (token) => {
      hash = token === undefined ? undefined : hashToken(token);
      if (hash === undefined) return count(c, `address ${address}`);
      return valid.has(hash) ? count(c, `token ${hash}`) : undefined;
    };
    if (admitsItself(c.req.path)) {
      c.set(ADMIT, admit);
    } else {
      const refused = await admit(/^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]);
      if (refused !== undefined) return refused;
    }
    await next();
    if (hash === undefined) return undefined;
    const isWrong = c.res.status === 401 || c.get(WRONG_TOKEN) === true;
    if (!isWrong && valid.has(hash)) return undefined;
    if (!isWrong) {
      valid.set(hash, true);
      await count(c, `token ${hash}`);
      return undefined;
    }
    valid.delete(hash);
    const failed = await wrong.report(address, hash, c.req.path);
    // Like any request, one with a wrong token has a quota.
    if (c.res.headers.get('RateLimit') === null) await count(c, `wrong ${address}`);
    if (requestsPerMinute === 0 || failed.consumedPoints <= MAX_WRONG_TOKENS) return undefined;
    c.set(QUOTA, toQuota(address, MAX_WRONG_TOKENS, failed));
    const refused = tooMany(c, failed, 'This address sent many tokens that are not valid');
    c.res = undefined;
    c.res = refused;
    return undefined;
  };
}

/** Counts the wrong tokens of each address, in a metric and, some of them, in the log. */
class WrongTokens {
  readonly #log: Logger;
  readonly #counts = new RateLimiterMemory({ keyPrefix: 'wrong', points: 1, duration: WINDOW_SECONDS });
  readonly #logged = new RateLimiterMemory({ keyPrefix: 'logged', points: MAX_LOGGED, duration: WINDOW_SECONDS });

  constructor(log: Logger) {
    this.#log = log;
  }

  async report(address: string, hash: string, path: string): Promise<RateLimiterRes> {
    const result = await this.#counts.penalty(address);
    const where = nameInterface(path);
    emit('wrong-token', { interface: where });
    const { consumedPoints } = result;
    const isLogged = consumedPoints <= MAX_LOGGED_PER_ADDRESS || consumedPoints === MAX_WRONG_TOKENS + 1;
    if (isLogged && (await this.#logged.consume('all').catch(() => undefined)) !== undefined) {
      const sha256 = hash.slice(0, SHOWN_HASH_CHARS);
      this.#log.warn({ address, interface: where, sha256, inThisMinute: consumedPoints }, 'a token is not valid');
    }
    return result;
  }
}

function nameInterface(path: string): string {
  if (path.startsWith('/api/v1/')) return 'native';
  if (path.startsWith('/api/1/')) return 'nodeping';
  return path.startsWith('/api/') ? 'prodmanager' : 'pages';
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
