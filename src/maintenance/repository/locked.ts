import type { Prisma } from '../../../prisma/client/client.ts';
import type { ChannelRef } from '../../channels.ts';
import type { Outcome } from '../../checks/rules.ts';
import { isId } from '../../core/keys.ts';
import type { Due } from '../../platform/batches.ts';
import type { Queries } from '../../platform/database.ts';
import { execute, queryRows, sql } from '../../platform/sql.ts';
import { Remembered } from '../../platform/transaction.ts';
import { OPEN_STATUSES } from '../rules/status.ts';
import { lockForStart, tryLockCoverages } from './coverage.ts';
import { SELECTED } from './list.ts';
import { type Maintenance, type MaintenanceRow, toMaintenance } from './maintenances.ts';

/** What belongs to a maintenance and a command may change. */
export interface Belongings {
  /** By the ids of the checks. */
  readonly mutes: ReadonlyMap<string, KnownMute>;
  readonly ownerId: string;
  /** Where it is announced. */
  readonly channels: readonly ChannelRef[];
  /** Whether it awaits an approval, did so before the transaction, or has open requests for one. */
  readonly asksForApproval: boolean;
}

interface KnownMute {
  readonly outcome: Outcome;
  readonly ended: boolean;
}

/** By the ids of the maintenances. */
export const belongings = new Remembered<Belongings & { readonly mutes: Map<string, KnownMute> }>(
  'maintenances',
  'mutes',
  'announcements',
  'notices',
);

type Stored = Omit<Belongings, 'mutes'> & { readonly mutes: readonly (KnownMute & { readonly checkId: string })[] };

const toBelongings = ({ mutes, ...others }: Stored) => ({
  ...others,
  mutes: new Map(mutes.map(({ checkId, ...mute }) => [checkId, mute])),
});

const wantedIds = (ids: readonly number[]) =>
  sql`select id, at from unnest(${[...ids]}::int[]) with ordinality as given (id, at)`;

/** @param wanted selects the ids, with their order as `at` @param accountId only of this account */
async function readRows(tx: Queries, wanted: Prisma.Sql, accountId?: number) {
  return queryRows<MaintenanceRow & { readonly stored: Stored }>(
    tx,
    sql`
      select ${SELECTED},
        json_build_object(
          'ownerId', m.owner_id,
          'mutes', (select coalesce(json_agg(json_build_object('checkId', check_id, 'outcome', outcome,
              'ended', ended_at is not null) order by check_id), '[]')
            from mutes where account_id = m.account_id and maintenance_id = m.id),
          'channels', (select coalesce(json_agg(json_build_object('channelKind', channel_kind, 'channel', channel)
              order by channel_kind, channel), '[]')
            from announcements where maintenance_id = m.id),
          'asksForApproval', coalesce(m.approval = 'pending', false)
            or exists (select 1 from notices where account_id = m.account_id and maintenance_id = m.id and asks)) as stored
      from (${wanted}) as wanted join maintenances m on m.id = wanted.id and m.account_id = coalesce(${accountId ?? null}::int, m.account_id)
      order by wanted.at`,
  );
}

/**
 * Locked maintenances in the order of these ids, with what belongs to them.
 * @param accountId only of this account
 */
export async function readLocked(tx: Queries, ids: readonly number[], accountId?: number): Promise<Maintenance[]> {
  return keepRows(tx, await readRows(tx, wantedIds(ids), accountId));
}

type Rows = Awaited<ReturnType<typeof readRows>>;

function keepRows(tx: Queries, rows: Rows): Maintenance[] {
  for (const { id, stored } of rows) belongings.set(tx, id, toBelongings(stored));
  return rows.map(({ stored: _, ...row }) => toMaintenance(row));
}

/**
 * The open maintenances in these scopes, on services in them or on these services, with what belongs to them, by their ids.
 * @param others the ids of maintenances that are read as well
 */
export async function readOpen(
  tx: Queries,
  accountId: number,
  { scopes, services, others }: Record<'scopes' | 'services' | 'others', readonly number[]>,
): Promise<Maintenance[]> {
  const wanted = sql`
    select m.id, m.id as at from maintenances m
    where m.account_id = ${accountId} and (m.id = any(${[...others]}::int[])
      or (m.deleted_at is null and m.status = any(${[...OPEN_STATUSES]}::text[]) and (m.scope_id = any(${[...scopes]}::int[])
        or m.id in (
          select on_it.maintenance_id from maintenance_services on_it join services s on s.id = on_it.service_id
          where s.account_id = ${accountId} and (s.id = any(${[...services]}::int[]) or s.scope_id = any(${[...scopes]}::int[]))))))`;
  return keepRows(tx, await readRows(tx, wanted, accountId));
}

