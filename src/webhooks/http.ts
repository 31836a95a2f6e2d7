import { createRoute, z } from '@hono/zod-openapi';
import { AUDIENCES, authorize } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { withPreconditions } from '../http/conditional.ts';
import { byInstant, listing, pageSchema } from '../http/paging.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  type RequestContext,
  type Resources,
  security,
} from '../http/route.ts';
import { id, idInPath, listOf, many, oneOf, text, utcText } from '../http/schemas.ts';
import { maintenanceOutput } from '../maintenance/http/schemas.ts';
import {
  addWebhook,
  type CreatedWebhook,
  editWebhook,
  pingWebhook,
  removeWebhook,
  resend,
  rotateSecret,
} from './commands.ts';
import { webhookNotFound } from './errors.ts';
import { MESSAGE_TYPES } from './messages.ts';
import {
  DELIVERY_STATES,
  type Delivery,
  findWebhook,
  listWebhooks,
  lockWebhook,
  searchDeliveries,
  type Webhook,
} from './repository.ts';

const tags = ['webhooks'];

const url = text('an address').openapi({ example: 'https://hooks.example.com/lull' });
const events = z
  .array(text('a type of events'), { error: 'Expected a list of types of events.' })
  .openapi({ description: `Of which it hears: ${MESSAGE_TYPES.join(', ')}. Empty: of all.` });
const audience = oneOf(AUDIENCES).openapi({
  description: 'public: it hears of public maintenances and comments alone, and not of who did what.',
});
const enabled = z.boolean({ error: 'Expected true or false.' });

const webhookIn = z
  .strictObject({
    url,
    description: text('a description').default(''),
    events: events.default([]),
    audience: audience.default('internal'),
  })
  .openapi('NewWebhook');
const webhookEditIn = z
  .strictObject({
    url: url.optional(),
    description: text('a description').optional(),
    events: events.optional(),
    audience: audience.optional(),
    enabled: enabled.optional().openapi({ description: 'true: it is told of what waited for it.' }),
  })
  .openapi('WebhookEdit');

const webhookOut = z
  .object({
    id,
    url,
    description: z.string(),
    events,
    audience,
    enabled,
    disabled_reason: z.string().nullable().openapi({ description: 'Why Lull disabled it.' }),
    failing_since: utcText.nullable().openapi({ description: 'Since when nothing was delivered.' }),
    made_by: z.string(),
    creation_date: utcText,
    version: z.int(),
  })
  .openapi('Webhook');
const madeWebhookOut = webhookOut
  .extend({
    secret: z.string().openapi({
      description: 'What its messages are signed with (Standard Webhooks). Shown this once.',
      example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    }),
  })
  .openapi('MadeWebhook');

const deliveryOut = z
  .object({
    id: z.uuid().openapi({ description: 'The `webhook-id` of the message, the same at every try.' }),
    type: z.string(),
    maintenance: id.nullable(),
    state: z.enum(DELIVERY_STATES).openapi({
      description: 'skipped: not for its audience. failed: given up on after a day, or because the address was gone.',
    }),
    attempts: z.int(),
    due_date: utcText.nullable().openapi({ description: 'When a waiting one is tried next.' }),
    status: z.int().nullable().openapi({ description: 'The HTTP status of the last answer.' }),
    error: z.string().nullable(),
    answer: z.string().nullable().openapi({ description: 'How the last answer began.' }),
    body: z.string().nullable().openapi({ description: 'What was sent.' }),
    creation_date: utcText,
    delivery_date: utcText.nullable(),
  })
  .openapi('Delivery');

