import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ANONYMOUS_ID } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { digest, withLock } from '../platform/fingerprints.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { RequestContext } from './context.ts';
import { HttpError } from './errors.ts';
import { PUBLIC_CACHING } from './page.ts';

export const JSON_TYPE = 'application/json';

interface SendOptions {
  /** Default: 200 */
  readonly status?: ContentfulStatusCode;
  /** Default: JSON */
  readonly type?: string;
  /** Changes whenever the body does. Default: computed from the body. */
  readonly bodyVersion?: string;
}

/**
 * Sends a text with its `ETag`, or 304 when `If-None-Match` has that. The tag of a resource with versions begins with its
 * version, and `If-Match` compares only that. A hash follows, as responses show more than the version counts: mutes, the
 * next run, the health of a provider. Lists without a version of their content are hashed, which costs less than to read
 * one. All headers are set before the response is made, which is much cheaper.
 */
export function send(c: RequestContext, text: string, options: SendOptions = {}): Response {
  const { status = 200, type = JSON_TYPE, bodyVersion } = options;
  c.header('Vary', 'Accept-Encoding', { append: true });
  c.header('Content-Type', type);
  if (status >= 300) return c.body(text, status);
  const plain = c.get('withoutSecret');
  const tag =
    bodyVersion === undefined
      ? etag(plain === undefined ? text : JSON.stringify(plain), c.get('version'))
      : `"${bodyVersion}"`;
  c.header('ETag', tag);
  if (!['GET', 'HEAD'].includes(c.req.method)) return c.body(text, status);
  if (c.get('actor').id === ANONYMOUS_ID) c.header('Cache-Control', PUBLIC_CACHING);
  c.header('Vary', 'Authorization', { append: true });
  if (!isHeld(c, tag)) return c.body(text, status);
  c.header('Content-Type', undefined);
  return c.body(null, 304);
}

/** Whether the client has this version. */
export function isHeld(c: Context, tag: string): boolean {
  const header = c.req.header('if-none-match');
  return header !== undefined && (header.trim() === '*' || parseTags(header).includes(tag));
}

function etag(body: string, version?: number): string {
  return version === undefined ? `"${digest(body)}"` : `"${version}-${digest(body)}"`;
}

/** The tags in a header, without the marks of weak ones: a proxy that compresses a response makes its tag weak. */
function parseTags(header: string): string[] {
  return header.match(/"[^"]*"/g) ?? [];
}

/** A resource before it is changed: its version, or the response that shows it. */
type Current = { readonly version: number } | { readonly answer: unknown };

/**
 * The context of a command that is refused when `If-Match` does not hold, which is checked inside its transaction.
 * @param lock the lock that the command takes too, such as `scope:4`
 * @param read reads the resource; undefined when there is none, which the command reports
 */
export function withPreconditions(
  c: RequestContext,
  lock: string,
  read: (tx: Queries) => Promise<Current | undefined>,
): ActionContext {
  const ctx = c.get('ctx');
  const header = c.req.header('if-match');
  if (header === undefined || header.trim() === '*') return ctx;
  const tags = parseTags(header);
  if (tags.length === 0) {
    const message = `If-Match is ${JSON.stringify(header)}. Expected the ETag of what is to be changed, in quotes.`;
    throw new HttpError('if-match-invalid', message, 'If-Match');
  }
  return withLock(ctx, c.get('actor').accountId, lock, async (tx) => {
    const current = await read(tx);
    if (current === undefined || tags.some((tag) => matches(tag, current))) return;
    const version = 'version' in current ? current.version : undefined;
    const present = version === undefined ? '' : ` It has version ${version} now.`;
    const detail = `This was changed since, so If-Match does not hold.${present} Nothing was changed; read it again.`;
    throw new HttpError('precondition-failed', detail, [], version);
  });
}

function matches(tag: string, current: Current): boolean {
  if ('answer' in current) return tag === etag(JSON.stringify(current.answer));
  // The version alone is accepted, too.
  return new RegExp(`^"${current.version}(-[\\w-]*)?"$`).test(tag);
}
