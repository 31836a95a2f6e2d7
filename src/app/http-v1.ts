import { isUtf8 } from 'node:buffer';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { type Authentication, identify, identifyReader } from '../access/authentication.ts';
import { tokens } from '../access/http.ts';
import { audit, history } from '../audit/http.ts';
import { calendars } from '../calendars/http/calendars.ts';
import { catalogue } from '../catalogue/document/http.ts';
import { scopes } from '../catalogue/scopes/http.ts';
import { services } from '../catalogue/services/http.ts';
import { checks } from '../checks/http/checks.ts';
import { providers } from '../checks/http/providers.ts';
import { comments } from '../comments/http.ts';
import { UserError } from '../core/errors.ts';
import { anonymousReader } from '../core/permissions.ts';
import { freezes } from '../freezes/http.ts';
import { Changed, tagged } from '../http/conditional.ts';
import { buildDocument } from '../http/document.ts';
import { HttpError } from '../http/errors.ts';
import { idempotent } from '../http/idempotency.ts';
import { problem, toProblems, userProblem } from '../http/problem.ts';
import type { Api, Resources, Variables } from '../http/route.ts';
import { VersionConflict } from '../maintenance/commands/edit.ts';
import { maintenances } from '../maintenance/http/maintenances.ts';
import { now } from '../maintenance/http/now.ts';
import { parse } from '../maintenance/http/parse.ts';
import { transitions } from '../maintenance/http/transitions.ts';
import { seriesRuns } from '../series/http/runs.ts';
import { series } from '../series/http/series.ts';
import { settings } from '../settings/http.ts';
import { subscriptions } from '../subscriptions/http.ts';
import { webhooks } from '../webhooks/http.ts';

/** The largest body (bytes). */
const LARGEST_BODY = 1_000_000;

/** What may be done without a token. */
const READS = ['GET', 'HEAD'];
/** What has a body. */
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];
const BODIES = /^application\/([\w.-]+\+)?(json|yaml)\b/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;
const ANONYMOUS = anonymousReader(0).id;

/** The native interface, to be mounted at `/api/v1`. It has no rules of its own: every change is an action. */
export function apiV1(
  resources: Resources,
  authentication: Authentication,
  log: Logger,
  publicUrl?: string | undefined,
): Api {
  const api = new OpenAPIHono<{ Variables: Variables }>({
    defaultHook: async (result, c) => {
      if (result.success) return undefined;
      const problems = toProblems(result.error, await sent(c, result.target));
      return problem(c, 'field-invalid', problems.map(({ message }) => message).join(' '), { errors: problems });
    },
  });

  // Described without a token, for the tools that make clients from it.
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  let described: ReturnType<typeof buildDocument> | undefined;
  api.get('/openapi.json', (c) => {
    described ??= buildDocument(api);
    return c.json(described);
  });

  api.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: (c) => problem(c, 'body-too-large', `The body is larger than ${LARGEST_BODY} bytes. Send less at once.`),
    }),
  );
  api.use(async (c, next) => {
    const account = c.req.header('lull-account') ?? c.req.query('account');
    const header = c.req.header('authorization');
    const read = READS.includes(c.req.method) ? identifyReader : identify;
    const identified = await read(authentication, header, account);
    if (!identified.ok) {
      if (identified.status === 401) c.header('WWW-Authenticate', 'Bearer');
      return problem(c, identified.code, identified.detail, identified);
    }
    c.set('actor', identified.actor);
    c.set('ctx', resources.ctx);
    return next();
  });
  api.use(jsonAlone);
  api.use(idempotent(log));
  api.use(tagged);

  scopes(api);
  services(api);
  checks(api);
  providers(api, resources);
  maintenances(api);
  transitions(api);
  comments(api);
  history(api);
  series(api);
  seriesRuns(api);
  freezes(api);
  subscriptions(api);
  now(api);
  parse(api);
  tokens(api);
  calendars(api, publicUrl);
  audit(api);
  catalogue(api);
  webhooks(api, resources);
  settings(api);

  api.notFound((c) =>
    problem(c, 'not-found', `There is nothing at ${c.req.method} ${c.req.path}. See /api/v1/openapi.json.`),
  );
  api.onError((error, c) => {
    if (error instanceof HttpError) {
      const version = error instanceof Changed ? error.version : undefined;
      return problem(c, error.code, error.message, { errors: error.problems, version });
    }
    if (error instanceof VersionConflict) return userProblem(c, error, error.current.version);
    if (error instanceof UserError && error.kind === 'forbidden' && c.get('actor').id === ANONYMOUS) {
      c.header('WWW-Authenticate', 'Bearer');
      return problem(c, 'token-required', 'This is not public. Send a token: "Authorization: Bearer <token>".');
    }
    if (error instanceof UserError) return userProblem(c, error);
    if (error instanceof HTTPException && error.status === 400) {
      return problem(
        c,
        'body-malformed',
        'The body is not JSON. Send a JSON object, with Content-Type: application/json.',
      );
    }
    if (error instanceof HTTPException && error.status === 415) {
      return problem(
        c,
        'media-type-unsupported',
        'The body is in another form. Send JSON, with Content-Type: application/json.',
      );
    }
    log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
    return problem(c, 'internal-error', 'Nothing is known to have changed. Try again; the log of Lull says more.');
  });
  return api;
}

/** What was sent in a part of the request. Hono keeps the body it read, so this reads nothing twice. */
async function sent(c: Context, part: string): Promise<unknown> {
  if (part === 'query')
    return Object.fromEntries(Object.entries(c.req.queries()).map(([k, v]) => [k, v.length === 1 ? v[0] : v]));
  if (part === 'param') return c.req.param();
  return (await c.req.text()) === '' ? {} : c.req.json();
}

/** Bodies are JSON in UTF-8, or left out; that of the catalogue may be YAML. */
const jsonAlone = createMiddleware(async (c, next) => {
  if (!WRITES.includes(c.req.method)) return next();
  const type = c.req.header('content-type');
  const body = await c.req.arrayBuffer();
  if (body.byteLength === 0) {
    // Some clients say that there is JSON where there is nothing, which is an object without fields.
    const { url, method } = c.req.raw;
    const headers = new Headers(c.req.raw.headers);
    headers.set('content-type', 'application/json');
    c.req.raw = new Request(url, { method, headers, body: '{}' });
    c.req.bodyCache = {};
    return next();
  }
  const coding = c.req.header('content-encoding') ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    return problem(
      c,
      'media-type-unsupported',
      `The body has the Content-Encoding ${JSON.stringify(coding)}. Send it as it is, without one.`,
    );
  }
  if (!BODIES.test(type ?? '') || !/^(utf-?8|us-ascii)$/i.test(CHARSET.exec(type ?? '')?.[1] ?? 'utf-8')) {
    const is = type === undefined ? 'no Content-Type' : `the Content-Type ${JSON.stringify(type)}`;
    const yaml = /yaml/i.test(is) ? ' YAML, which a catalogue may be in, is application/yaml.' : '';
    return problem(
      c,
      'media-type-unsupported',
      `The body has ${is}. Send JSON in UTF-8, with Content-Type: application/json.${yaml}`,
    );
  }
  if (!isUtf8(Buffer.from(body))) return problem(c, 'body-malformed', 'The body is not UTF-8. Send it in UTF-8.');
  return next();
});
