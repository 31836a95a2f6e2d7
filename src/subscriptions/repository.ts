import type { Prisma } from '../../prisma/client/client.ts';
import type { ChannelRef } from '../channels.ts';
import { isId } from '../core/keys.ts';
import type { Audience, Limited } from '../core/permissions.ts';
import { readAudience } from '../maintenance/repository/announcements.ts';
import { visibleSubscriptions } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder, searchText } from '../platform/rows.ts';
import { queryRows, sql } from '../platform/sql.ts';
import { insertion, updating, write } from '../platform/transaction.ts';

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

/** Without a scope and a service: to everything. */
type WantedSubscription = ChannelRef & {
  readonly audience: Audience;
  readonly scopeId?: number | undefined;
  readonly serviceId?: number | undefined;
};

/** The stored subscriptions of the same channels to the same things, by the positions of the wanted ones. */
export async function readSameSubscriptions(
  tx: Queries,
  accountId: number,
  wanted: readonly WantedSubscription[],
): Promise<ReadonlyMap<number, { readonly id: number; readonly audience: Audience }>> {
  const rows = await queryRows<{ at: number; id: number; audience: string }>(
    tx,
    sql`
      select at::int, s.id, s.audience
      from unnest(${wanted.map(({ channelKind }) => channelKind)}::text[], ${wanted.map(({ channel }) => channel)}::text[],
        ${wanted.map(({ scopeId }) => scopeId ?? 0)}::int[], ${wanted.map(({ serviceId }) => serviceId ?? 0)}::int[])
        with ordinality as wanted (channel_kind, channel, scope_id, service_id, at)
      join subscriptions s on s.account_id = ${accountId} and s.channel_kind = wanted.channel_kind
        and s.channel = wanted.channel and coalesce(s.scope_id, 0) = wanted.scope_id
        and coalesce(s.service_id, 0) = wanted.service_id
      order by s.id for update of s`,
  );
  return new Map(rows.map(({ at, id, audience }) => [at - 1, { id, audience: readAudience(audience) }]));
}

const COLUMNS = ['id', 'account_id', 'channel_kind', 'channel', 'audience', 'scope_id', 'service_id'] as const;
const INSERT = insertion('subscriptions', COLUMNS);
const UPDATE = updating('subscriptions', ['account_id', 'id'], COLUMNS);

/** @param isNew otherwise it is there, and gets this audience */
export async function writeSubscription(
  tx: Queries,
  accountId: number,
  { id, channelKind, channel, audience, scopeId, serviceId }: WantedSubscription & { readonly id: number },
  isNew: boolean,
): Promise<void> {
  const row = { id, account_id: accountId, channel_kind: channelKind, channel, audience };
  await write(tx, isNew ? INSERT : UPDATE, String(id), {
    ...row,
    scope_id: scopeId ?? null,
    service_id: serviceId ?? null,
  });
}

export type StoredSubscription = Subscription & ChannelRef;

/** Some of an account, locked until the transaction ends, oldest first. */
export async function lockSubscriptions(
  tx: Queries,
  accountId: number,
  { ids, channel }: { readonly ids?: readonly number[]; readonly channel?: string },
): Promise<StoredSubscription[]> {
  const rows = await queryRows<Omit<StoredSubscription, 'audience'> & { audience: string }>(
    tx,
    sql`
      select s.id, s.channel_kind as "channelKind", s.channel, s.audience,
        (select json_build_object('id', id, 'name', name) from scopes where id = s.scope_id) as scope,
        (select json_build_object('id', id, 'name', name) from services where id = s.service_id) as service
      from subscriptions s
      where s.account_id = ${accountId} and s.channel = coalesce(${channel ?? null}, s.channel)
        and (${ids === undefined} or s.id = any(${(ids ?? []).filter(isId)}::int[]))
      order by s.id for update of s`,
  );
  return rows.map((row) => ({ ...row, audience: readAudience(row.audience) }));
}

export async function deleteSubscriptions(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await tx.subscription.deleteMany({ where: { accountId, id: { in: [...ids] } } });
}
