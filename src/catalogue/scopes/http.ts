import { createRoute, z } from '@hono/zod-openapi';
import { toReader } from '../../core/permissions.ts';
import { type Current, withPreconditions } from '../../http/conditional.ts';
import { byName, listing, nameContains, pageSchema } from '../../http/paging.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  publicQuery,
  publicQueryOnly,
  type RequestContext,
  readableByAll,
  security,
} from '../../http/route.ts';
import { id, idInPath, oneOf, text } from '../../http/schemas.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../../maintenance/rules/reminders.ts';
import { VISIBILITIES } from '../../maintenance/rules/status.ts';
import { scopeNotFound } from '../errors.ts';
import { type CatalogueOrder, findVisibleScope, searchScopes } from '../search.ts';
import { addScope, editScope, removeScope } from './commands.ts';
import { findScope, type ScopeSettings } from './repository.ts';

const reminders = z
  .array(z.number({ error: 'Expected a number of minutes.' }), { error: 'Expected a list of numbers of minutes.' })
  .openapi({
    description:
      'How long before its start a maintenance is reminded of, in minutes; empty: not at all. A run of a series is reminded of only once the window before it has been over for an hour.',
    example: [...DEFAULT_REMINDERS_MINUTES],
  });
const requiresApproval = z.boolean({ error: 'Expected true or false.' }).openapi({
  description: 'A second person approves each maintenance that touches it, or it does not start.',
});
const visibility = oneOf(VISIBILITIES).openapi({
  description:
    'internal: it, its services and their maintenances are seen with a token alone, and in internal channels.',
});
const scopeIn = z
  .strictObject({
    name: text('the name of the scope'),
    description: text('the description').nullish(),
    visibility: visibility.default('public'),
  })
  .openapi('NewScope');
const scopeEditIn = z
  .strictObject({
    name: text('the name of the scope'),
    description: text('the description').nullable(),
    visibility,
    reminders,
    requires_approval: requiresApproval,
  })
  .partial()
  .openapi('ScopeEdit');
const scopeOut = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    visibility,
    reminders,
    requires_approval: requiresApproval,
  })
  .openapi('Scope');

function toScope(scope: ScopeSettings): z.infer<typeof scopeOut> {
  return {
    id: scope.id,
    name: scope.name,
    description: scope.description,
    visibility: scope.visibility,
    reminders: [...scope.reminders],
    requires_approval: scope.requiresApproval,
  };
}

const list = listing<ScopeSettings, CatalogueOrder, string, number>({ ...byName, id: z.int(), idOf: ({ id }) => id });

const common = { tags: ['catalogue'], security };

export function scopes(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/scopes',
      operationId: 'listScopes',
      summary: 'List scopes',
      security: readableByAll,
      request: { query: z.strictObject({ q: nameContains, ...list.query, ...publicQuery }) },
      responses: { 200: jsonResponse('A page of them.', pageSchema(scopeOut)), ...failures },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const { accountId } = c.get('actor');
      const page = list.page(c, query);
      const reader = toReader(c.get('actor'));
      const { database } = c.get('ctx');
      const found = await searchScopes(database, accountId, reader, { texts: query.q }, list.oneMore(page));
      return c.json(list.answer(c, found, page, toScope), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/scopes',
      operationId: 'createScope',
      summary: 'Add a scope',
      request: body(scopeIn),
      responses: { 201: jsonResponse('The scope.', scopeOut), ...failures },
    }),
    async (c) => {
      const { description, ...values } = c.req.valid('json');
      const scope = { ...values, description: description ?? '' };
      const added = await addScope(c.get('ctx'), c.get('actor'), scope);
      c.header('Location', `/api/v1/scopes/${added.id}`);
      return c.json(toScope(added), 201);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/scopes/{id}',
      operationId: 'getScope',
      summary: 'One scope',
      security: readableByAll,
      request: { params: idInPath, query: publicQueryOnly },
      responses: { 200: jsonResponse('The scope.', scopeOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const actor = c.get('actor');
      const scope = await findVisibleScope(c.get('ctx').database, actor.accountId, toReader(actor), id);
      if (scope === undefined) throw scopeNotFound({ id });
      return c.json(toScope(scope), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'patch',
      path: '/scopes/{id}',
      operationId: 'updateScope',
      summary: 'Change a scope; the maintenances that are scheduled already follow',
      request: { params: idInPath, ...body(scopeEditIn) },
      responses: { 200: jsonResponse('The scope.', scopeOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { requires_approval: requiresApproval, description, ...values } = c.req.valid('json');
      const edit = { ...values, requiresApproval, description: description === null ? '' : description };
      return c.json(toScope(await editScope(holding(c, id), c.get('actor'), id, edit)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'delete',
      path: '/scopes/{id}',
      operationId: 'deleteScope',
      summary: 'Remove a scope that has no services and that nothing open needs; what is past still names it',
      request: { params: idInPath },
      responses: { 200: jsonResponse('The scope, as it was.', scopeOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toScope(await removeScope(holding(c, id), c.get('actor'), id)), 200);
    },
  );
}

function holding(c: RequestContext, id: number) {
  return withPreconditions(c, `scope:${id}`, async (tx): Promise<Current | undefined> => {
    const scope = await findScope(tx, c.get('actor').accountId, id);
    return scope === null ? undefined : { answer: toScope(scope) };
  });
}
