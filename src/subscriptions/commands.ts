import { record } from '../audit/record.ts';
import { findChannelRef } from '../channels.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, type Audience, authorize } from '../core/permissions.ts';
import { findUnknown } from '../maintenance/commands/coverage.ts';
import { makeAnnouncementsPublic } from '../maintenance/repository/announcements.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { subscriptionNotFound, twoSubjects } from './errors.ts';
import {
  deleteSubscriptions,
  findSubscription,
  listChannelSubscriptions,
  putSubscription,
  type Subscription,
} from './repository.ts';
import { validateChannel } from './rules.ts';

/** A channel (Slack's id) and its scope or service; neither: all maintenances. */
interface SubscribeInput {
  readonly channel: string;
  readonly audience: Audience;
  readonly scopeId?: number;
  readonly serviceId?: number;
}

/** With the names of the HTTP API. */
const subscriptionForAudit = ({ channel, audience, scope, service }: Subscription) => ({
  channel,
  audience,
  scope: scope?.id,
  service: service?.id,
});

/**
 * Subscribes a channel, or changes the audience of its subscription. A channel with a public subscription is public for
 * all: what it already shows is updated, without internal parts.
 * @throws UserError `forbidden`, or `invalid` for a service or scope that does not exist, or both together
 */
export async function subscribe(ctx: ActionContext, actor: Actor, input: SubscribeInput): Promise<Subscription> {
  authorize(actor, 'subscribe');
  const { accountId } = actor;
  const { audience, channel, scopeId, serviceId } = input;
  return inTransaction(ctx, async (tx, now) => {
    const problems = validateChannel('channel', channel);
    if (scopeId !== undefined && serviceId !== undefined) {
      problems.push(twoSubjects.at('scope', { scope: scopeId, service: serviceId }));
    } else if (scopeId !== undefined) {
      problems.push(...(await findUnknown(tx, accountId, { scope: [scopeId] })));
    } else if (serviceId !== undefined) {
      problems.push(...(await findUnknown(tx, accountId, { service: [serviceId] })));
    }
    const ref = findChannelRef(channel);
    if (problems.length > 0 || ref === undefined) throw UserError.invalid(problems);
    const { subscription, before } = await putSubscription(tx, accountId, { ...input, ...ref });
    if (audience === 'public' && (await makeAnnouncementsPublic(tx, accountId, ref))) {
      await enqueue(tx, 'announce', { accountId, ...ref });
    }
    if (before === audience) return subscription;
    await record(tx, actor, now, {
      type: 'channel.subscribed',
      subject: { kind: 'channel', id: channel },
      ...(before === undefined ? {} : { before: { audience: before } }),
      after: subscriptionForAudit(subscription),
    });
    return subscription;
  });
}

/**
 * Ends the subscriptions of a channel to a scope or a service; to neither: all. What it already shows is still updated.
 * @returns the ended subscriptions
 * @throws UserError `forbidden`
 */
export async function unsubscribe(
  ctx: ActionContext,
  actor: Actor,
  { channel, scopeId, serviceId }: Omit<SubscribeInput, 'audience'>,
): Promise<readonly Subscription[]> {
  authorize(actor, 'subscribe');
  return inTransaction(ctx, async (tx, now) => {
    const all = scopeId === undefined && serviceId === undefined;
    const ended = (await listChannelSubscriptions(tx, actor.accountId, channel)).filter(
      ({ scope, service }) =>
        all ||
        (scopeId !== undefined && scope?.id === scopeId) ||
        (serviceId !== undefined && service?.id === serviceId),
    );
    await endAll(tx, actor, now, ended);
    return ended;
  });
}

/**
 * Ends one subscription. What its channel already shows is still updated.
 * @throws UserError `forbidden` or `not-found`
 */
export async function endSubscription(ctx: ActionContext, actor: Actor, id: number): Promise<Subscription> {
  authorize(actor, 'subscribe');
  return inTransaction(ctx, async (tx, now) => {
    const subscription = await findSubscription(tx, actor.accountId, id);
    if (subscription === undefined) throw subscriptionNotFound({ id });
    await endAll(tx, actor, now, [subscription]);
    return subscription;
  });
}

async function endAll(tx: Queries, actor: Actor, now: Date, ended: readonly Subscription[]): Promise<void> {
  if (ended.length === 0) return;
  const ids = ended.map(({ id }) => id);
  await deleteSubscriptions(tx, actor.accountId, ids);
  for (const subscription of ended) {
    const subject = { kind: 'channel', id: subscription.channel } as const;
    const before = subscriptionForAudit(subscription);
    await record(tx, actor, now, { type: 'channel.unsubscribed', subject, before });
  }
}
