import { z } from '@hono/zod-openapi';
import { AUDIENCES, authorizeReader } from '../core/permissions.ts';
import { channelHealth, toChannelHealth } from '../delivery/http.ts';
import { listingById } from '../http/paging.ts';
import { resource } from '../http/resource.ts';
import { type Api, publicQuery } from '../http/route.ts';
import { outputMapper } from '../http/rows.ts';
import { id, many, numbered, oneOf, searchWord, text } from '../http/schemas.ts';
import { subscriptionsFieldTexts } from '../texts/openapi.ts';
import { editSubscription, endSubscription, subscribe } from './commands.ts';
import { subscriptionNotFound } from './errors.ts';
import { findSubscription, listSubscriptionsPage, type Subscription } from './repository.ts';

const audience = oneOf(AUDIENCES).describe(subscriptionsFieldTexts.audience);
const channel = text('the id of a Slack channel').openapi({ example: 'C0123456789' });

const subscriptionIn = z
  .strictObject({
    channel,
    audience: audience.default('internal'),
    scope: id.nullish(),
    service: id.nullish().describe(subscriptionsFieldTexts.service),
  })
  .openapi('NewSubscription');
const subscriptionEditIn = z.strictObject({ audience }).openapi('SubscriptionEdit');
const subscriptionOut = z
  .object({ id, channel: z.string(), audience, scope: id.nullable(), service: id.nullable(), ...channelHealth })
  .openapi('Subscription');

const toSubscription = outputMapper(subscriptionOut, ({ failure }: Subscription) => toChannelHealth(failure));

const list = listingById<Subscription>();
const query = z.strictObject({
  channel: many(searchWord).describe(subscriptionsFieldTexts.channel),
  ...list.params,
  ...publicQuery,
});

export function subscriptions(api: Api): void {
  const subscription = resource(api, {
    path: '/subscriptions',
    ...numbered,
    output: subscriptionOut,
    toOutput: toSubscription,
    notFound: subscriptionNotFound,
    lock: 'subscription',
    current: (tx, { accountId }, { id }) => findSubscription(tx, accountId, id, 'internal'),
  });

  subscription.page('listSubscriptions', { list, permission: 'read', query }, ({ db, actor, accountId, query }, page) =>
    listSubscriptionsPage(db, accountId, authorizeReader(actor), { channels: query.channel }, page),
  );
  subscription.create(
    'createSubscription',
    'subscribe',
    subscriptionIn,
    ({ ctx, actor, body: { scope, service, ...values } }) =>
      subscribe(ctx, actor, {
        ...values,
        ...(scope != null && { scopeId: scope }),
        ...(service != null && { serviceId: service }),
      }),
  );
  subscription.get('getSubscription', { permission: 'read' }, ({ db, actor, accountId, params }) =>
    findSubscription(db, accountId, params.id, authorizeReader(actor)),
  );
  subscription.change(
    'patch',
    'updateSubscription',
    { permission: 'subscribe', body: subscriptionEditIn },
    ({ ctx, actor, params, body }) => editSubscription(ctx, actor, params.id, body.audience),
  );
  subscription.change('delete', 'deleteSubscription', { permission: 'subscribe' }, ({ ctx, actor, params }) =>
    endSubscription(ctx, actor, params.id),
  );
}
