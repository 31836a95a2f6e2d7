import { record } from '../audit/record.ts';
import { findChannelRef } from '../channels.ts';
import { type Problem, UserError } from '../core/errors.ts';
import { type Actor, type Audience, authorize } from '../core/permissions.ts';
import { validateScopeId, validateServiceIds } from '../maintenance/commands/coverage.ts';
import { makeAnnouncementsPublic } from '../maintenance/repository/announcements.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { subscriptionNotFound, twoSubjects } from './errors.ts';
import {
  type ChannelSubscription,
  deleteSubscriptions,
  findSubscription,
  listChannelSubscriptions,
  putSubscription,
  type Subscription,
} from './repository.ts';
import { validateChannel } from './rules.ts';

/** A Slack channel (id) that wants the announcements of a service, of a scope, or of everything. */
export interface SubscribeInput {
  readonly channel: string;
  readonly audience: Audience;
  readonly scopeId?: number;
  readonly serviceId?: number;
}

/** As the HTTP interface names them. */
function toFields({
  channel,
  audience,
  scopeId,
  serviceId,
}: {
  readonly channel: string;
  readonly audience: Audience;
  readonly scopeId?: number | undefined;
  readonly serviceId?: number | undefined;
}) {
  return { channel, audience, scope: scopeId, service: serviceId };
}

/**
 * Subscribes a channel; one that is subscribed to the same already has the audience asked for from then on. One that is
 * public for anything is public for all: what is announced there already is drawn anew, without what is internal.
 * @throws UserError `forbidden`, or `invalid` for a service or scope that does not exist, or both at once
 */
export async function subscribe(ctx: ActionContext, actor: Actor, input: SubscribeInput): Promise<void> {
  authorize(actor, 'subscribe');
  await inTransaction(ctx, async (tx, now) => {
    const problems = await problemsOf(tx, actor.accountId, input);
    const ref = findChannelRef(input.channel);
    if (problems.length > 0 || ref === undefined) throw UserError.invalid(problems);
    const { accountId } = actor;
    const { audience, channel } = input;
    const before = await putSubscription(tx, accountId, { ...input, ...ref });
    if (audience === 'public') {
      for (const maintenanceId of await makeAnnouncementsPublic(tx, accountId, ref)) {
        await enqueue(tx, 'announce', { accountId, maintenanceId, ...ref });
      }
    }
    if (before?.audience === audience) return;
    await record(tx, actor, now, {
      type: 'channel.subscribed',
      subject: { kind: 'channel', id: channel },
      ...(before === undefined ? {} : { before: { audience: before.audience } }),
      after: toFields(input),
    });
  });
}

async function problemsOf(
  tx: Queries,
  accountId: number,
  { channel, scopeId, serviceId }: SubscribeInput,
): Promise<Problem[]> {
  const problems = validateChannel('channel', channel);
  if (scopeId !== undefined && serviceId !== undefined) {
    problems.push(twoSubjects.at('scope', { scope: scopeId, service: serviceId }));
  } else if (scopeId !== undefined) {
    problems.push(...(await validateScopeId(tx, accountId, scopeId)));
  } else if (serviceId !== undefined) {
    problems.push(...(await validateServiceIds(tx, accountId, [serviceId], 'service')));
  }
  return problems;
}

/** What a channel (Slack's id) shall hear of no longer. Neither service nor scope: of everything it is subscribed to. */
export interface UnsubscribeInput {
  readonly channel: string;
  readonly scopeId?: number;
  readonly serviceId?: number;
}

/**
 * Ends subscriptions of a channel. What is announced there already goes on being kept true.
 * @returns those that were ended; none when there was nothing to end
 * @throws UserError `forbidden`
 */
export async function unsubscribe(
  ctx: ActionContext,
  actor: Actor,
  { channel, scopeId, serviceId }: UnsubscribeInput,
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
    if (ended.length === 0) return [];
    await deleteSubscriptions(
      tx,
      actor.accountId,
      ended.map(({ id }) => id),
    );
    for (const { audience, scope, service } of ended) {
      await record(tx, actor, now, {
        type: 'channel.unsubscribed',
        subject: { kind: 'channel', id: channel },
        before: toFields({ channel, audience, scopeId: scope?.id, serviceId: service?.id }),
      });
    }
    return ended;
  });
}

/**
 * Ends one subscription. What is announced there already goes on being kept true.
 * @throws UserError `forbidden` or `not-found`
 */
export async function endSubscription(ctx: ActionContext, actor: Actor, id: number): Promise<ChannelSubscription> {
  authorize(actor, 'subscribe');
  return inTransaction(ctx, async (tx, now) => {
    const subscription = await findSubscription(tx, actor.accountId, id);
    if (subscription === undefined) throw subscriptionNotFound({ id });
    await deleteSubscriptions(tx, actor.accountId, [id]);
    const { channel, audience, scope, service } = subscription;
    await record(tx, actor, now, {
      type: 'channel.unsubscribed',
      subject: { kind: 'channel', id: channel },
      before: toFields({ channel, audience, scopeId: scope?.id, serviceId: service?.id }),
    });
    return subscription;
  });
}
