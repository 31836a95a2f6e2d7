import { z } from '@hono/zod-openapi';
import { AUDIENCES } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { byInstant, listing, listingById, paged } from '../http/paging.ts';
import { resource } from '../http/resource.ts';
import { type Api, type Call, jsonContent, type NamedOptions, operation, withSecret } from '../http/route.ts';
import { outputMapper } from '../http/rows.ts';
import { boolean, id, idInPath, many, numbered, oneOf, text, utcText } from '../http/schemas.ts';
import { maintenanceOutput } from '../maintenance/http/schemas.ts';
import type { Vault } from '../platform/vault.ts';
import { WEBHOOK_MESSAGE_TEXT, webhooksFieldTexts } from '../texts/openapi.ts';
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

const url = text('an address').openapi({ example: 'https://hooks.example.com/lull' });
const events = z
  .array(text('a type of events'), { error: 'Expected a list of types of events.' })
  .openapi({ description: `Of which it hears: ${MESSAGE_TYPES.join(', ')}. Empty: of all.` });
const audience = oneOf(AUDIENCES).describe(webhooksFieldTexts.audience);
const description = text('a description');

const webhookIn = z
  .strictObject({
    url,
    description: description.default(''),
    events: events.default([]),
    audience: audience.default('internal'),
  })
  .openapi('NewWebhook');
const webhookEditIn = z
  .strictObject({ url, description, events, audience, enabled: boolean.describe(webhooksFieldTexts.enabled) })
  .partial()
  .openapi('WebhookEdit');

const webhookOut = z
  .object({
    id,
    url: url.describe(webhooksFieldTexts.url),
    description: z.string(),
    events,
    audience,
    enabled: boolean,
    disabled_reason: z.string().nullable().describe(webhooksFieldTexts.disabledReason),
    failing_since: utcText.nullable().describe(webhooksFieldTexts.failingSince),
    made_by: z.string(),
    creation_date: utcText,
    version: z.int(),
  })
  .openapi('Webhook');
