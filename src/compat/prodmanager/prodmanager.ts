import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { findAccount } from '../../access/accounts.ts';
import { identify, identifyReader } from '../../access/authentication.ts';
import { CALENDAR_TYPE, renderCalendar } from '../../calendars/http/feed.ts';
import { addScope, editScope, removeScope } from '../../catalogue/scopes/commands.ts';
import {
  findVisibleScope,
  findVisibleService,
  listNamedPage,
  type Named,
  type NamedKind,
} from '../../catalogue/search.ts';
import { addService, editService, removeService } from '../../catalogue/services/commands.ts';
import { UserError } from '../../core/errors.ts';
import { toReader } from '../../core/permissions.ts';
import { type ReadingOptions, requestOrigin } from '../../http/reading.ts';
import { deleteMaintenance } from '../../maintenance/commands/transitions.ts';
import { countMaintenances } from '../../maintenance/repository/maintenances.ts';
import { Failure, Fields, type Form, type Reasons, readForm, resourceNotFound, toFailure } from './form.ts';
import { answerPage, listPage, readPage, toSearch } from './lists.ts';
import {
  commentFromForm,
  createFromForm,
  getVisibleMaintenance,
  type RequestContext,
  toDocuments,
  updateFromForm,
} from './maintenance.ts';

const MAX_BODY_BYTES = 1_000_000;

type Env = { Variables: { request: RequestContext } };
type Answer = (request: RequestContext, c: Context<Env>, id: number) => Promise<Response>;
type Resource = 'maintenance' | NamedKind;

/**
 * ProdManager's API for its tools, mounted at `/api`: `/maintenance`, `/scope` and `/service`. A write is answered with a
 * redirection to the resource, a failure with `{"message":"...","reasons":{"<field>":["..."]}}`.
 */
