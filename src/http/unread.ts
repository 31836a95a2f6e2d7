import type { MiddlewareHandler } from 'hono';

/** How much is read for nothing (bytes). Who sends more loses the connection. */
const MOST_READ = 10_000_000;

/**
 * Reads what is left of a request that is answered without its body, such as one with a wrong token. What stays unread makes
 * the server close the connection half a second later, and with it goes whatever was sent on it since.
 */
export const readToEnd: MiddlewareHandler = async (c, next) => {
  await next();
  const length = c.req.header('content-length');
  if (length === undefined && c.req.header('transfer-encoding') === undefined) return;
  if (Number(length ?? 0) > MOST_READ || c.req.raw.bodyUsed || c.req.raw.body === null) return;
  let read = 0;
  try {
    for await (const chunk of c.req.raw.body) {
      read += chunk.length;
      if (read > MOST_READ) return;
    }
  } catch {
    // Whoever sent it is gone, and the connection too.
  }
};
