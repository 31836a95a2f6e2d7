import { createRoute, z } from '@hono/zod-openapi';
import { utc } from '../core/time.ts';
import { type Current, withPreconditions } from '../http/conditional.ts';
import { byInstant, listing, pageSchema } from '../http/paging.ts';
import {
  type Api,
  assertMember,
  body,
  failures,
  jsonResponse,
  publicQuery,
  type RequestContext,
  resolveZone,
  security,
} from '../http/route.ts';
import { id, idInPath, idInQuery, many, moment, oneOf, text, timezone, toInstant, utcText } from '../http/schemas.ts';
import { addFreeze, editFreeze, removeFreeze } from './commands.ts';
import { freezeNotFound } from './errors.ts';
import { findFreeze, findVisibleFreeze, listFreezesPage, type StoredFreeze } from './repository.ts';
import { FREEZE_EFFECTS } from './rules.ts';

const effect = oneOf(FREEZE_EFFECTS).openapi({
  description: 'block: a maintenance in it is refused unless an admin overrides it. warn: it is remarked.',
});
const zone = timezone.openapi({ description: 'Of times without an offset.' });

const freezeIn = z
  .strictObject({
    scope: id.nullish().openapi({ description: 'Left out: everything.' }),
    start: moment,
    end: moment,
    timezone: zone.optional(),
    reason: text('the reason'),
    effect: effect.default('block'),
  })
  .openapi('NewFreeze');
const freezeEditIn = z
  .strictObject({
    scope: id.nullable(),
    start: moment,
    end: moment,
    timezone: zone,
    reason: text('the reason'),
    effect,
  })
  .partial()
  .openapi('FreezeEdit');
const freezeOut = z
  .object({
    id,
    scope: id.nullable(),
    start: utcText,
    end: utcText,
    reason: z.string(),
    effect,
    created_by: z.string(),
    creation_date: utcText,
  })
  .openapi('Freeze');

function toFreeze(freeze: StoredFreeze): z.infer<typeof freezeOut> {
  return {
    id: freeze.id,
    scope: freeze.scope?.id ?? null,
    start: utc(freeze.start),
    end: utc(freeze.end),
    reason: freeze.reason,
    effect: freeze.effect,
    created_by: freeze.createdBy.name,
    creation_date: utc(freeze.createdAt),
  };
}

const list = listing<StoredFreeze, 'start' | 'id', Date, number>({
  orders: { start: 'start', id: 'id' },
  value: byInstant,
  id: z.int(),
  valueOf: ({ start }) => start,
  idOf: ({ id }) => id,
});
const common = { tags: ['freezes'], security };

export function freezes(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/freezes',
      operationId: 'listFreezes',
      summary: 'List the freezes that are not over, the first to begin first',
      request: {
        query: z.strictObject({
          scope: many(idInQuery).openapi({ description: 'Ids of scopes; without it those of everything, too.' }),
          over: z
            .enum(['true', 'false'], { error: 'Expected true or false.' })
            .optional()
            .openapi({ description: 'true: those that are over, too.' }),
          ...list.query,
          ...publicQuery,
        }),
      },
      responses: { 200: jsonResponse('A page of them.', pageSchema(freezeOut)), ...failures },
    }),
    async (c) => {
      const reader = assertMember(c);
      const query = c.req.valid('query');
      const page = list.page(c, query);
      const { database, clock } = c.get('ctx');
      const search = { scopes: query.scope, endsAfter: query.over === 'true' ? undefined : clock.now() };
      const found = await listFreezesPage(database, c.get('actor').accountId, reader, search, list.oneMore(page));
      return c.json(list.answer(c, found, page, toFreeze), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/freezes',
      operationId: 'createFreeze',
      summary: 'Add a freeze; what is scheduled in it already stays',
      request: body(freezeIn),
      responses: { 201: jsonResponse('The freeze.', freezeOut), ...failures },
    }),
    async (c) => {
      const { scope, start, end, timezone, ...values } = c.req.valid('json');
      const zone = await resolveZone(c, timezone);
      const added = await addFreeze(c.get('ctx'), c.get('actor'), {
        ...values,
        scopeId: scope ?? null,
        start: toInstant(start, zone),
        end: toInstant(end, zone),
      });
      c.header('Location', `/api/v1/freezes/${added.id}`);
      return c.json(toFreeze(added), 201);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/freezes/{id}',
      operationId: 'getFreeze',
      summary: 'One freeze',
      request: { params: idInPath },
      responses: { 200: jsonResponse('The freeze.', freezeOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const freeze = await findVisibleFreeze(c.get('ctx').database, c.get('actor').accountId, assertMember(c), id);
      if (freeze === undefined) throw freezeNotFound({ id });
      return c.json(toFreeze(freeze), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'patch',
      path: '/freezes/{id}',
      operationId: 'updateFreeze',
      summary: 'Change a freeze; what is left out stays as it is',
      request: { params: idInPath, ...body(freezeEditIn) },
      responses: { 200: jsonResponse('The freeze.', freezeOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { scope: scopeId, start, end, timezone, ...values } = c.req.valid('json');
      const zone = await resolveZone(c, timezone);
      const edit = { ...values, scopeId, start: toInstant(start, zone), end: toInstant(end, zone) };
      return c.json(toFreeze(await editFreeze(holding(c, id), c.get('actor'), id, edit)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'delete',
      path: '/freezes/{id}',
      operationId: 'deleteFreeze',
      summary: 'Remove a freeze',
      request: { params: idInPath },
      responses: { 200: jsonResponse('The freeze, as it was.', freezeOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toFreeze(await removeFreeze(holding(c, id), c.get('actor'), id)), 200);
    },
  );
}

function holding(c: RequestContext, id: number) {
  return withPreconditions(c, `freeze:${id}`, async (tx): Promise<Current | undefined> => {
    const freeze = await findFreeze(tx, c.get('actor').accountId, id);
    return freeze && { answer: toFreeze(freeze) };
  });
}
