import type { MiddlewareHandler } from 'hono';
import { problemBody } from '../../http/problem.ts';

/**
 * What is refused before it comes to the interface is refused in its form, too: its clients take an answer without the member
 * `error` for a success.
 */
export const toErrorMessage: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.get('content-type')?.startsWith('application/problem+json')) return;
  const { detail } = problemBody.parse(await c.res.json());
  const headers = new Headers(c.res.headers);
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  const { status } = c.res;
  c.res = undefined;
  c.res = new Response(JSON.stringify({ error: detail }), { status, headers });
};
