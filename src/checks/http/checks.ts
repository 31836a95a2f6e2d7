import { createRoute, z } from '@hono/zod-openapi';
import { type CatalogueOrder, findVisibleCheck, searchChecks } from '../../catalogue/search.ts';
import { type Current, withPreconditions } from '../../http/conditional.ts';
import { byName, listing, nameContains, pageSchema } from '../../http/paging.ts';
import {
  type Api,
  assertMember,
  body,
  failures,
  jsonResponse,
  publicQuery,
  type RequestContext,
  security,
} from '../../http/route.ts';
import { id, idInQuery, many, text } from '../../http/schemas.ts';
import { addCheck, editCheck, removeCheck } from '../commands.ts';
import { checkNotFound } from '../errors.ts';
import { type Check, findCheck } from '../repository.ts';

const services = z.array(id, { error: 'Expected a list of ids of services.' });
const enabled = z.boolean({ error: 'Expected true or false.' });
const tags = z.array(text('a tag'), { error: 'Expected a list of tags.' });

const checkIn = z
  .strictObject({
    name: text('the name of the check'),
    services: services.default([]),
    provider: text('the name of a provider').default('builtin'),
    external_id: text("the provider's own id").min(1, { error: "Expected the provider's own id." }).nullish(),
    enabled: enabled.default(true),
    tags: tags.default([]),
  })
  .openapi('NewCheck');
const checkEditIn = z
  .strictObject({
    name: text('the name of the check'),
    services: services.openapi({ description: 'Windows in progress follow: where it joins it goes off.' }),
    tags,
    enabled: enabled.openapi({
      description:
        'Of the builtin register: whether an external monitor should make it now. Of another provider: 409, as it is switched there.',
    }),
  })
  .partial()
  .openapi('CheckEdit');
const checkOut = z
  .object({
    id: z.string(),
    name: z.string(),
    services,
    provider: z.string(),
    external_id: z.string(),
    enabled: enabled.openapi({ description: 'Whether an external monitor should make this check now.' }),
    muted_by: z.array(id).openapi({ description: 'The maintenances in progress that want it off.' }),
    tags: z.array(z.string()),
  })
  .openapi('Check');

function toCheck({ externalId, mutedBy, ...check }: Check): z.infer<typeof checkOut> {
  return {
    id: check.id,
    name: check.name,
    services: [...check.services],
    provider: check.provider,
    external_id: externalId,
    enabled: check.enabled,
    muted_by: [...mutedBy],
    tags: [...check.tags],
  };
}

const checkInPath = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'K7QWZ3MNPT' }),
});
function holding(c: RequestContext, id: string) {
  // PostgreSQL has no text with U+0000 in it.
  if (id.includes('\0')) throw checkNotFound({ id });
  return withPreconditions(c, `check:${id}`, async (tx): Promise<Current | undefined> => {
    const check = await findCheck(tx, c.get('actor').accountId, id);
    return check === null ? undefined : { answer: toCheck(check) };
  });
}

const word = z.string({ error: 'Expected a text.' });
const list = listing<Check, CatalogueOrder, string, string>({ ...byName, id: z.string(), idOf: ({ id }) => id });
const common = { tags: ['catalogue'], security };

export function checks(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/checks',
      operationId: 'listChecks',
      summary: 'List checks',
      request: {
        query: z.strictObject({
          service: many(idInQuery).openapi({ description: 'Ids of services.' }),
          provider: many(word).openapi({ description: 'Names of providers.' }),
          tag: many(word),
          enabled: z.enum(['true', 'false'], { error: 'Expected true or false.' }).optional(),
          q: nameContains,
          ...list.query,
          ...publicQuery,
        }),
      },
      responses: { 200: jsonResponse('A page of them.', pageSchema(checkOut)), ...failures },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const page = list.page(c, query);
      const search = {
        services: query.service,
        providers: query.provider,
        tags: query.tag,
        enabled: query.enabled === undefined ? undefined : query.enabled === 'true',
        texts: query.q,
      };
      const { database } = c.get('ctx');
      const found = await searchChecks(database, c.get('actor').accountId, assertMember(c), search, list.oneMore(page));
      return c.json(list.answer(c, found, page, toCheck), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/checks',
      operationId: 'createCheck',
      summary: 'Add a check',
      request: body(checkIn),
      responses: { 201: jsonResponse('The check.', checkOut), ...failures },
    }),
    async (c) => {
      const { external_id, ...check } = c.req.valid('json');
      const input = { ...check, externalId: external_id ?? null };
      const added = await addCheck(c.get('ctx'), c.get('actor'), input);
      c.header('Location', `/api/v1/checks/${added.id}`);
      return c.json(toCheck(added), 201);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/checks/{id}',
      operationId: 'getCheck',
      summary: 'One check: `enabled` says whether an external monitor should make it now',
      request: { params: checkInPath },
      responses: { 200: jsonResponse('The check.', checkOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { database } = c.get('ctx');
      const check = await findVisibleCheck(database, c.get('actor').accountId, assertMember(c), id);
      if (check === undefined) throw checkNotFound({ id });
      return c.json(toCheck(check), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'patch',
      path: '/checks/{id}',
      operationId: 'updateCheck',
      summary: 'Change a check, or switch one of the builtin register; what is left out stays as it is',
      request: { params: checkInPath, ...body(checkEditIn) },
      responses: { 200: jsonResponse('The check.', checkOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toCheck(await editCheck(holding(c, id), c.get('actor'), id, c.req.valid('json'))), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'delete',
      path: '/checks/{id}',
      operationId: 'deleteCheck',
      summary: 'Remove a check from Lull; where a window has it off it is switched on again',
      request: { params: checkInPath },
      responses: { 200: jsonResponse('The check, as it was.', checkOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toCheck(await removeCheck(holding(c, id), c.get('actor'), id)), 200);
    },
  );
}
