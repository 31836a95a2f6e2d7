import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import { deleteSubscriptions, type Subscription, subscriptionsOf } from '../store/subscriptions.ts';
import { type Ground, transact } from './action.ts';

/** What a channel (Slack's id) shall hear of no longer. Neither service nor scope: of everything it is subscribed to. */
export interface UnsubscribeInput {
  readonly channel: string;
  readonly scopeId?: number;
  readonly serviceId?: number;
}

/**
 * Ends subscriptions of a channel. What is announced there already goes on being kept true.
 * @returns those that were ended; none when there was nothing to end
 * @throws Refusal `forbidden`
 */
export async function unsubscribe(
  ground: Ground,
  actor: Actor,
  { channel, scopeId, serviceId }: UnsubscribeInput,
): Promise<readonly Subscription[]> {
  mustBeAllowed(actor, 'subscribe');
  return transact(ground, async (tx, now) => {
    const all = scopeId === undefined && serviceId === undefined;
    const ended = (await subscriptionsOf(tx, actor.accountId, channel)).filter(
      ({ scope, service }) =>
        all ||
        (scopeId !== undefined && scope?.id === scopeId) ||
        (serviceId !== undefined && service?.id === serviceId),
    );
    if (ended.length === 0) return [];
    await deleteSubscriptions(
      tx,
      actor.accountId,
      ended.map(({ id }) => id),
    );
    for (const { audience, scope, service } of ended) {
      await record(tx, actor, now, {
        action: 'unsubscribe',
        subject: `channel:${channel}`,
        before: { channel, audience, ...(scope && { scopeId: scope.id }), ...(service && { serviceId: service.id }) },
      });
    }
    return ended;
  });
}
