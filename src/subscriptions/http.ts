import { createRoute, z } from '@hono/zod-openapi';
import { AUDIENCES, authorize } from '../core/permissions.ts';
import { type Current, withPreconditions } from '../http/conditional.ts';
import { byText, listing, pageSchema } from '../http/paging.ts';
import {
  type Api,
  assertMember,
  body,
  failures,
  jsonResponse,
  publicQuery,
  type RequestContext,
  security,
} from '../http/route.ts';
import { id, idInPath, many, oneOf, text } from '../http/schemas.ts';
import { endSubscription, type SubscribeInput, subscribe } from './commands.ts';
import { subscriptionNotFound } from './errors.ts';
import { findSubscription, listSubscriptionsPage, type Subscription } from './repository.ts';

const audience = oneOf(AUDIENCES).openapi({
  description: 'public: it hears of what is public, and not of who did it, nor of checks.',
});
const channel = text('the id of a Slack channel').openapi({ example: 'C0123456789' });

const subscriptionIn = z
  .strictObject({
    channel,
    audience: audience.default('internal'),
    scope: id.nullish(),
    service: id.nullish().openapi({ description: 'Neither a scope nor a service: everything.' }),
  })
  .openapi('NewSubscription');
const subscriptionEditIn = z.strictObject({ audience }).openapi('SubscriptionEdit');
const subscriptionOut = z
  .object({ id, channel: z.string(), audience, scope: id.nullable(), service: id.nullable() })
  .openapi('Subscription');

function toSubscription(subscription: Subscription): z.infer<typeof subscriptionOut> {
  return {
    id: subscription.id,
    channel: subscription.channel,
    audience: subscription.audience,
    scope: subscription.scope?.id ?? null,
    service: subscription.service?.id ?? null,
  };
}

const list = listing<Subscription, 'id', string, number>({
  orders: { id: 'id' },
  value: byText,
  id: z.int(),
  valueOf: ({ id }) => String(id),
  idOf: ({ id }) => id,
});
const common = { tags: ['subscriptions'], security };

export function subscriptions(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/subscriptions',
      operationId: 'listSubscriptions',
      summary: 'List which channels hear of what',
      request: {
        query: z.strictObject({
          channel: many(z.string({ error: 'Expected a text.' })).openapi({ description: 'Slack channel ids.' }),
          ...list.query,
          ...publicQuery,
        }),
      },
      responses: { 200: jsonResponse('A page of them.', pageSchema(subscriptionOut)), ...failures },
    }),
    async (c) => {
      const reader = assertMember(c);
      const query = c.req.valid('query');
      const page = list.page(c, query);
      const { accountId } = c.get('actor');
      const search = { channels: query.channel };
      const found = await listSubscriptionsPage(c.get('ctx').database, accountId, reader, search, list.oneMore(page));
      return c.json(list.answer(c, found, page, toSubscription), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/subscriptions',
      operationId: 'createSubscription',
      summary: 'Subscribe a channel; one that is subscribed to the same already gets this audience',
      request: body(subscriptionIn),
      responses: { 201: jsonResponse('The subscription.', subscriptionOut), ...failures },
    }),
    async (c) => {
      const { channel, audience, scope, service } = c.req.valid('json');
      const input = {
        channel,
        audience,
        ...(scope == null ? {} : { scopeId: scope }),
        ...(service == null ? {} : { serviceId: service }),
      };
      const made = await subscribe(c.get('ctx'), c.get('actor'), input);
      c.header('Location', `/api/v1/subscriptions/${made.id}`);
      return c.json(toSubscription(made), 201);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/subscriptions/{id}',
      operationId: 'getSubscription',
      summary: 'One subscription',
      request: { params: idInPath },
      responses: { 200: jsonResponse('The subscription.', subscriptionOut), ...failures },
    }),
    async (c) => {
      return c.json(toSubscription(await present(c, c.req.valid('param').id, assertMember(c))), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'patch',
      path: '/subscriptions/{id}',
      operationId: 'updateSubscription',
      summary: 'Change who reads in the channel',
      request: { params: idInPath, ...body(subscriptionEditIn) },
      responses: { 200: jsonResponse('The subscription.', subscriptionOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { audience } = c.req.valid('json');
      authorize(c.get('actor'), 'subscribe');
      const { channel, scope, service } = await present(c, id);
      const input: SubscribeInput = {
        channel,
        audience,
        ...(scope && { scopeId: scope.id }),
        ...(service && { serviceId: service.id }),
      };
      return c.json(toSubscription(await subscribe(holding(c, id), c.get('actor'), input)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'delete',
      path: '/subscriptions/{id}',
      operationId: 'deleteSubscription',
      summary: 'End a subscription; what is announced there already is kept true',
      request: { params: idInPath },
      responses: { 200: jsonResponse('The subscription, as it was.', subscriptionOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toSubscription(await endSubscription(holding(c, id), c.get('actor'), id)), 200);
    },
  );
}

async function present(c: RequestContext, id: number, reader: ReturnType<typeof assertMember> = 'internal') {
  const subscription = await findSubscription(c.get('ctx').database, c.get('actor').accountId, id, reader);
  if (subscription === undefined) throw subscriptionNotFound({ id });
  return subscription;
}

function holding(c: RequestContext, id: number) {
  return withPreconditions(c, `subscription:${id}`, async (tx): Promise<Current | undefined> => {
    const subscription = await findSubscription(tx, c.get('actor').accountId, id);
    return subscription && { answer: toSubscription(subscription) };
  });
}
