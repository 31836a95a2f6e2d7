import type { Prisma } from '../../prisma/client/client.ts';
import type { ChannelRef } from '../channels.ts';
import { isId } from '../core/keys.ts';
import type { Audience, Limited } from '../core/permissions.ts';
import { readAudience } from '../maintenance/repository/announcements.ts';
import { visibleSubscriptions } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder, searchText } from '../platform/rows.ts';

const fields = {
  id: true,
  channel: true,
  audience: true,
  scope: { select: { id: true, name: true } },
  service: { select: { id: true, name: true } },
} as const;

/** A channel (Slack's id) that announces the maintenances of a scope or a service; neither: all. */
export type Subscription = ReturnType<typeof toSubscription>;

const toSubscription = (row: Prisma.SubscriptionGetPayload<{ select: typeof fields }>) => ({
  ...row,
  audience: readAudience(row.audience),
});

/** Oldest first. */
export async function listChannelSubscriptions(
  db: Queries,
  accountId: number,
  channel: string,
): Promise<Subscription[]> {
  const where = { accountId, channel };
  return (await db.subscription.findMany({ where, orderBy: { id: 'asc' }, select: fields })).map(toSubscription);
}

/** One page of those that the reader may see. */
export async function listSubscriptionsPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { channels }: { readonly channels?: readonly string[] | undefined },
  page: Page<'id', string>,
): Promise<Subscription[]> {
  const rows = await db.subscription.findMany({
    where: {
      accountId,
      ...(channels === undefined ? {} : { channel: { in: channels.map(searchText) } }),
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
): Promise<Subscription | undefined> {
  if (!isId(id)) return undefined;
  const where = { accountId, id, AND: [visibleSubscriptions(reader)] };
  const row = await db.subscription.findFirst({ where, select: fields });
  return row === null ? undefined : toSubscription(row);
}

/**
 * Creates a subscription, or changes the audience of an existing one.
 * @returns the audience before; undefined for a new one
 */
export async function putSubscription(
  tx: Queries,
  accountId: number,
  subscription: ChannelRef & { audience: Audience; scopeId?: number; serviceId?: number },
): Promise<{ readonly subscription: Subscription; readonly before: Audience | undefined }> {
  const { audience, channelKind, channel, scopeId = null, serviceId = null } = subscription;
  const where = { accountId, channelKind, channel, scopeId, serviceId };
  const { count } = await tx.subscription.createMany({ data: [{ ...where, audience }], skipDuplicates: true });
  const stored = await tx.subscription.findFirstOrThrow({ where, select: fields });
  if (count === 1) return { subscription: toSubscription(stored), before: undefined };
  await tx.subscription.update({ where: { id: stored.id }, data: { audience } });
  return { subscription: { ...stored, audience }, before: readAudience(stored.audience) };
}

export async function deleteSubscriptions(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await tx.subscription.deleteMany({ where: { accountId, id: { in: [...ids] } } });
}