/** The locked runs of a series that are scheduled, with what belongs to them, in order of start. */
export async function readScheduledRuns(
  tx: Queries,
  { accountId, id }: { readonly accountId: number; readonly id: number },
  limit: number,
): Promise<Maintenance[]> {
  const wanted = sql`
    select id, row_number() over (order by scheduled_start_date, id) as at from maintenances
    where account_id = ${accountId} and series_id = ${id} and status = 'scheduled' and deleted_at is null
    order by at limit ${limit}::int`;
  return keepRows(tx, await readRows(tx, wanted, accountId));
}

/** What belongs to a maintenance; in a transaction, to a locked one. */
export async function findBelongings(db: Queries, id: number): Promise<Belongings> {
  const found = (await readBelongings(db, [id])).get(id);
  if (found === undefined) throw new Error(`maintenance ${id} was not found`);
  return found;
}

/** What belongs to each of these maintenances. A transaction reads it once. */
export async function readBelongings(db: Queries, ids: readonly number[]): Promise<ReadonlyMap<number, Belongings>> {
  const known = belongings.all(db);
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  const read = new Map((await readRows(db, wantedIds(missing))).map(({ id, stored }) => [id, toBelongings(stored)]));
  for (const [id, each] of read) belongings.set(db, id, each);
  return new Map([...known, ...read]);
}

/**
 * The maintenance, locked until the transaction ends; undefined if there is none, or it was deleted.
 * @param starts whether it may start: what it covers is locked, too
 */
export async function lockMaintenance(
  tx: Queries,
  accountId: number,
  id: number,
  { starts = false }: { readonly starts?: boolean } = {},
): Promise<Maintenance | undefined> {
  if (!isId(id)) return undefined;
  if (starts) await lockForStart(tx, accountId, id);
  else await lockMaintenances(tx, accountId, [id]);
  const [maintenance] = await readLocked(tx, [id], accountId);
  return maintenance?.deletedAt === null ? maintenance : undefined;
}

/** Locks maintenances until the transaction ends, ordered by id so that two transactions never wait for each other. */
export async function lockMaintenances(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await execute(
    tx,
    sql`select 1 from maintenances where account_id = ${accountId} and id = any(${[...ids]}::int[]) order by id for update`,
  );
}

/**
 * Locks scheduled maintenances: those in these scopes, those on these services, and those without their approval if
 * `unapproved`. With `touching`, also open ones that touch these scopes, or may by what they choose.
 * @returns their ids, in order
 */
export async function lockScheduled(
  tx: Queries,
  accountId: number,
  {
    scopes,
    services,
    touching,
    unapproved,
  }: Record<'scopes' | 'services' | 'touching', readonly number[]> & { readonly unapproved: boolean },
): Promise<number[]> {
  const { rows } = await execute<{ id: number }>(
    tx,
    sql`
      select id from maintenances
      where account_id = ${accountId} and (
        (status = 'scheduled'
          and (scope_id = any(${[...scopes]}::int[]) or (${unapproved}::boolean and approval in ('pending', 'declined'))
            or id in (select maintenance_id from maintenance_services where service_id = any(${[...services]}::int[]))))
        or (status = any(${[...OPEN_STATUSES]}::text[]) and ${touching.length > 0}::boolean
          and (scope_id = any(${[...touching]}::int[]) or selector is not null
            or id in (
              select on_it.maintenance_id from maintenance_services on_it join services s on s.id = on_it.service_id
              where s.account_id = ${accountId} and s.scope_id = any(${[...touching]}::int[]))
            or id in (
              select named.maintenance_id from maintenance_checks named
              join service_checks watch on watch.account_id = named.account_id and watch.check_id = named.check_id
              join services s on s.id = watch.service_id
              where s.account_id = ${accountId} and s.scope_id = any(${[...touching]}::int[])))))
      order by id for update`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Maintenances that are due, of all accounts in turn, locked with what they cover. Those that another process has locked are
 * skipped, and those of accounts in which somebody is changing what windows cover.
 */
export async function lockDueMaintenances(tx: Queries, { now, except, only, limit }: Due): Promise<Maintenance[]> {
  const { rows } = await execute<{ id: number; accountId: number }>(
    tx,
    sql`
      with due as materialized (
        select id, row_number() over (partition by account_id order by next_due_at, id) as turn from maintenances
        where next_due_at <= ${now} and id <> all(${[...except]}::int[])
          and (${only === undefined} or id = any(${[...(only ?? [])]}::int[]))
      )
      select m.id, m.account_id as "accountId" from maintenances m join due on due.id = m.id
      where m.next_due_at <= ${now}
      order by due.turn, m.next_due_at, m.id limit ${limit}::int for update of m skip locked`,
  );
  if (rows.length === 0) return [];
  const free = await tryLockCoverages(
    tx,
    rows.map(({ accountId }) => accountId),
  );
  return readLocked(
    tx,
    rows.filter(({ accountId }) => free.has(accountId)).map(({ id }) => id),
  );
}
