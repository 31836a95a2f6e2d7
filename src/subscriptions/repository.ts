import type { Prisma } from '../../prisma/client/client.ts';
import type { ChannelRef } from '../channels.ts';
import { isId } from '../core/keys.ts';
import type { Audience, Limited } from '../core/permissions.ts';
import type { ChannelFailure } from '../delivery/repository.ts';
import { readAudience } from '../maintenance/repository/announcements.ts';
import { isVisibleSubscription } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { type Page, searchText } from '../platform/rows.ts';
import { queryRows, sql } from '../platform/sql.ts';
import { insertion, updating, write } from '../platform/transaction.ts';

type Named = { readonly id: number; readonly name: string };

/** A channel (Slack's id) that announces the maintenances of a scope or a service; neither: all. */
export interface Subscription extends ChannelRef {
  readonly id: number;
  readonly audience: Audience;
  readonly scope: Named | null;
  readonly service: Named | null;
  /** Set while nothing can be posted to the channel. */
  readonly failure: ChannelFailure | null;
}

type Row = Omit<Subscription, 'audience' | 'failure'> & {
  readonly audience: string;
  readonly reason: string | null;
  readonly since: Date | null;
};

/** Reads subscriptions `sub`. @param rest what follows their table: conditions, order, limit, lock */
async function readRows(db: Queries, rest: Prisma.Sql): Promise<Subscription[]> {
  const rows = await queryRows<Row>(
    db,
    sql`
      select sub.id, sub.channel_kind as "channelKind", sub.channel, sub.audience, f.reason, f.since,
        (select json_build_object('id', id, 'name', name) from scopes where id = sub.scope_id) as scope,
        (select json_build_object('id', id, 'name', name) from services where id = sub.service_id) as service
      from subscriptions sub left join channel_failures f on f.account_id = sub.account_id
        and f.channel_kind = sub.channel_kind and f.channel = sub.channel
      ${rest}`,
  );
  return rows.map(({ audience, reason, since, ...row }) => ({ ...row, ...toState({ audience, reason, since }) }));
}

function toState({ audience, reason, since }: Pick<Row, 'audience' | 'reason' | 'since'>) {
  const failure = reason === null || since === null ? null : { reason, since };
  return { audience: readAudience(audience), failure };
}

/** Oldest first. */
export async function listChannelSubscriptions(
  db: Queries,
  accountId: number,
  channel: string,
): Promise<Subscription[]> {
  return readRows(db, sql`where sub.account_id = ${accountId} and sub.channel = ${channel} order by sub.id`);
}

/** One page of those that the reader may see. */
export async function listSubscriptionsPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { channels }: { readonly channels?: readonly string[] | undefined },
  { direction, after, limit }: Page<'id', string>,
): Promise<Subscription[]> {
  const [past, order] = direction === 'asc' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`];
  return readRows(
    db,
    sql`
      where sub.account_id = ${accountId} and ${isVisibleSubscription(reader)}
        and (${channels === undefined} or sub.channel = any(${(channels ?? []).map(searchText)}::text[]))
        and (${after === undefined} or sub.id ${past} ${after?.id ?? 0}::int)
      order by sub.id ${order} limit ${limit}::int`,
  );
}

export async function findSubscription(
  db: Queries,
  accountId: number,
  id: number,
  reader: Limited | 'internal' = 'internal',
): Promise<Subscription | undefined> {
  if (!isId(id)) return undefined;
  const [found] = await readRows(
    db,
    sql`where sub.account_id = ${accountId} and sub.id = ${id} and ${isVisibleSubscription(reader)}`,
  );
  return found;
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
): Promise<ReadonlyMap<number, Pick<Subscription, 'id' | 'audience' | 'failure'>>> {
  const rows = await queryRows<Pick<Row, 'id' | 'audience' | 'reason' | 'since'> & { readonly at: number }>(
    tx,
    sql`
      select at::int, s.id, s.audience, f.reason, f.since
      from unnest(${wanted.map(({ channelKind }) => channelKind)}::text[], ${wanted.map(({ channel }) => channel)}::text[],
        ${wanted.map(({ scopeId }) => scopeId ?? 0)}::int[], ${wanted.map(({ serviceId }) => serviceId ?? 0)}::int[])
        with ordinality as wanted (channel_kind, channel, scope_id, service_id, at)
      join subscriptions s on s.account_id = ${accountId} and s.channel_kind = wanted.channel_kind
        and s.channel = wanted.channel and coalesce(s.scope_id, 0) = wanted.scope_id
        and coalesce(s.service_id, 0) = wanted.service_id
      left join channel_failures f on f.account_id = s.account_id and f.channel_kind = s.channel_kind
        and f.channel = s.channel
      order by s.id for update of s`,
  );
  return new Map(rows.map(({ at, ...row }) => [at - 1, { id: row.id, ...toState(row) }]));
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

/** Some of an account, locked until the transaction ends, oldest first. */
export async function lockSubscriptions(
  tx: Queries,
  accountId: number,
  { ids, channel }: { readonly ids?: readonly number[]; readonly channel?: string },
): Promise<Subscription[]> {
  return readRows(
    tx,
    sql`
      where sub.account_id = ${accountId} and sub.channel = coalesce(${channel ?? null}, sub.channel)
        and (${ids === undefined} or sub.id = any(${(ids ?? []).filter(isId)}::int[]))
      order by sub.id for update of sub`,
  );
}

export async function deleteSubscriptions(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await tx.subscription.deleteMany({ where: { accountId, id: { in: [...ids] } } });
}
