import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';

/**
 * How long an idle connection is kept. Load balancers keep theirs for a minute, and lose the request that they send on a
 * connection that is being closed.
 */
export const KEEP_ALIVE_MS = 75_000;
const IDLE_CHECK_EVERY_MS = 50;
/** For all of a request to arrive. Node's own limit is ten times as long. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 10_000;

/** The port of Lull. From the start it answers that the process lives; everything else once `serve` was called. */
export class HttpServer {
  readonly #server: Server;
  #listener: RequestListener = respondNotReady;

  constructor() {
    const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
    this.#server = createServer(timeouts, (request, response) => this.#listener(request, response));
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * @param port 0 for any free port
   * @param host the address to listen on, or a name of this machine
   * @returns the port
   * @throws NodeJS.ErrnoException `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `ENOTFOUND`
   */
  async listen(port: number, host: string): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  serve(listener: RequestListener): void {
    this.#listener = listener;
  }

  /** Takes no new requests and resolves when the running ones are answered. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // Connections become idle when their request is answered.
    const idle = setInterval(() => this.#server.closeIdleConnections(), IDLE_CHECK_EVERY_MS);
    this.#server.closeIdleConnections();
    await closed;
    clearInterval(idle);
  }
}

const respondNotReady: RequestListener = (request, response) => {
  const alive = request.url === '/healthz';
  response.writeHead(alive ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify(alive ? { ok: true } : { ok: false, not_connected: ['database', 'scheduler', 'slack'] }));
};

const MAX_DRAINED_BYTES = 10_000_000;
/** The answer does not wait longer for the rest of a body. */
const MAX_DRAIN_MS = 500;

/**
 * Reads the rest of a body that no handler read, for instance because the token is wrong. Otherwise Node closes the
 * connection half a second later, and the next request on it is lost. A client that sends too much loses the connection.
 */
export const drainBody: MiddlewareHandler = async (c, next) => {
  await next();
  const length = c.req.header('content-length');
  if (length === undefined && c.req.header('transfer-encoding') === undefined) return;
  if (Number(length ?? 0) > MAX_DRAINED_BYTES || c.req.raw.bodyUsed || c.req.raw.body === null) return;
  const drained = drain(c.req.raw.body).catch(() => {}); // The client closed the connection.
  await Promise.race([drained, sleep(MAX_DRAIN_MS, undefined, { ref: false })]);
};

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    if (read > MAX_DRAINED_BYTES) return;
  }
}
