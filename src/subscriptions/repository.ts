import type { ChannelRef } from '../channels.ts';
import { isId } from '../core/keys.ts';
import type { Audience, Limited } from '../core/permissions.ts';
import { readAudience } from '../maintenance/repository/announcements.ts';
import { visibleSubscriptions } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';
import { searchText } from '../platform/stored-values.ts';

/** What a channel hears of: a service, a scope, or everything when neither is set. */
export interface Subscription {
  readonly id: number;
  readonly audience: Audience;
  readonly scope: { readonly id: number; readonly name: string } | null;
  readonly service: { readonly id: number; readonly name: string } | null;
}

/** The subscriptions of a channel, in the order they were made. */
export async function listChannelSubscriptions(
  db: Queries,
  accountId: number,
  channel: string,
): Promise<Subscription[]> {
  const rows = await db.subscription.findMany({
    where: { accountId, channel },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      audience: true,
      scope: { select: { id: true, name: true } },
      service: { select: { id: true, name: true } },
    },
  });
  return rows.map(({ audience, ...row }) => ({ ...row, audience: audience === 'internal' ? 'internal' : 'public' }));
}

export async function deleteSubscriptions(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await tx.subscription.deleteMany({ where: { accountId, id: { in: [...ids] } } });
}

/** A subscription, and whose. */
export interface ChannelSubscription extends Subscription {
  /** A Slack channel id. */
  readonly channel: string;
}

const fields = {
  id: true,
  channel: true,
  audience: true,
  scope: { select: { id: true, name: true } },
  service: { select: { id: true, name: true } },
} as const;

function toSubscription<T extends { audience: string }>(row: T): Omit<T, 'audience'> & { audience: Audience } {
  return { ...row, audience: row.audience === 'internal' ? 'internal' : 'public' };
}

/** One page of those that somebody of the account may know of. */
export async function listSubscriptionsPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { channels }: { readonly channels?: readonly string[] | undefined },
  page: Page<'id', string>,
): Promise<ChannelSubscription[]> {
  const named = channels?.map(searchText);
  const rows = await db.subscription.findMany({
    where: {
      accountId,
      ...(named === undefined ? {} : { channel: { in: named } }),
      AND: [visibleSubscriptions(reader), afterPosition(page)],
    },
    orderBy: pageOrder(page),
    take: page.limit,
    select: fields,
  });
  return rows.map(toSubscription);
}

export async function findSubscription(
  db: Queries,
  accountId: number,
  id: number,
  reader: Limited | 'internal' = 'internal',
): Promise<ChannelSubscription | undefined> {
  if (!isId(id)) return undefined;
  const where = { accountId, id, AND: [visibleSubscriptions(reader)] };
  const row = await db.subscription.findFirst({ where, select: fields });
  return row === null ? undefined : toSubscription(row);
}

export async function findSubscriptionTo(
  db: Queries,
  accountId: number,
  about: { readonly channel: string; readonly scopeId?: number; readonly serviceId?: number },
): Promise<ChannelSubscription | undefined> {
  const { channel, scopeId, serviceId } = about;
  const where = { accountId, channel, scopeId: scopeId ?? null, serviceId: serviceId ?? null };
  const row = await db.subscription.findFirst({ where, select: fields });
  return row === null ? undefined : toSubscription(row);
}

/**
 * Makes a subscription, or gives the one there is another audience.
 * @returns what it was before; undefined when it is new
 */
export async function putSubscription(
  tx: Queries,
  accountId: number,
  subscription: ChannelRef & { audience: Audience; scopeId?: number; serviceId?: number },
): Promise<{ audience: Audience } | undefined> {
  const { audience, channelKind, channel, scopeId = null, serviceId = null } = subscription;
  const { count } = await tx.subscription.createMany({
    data: [{ accountId, channelKind, channel, audience, scopeId, serviceId }],
    skipDuplicates: true,
  });
  if (count === 1) return undefined;
  const there = await tx.subscription.findFirstOrThrow({
    where: { accountId, channelKind, channel, scopeId, serviceId },
    select: { id: true, audience: true },
  });
  await tx.subscription.update({ where: { id: there.id }, data: { audience } });
  return { audience: readAudience(there.audience) };
}
