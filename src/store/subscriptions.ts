import type { Audience } from './announcements.ts';
import type { Queries } from './database.ts';
import { isId } from './key.ts';

/** What a channel hears of: a service, a scope, or everything when neither is set. */
export interface Subscription {
  readonly id: number;
  readonly audience: Audience;
  readonly scope: { readonly id: number; readonly name: string } | null;
  readonly service: { readonly id: number; readonly name: string } | null;
}

/** The subscriptions of a channel, in the order they were made. */
export async function subscriptionsOf(db: Queries, accountId: number, channel: string): Promise<Subscription[]> {
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

export async function findSubscription(
  db: Queries,
  accountId: number,
  id: number,
): Promise<(Subscription & { readonly channel: string }) | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.subscription.findFirst({
    where: { accountId, id },
    select: {
      id: true,
      channel: true,
      audience: true,
      scope: { select: { id: true, name: true } },
      service: { select: { id: true, name: true } },
    },
  });
  return row === null ? undefined : { ...row, audience: row.audience === 'internal' ? 'internal' : 'public' };
}

export async function deleteSubscriptions(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await tx.subscription.deleteMany({ where: { accountId, id: { in: [...ids] } } });
}
