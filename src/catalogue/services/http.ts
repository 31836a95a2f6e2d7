import { createRoute, z } from '@hono/zod-openapi';
import { type Reader, toReader } from '../../core/permissions.ts';
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
import { id, idInPath, idInQuery, many, oneOf, text } from '../../http/schemas.ts';
import { SERVICE_STATUSES, VISIBILITIES } from '../../maintenance/rules/status.ts';
import { serviceNotFound } from '../errors.ts';
import { type CatalogueOrder, findVisibleService, searchServices } from '../search.ts';
import { addService, editService, removeService } from './commands.ts';
import { findService, type ServiceSettings } from './repository.ts';

const visibility = oneOf(VISIBILITIES).openapi({
  description: 'internal: it is seen with a token alone, and not named in public channels.',
});
const owners = z.array(text('a Slack user id'), { error: 'Expected a list of Slack user ids.' });
const checks = z.array(text('the id of a check'), { error: 'Expected a list of ids of checks.' });

const serviceIn = z
  .strictObject({
    name: text('the name of the service'),
    scope: id.nullish(),
    description: text('the description').nullish(),
    visibility: visibility.default('public'),
    owners: owners.default([]).openapi({ description: 'Slack user ids.' }),
  })
  .openapi('NewService');
const serviceEditIn = z
  .strictObject({
    name: text('the name of the service'),
    scope: id.nullable(),
    description: text('the description').nullable(),
    visibility,
    owners,
    checks: checks.openapi({
      description: 'Windows in progress follow: what joins goes off, what leaves comes on again.',
    }),
  })
  .partial()
  .openapi('ServiceEdit');
const serviceOut = z
  .object({
    id,
    name: z.string(),
    scope: id.nullable(),
    description: z.string(),
    visibility,
    status: z
      .enum(SERVICE_STATUSES)
      .openapi({ description: 'What it is for its users now, the windows in progress considered.' }),
    owners: owners.openapi({ description: 'Slack user ids; none for a reader without a token.' }),
    checks: checks.openapi({ description: 'None for a reader without a token.' }),
  })
  .openapi('Service');

function toService(service: ServiceSettings, reader: Reader = 'internal'): z.infer<typeof serviceOut> {
  return {
    id: service.id,
    name: service.name,
    scope: service.scope?.id ?? null,
    description: service.description,
    visibility: service.visibility,
    status: service.status,
    owners: reader === 'public' ? [] : [...service.owners],
    checks: reader === 'public' ? [] : [...service.checks],
  };
}

const list = listing<ServiceSettings, CatalogueOrder, string, number>({ ...byName, id: z.int(), idOf: ({ id }) => id });
const common = { tags: ['catalogue'], security };

export function services(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/services',
      operationId: 'listServices',
      summary: 'List services, with the status they have for their users now',
      security: readableByAll,
      request: {
        query: z.strictObject({
          scope: many(idInQuery).openapi({ description: 'Ids of the scopes that they live in.' }),
          q: nameContains,
          ...list.query,
          ...publicQuery,
        }),
      },
      responses: { 200: jsonResponse('A page of them.', pageSchema(serviceOut)), ...failures },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const { accountId } = c.get('actor');
      const reader = toReader(c.get('actor'));
      const page = list.page(c, query);
      const search = { scopes: query.scope, texts: query.q };
      const found = await searchServices(c.get('ctx').database, accountId, reader, search, list.oneMore(page));
      return c.json(
        list.answer(c, found, page, (each) => toService(each, reader)),
        200,
      );
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/services',
      operationId: 'createService',
      summary: 'Add a service',
      request: body(serviceIn),
      responses: { 201: jsonResponse('The service.', serviceOut), ...failures },
    }),
    async (c) => {
      const { scope, description, ...values } = c.req.valid('json');
      const input = { ...values, scopeId: scope ?? null, description: description ?? '' };
      const { id } = await addService(c.get('ctx'), c.get('actor'), input);
      c.header('Location', `/api/v1/services/${id}`);
      return c.json(toService(await present(c, id)), 201);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/services/{id}',
      operationId: 'getService',
      summary: 'One service, with the status it has for its users now',
      security: readableByAll,
      request: { params: idInPath, query: publicQueryOnly },
      responses: { 200: jsonResponse('The service.', serviceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const actor = c.get('actor');
      const reader = toReader(actor);
      const service = await findVisibleService(c.get('ctx').database, actor.accountId, reader, id);
      if (service === undefined) throw serviceNotFound({ id });
      return c.json(toService(service, reader), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'patch',
      path: '/services/{id}',
      operationId: 'updateService',
      summary: 'Change a service; what is left out stays as it is',
      request: { params: idInPath, ...body(serviceEditIn) },
      responses: { 200: jsonResponse('The service.', serviceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { scope: scopeId, description, ...values } = c.req.valid('json');
      const edit = { ...values, scopeId, description: description === null ? '' : description };
      return c.json(toService(await editService(holding(c, id), c.get('actor'), id, edit)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'delete',
      path: '/services/{id}',
      operationId: 'deleteService',
      summary: 'Remove a service that nothing open needs; what is past still names it, its checks stay',
      request: { params: idInPath },
      responses: { 200: jsonResponse('The service, as it was.', serviceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toService(await removeService(holding(c, id), c.get('actor'), id)), 200);
    },
  );
}

async function present(c: RequestContext, id: number): Promise<ServiceSettings> {
  const service = await findService(c.get('ctx').database, c.get('actor').accountId, id);
  if (service === null) throw serviceNotFound({ id });
  return service;
}

function holding(c: RequestContext, id: number) {
  return withPreconditions(c, `service:${id}`, async (tx): Promise<Current | undefined> => {
    const service = await findService(tx, c.get('actor').accountId, id);
    return service === null ? undefined : { answer: toService(service) };
  });
}
