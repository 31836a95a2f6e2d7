import { addScope, editScope, removeScope } from '../../catalogue/scopes/commands.ts';
import {
  type CheckSearch,
  type Contents,
  countContents,
  countVisibleChecks,
  findVisibleCheck,
  findVisibleScope,
  findVisibleService,
  listNamedPage,
  type Named,
  type NamedKind,
  searchChecks,
} from '../../catalogue/search.ts';
import { addService, editService, removeService } from '../../catalogue/services/commands.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import type { Check } from '../../checks/repository.ts';
import { type Actor, toReader } from '../../core/permissions.ts';
import type { ReadingOptions } from '../../http/reading.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { Fields, type Form, readForm, resourceNotFound } from './form.ts';
import { answerPage, type Filters } from './lists.ts';
import { ID, type RequestContext, ResourceRouter } from './router.ts';

const COMMANDS = {
  scope: { find: findVisibleScope, add: addScope, edit: editScope, remove: removeScope },
  service: {
    find: findVisibleService,
    add: (ctx: ActionContext, actor: Actor, values: ReturnType<typeof readNamed>) =>
      addService(ctx, actor, { ...values, scopeId: null }),
    edit: editService,
    remove: removeService,
  },
};

/** `/scope` or `/service`. */
export function namedRoutes(options: ReadingOptions, kind: NamedKind) {
  const { ctx } = options;
  const { find, add, edit, remove } = COMMANDS[kind];
  const router = new ResourceRouter(options, kind);
  router.get('/', 'list', (request, c) => {
    const { accountId } = request.actor;
    return answerPage(
      c,
      () => undefined,
      async (_, range) => {
        const { items, total } = await listNamedPage(ctx.database, kind, accountId, toReader(request.actor), range);
        return { items: await toNamedDocuments(request, kind, items), total };
      },
    );
  });
  router.get(ID, 'show', async (request, c, id) => {
    const found = await find(ctx.database, request.actor.accountId, toReader(request.actor), id);
    if (found === undefined) throw resourceNotFound(kind, id);
    const [document] = await toNamedDocuments(request, kind, [found]);
    return c.json(document);
  });
  router.post(['/', '/create'], 'creation', `add-${kind}`, async ({ actor, zone }, c) => {
    const { id } = await add(ctx, actor, readNamed(await readForm(c), zone));
    return `/api/${kind}/${id}`;
  });
  router.post([`${ID}/update`], 'update', `edit-${kind}`, async ({ actor, zone }, c, id) => {
    await edit(ctx, actor, id, readNamed(await readForm(c), zone));
    return `/api/${kind}/${id}`;
  });
  router.post([`${ID}/delete`], 'deletion', `remove-${kind}`, async ({ actor }, _, id) => {
    await remove(ctx, actor, id);
    return `/api/${kind}`;
  });
  return router.close();
}

function readNamed(form: Form, zone: string) {
  const fields = new Fields(form, zone);
  const values = { name: fields.required('name'), description: fields.text('description') ?? '' };
  fields.check();
  return values;
}

const EMPTY: Contents = { maintenances: 0, activeChecks: 0, otherChecks: 0 };

async function toNamedDocuments({ ctx, actor, origin }: RequestContext, kind: NamedKind, all: readonly Named[]) {
  const ids = all.map(({ id }) => id);
  const contents = await countContents(ctx.database, kind, actor.accountId, toReader(actor), ids);
  return all.map(({ id, name, description }) => {
    const { maintenances, activeChecks, otherChecks } = contents.get(id) ?? EMPTY;
    const list = (resource: string) => `${origin}/api/${resource}?${kind}=${id}`;
    return {
      description: description || null,
      id,
      incidents_count: 0,
      links: {
        incidents: list('incident'),
        maintenances: list('maintenance'),
        monitors: list('monitor'),
        self: `${origin}/api/${kind}/${id}`,
      },
      maintenances_count: maintenances,
      monitors_count: { alert: 0, ok: activeChecks, warning: otherChecks },
      name,
    };
  });
}

const CHECKS_ELSEWHERE = 'Monitors are the checks of Lull, which can only be read here. Change them at /api/v1/checks.';

/** `/monitor`: the checks. None of them is public. */
export function monitorRoutes(options: ReadingOptions) {
  const { database } = options.ctx;
  const router = new ResourceRouter(options, 'monitor', { readOnly: CHECKS_ELSEWHERE });
  router.get('/', 'list', (request, c) =>
    answerPage(c, toCheckSearch, async (search, range) => {
      const { accountId } = request.actor;
      const reader = toReader(request.actor);
      if (reader === 'public' || search === undefined) return { items: [], total: 0 };
      const page = { field: 'name', direction: 'asc', ...range } as const;
      const found = await searchChecks(database, accountId, reader, search, page);
      const total = await countVisibleChecks(database, accountId, reader, search);
      return { items: await toMonitors(request, found), total };
    }),
  );
  router.get('/:key{[0-9A-Z]+}', 'show', async (request, c) => {
    const id = c.req.param('key') ?? '';
    const reader = toReader(request.actor);
    const found =
      reader === 'public' ? undefined : await findVisibleCheck(database, request.actor.accountId, reader, id);
    if (found === undefined) throw resourceNotFound('monitor', id);
    const [monitor] = await toMonitors(request, [found]);
    return c.json(monitor);
  });
  return router.close();
}

/** Lull does not store what checks find, so that none is `alert`. */
const MONITOR_STATUSES = ['ok', 'warning', 'alert'] as const;

/** @returns undefined when no check can match */
function toCheckSearch({ ids, texts, oneOf }: Filters): CheckSearch | undefined {
  const search = { scopes: ids('scope'), services: ids('service'), providers: texts('integration') };
  const statuses = oneOf('status', MONITOR_STATUSES);
  if (statuses === undefined) return search;
  const [ok, warning] = [statuses.includes('ok'), statuses.includes('warning')];
  if (!ok && !warning) return undefined;
  return ok && warning ? search : { ...search, active: ok };
}

async function toMonitors({ ctx, actor, origin }: RequestContext, checks: readonly Check[]) {
  const ids = checks.flatMap(({ services }) => services);
  const services = await listServices(ctx.database, actor.accountId, { reader: toReader(actor), ids });
  return checks.map(({ id, name, provider, externalId, enabled, mutedBy, ...check }) => {
    const service = services.find((each) => check.services.includes(each.id));
    const link = (resource: string, to: number | undefined) =>
      to === undefined ? null : `${origin}/api/${resource}/${to}`;
    return {
      description: null,
      external_link: null,
      external_reference: externalId,
      id,
      integration: provider,
      links: {
        scope: link('scope', service?.scope?.id),
        self: `${origin}/api/monitor/${id}`,
        service: link('service', service?.id),
      },
      name,
      scope: service?.scope?.id ?? null,
      service: service?.id ?? null,
      status: enabled && mutedBy.length === 0 ? 'ok' : 'warning',
    };
  });
}

/** `/incident` and `/announcement`: Lull has none of them. */
export function emptyRoutes(options: ReadingOptions, resource: 'incident' | 'announcement') {
  const readOnly = `Lull keeps no ${resource}s: this list is always empty.`;
  const router = new ResourceRouter(options, resource, { readOnly });
  router.get('/', 'list', (_, c) =>
    answerPage(
      c,
      () => undefined,
      async () => ({ items: [], total: 0 }),
    ),
  );
  router.get(ID, 'show', async (_, __, id) => {
    throw resourceNotFound(resource, id);
  });
  return router.close();
}
