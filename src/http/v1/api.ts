import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { Refusal } from '../../domain/refusal.ts';
import { type Authentication, identify } from '../authentication.ts';
import { problem, problemsOf, STATUS_OF } from '../problem.ts';
import { approvals } from './approvals.ts';
import { checks } from './checks.ts';
import { edits } from './edits.ts';
import { freezes } from './freezes.ts';
import { maintenances } from './maintenances.ts';
import { parse } from './parse.ts';
import type { Api, Resources, Variables } from './route.ts';
import { scopes } from './scopes.ts';
import { series } from './series.ts';
import { services } from './services.ts';
import { tokens } from './tokens.ts';

/** The largest body (bytes). */
const LARGEST_BODY = 1_000_000;

const DESCRIPTION =
  'Planned maintenance. All times are UTC with Z. A token acts in its own account; the admin token, where several workspaces use this Lull, in the one named with ?account=<Slack team id> or the header Lull-Account.';

/** The native interface, to be mounted at `/api/v1`. It has no rules of its own: every change is an action. */
export function apiV1(resources: Resources, authentication: Authentication, log: Logger): Api {
  const api = new OpenAPIHono<{ Variables: Variables }>({
    defaultHook: async (result, c) => {
      if (result.success) return undefined;
      // Hono keeps the body it read, so this reads nothing twice.
      const input: unknown = result.target === 'json' ? await c.req.json() : c.req.param();
      const problems = problemsOf(result.error, input);
      return problem(c, 400, problems.map(({ message }) => message).join(' '), problems);
    },
  });

  // Described without a token, for the tools that make clients from it.
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Lull', version: '1', description: DESCRIPTION },
    servers: [{ url: '/api/v1' }],
  });

  api.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: (c) => problem(c, 413, `The body is larger than ${LARGEST_BODY} bytes. Send less at once.`),
    }),
  );
  api.use(async (c, next) => {
    const account = c.req.header('lull-account') ?? c.req.query('account');
    const identified = await identify(authentication, c.req.header('authorization'), account);
    if (!identified.ok) {
      if (identified.status === 401) c.header('WWW-Authenticate', 'Bearer');
      return problem(c, identified.status, identified.detail);
    }
    c.set('actor', identified.actor);
    return next();
  });

  scopes(api, resources);
  services(api, resources);
  checks(api, resources);
  maintenances(api, resources);
  edits(api, resources);
  series(api, resources);
  approvals(api, resources);
  freezes(api, resources);
  parse(api, resources);
  tokens(api, resources);

  api.notFound((c) => problem(c, 404, `There is nothing at ${c.req.method} ${c.req.path}. See /api/v1/openapi.json.`));
  api.onError((error, c) => {
    if (error instanceof Refusal) return problem(c, STATUS_OF[error.kind], error.message, error.problems);
    if (error instanceof HTTPException && error.status === 400) {
      return problem(c, 400, 'The body is not JSON. Send a JSON object, with Content-Type: application/json.');
    }
    log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
    return problem(c, 500, 'Nothing is known to have changed. Try again; the log of Lull says more.');
  });
  return api;
}
