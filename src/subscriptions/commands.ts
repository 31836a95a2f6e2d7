import { record } from '../audit/record.ts';
import { type ChannelRef, findChannelRef } from '../channels.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, type Audience, authorize } from '../core/permissions.ts';
import { assessEach, onlyResult } from '../core/refusals.ts';
import { makeAnnouncementsPublic } from '../maintenance/repository/announcements.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { type Surroundings, validateReferences } from '../maintenance/rules/coverage.ts';
import type { Queries } from '../platform/database.ts';
import { nextId, reserveIds } from '../platform/ids.ts';
import { enqueue } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { subscriptionNotFound, twoSubjects } from './errors.ts';
import {
  deleteSubscriptions,
  lockSubscriptions,
  readSameSubscriptions,
  type Subscription,
  writeSubscription,
} from './repository.ts';
import { validateChannel } from './rules.ts';

/** A channel (Slack's id) and its scope or service; neither: all maintenances. */
interface SubscribeInput {
  readonly channel: string;
  readonly audience: Audience;
  readonly scopeId?: number | undefined;
  readonly serviceId?: number | undefined;
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
  return onlyResult(subscribeAll(ctx, actor, [input]));
}

/** The same for several subscriptions, completely or not at all. @throws UserError `forbidden`; RefusedChanges */
export async function subscribeAll(
  ctx: ActionContext,
  actor: Actor,
  inputs: readonly SubscribeInput[],
): Promise<readonly Subscription[]> {
  authorize(actor, 'subscribe');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    const scopes = inputs.flatMap(({ scopeId }) => scopeId ?? []);
    const services = inputs.flatMap(({ serviceId }) => serviceId ?? []);
    const named = scopes.length + services.length > 0;
    const ids = { audit_events: inputs.length };
    const around = named ? await readSurroundings(tx, accountId, { scopes, services }, ids) : undefined;
    const wanted = await assessEach(inputs, (input) => ({ ...input, ...findChannel(input, around) }));
    const same = await readSameSubscriptions(tx, accountId, wanted);
    const changes = wanted.filter(({ audience }, position) => same.get(position)?.audience !== audience).length;
    await reserveIds(tx, { subscriptions: inputs.length - same.size, audit_events: changes });
    const subscribed: Subscription[] = [];
    for (const [position, each] of wanted.entries()) {
      const stored = same.get(position);
      const id = stored?.id ?? (await nextId(tx, 'subscriptions'));
      const { channelKind, channel, audience, scopeId, serviceId } = each;
      const scope = describe(around?.scopes, scopeId);
      const service = describe(around?.services, serviceId);
      const failure = stored?.failure ?? null;
      const subscription = { id, channelKind, channel, audience, scope, service, failure };
      subscribed.push(subscription);
      if (stored?.audience !== audience) {
        await save(tx, actor, now, subscription, stored);
      }
    }
    const open = wanted.filter(({ audience }) => audience === 'public');
    if (open.length > 0) await openAnnouncements(tx, accountId, open);
    return subscribed;
  });
}

/** @param before undefined: it is new */
async function save(
  tx: Queries,
  actor: Actor,
  now: Date,
  subscription: Subscription,
  before: Pick<Subscription, 'audience'> | undefined,
): Promise<void> {
  const { channel, scope, service } = subscription;
  const row = { ...subscription, scopeId: scope?.id, serviceId: service?.id };
  await writeSubscription(tx, actor.accountId, row, before === undefined);
  await record(tx, actor, now, {
    type: 'channel.subscribed',
    subject: { kind: 'channel', id: channel },
    ...(before === undefined ? {} : { before: { audience: before.audience } }),
    after: subscriptionForAudit(subscription),
  });
}

/** What channels show already is updated, without internal parts. */
async function openAnnouncements(tx: Queries, accountId: number, channels: readonly ChannelRef[]): Promise<void> {
  for (const ref of await makeAnnouncementsPublic(tx, accountId, channels)) {
    await enqueue(tx, 'announce', { accountId, ...ref });
  }
}

/**
 * Changes the audience of a subscription, as `subscribe` does.
 * @throws UserError `forbidden` or `not-found`
 */
export async function editSubscription(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  audience: Audience,
): Promise<Subscription> {
  authorize(actor, 'subscribe');
  return inTransaction(ctx, async (tx, now) => {
    const current = (await lockSubscriptions(tx, actor.accountId, { ids: [id] }))[0];
    if (current === undefined) throw subscriptionNotFound({ id });
    if (current.audience === audience) return current;
    const edited = { ...current, audience };
    await save(tx, actor, now, edited, current);
    if (audience === 'public') await openAnnouncements(tx, actor.accountId, [edited]);
    return edited;
  });
}

/** @throws UserError `invalid` */
function findChannel({ channel, scopeId, serviceId }: SubscribeInput, around: Surroundings | undefined): ChannelRef {
  const problems = validateChannel('channel', channel);
  if (scopeId !== undefined && serviceId !== undefined) {
    problems.push(twoSubjects.at('scope', { scope: scopeId, service: serviceId }));
  } else if (around !== undefined) {
    const ids = (id: number | undefined) => (id === undefined ? [] : [id]);
    problems.push(...validateReferences(around, { scope: ids(scopeId), service: ids(serviceId) }));
  }
  const ref = findChannelRef(channel);
  if (problems.length > 0 || ref === undefined) throw UserError.invalid(problems);
  return ref;
}

function describe(known: ReadonlyMap<number, { readonly name: string }> | undefined, id: number | undefined) {
  const name = id === undefined ? undefined : known?.get(id)?.name;
  return id === undefined || name === undefined ? null : { id, name };
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
    const ended = (await lockSubscriptions(tx, actor.accountId, { channel })).filter(
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
  return onlyResult(endSubscriptions(ctx, actor, [id]));
}

/** Ends several subscriptions, all or none. @throws UserError `forbidden`; RefusedChanges */
export async function endSubscriptions(
  ctx: ActionContext,
  actor: Actor,
  ids: readonly number[],
): Promise<readonly Subscription[]> {
  authorize(actor, 'subscribe');
  return inTransaction(ctx, async (tx, now) => {
    const stored = await lockSubscriptions(tx, actor.accountId, { ids });
    const ended = await assessEach(ids, (id) => {
      const subscription = stored.find((each) => each.id === id);
      if (subscription === undefined) throw subscriptionNotFound({ id });
      return subscription;
    });
    await endAll(tx, actor, now, ended);
    return ended;
  });
}

async function endAll(tx: Queries, actor: Actor, now: Date, ended: readonly Subscription[]): Promise<void> {
  if (ended.length === 0) return;
  const ids = ended.map(({ id }) => id);
  await deleteSubscriptions(tx, actor.accountId, ids);
  await reserveIds(tx, { audit_events: ended.length });
  for (const subscription of ended) {
    const subject = { kind: 'channel', id: subscription.channel } as const;
    const before = subscriptionForAudit(subscription);
    await record(tx, actor, now, { type: 'channel.unsubscribed', subject, before });
  }
}
