import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { type Audience, insertSubscription } from '../store/announcements.ts';
import { record } from '../store/audit.ts';
import { type Ground, transact } from './action.ts';

/** A Slack channel (id) that wants the announcements of a service, of a scope, or of everything. */
export interface SubscribeInput {
  readonly channel: string;
  readonly audience: Audience;
  readonly scopeId?: number;
  readonly serviceId?: number;
}

/** @throws Refusal of kind `forbidden` */
export async function subscribe(ground: Ground, actor: Actor, input: SubscribeInput): Promise<void> {
  mustBeAllowed(actor, 'subscribe');
  await transact(ground, async (tx, now) => {
    await insertSubscription(tx, actor.accountId, input);
    await record(tx, actor, now, { action: 'subscribe', subject: `channel:${input.channel}`, after: { ...input } });
  });
}
