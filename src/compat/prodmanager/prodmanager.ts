import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { findAccount } from '../../access/accounts.ts';
import { type Identified, identify, identifyReader } from '../../access/authentication.ts';
import { CALENDAR_TYPE, renderCalendar } from '../../calendars/http/feed.ts';
import { UserError } from '../../core/errors.ts';
import { type ReadingOptions, requestOrigin } from '../../http/reading.ts';
import { Failure, toFailure } from './failure.ts';
import { readForm } from './form.ts';
import {
  commentFromForm,
  createFromForm,
  deleteById,
  getVisibleMaintenance,
  listPage,
  type RequestContext,
  toDocument,
  toSearch,
} from './maintenance.ts';
import { createNamed, deleteNamed, getNamed, listNamed, updateNamed } from './named.ts';
import { readPage, setPageHeaders } from './paging.ts';
import { updateFromForm } from './update.ts';

/** The largest body (bytes). */
const LARGEST_BODY = 1_000_000;

type Variables = { asking: RequestContext };
type Env = { Variables: Variables };

/**
 * The interface that tools of ProdManager's speak, to be mounted at `/api`: `/maintenance`, `/scope` and `/service`. A write is
 * answered with a redirection to what it changed, a failure with `{"message":"...","reasons":{"<field>":["..."]}}`.
 */
export function prodmanager(options: ReadingOptions): Hono<Env> {
  const api = new Hono<Env>();
  const { ctx, log } = options;

  for (const resource of ['maintenance', 'scope', 'service']) {
    const path = `/${resource}/*`;
    const onError = (c: Context) =>
      c.json({ message: `The body is larger than ${LARGEST_BODY} bytes. Send less.` }, 413);
    api.use(path, bodyLimit({ maxSize: LARGEST_BODY, onError }));
    api.use(path, async (c, next) => {
      const identified = await whoAsks(options, c);
      if (!identified.ok) return c.json({ message: identified.detail }, identified.status);
      const { actor } = identified;
      const account = await findAccount(ctx.database, actor.accountId);
      const origin = requestOrigin(c, options.publicUrl);
      c.set('asking', { ctx, actor, origin, zone: account?.timezone ?? 'UTC' });
      return next();
    });
  }

  /** Answers a request, and what goes wrong with it as a failure of this operation. */
  const serve =
    (resource: string, operation: string, answer: (c: Context<Env>, asking: RequestContext) => Promise<Response>) =>
    async (c: Context<Env>) => {
      try {
        return await answer(c, c.get('asking'));
      } catch (error) {
        const failure = error instanceof UserError ? toFailure(error, resource, c.req.param('id')) : error;
        const message = `${resource.charAt(0).toUpperCase()}${resource.slice(1)} ${operation} failed`;
        if (failure instanceof Failure) return c.json({ message, reasons: failure.reasons }, failure.status);
        log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
        return c.json({ message: 'Nothing is known to have changed. Try again; the log of Lull says more.' }, 500);
      }
    };
  const idOf = (c: Context<Env>) => Number(c.req.param('id'));
  const there = (c: Context<Env>, id: number) => c.redirect(`/api/maintenance/${id}`, 302);

  api.get(
    '/maintenance',
    serve('maintenance', 'list', async (c, asking) => {
      const reasons = {};
      const query = c.req.queries();
      const page = readPage(query, reasons);
      const search = toSearch(query, asking.zone, reasons);
      if (Object.keys(reasons).length > 0) throw new Failure(400, reasons);
      const { items, total } = await listPage(asking, search, page);
      setPageHeaders(c, page, total);
      return c.json({ items });
    }),
  );
  const create = serve('maintenance', 'creation', async (c, asking) =>
    there(c, await createFromForm(asking, await readForm(c))),
  );
  api.post('/maintenance', create);
  api.post('/maintenance/create', create);
  api.get(
    '/maintenance/:id{[0-9]+}',
    serve('maintenance', 'show', async (c, asking) =>
      c.json(await toDocument(asking, await getVisibleMaintenance(asking, idOf(c)))),
    ),
  );
  api.get(
    '/maintenance/:id{[0-9]+}/calendar',
    serve('maintenance', 'calendar', async (c, asking) => {
      const maintenance = await getVisibleMaintenance(asking, idOf(c));
      const link = () => `${asking.origin}/maintenances/${maintenance.id}`;
      return c.body(renderCalendar(maintenance, ctx.clock.now(), link), 200, { 'Content-Type': CALENDAR_TYPE });
    }),
  );
  api.post(
    '/maintenance/:id{[0-9]+}/update',
    serve('maintenance', 'update', async (c, asking) => {
      await updateFromForm(asking, idOf(c), await readForm(c));
      return there(c, idOf(c));
    }),
  );
  const addComment = serve('maintenance', 'comment', async (c, asking) => {
    await commentFromForm(asking, idOf(c), await readForm(c));
    return there(c, idOf(c));
  });
  api.post('/maintenance/:id{[0-9]+}/comment', addComment);
  // As the published client asks for it.
  api.post('/maintenance/:id{[0-9]+}/comment/create', addComment);
  api.post(
    '/maintenance/:id{[0-9]+}/delete',
    serve('maintenance', 'deletion', async (c, asking) => {
      await deleteById(asking, idOf(c));
      return c.redirect('/api/maintenance', 302);
    }),
  );
  for (const kind of ['scope', 'service'] as const) {
    const to = (c: Context<Env>, id: number) => c.redirect(`/api/${kind}/${id}`, 302);
    api.get(
      `/${kind}`,
      serve(kind, 'list', async (c, asking) => {
        const reasons = {};
        const page = readPage(c.req.queries(), reasons);
        if (Object.keys(reasons).length > 0) throw new Failure(400, reasons);
        const { items, total } = await listNamed(asking, kind, page);
        setPageHeaders(c, page, total);
        return c.json({ items });
      }),
    );
    const create = serve(kind, 'creation', async (c, asking) =>
      to(c, await createNamed(asking, kind, await readForm(c))),
    );
    api.post(`/${kind}`, create);
    api.post(`/${kind}/create`, create);
    api.get(
      `/${kind}/:id{[0-9]+}`,
      serve(kind, 'show', async (c, asking) => c.json(await getNamed(asking, kind, idOf(c)))),
    );
    api.post(
      `/${kind}/:id{[0-9]+}/update`,
      serve(kind, 'update', async (c, asking) => {
        await updateNamed(asking, kind, idOf(c), await readForm(c));
        return to(c, idOf(c));
      }),
    );
    api.post(
      `/${kind}/:id{[0-9]+}/delete`,
      serve(kind, 'deletion', async (c, asking) => {
        await deleteNamed(asking, kind, idOf(c));
        return c.redirect(`/api/${kind}`, 302);
      }),
    );
  }

  for (const resource of ['maintenance', 'scope', 'service']) {
    api.all(`/${resource}/*`, (c) => c.json({ message: `There is nothing at ${c.req.method} ${c.req.path}.` }, 404));
  }
  return api;
}

/** Everybody may read what is public, but with a wrong token nobody may do anything; to change something one is needed. */
async function whoAsks({ authentication }: ReadingOptions, c: Context): Promise<Identified | Forbidden> {
  const header = c.req.header('authorization');
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    return identifyReader(authentication, header, c.req.query('account'));
  }
  if (header !== undefined) return identify(authentication, header);
  return { ok: false, status: 403, detail: 'To change something send a token: "Authorization: Bearer <token>".' };
}

interface Forbidden {
  readonly ok: false;
  readonly status: 403;
  readonly detail: string;
}
