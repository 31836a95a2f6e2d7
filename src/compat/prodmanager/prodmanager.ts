import { Hono, type MiddlewareHandler } from 'hono';
import { renderCalendar } from '../../calendars/http/feed.ts';
import { QUOTA, type Quota } from '../../http/limits.ts';
import { problemsAs } from '../../http/problem.ts';
import type { ReadingOptions } from '../../http/reading.ts';
import { deleteMaintenance } from '../../maintenance/commands/transitions.ts';
import { emptyRoutes, monitorRoutes, namedRoutes } from './catalogue.ts';
import { readForm } from './form.ts';
import { answerPage, findMaintenances, toSearch } from './lists.ts';
import { commentFromForm, createFromForm, getVisibleMaintenance, toDocuments, updateFromForm } from './maintenance.ts';
import { ID, ResourceRouter } from './router.ts';

const RESOURCES = ['maintenance', 'scope', 'service', 'monitor', 'incident', 'announcement', 'weather'];

const NO_WEATHER =
  'Lull does not support weather. The header x-total of the lists, such as /api/maintenance?status=scheduled, has the numbers.';

/** ProdManager's API for its tools, mounted at `/api`. A write is answered with a redirection to the resource. */
export function prodmanager(options: ReadingOptions): Hono {
  const api = new Hono();
  api.route('/maintenance', maintenanceRoutes(options));
  for (const kind of ['scope', 'service'] as const) api.route(`/${kind}`, namedRoutes(options, kind));
  api.route('/monitor', monitorRoutes(options));
  for (const resource of ['incident', 'announcement'] as const) {
    api.route(`/${resource}`, emptyRoutes(options, resource));
  }
  api.route('/weather', new ResourceRouter(options, 'weather', { nothingHere: NO_WEATHER }).close());
  return api;
}

/** Gives failures that come before this interface its form. */
const toFailureBody = problemsAs((message) => ({ message }));

/** Gives responses ProdManager's headers of the limits. */
const withQuota: MiddlewareHandler = async (c, next) => {
  await next();
  const quota: Quota | undefined = c.get(QUOTA);
  if (quota === undefined) return;
  c.header('X-RateLimit-Client', quota.client);
  c.header('X-RateLimit-Limit', String(quota.limit));
  c.header('X-RateLimit-Remaining', String(quota.limit - quota.used));
  c.header('X-RateLimit-Reset', String(quota.resetAt));
  c.header('X-RateLimit-Used', String(quota.used));
};

/** To be mounted at `/api` before the limits, which it translates. */
export function prodmanagerLimits(): Hono {
  const api = new Hono();
  for (const resource of RESOURCES) api.use(`/${resource}/*`, withQuota, toFailureBody);
  return api;
}

function maintenanceRoutes(options: ReadingOptions) {
  const { ctx } = options;
  const router = new ResourceRouter(options, 'maintenance');
  router.get('/', 'list', (request, c) =>
    answerPage(
      c,
      (filters) => toSearch(filters, request.zone),
      (search, range) => findMaintenances(request, search, range),
    ),
  );
  router.get(ID, 'show', async (request, c, id) => {
    const [document] = await toDocuments(request, [await getVisibleMaintenance(request, id)]);
    return c.json(document);
  });
  router.get(`${ID}/calendar`, 'show', async (request, c, id) => {
    const maintenance = await getVisibleMaintenance(request, id);
    const text = await renderCalendar(maintenance, ctx.clock.now(), () => `${request.origin}/maintenances/${id}`);
    return c.body(text, 200, {
      'Content-Type': 'application/ics',
      'Content-Disposition': attachment(`${maintenance.name}.ics`),
    });
  });
  router.post(['/', '/create'], 'creation', 'schedule', async (request, c) => {
    return `/api/maintenance/${await createFromForm(request, await readForm(c))}`;
  });
  router.post([`${ID}/update`], 'update', 'edit', async (request, c, id) => {
    await updateFromForm(request, id, await readForm(c));
    return `/api/maintenance/${id}`;
  });
  // The published client uses `/comment/create`.
  router.post([`${ID}/comment`, `${ID}/comment/create`], 'comment', 'comment', async (request, c, id) => {
    await commentFromForm(request, id, await readForm(c));
    return `/api/maintenance/${id}`;
  });
  router.post([`${ID}/delete`], 'deletion', 'delete', async ({ actor }, _, id) => {
    await deleteMaintenance(ctx, actor, id);
    return '/api/maintenance';
  });
  return router.close();
}

/** `Content-Disposition` (RFC 6266), whose extended value (RFC 8187) has the characters that others cannot. */
function attachment(name: string): string {
  const file = name.toWellFormed().replace(/[\p{Cc}/\\]/gu, '_');
  const ascii = file.replace(/[^ -~]|["%]/g, '_');
  if (ascii === file) return `attachment; filename="${ascii}"`;
  const encoded = encodeURIComponent(file).replace(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
