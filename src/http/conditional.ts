import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Queries } from '../platform/database.ts';
import { digest, withLock } from '../platform/fingerprints.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { HttpError } from './errors.ts';
import type { Variables } from './route.ts';

/**
 * Every answer has an `ETag`; who has what would be answered gets 304 and no body. The tag of what has versions begins with
 * its version, as a change is held to that alone.
 */
export const tagged = createMiddleware<{ Variables: Variables }>(async (c, next) => {
  await next();
  const { res } = c;
  if (!res.ok || !/^(application\/json|text\/calendar)/.test(res.headers.get('content-type') ?? '')) return;
  const plain = c.get('withoutSecret');
  const tag = tagOf(plain === undefined ? await res.clone().text() : JSON.stringify(plain), c.get('version'));
  c.header('ETag', tag);
  if (!['GET', 'HEAD'].includes(c.req.method)) return;
  c.header('Cache-Control', 'no-cache');
  c.header('Vary', 'Authorization', { append: true });
  if (!knows(c.req.header('if-none-match'), tag)) return;
  const headers = new Headers(c.res.headers);
  for (const name of ['content-type', 'content-length']) headers.delete(name);
  c.res = undefined;
  c.res = new Response(null, { status: 304, headers });
});

function tagOf(body: string, version: number | undefined): string {
  const hash = digest(body);
  return version === undefined ? `"${hash}"` : `"${version}-${hash}"`;
}

/** Weak comparison: the same content in another coding is the same. */
function knows(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || tagsIn(header).some((known) => known.replace(/^W\//, '') === tag);
}

function tagsIn(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** What was asked to be changed is not what `If-Match` names any more. Nothing was changed. */
export class Changed extends HttpError {
  readonly version: number | undefined;

  constructor(version: number | undefined) {
    const now = version === undefined ? '' : ` It has version ${version} now.`;
    super(
      'precondition-failed',
      `This was changed since, so If-Match does not hold.${now} Nothing was changed; read it again.`,
    );
    this.version = version;
  }
}

/** What there is before a change: its version, or, where it has none, what is answered of it. */
export type Current = { readonly version: number } | { readonly answer: unknown };

/**
 * The ctx of a change that is done only while `If-Match` holds, which is looked at in its transaction.
 * @param turn of what is to be changed, such as `scope:4`: the one that its actions take, where they take one
 * @param current reads what is to be changed, locked; undefined when there is none, which is for the action to say
 */
export function withPreconditions(
  c: Context<{ Variables: Variables }>,
  turn: string,
  current: (tx: Queries) => Promise<Current | undefined>,
): ActionContext {
  const ctx = c.get('ctx');
  const header = c.req.header('if-match');
  if (header === undefined || header.trim() === '*') return ctx;
  // Weak ones, too: the same content was compressed on its way.
  const tags = tagsIn(header).map((tag) => tag.replace(/^W\//, ''));
  if (tags.length === 0) {
    const message = `If-Match is ${JSON.stringify(header)}. Expected the ETag of what is to be changed, in quotes.`;
    throw new HttpError('if-match-invalid', message, 'If-Match');
  }
  return withLock(ctx, c.get('actor').accountId, turn, async (tx) => {
    const is = await current(tx);
    if (is !== undefined && !tags.some((tag) => mutes(tag, is))) {
      throw new Changed('version' in is ? is.version : undefined);
    }
  });
}

function mutes(tag: string, is: Current): boolean {
  if ('answer' in is) return tag === tagOf(JSON.stringify(is.answer), undefined);
  // Its version alone may be given, too.
  return new RegExp(`^"${is.version}(-[\\w-]*)?"$`).test(tag);
}