const madeWebhookOut = webhookOut
  .extend({
    secret: z
      .string()
      .openapi({ description: webhooksFieldTexts.secret, example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
  })
  .openapi('MadeWebhook');

const deliveryOut = z
  .object({
    id: z.uuid().describe(webhooksFieldTexts.id),
    type: z.string(),
    maintenance: id.nullable(),
    state: z.enum(DELIVERY_STATES).describe(webhooksFieldTexts.state),
    attempts: z.int(),
    due_date: utcText.nullable().describe(webhooksFieldTexts.dueDate),
    status: z.int().nullable().describe(webhooksFieldTexts.status),
    error: z.string().nullable(),
    answer: z.string().nullable().describe(webhooksFieldTexts.answer),
    body: z.string().nullable().describe(webhooksFieldTexts.body),
    creation_date: utcText,
    delivery_date: utcText.nullable(),
  })
  .openapi('Delivery');

const values = z.record(z.string(), z.unknown());
/** The body that `deliver.ts` sends, for the OpenAPI document. */
const message = z
  .object({
    type: z.enum(MESSAGE_TYPES),
    timestamp: z.iso.datetime().describe(webhooksFieldTexts.timestamp),
    data: z.object({
      maintenance: maintenanceOutput.optional().describe(webhooksFieldTexts.maintenance),
      comment: z.string().optional(),
      actor: z.string().optional().describe(webhooksFieldTexts.actor),
      before: values.optional(),
      after: values.optional(),
    }),
  })
  .openapi('WebhookMessage');

const toWebhook = outputMapper(webhookOut, ({ createdBy }: Webhook) => ({ made_by: createdBy.name }));

function withWebhookSecret(call: Call, { webhook, secret }: CreatedWebhook): z.infer<typeof madeWebhookOut> {
  return withSecret(call, toWebhook(webhook, call.reader), { secret });
}

const toDelivery = outputMapper(deliveryOut, ({ maintenanceId, state, dueAt, deliveredAt }: Delivery) => ({
  maintenance: maintenanceId,
  due_date: state === 'waiting' ? utc(dueAt) : null,
  delivery_date: deliveredAt && utc(deliveredAt),
}));

const webhookListing = listingById<Webhook>();
const deliveryListing = listing<Delivery, 'createdAt', Date, string>({
  orders: { creation_date: 'createdAt' },
  newestFirst: true,
  value: byInstant,
  id: z.uuid(),
  valueOf: ({ createdAt }) => createdAt,
  idOf: (delivery) => delivery.id,
});

const deliveryInPath = idInPath.extend({
  delivery: z
    .uuid({ error: 'Expected the id of a delivery, a UUID.' })
    .openapi({ param: { name: 'delivery', in: 'path' } }),
});

export function webhooks(api: Api, vault: Vault): void {
  api.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'maintenance',
    ...WEBHOOK_MESSAGE_TEXT,
    tags: ['webhooks'],
    request: { body: { ...jsonContent(message), required: true } },
    responses: { 200: { description: 'Taken over.' } },
  });

  const permission = 'read-webhooks';
  const webhook = resource(api, {
    path: '/webhooks',
    ...numbered,
    output: webhookOut,
    toOutput: toWebhook,
    notFound: webhookNotFound,
    lock: 'webhook',
    current: (tx, { accountId }, { id }) => lockWebhook(tx, accountId, id),
  });

  const all = {
    list: webhookListing,
    permission,
    query: z.strictObject(webhookListing.params),
  } as const satisfies NamedOptions;
  webhook.page('listWebhooks', all, ({ db, accountId }, page) => listWebhooks(db, accountId, page));
  webhook.createAs('addWebhook', 'add-webhook', webhookIn, madeWebhookOut, async (call) =>
    withWebhookSecret(call, await addWebhook(call.ctx, call.actor, call.body, vault)),
  );
  webhook.get('getWebhook', { permission }, ({ db, accountId, params }) => findWebhook(db, accountId, params.id));
  webhook.change(
    'patch',
    'editWebhook',
    { permission: 'edit-webhook', body: webhookEditIn },
    ({ ctx, actor, params, body }) => editWebhook(ctx, actor, params.id, body, vault),
  );
  webhook.change('delete', 'removeWebhook', { permission: 'remove-webhook' }, ({ ctx, actor, params }) =>
    removeWebhook(ctx, actor, params.id),
  );

  const rotation = {
    suffix: '/rotate',
    permission: 'edit-webhook',
    output: madeWebhookOut,
  } as const satisfies NamedOptions;
  webhook.changeAs('post', 'rotateWebhookSecret', rotation, async (call) =>
    withWebhookSecret(call, await rotateSecret(call.ctx, call.actor, call.params.id, vault)),
  );
  const ping = {
    suffix: '/ping',
    permission: 'edit-webhook',
    output: deliveryOut,
    status: 202,
  } as const satisfies NamedOptions;
  webhook.changeAs('post', 'pingWebhook', ping, async ({ ctx, actor, reader, params }) =>
    toDelivery(await pingWebhook(ctx, actor, params.id), reader),
  );

  const list = deliveryListing;
  const query = z.strictObject({ state: many(oneOf(DELIVERY_STATES)), ...list.params });
  const path = '/webhooks/{id}/deliveries';
  const listed = {
    list,
    permission,
    item: deliveryOut,
    toItem: toDelivery,
    params: idInPath,
    query,
  } as const satisfies NamedOptions;
  paged(api, 'listDeliveries', `get ${path}`, listed, async ({ db, accountId, params: { id }, query }, page) => {
    if ((await findWebhook(db, accountId, id)) === undefined) throw webhookNotFound({ id });
    return searchDeliveries(db, accountId, id, query.state, page);
  });
  const resent = {
    permission: 'edit-webhook',
    params: deliveryInPath,
    output: deliveryOut,
    status: 202,
  } as const satisfies NamedOptions;
  operation(api, 'resendDelivery', `post ${path}/{delivery}/resend`, resent, async (call) => {
    const { id, delivery } = call.params;
    return toDelivery(await resend(webhook.guard(call), call.actor, id, delivery), call.reader);
  });
}
