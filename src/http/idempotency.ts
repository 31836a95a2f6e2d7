import { createMiddleware } from 'hono/factory';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { digest } from '../platform/fingerprints.ts';
import {
  type Claim,
  claimRequest,
  discardResponse,
  markProcessed,
  type RequestRef,
  releaseRequest,
  saveResponse,
} from '../platform/idempotency.ts';
import type { RequestContext, Variables } from './context.ts';
import { HttpError, type HttpErrorCode } from './errors.ts';

export const KEY_HEADER = 'Idempotency-Key';

/** Response headers that are stored with the body. */
const STORED_HEADERS = ['content-type', 'etag', 'location'];

type Refused = Exclude<Claim['outcome'], 'claimed' | 'processed'>;
const REFUSALS: Record<Refused, readonly [code: HttpErrorCode, text: (key: string) => string]> = {
  reused: [
    'idempotency-key-reused',
    (key) => `The ${KEY_HEADER} ${key} came with another request before. Take a new key for this one.`,
  ],
  running: [
    'request-in-progress',
    (key) => `A request with the ${KEY_HEADER} ${key} is in hand. Send it again in a moment.`,
  ],
  lost: [
    'response-not-kept',
    (key) =>
      `The request with the ${KEY_HEADER} ${key} was carried out, and its answer is not kept. Look at what it made before you send another.`,
  ],
};

/**
 * A `POST` with an `Idempotency-Key` is processed once in 24 hours: when it is sent again, the stored response is. One that
 * was refused changed nothing and may be sent again.
 */
export const idempotent = createMiddleware<{ Variables: Variables }>(async (c, next) => {
  const key = c.req.header(KEY_HEADER);
  if (c.req.method !== 'POST' || key === undefined) return next();
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const message = `${KEY_HEADER} is not a key. Expected 1 to 255 visible ASCII characters, such as a UUID.`;
    throw new HttpError('idempotency-key-invalid', message, KEY_HEADER);
  }
  const ctx = c.get('ctx');
  const { accountId, id: actorId } = c.get('actor');
  const request: RequestRef = { accountId, actorId, key };
  const fingerprint = digest(JSON.stringify([c.req.path, new URL(c.req.url).search, await c.req.text()]));
  const claim = await claimRequest(ctx.database, request, fingerprint);
  if (claim.outcome === 'processed') {
    const { status, headers, body } = claim.response;
    return c.body(body, status as ContentfulStatusCode, { ...headers, 'Idempotency-Replayed': 'true' });
  }
  if (claim.outcome !== 'claimed') {
    if (claim.outcome === 'running') c.header('Retry-After', '1');
    const [code, text] = REFUSALS[claim.outcome];
    throw new HttpError(code, text(key));
  }
  c.set('ctx', {
    ...ctx,
    async first(tx) {
      await ctx.first?.(tx);
      await markProcessed(tx, request);
    },
  });
  try {
    await next();
  } finally {
    await settle(c, request).catch((error: unknown) => {
      c.get('log').error({ error }, 'the answer to a request with a key was not kept');
    });
  }
  return undefined;
});

async function settle(c: RequestContext, request: RequestRef): Promise<void> {
  const { database } = c.get('ctx');
  if (!c.res.ok || c.error !== undefined) return releaseRequest(database, request);
  if (c.get('withoutSecret') !== undefined) return discardResponse(database, request);
  const headers = STORED_HEADERS.flatMap((name): [string, string][] => {
    const value = c.res.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const body = await c.res.clone().text();
  return saveResponse(database, request, { status: c.res.status, headers: Object.fromEntries(headers), body });
}
