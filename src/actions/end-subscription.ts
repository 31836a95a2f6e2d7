import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { type ChannelSubscription, deleteSubscriptions, findSubscription } from '../store/subscriptions.ts';
import { type Ground, transact } from './action.ts';

export function noSuchSubscription(id: number): Refusal {
  return new Refusal('not-found', `There is no subscription ${id}. It may have been ended already.`);
}

/**
 * Ends one subscription. What is announced there already goes on being kept true.
 * @throws Refusal `forbidden` or `not-found`
 */
export async function endSubscription(ground: Ground, actor: Actor, id: number): Promise<ChannelSubscription> {
  mustBeAllowed(actor, 'subscribe');
  return transact(ground, async (tx, now) => {
    const subscription = await findSubscription(tx, actor.accountId, id);
    if (subscription === undefined) throw noSuchSubscription(id);
    await deleteSubscriptions(tx, actor.accountId, [id]);
    const { channel, audience, scope, service } = subscription;
    await record(tx, actor, now, {
      action: 'unsubscribe',
      subject: `channel:${channel}`,
      before: { channel, audience, ...(scope && { scopeId: scope.id }), ...(service && { serviceId: service.id }) },
    });
    return subscription;
  });
}
