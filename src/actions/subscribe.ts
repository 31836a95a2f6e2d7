import { problemsOfChannel } from '../domain/channel.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { type Problem, Refusal } from '../domain/refusal.ts';
import { type Audience, putSubscription, turnPublic } from '../store/announcements.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { enqueue } from '../store/jobs.ts';
import { type Ground, transact } from './action.ts';
import { unknownScope, unknownServices } from './references.ts';

/** A Slack channel (id) that wants the announcements of a service, of a scope, or of everything. */
export interface SubscribeInput {
  readonly channel: string;
  readonly audience: Audience;
  readonly scopeId?: number;
  readonly serviceId?: number;
}

/**
 * Subscribes a channel; one that is subscribed to the same already has the audience asked for from then on. One that is
 * public for anything is public for all: what is announced there already is drawn anew, without what is internal.
 * @throws Refusal `forbidden`, or `invalid` for a service or scope that does not exist, or both at once
 */
export async function subscribe(ground: Ground, actor: Actor, input: SubscribeInput): Promise<void> {
  mustBeAllowed(actor, 'subscribe');
  await transact(ground, async (tx, now) => {
    const problems = await problemsOf(tx, actor.accountId, input);
    if (problems.length > 0) throw Refusal.invalid(problems);
    const { accountId } = actor;
    const { audience, channel } = input;
    const before = await putSubscription(tx, accountId, input);
    if (audience === 'public') {
      for (const maintenanceId of await turnPublic(tx, accountId, channel)) {
        await enqueue(tx, 'announce', { accountId, maintenanceId, channel });
      }
    }
    if (before?.audience === audience) return;
    await record(tx, actor, now, {
      action: 'subscribe',
      subject: `channel:${channel}`,
      ...(before === undefined ? {} : { before: { audience: before.audience } }),
      after: { ...input },
    });
  });
}

async function problemsOf(
  tx: Queries,
  accountId: number,
  { channel, scopeId, serviceId }: SubscribeInput,
): Promise<Problem[]> {
  const problems = problemsOfChannel('channel', channel);
  if (scopeId !== undefined && serviceId !== undefined) {
    problems.push({
      field: 'scope',
      message: `A subscription is to a scope or to a service; scope ${scopeId} and service ${serviceId} are two.`,
    });
  } else if (scopeId !== undefined) {
    problems.push(...(await unknownScope(tx, accountId, scopeId)));
  } else if (serviceId !== undefined) {
    problems.push(...(await unknownServices(tx, accountId, [serviceId], 'service')));
  }
  return problems;
}