export function prodmanager(options: ReadingOptions): Hono<Env> {
  const api = new Hono<Env>();
  const { ctx, log } = options;

  for (const resource of ['maintenance', 'scope', 'service']) {
    const onError = (c: Context) =>
      c.json({ message: `The body is larger than ${MAX_BODY_BYTES} bytes. Send less.` }, 413);
    api.use(`/${resource}/*`, bodyLimit({ maxSize: MAX_BODY_BYTES, onError }), async (c, next) => {
      const identified = await identifyActor(options, c);
      if (!identified.ok) return c.json({ message: identified.detail }, identified.status);
      const { actor } = identified;
      const account = await findAccount(ctx.database, actor.accountId);
      const origin = requestOrigin(c, options.publicUrl);
      c.set('request', { ctx, actor, origin, zone: account?.timezone ?? 'UTC' });
      return next();
    });
  }

  const serve = (resource: Resource, operation: string, answer: Answer) => async (c: Context<Env>) => {
    try {
      return await answer(c.get('request'), c, Number(c.req.param('id')));
    } catch (error) {
      const failure = error instanceof UserError ? toFailure(error, resource, c.req.param('id')) : error;
      const message = `${resource.charAt(0).toUpperCase()}${resource.slice(1)} ${operation} failed`;
      if (failure instanceof Failure) return c.json({ message, reasons: failure.reasons }, failure.status);
      log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
      return c.json({ message: 'Nothing is known to have changed. Try again; the log of Lull says more.' }, 500);
    }
  };
  const get = (resource: Resource, path: string, operation: string, answer: Answer) =>
    api.get(`/${resource}${path}`, serve(resource, operation, answer));
  const post = (resource: Resource, paths: readonly string[], operation: string, answer: Answer) => {
    for (const path of paths) api.post(`/${resource}${path}`, serve(resource, operation, answer));
  };
  const ID = '/:id{[0-9]+}';

  get('maintenance', '', 'list', async (request, c) => {
    const reasons: Reasons = {};
    const query = c.req.queries();
    const page = readPage(query, reasons);
    const search = toSearch(query, request.zone, reasons);
    assertNoReasons(reasons);
    return answerPage(c, page, await listPage(request, search, page));
  });
  get('maintenance', ID, 'show', async (request, c, id) => {
    const [document] = await toDocuments(request, [await getVisibleMaintenance(request, id)]);
    return c.json(document);
  });
  get('maintenance', `${ID}/calendar`, 'calendar', async (request, c, id) => {
    const maintenance = await getVisibleMaintenance(request, id);
    const link = () => `${request.origin}/maintenances/${id}`;
    return c.body(renderCalendar(maintenance, ctx.clock.now(), link), 200, { 'Content-Type': CALENDAR_TYPE });
  });
  post('maintenance', ['', '/create'], 'creation', async (request, c) =>
    c.redirect(`/api/maintenance/${await createFromForm(request, await readForm(c))}`),
  );
  post('maintenance', [`${ID}/update`], 'update', async (request, c, id) => {
    await updateFromForm(request, id, await readForm(c));
    return c.redirect(`/api/maintenance/${id}`);
  });
  // The published client uses `/comment/create`.
  post('maintenance', [`${ID}/comment`, `${ID}/comment/create`], 'comment', async (request, c, id) => {
    await commentFromForm(request, id, await readForm(c));
    return c.redirect(`/api/maintenance/${id}`);
  });
  post('maintenance', [`${ID}/delete`], 'deletion', async ({ actor }, c, id) => {
    await deleteMaintenance(ctx, actor, id);
    return c.redirect('/api/maintenance');
  });

  for (const kind of ['scope', 'service'] as const) {
    const isScope = kind === 'scope';
    get(kind, '', 'list', async (request, c) => {
      const reasons: Reasons = {};
      const page = readPage(c.req.queries(), reasons);
      assertNoReasons(reasons);
      const window = { limit: page.perPage, offset: (page.page - 1) * page.perPage };
      const { accountId } = request.actor;
      const found = await listNamedPage(ctx.database, kind, accountId, toReader(request.actor), window);
      const items = [];
      for (const named of found.items) items.push(await toNamedDocument(request, kind, named));
      return answerPage(c, page, { items, total: found.total });
    });
    get(kind, ID, 'show', async (request, c, id) => {
      const find = isScope ? findVisibleScope : findVisibleService;
      const found = await find(ctx.database, request.actor.accountId, toReader(request.actor), id);
      if (found === undefined) throw resourceNotFound(kind, id);
      return c.json(await toNamedDocument(request, kind, found));
    });
    post(kind, ['', '/create'], 'creation', async ({ actor, zone }, c) => {
      const values = readNamed(await readForm(c), zone);
      const added = await (isScope
        ? addScope(ctx, actor, values)
        : addService(ctx, actor, { ...values, scopeId: null }));
      return c.redirect(`/api/${kind}/${added.id}`);
    });
    post(kind, [`${ID}/update`], 'update', async ({ actor, zone }, c, id) => {
      const values = readNamed(await readForm(c), zone);
      await (isScope ? editScope(ctx, actor, id, values) : editService(ctx, actor, id, values));
      return c.redirect(`/api/${kind}/${id}`);
    });
    post(kind, [`${ID}/delete`], 'deletion', async ({ actor }, c, id) => {
      await (isScope ? removeScope(ctx, actor, id) : removeService(ctx, actor, id));
      return c.redirect(`/api/${kind}`);
    });
  }

  for (const resource of ['maintenance', 'scope', 'service']) {
    api.all(`/${resource}/*`, (c) => c.json({ message: `There is nothing at ${c.req.method} ${c.req.path}.` }, 404));
  }
  return api;
}

/** Without a token, anybody can read what is public. A wrong token is always refused. */
async function identifyActor({ authentication }: ReadingOptions, c: Context) {
  const header = c.req.header('authorization');
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    return identifyReader(authentication, header, c.req.query('account'));
  }
  if (header !== undefined) return identify(authentication, header);
  const detail = 'To change something send a token: "Authorization: Bearer <token>".';
  return { ok: false, status: 403, detail } as const;
}

function assertNoReasons(reasons: Reasons): void {
  if (Object.keys(reasons).length > 0) throw new Failure(400, reasons);
}

async function toNamedDocument({ ctx, actor, origin }: RequestContext, kind: NamedKind, named: Named) {
  const { id, name, description } = named;
  const search = kind === 'scope' ? { scopes: [id] } : { services: [id] };
  const maintenances = await countMaintenances(ctx.database, actor.accountId, { ...search, reader: toReader(actor) });
  const links = { maintenances: `${origin}/api/maintenance?${kind}=${id}`, self: `${origin}/api/${kind}/${id}` };
  return { description, id, links, maintenances_count: maintenances, name };
}

function readNamed(form: Form, zone: string) {
  const fields = new Fields(form, zone);
  const values = { name: fields.required('name'), description: fields.text('description') };
  fields.check();
  return values;
}
