import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Authentication } from './authentication.ts';
import { problem } from './problem.ts';
import { apiV1 } from './v1/api.ts';
import type { Resources } from './v1/route.ts';

/** What must be connected for Lull to do its work. */
export interface Readiness {
  database(): Promise<boolean>;
  scheduler(): boolean;
  slack(): Promise<boolean>;
}

export interface HttpOptions extends Resources {
  readonly authentication: Authentication;
  readonly readiness: Readiness;
  readonly log: Logger;
}

/** Everything that Lull answers over HTTP but Slack's own requests. */
export function httpApp({ authentication, readiness, log, ...resources }: HttpOptions): Hono {
  const app = new Hono();
  app.get('/', (c) =>
    c.text('Lull runs planned maintenance. The HTTP interface is described at /api/v1/openapi.json.\n'),
  );
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.get('/readyz', async (c) => {
    const parts = {
      database: await readiness.database(),
      scheduler: readiness.scheduler(),
      slack: await readiness.slack(),
    };
    const missing = Object.entries(parts).flatMap(([part, connected]) => (connected ? [] : [part]));
    if (missing.length === 0) return c.json({ ok: true });
    return c.json({ ok: false, not_connected: missing }, 503);
  });
  app.route('/api/v1', apiV1(resources, authentication, log));
  app.notFound((c) => problem(c, 404, `There is nothing at ${c.req.method} ${c.req.path}.`));
  return app;
}
