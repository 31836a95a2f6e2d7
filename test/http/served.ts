import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Rights } from '../../src/access/rules.ts';
import { hashToken } from '../../src/access/token-repository.ts';
import { httpApp } from '../../src/app/http.ts';
import type { ProviderContext } from '../../src/checks/providers/provider.ts';
import { builtin } from '../../src/checks/providers/registry.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import type { MetricsSource } from '../../src/http/metrics.ts';
import { KEEP_ALIVE_MS } from '../../src/http/server.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import { only } from '../checks/monitoring.ts';
import { connected } from '../checks/providers/connected.ts';
import { silent, world } from '../world.ts';

export const ADMIN_TOKEN = 'a-token-for-the-tests';

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface TestServerOptions {
  /** Sends requests to monitoring systems. */
  readonly fetch?: ProviderContext['fetch'];
  /** Number of trusted proxies. */
  readonly proxies?: number;
  readonly requestsPerMinute?: number;
  /** Origins whose scripts may read responses. */
  readonly corsOrigins?: readonly string[];
  readonly log?: Logger;
  /** Content of `/metrics`; without it the route does not exist. */
  readonly readings?: MetricsSource;
}

/** Starts the HTTP interface on a free port, with a new database and one account. Time and jobs advance on request. */
export async function startTestServer({
  fetch,
  proxies = 0,
  requestsPerMinute = 100_000,
  corsOrigins = [],
  log = silent,
  readings,
}: TestServerOptions = {}) {
  const w = await world();
  const { database } = w.ctx;
  const register = builtin(database);
  const app = httpApp({
    ctx: w.ctx,
    providers: connected(database, fetch === undefined ? {} : { fetch }),
    authentication: { ctx: w.ctx, adminToken: ADMIN_TOKEN, account: async () => w.account.id },
    edge: { corsOrigins, requestsPerMinute, proxies },
    readiness: { database: async () => undefined, scheduler: () => true, slack: async () => true },
    log,
    readings,
  });
  const server = createServer(getRequestListener(app.fetch));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    ...w,
    app,
    url: `http://127.0.0.1:${port}`,
    /**
     * Sends one request without following redirects; unlike `fetch` it can send a GET with a body.
     * @param timeoutMs how long to wait for more of the response; 0 waits forever
     */
    async send(
      method: string,
      path: string,
      { headers = {}, body }: RequestOptions = {},
      timeoutMs = 0,
    ): Promise<TestResponse> {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const sent = request({ host: '127.0.0.1', port, method, path, headers: { ...length, ...headers } });
      const timeoutError = new Error(`${method} ${path.slice(0, 200)} was not answered in ${timeoutMs} ms`);
      sent.setTimeout(timeoutMs, () => void sent.destroy(timeoutError));
      sent.end(body);
      const [response] = await once(sent, 'response');
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      return { status: response.statusCode, headers: response.headers, text };
    },
    /** Creates a token. */
    async token(rights: Rights, accountId = w.account.id): Promise<string> {
      const token = `${rights}-${crypto.randomUUID()}`;
      await database.apiToken.create({
        data: { accountId, name: `a ${rights} token`, hash: hashToken(token), rights, purpose: 'Tests' },
      });
      return token;
    },
    /** Advances everything that is due, then reconciles the built-in checks. */
    async settle(accountId = w.account.id): Promise<void> {
      while ((await advanceDueMaintenances(w.ctx)).moved.length > 0 || (await planDueSeries(w.ctx)).moved.length > 0);
      await reconcile(w.ctx, only(register), silent, { accountId, provider: 'builtin' });
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await w.close();
    },
  };
}
export type TestServer = Awaited<ReturnType<typeof startTestServer>>;
