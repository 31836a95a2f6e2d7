import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MiddlewareHandler } from 'hono';

/**
 * How long a connection is kept for another request (milliseconds): longer than load balancers keep theirs, usually a
 * minute. Closed by the other side while one sends on it, a request is lost.
 */
export const KEEP_ALIVE_MS = 75_000;
/** While the server closes (milliseconds). */
const LOOK_FOR_IDLE = 50;

/** The one port of Lull. It answers that the process lives from its first moment on, and the rest once it is there. */
export class HttpServer {
  readonly #server: Server;
  #listener: RequestListener = notYet;

  constructor() {
    this.#server = createServer((request, response) => this.#listener(request, response));
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  /**
   * @returns the port it got, where 0 was asked for
   * @throws NodeJS.ErrnoException `EADDRINUSE`, `EACCES`
   */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  serve(listener: RequestListener): void {
    this.#listener = listener;
  }

  /** Takes no new requests and resolves when those in hand are answered. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // Those that have a request in hand now are idle once it is answered.
    const idle = setInterval(() => this.#server.closeIdleConnections(), LOOK_FOR_IDLE);
    this.#server.closeIdleConnections();
    await closed;
    clearInterval(idle);
  }
}

const notYet: RequestListener = (request, response) => {
  const alive = request.url === '/healthz';
  response.writeHead(alive ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify(alive ? { ok: true } : { ok: false, not_connected: ['database', 'scheduler', 'slack'] }));
};

/** How much is read for nothing (bytes). Who sends more loses the connection. */
const MOST_READ = 10_000_000;

/**
 * Reads what is left of a request that is answered without its body, such as one with a wrong token. What stays unread makes
 * the server close the connection half a second later, and with it goes whatever was sent on it since.
 */
export const drainBody: MiddlewareHandler = async (c, next) => {
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