const values = z.record(z.string(), z.unknown());
/** What a receiver gets, for the document: `deliver` (effects) writes it. */
const message = z
  .object({
    type: z.enum(MESSAGE_TYPES),
    timestamp: z.iso.datetime().openapi({ description: 'When it happened, UTC.' }),
    data: z.object({
      maintenance: maintenanceOutput.optional().openapi({ description: 'As it was at the first try.' }),
      comment: z.string().optional(),
      actor: z.string().optional().openapi({ description: 'Not for a public audience, as what follows.' }),
      before: values.optional(),
      after: values.optional(),
    }),
  })
  .openapi('WebhookMessage');

function toWebhook(webhook: Webhook): z.infer<typeof webhookOut> {
  const { createdBy, failingSince, disabledReason } = webhook;
  return {
    id: webhook.id,
    url: webhook.url,
    description: webhook.description,
    events: webhook.events,
    audience: webhook.audience,
    enabled: webhook.enabled,
    disabled_reason: disabledReason,
    failing_since: failingSince && utc(failingSince),
    made_by: createdBy.name,
    creation_date: utc(webhook.createdAt),
    version: webhook.version,
  };
}

/** How it is answered, its version told for the `ETag`. */
function answered(c: RequestContext, webhook: Webhook): z.infer<typeof webhookOut> {
  c.set('version', webhook.version);
  return toWebhook(webhook);
}

function answeredOnce(c: RequestContext, { webhook, secret }: CreatedWebhook): z.infer<typeof madeWebhookOut> {
  const plain = answered(c, webhook);
  c.set('withoutSecret', plain);
  return { ...plain, secret };
}

/** The ctx of a change of a webhook, or of what is sent to it, that `If-Match` may forbid. */
function holding(c: RequestContext, id: number) {
  return withPreconditions(c, `webhook:${id}`, (tx) => lockWebhook(tx, c.get('actor').accountId, id));
}

function toDelivery(delivery: Delivery): z.infer<typeof deliveryOut> {
  return {
    id: delivery.id,
    type: delivery.type,
    maintenance: delivery.maintenanceId,
    state: delivery.state,
    attempts: delivery.attempts,
    due_date: delivery.state === 'waiting' ? utc(delivery.dueAt) : null,
    status: delivery.status,
    error: delivery.error,
    answer: delivery.answer,
    body: delivery.body,
    creation_date: utc(delivery.createdAt),
    delivery_date: delivery.deliveredAt && utc(delivery.deliveredAt),
  };
}

const deliveryListing = listing<Delivery, 'createdAt', Date, string>({
  orders: { creation_date: 'createdAt' },
  newestFirst: true,
  value: byInstant,
  id: z.uuid(),
  valueOf: ({ createdAt }) => createdAt,
  idOf: (delivery) => delivery.id,
});

const deliveryQuery = z.strictObject({ state: many(oneOf(DELIVERY_STATES)), ...deliveryListing.query });
const deliveryInPath = idInPath.extend({
  delivery: z
    .uuid({ error: 'Expected the id of a delivery, a UUID.' })
    .openapi({ param: { name: 'delivery', in: 'path' } }),
});

