import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { type Authentication, identify, isAdminToken } from '../access/authentication.ts';
import { emit } from '../platform/telemetry.ts';
import { problem } from './problem.ts';
import { matchedRoute } from './route.ts';

/** The metrics of the process, in a format of Prometheus. */
export interface MetricsSource {
  read(): Promise<{ readonly text: string; readonly type: string }>;
}

export const observeRequests = createMiddleware(async (c, next) => {
  const startedAt = performance.now();
  await next();
  emit('http-request', {
    method: c.req.method,
    route: matchedRoute(c),
    status: c.res.status,
    seconds: (performance.now() - startedAt) / 1000,
  });
});

/** `/metrics`, for programs on this machine and for the admin token. */
export function metricsRoutes(source: MetricsSource, authentication: Authentication): Hono {
  const app = new Hono();
  app.get('/metrics', async (c) => {
    const header = c.req.header('authorization');
    // Metrics cover all accounts, so that no token of one account may read them.
    if (!isLocal(c) && !isAdminToken(authentication, header)) {
      const identified = await identify(authentication, header);
      if (!identified.ok) {
        if (identified.status === 401) c.header('WWW-Authenticate', 'Bearer');
        return problem(c, identified.code, identified.detail, identified);
      }
      const detail = 'Metrics are of the whole installation: read them with its admin token.';
      return problem(c, 'admin-token-required', detail);
    }
    const { text, type } = await source.read();
    return c.body(text, 200, { 'Content-Type': type });
  });
  return app;
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** A request that a proxy on this machine forwards is not local. */
function isLocal(c: Context): boolean {
  const proxied = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => c.req.header(name) !== undefined);
  return !proxied && LOOPBACK.test(getConnInfo(c).remote.address ?? '');
}
