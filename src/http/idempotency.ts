import { createHash } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import {
  claimRequest,
  discardResponse,
  markProcessed,
  type RequestRef,
  releaseRequest,
  saveResponse,
} from '../platform/request-keys.ts';
import { problem } from './problem.ts';
import type { Variables } from './route.ts';

export const KEY_HEADER = 'Idempotency-Key';

/** What is answered again as it was, besides the body. */
const HEADERS = ['content-type', 'etag', 'location'];

/**
 * A `POST` with an `Idempotency-Key` is done once in 24 hours, however often it is sent: what was done is answered again. What
 * was refused did nothing, and may be sent again.
 */
export const idempotent = (log: Logger) =>
  createMiddleware<{ Variables: Variables }>(async (c, next) => {
    const key = c.req.header(KEY_HEADER);
    if (c.req.method !== 'POST' || key === undefined) return next();
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      const message = `${KEY_HEADER} is not a key. Expected 1 to 255 visible ASCII characters, such as a UUID.`;
      const code = 'idempotency-key-invalid';
      return problem(c, code, message, { errors: [{ field: KEY_HEADER, code, message }] });
    }
    const { database } = c.get('ctx');
    const { accountId, id: actorId } = c.get('actor');
    const ref: RequestRef = { accountId, actorId, key };
    const claim = await claimRequest(
      database,
      ref,
      fingerprintOf([c.req.path, new URL(c.req.url).search, await c.req.text()]),
    );
    switch (claim.outcome) {
      case 'other':
        return problem(
          c,
          'idempotency-key-reused',
          `The ${KEY_HEADER} ${key} came with another request before. Take a new key for this one.`,
        );
      case 'busy':
        c.header('Retry-After', '1');
        return problem(
          c,
          'request-in-progress',
          `A request with the ${KEY_HEADER} ${key} is in hand. Send it again in a moment.`,
        );
      case 'lost':
        return problem(
          c,
          'response-not-kept',
          `The request with the ${KEY_HEADER} ${key} was carried out, and its answer is not kept. Look at what it made before you send another.`,
        );
      case 'answered': {
        const { status, headers, body } = claim.answer;
        for (const [name, value] of Object.entries(headers)) c.header(name, value);
        c.header('Idempotency-Replayed', 'true');
        return c.body(body, status as ContentfulStatusCode);
      }
      case 'first':
        break;
    }
    const ctx = c.get('ctx');
    c.set('ctx', {
      ...ctx,
      async first(tx) {
        await ctx.first?.(tx);
        await markProcessed(tx, ref);
      },
    });
    try {
      await next();
    } finally {
      await settle().catch((error: unknown) => log.error({ error }, 'the answer to a request with a key was not kept'));
    }
    return undefined;

    async function settle(): Promise<void> {
      if (!c.res.ok || c.error !== undefined) return releaseRequest(database, ref);
      if (c.get('withoutSecret') !== undefined) return discardResponse(database, ref);
      const headers = HEADERS.flatMap((name): [string, string][] => {
        const value = c.res.headers.get(name);
        return value === null ? [] : [[name, value]];
      });
      const body = await c.res.clone().text();
      return saveResponse(database, ref, { status: c.res.status, headers: Object.fromEntries(headers), body });
    }
  });

function fingerprintOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
