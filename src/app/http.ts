import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import type { Logger } from 'pino';
import type { Authentication } from '../access/authentication.ts';
import { calendarRoutes } from '../calendars/http/feed.ts';
import { nodeping, toErrorMessage } from '../compat/nodeping/nodeping.ts';
import { prodmanager, prodmanagerLimits } from '../compat/prodmanager/prodmanager.ts';
import { docsRoutes } from '../http/docs/routes.ts';
import { buildDocument } from '../http/document.ts';
import { type LimitOptions, limits } from '../http/limits.ts';
import { type MetricsSource, metricsRoutes, observeRequests } from '../http/metrics.ts';
import { privateByDefault } from '../http/page.ts';
import { problem, withPublicUrl } from '../http/problem.ts';
import { ProxyNotice } from '../http/proxy.ts';
import { RenderedTexts } from '../http/rendered.ts';
import { drainBody } from '../http/server.ts';
import type { DatabaseProblem } from '../platform/database.ts';
import { statusRoutes } from '../status-page/routes.tsx';
import { databaseProblemTexts } from '../texts/http-errors.ts';
import { apiV1, type RouteOptions } from './http-v1.ts';

/** What must be connected for Lull to do its work. */
export interface Readiness {
  /** Why the database cannot be used; undefined when it can. */
  database(): Promise<DatabaseProblem | undefined>;
  scheduler(): boolean;
  slack(): Promise<boolean>;
}

export interface EdgeOptions extends LimitOptions {
  /** Origins whose scripts may read responses, or `*` for all. There are no cookies. */
  readonly corsOrigins: readonly string[];
}

export interface HttpOptions extends RouteOptions {
  readonly edge: EdgeOptions;
  readonly authentication: Authentication;
  readonly readiness: Readiness;
  /** Default: the origin of each request. */
  readonly publicUrl?: string | undefined;
  /** Default: there is no `/metrics`. */
  readonly readings?: MetricsSource | undefined;
  readonly log: Logger;
}

/** Response headers that scripts of other origins may read. */
const EXPOSED = [
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
];

/** Everything that Lull serves over HTTP, except Slack's own requests. */
export function httpApp({ edge, authentication, readiness, publicUrl, readings, log, ...routes }: HttpOptions): Hono {
  const app = new Hono();
  app.use(requestId());
  app.use(privateByDefault);
  app.use(withPublicUrl(publicUrl));
  const proxy = new ProxyNotice(edge.proxies, log);
  app.use(proxy.watch);
  app.use(drainBody);
  app.use(observeRequests);
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.get('/readyz', async (c) => {
    const unusable = await readiness.database();
    const parts = {
      database: unusable === undefined,
      scheduler: readiness.scheduler(),
      slack: await readiness.slack(),
    };
    const missing = Object.entries(parts).flatMap(([part, connected]) => (connected ? [] : [part]));
    const warnings = proxy.sentence === undefined ? {} : { warnings: [proxy.sentence] };
    if (missing.length === 0) return c.json({ ok: true, ...warnings });
    const why = unusable === undefined ? {} : { database: databaseProblemTexts[unusable] };
    return c.json({ ok: false, not_connected: missing, ...why, ...warnings }, 503);
  });
  // Health checks come before the limits.
  app.use(compress());
  if (edge.corsOrigins.length > 0)
    app.use(cors({ origin: [...edge.corsOrigins], exposeHeaders: EXPOSED, maxAge: 600 }));
  app.use('/api/1/*', toErrorMessage);
  app.route('/api', prodmanagerLimits());
  app.use(limits(edge, log, (path) => path.startsWith('/api/1/')));
  const rendered = new RenderedTexts();
  const v1 = apiV1(routes, authentication, log, publicUrl, rendered);
  app.route('/api/v1', v1);
  const docs = docsRoutes(() => buildDocument(v1));
  app.route('/api', docs);
  app.route('/api/1', nodeping(routes.ctx, authentication, log));
  if (readings !== undefined) app.route('/', metricsRoutes(readings, authentication));
  const reading = { ctx: routes.ctx, authentication, publicUrl, rendered, log };
  app.route('/api', prodmanager(reading));
  app.route('/', calendarRoutes(reading));
  app.route('/', statusRoutes(reading));
  app.notFound((c) => problem(c, 'not-found', `There is nothing at ${c.req.method} ${c.req.path}.`));
  return app;
}
