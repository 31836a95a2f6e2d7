import { OpenAPIHono } from '@hono/zod-openapi';
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
import type { ProviderDependencies } from '../checks/provider-commands.ts';
import type { Lister } from '../checks/sync.ts';
import { comments } from '../comments/http.ts';
import { UserError } from '../core/errors.ts';
import { ANONYMOUS_ID } from '../core/permissions.ts';
import { freezes } from '../freezes/http.ts';
import { buildDocument } from '../http/document.ts';
import { HttpError, INTERNAL_ERROR } from '../http/errors.ts';
import { PUBLIC_CACHING } from '../http/page.ts';
import { httpProblem, problem, userProblem } from '../http/problem.ts';
import { readAccountName } from '../http/reading.ts';
import { RenderedTexts } from '../http/rendered.ts';
import type { Api } from '../http/route.ts';
import { VersionConflict } from '../maintenance/commands/edit.ts';
import { maintenances } from '../maintenance/http/maintenances.ts';
import { now } from '../maintenance/http/now.ts';
import { parse } from '../maintenance/http/parse.ts';
import { transitions } from '../maintenance/http/transitions.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { seriesRuns } from '../series/http/runs.ts';
import { series } from '../series/http/series.ts';
import { settings } from '../settings/http.ts';
import { subscriptions } from '../subscriptions/http.ts';
import { webhooks } from '../webhooks/http.ts';

/** Dependencies of the routes. */
export interface RouteOptions {
  readonly ctx: ActionContext;
  readonly providers: ProviderDependencies & { readonly list: Lister };
}

const isRead = (method: string) => method === 'GET' || method === 'HEAD';

/** The native HTTP API, to be mounted at `/api/v1`. It has no rules of its own: every change is a command. */
export function apiV1(
  { ctx, providers: providerDependencies }: RouteOptions,
  authentication: Authentication,
  log: Logger,
  publicUrl?: string | undefined,
  rendered = new RenderedTexts(),
): Api {
  const api: Api = new OpenAPIHono();

  // Before authentication, for tools that generate clients from it.
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  let document: ReturnType<typeof buildDocument> | undefined;
  api.get('/openapi.json', (c) => {
    document ??= buildDocument(api);
    c.header('Cache-Control', PUBLIC_CACHING);
    return c.json(document);
  });

  api.use(async (c, next) => {
    const readsOnly = isRead(c.req.method);
    const identified = await (readsOnly ? identifyReader : identify)(
      authentication,
      c.req.header('authorization'),
      readAccountName(c),
    );
    if (!identified.ok) {
      if (identified.status === 401) c.header('WWW-Authenticate', 'Bearer');
      return problem(c, identified.code, identified.detail, identified);
    }
    c.set('actor', identified.actor);
    c.set('ctx', ctx);
    c.set('log', log);
    return next();
  });

  scopes(api);
  services(api);
  checks(api);
  providers(api, providerDependencies);
  maintenances(api);
  transitions(api);
  comments(api);
  history(api);
  series(api);
  seriesRuns(api);
  freezes(api, providerDependencies.vault);
  subscriptions(api);
  now(api, rendered);
  parse(api);
  tokens(api);
  calendars(api, publicUrl);
  audit(api);
  catalogue(api);
  webhooks(api, providerDependencies.vault);
  settings(api);

  api.notFound((c) =>
    problem(c, 'not-found', `There is nothing at ${c.req.method} ${c.req.path}. See /api/v1/openapi.json.`),
  );
  api.onError((error, c) => {
    if (error instanceof HttpError) return httpProblem(c, error);
    if (error instanceof VersionConflict) return userProblem(c, error, error.current.version);
    if (error instanceof UserError && error.kind === 'forbidden' && c.get('actor').id === ANONYMOUS_ID) {
      c.header('WWW-Authenticate', 'Bearer');
      return problem(c, 'token-required', 'This is not public. Send a token: "Authorization: Bearer <token>".');
    }
    if (error instanceof UserError) return userProblem(c, error);
    log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
    return problem(c, 'internal-error', INTERNAL_ERROR);
  });
  return api;
}