export function webhooks(api: Api, { providers: { vault } }: Resources): void {
  api.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'maintenance',
    summary: 'Something happened to a maintenance',
    description:
      'Signed as Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). Answer with a status from 200 to 299 within 15 seconds; anything else is tried again for a day. Messages about one maintenance come in their order; one may come twice, with the same webhook-id. maintenance.checks_unhealthy comes some minutes after the end, when checks that it switched on again are off (`still_off` in `after`, by their names) or fail (`failing`). maintenance.reopened is about the one that is over; `maintenance` in `after` is the one that goes on.',
    tags,
    request: body(message),
    responses: { 200: { description: 'Taken over.' } },
  });

  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhooks',
      operationId: 'listWebhooks',
      summary: 'List the webhooks',
      tags,
      security,
      responses: { 200: jsonResponse('All of them.', listOf(webhookOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      authorize(actor, 'read-webhooks');
      const found = await listWebhooks(c.get('ctx').database, actor.accountId);
      return c.json({ items: found.map(toWebhook) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks',
      operationId: 'addWebhook',
      summary: 'Have an address told of what happens to maintenances',
      tags,
      security,
      request: body(webhookIn),
      responses: {
        201: jsonResponse('The webhook, with its secret, which is shown this once.', madeWebhookOut),
        ...failures,
      },
    }),
    async (c) => {
      const made = await addWebhook(c.get('ctx'), c.get('actor'), c.req.valid('json'), vault);
      c.header('Location', `/api/v1/webhooks/${made.webhook.id}`);
      return c.json(answeredOnce(c, made), 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhooks/{id}',
      operationId: 'getWebhook',
      summary: 'One webhook',
      tags,
      security,
      request: { params: idInPath },
      responses: { 200: jsonResponse('The webhook.', webhookOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const actor = c.get('actor');
      authorize(actor, 'read-webhooks');
      const webhook = await findWebhook(c.get('ctx').database, actor.accountId, id);
      if (webhook === undefined) throw webhookNotFound({ id });
      return c.json(answered(c, webhook), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/webhooks/{id}',
      operationId: 'editWebhook',
      summary: 'Change a webhook; what is not named stays as it is',
      tags,
      security,
      request: { params: idInPath, ...body(webhookEditIn) },
      responses: { 200: jsonResponse('The webhook.', webhookOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const edited = await editWebhook(holding(c, id), c.get('actor'), id, c.req.valid('json'));
      return c.json(answered(c, edited), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/webhooks/{id}',
      operationId: 'removeWebhook',
      summary: 'Remove a webhook, with what waits for it',
      tags,
      security,
      request: { params: idInPath },
      responses: { 200: jsonResponse('The webhook, as it was.', webhookOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(answered(c, await removeWebhook(holding(c, id), c.get('actor'), id)), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks/{id}/rotate',
      operationId: 'rotateWebhookSecret',
      summary: 'Give a webhook another secret; for a day messages are signed with both',
      tags,
      security,
      request: { params: idInPath },
      responses: {
        200: jsonResponse('The webhook, with its new secret, which is shown this once.', madeWebhookOut),
        ...failures,
      },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const rotated = await rotateSecret(holding(c, id), c.get('actor'), id, vault);
      return c.json(answeredOnce(c, rotated), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks/{id}/ping',
      operationId: 'pingWebhook',
      summary: 'Send a webhook a message about nothing, to see whether it arrives',
      tags,
      security,
      request: { params: idInPath },
      responses: { 202: jsonResponse('The delivery, which is on its way.', deliveryOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toDelivery(await pingWebhook(holding(c, id), c.get('actor'), id)), 202);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhooks/{id}/deliveries',
      operationId: 'listDeliveries',
      summary: 'What was sent to a webhook in the last 30 days, and what waits',
      tags,
      security,
      request: { params: idInPath, query: deliveryQuery },
      responses: { 200: jsonResponse('A page of it.', pageSchema(deliveryOut)), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const query = c.req.valid('query');
      const actor = c.get('actor');
      authorize(actor, 'read-webhooks');
      const { database } = c.get('ctx');
      if ((await findWebhook(database, actor.accountId, id)) === undefined) throw webhookNotFound({ id });
      const page = deliveryListing.page(c, query);
      const found = await searchDeliveries(database, actor.accountId, id, query.state, deliveryListing.oneMore(page));
      return c.json(deliveryListing.answer(c, found, page, toDelivery), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks/{id}/deliveries/{delivery}/resend',
      operationId: 'resendDelivery',
      summary: 'Send a message once more, as it was',
      tags,
      security,
      request: { params: deliveryInPath },
      responses: { 202: jsonResponse('The delivery, which is on its way.', deliveryOut), ...failures },
    }),
    async (c) => {
      const { id, delivery } = c.req.valid('param');
      return c.json(toDelivery(await resend(holding(c, id), c.get('actor'), id, delivery)), 202);
    },
  );
}
