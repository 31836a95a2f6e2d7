import type { Prisma } from '../../prisma/client/client.ts';
import { isId } from '../core/keys.ts';
import type { Limited } from '../core/permissions.ts';
import { visibleFreezes } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/rows.ts';
import { execute, sql } from '../platform/sql.ts';
import { type FreezeTimes, findNextPeriod, readTimes, toColumns } from './rules/times.ts';
import { FREEZE_EFFECTS, type FreezeEffect } from './rules.ts';

const fields = {
  id: true,
  scope: { select: { id: true, name: true } },
  start: true,
  end: true,
  cron: true,
  timezone: true,
  durationMinutes: true,
  reason: true,
  effect: true,
  createdById: true,
  createdByName: true,
  createdAt: true,
} as const satisfies Prisma.FreezeSelect;

export type StoredFreeze = ReturnType<typeof toFreeze>;

function toFreeze(
  {
    id,
    scope,
    reason,
    effect,
    createdById,
    createdByName,
    createdAt,
    ...row
  }: Prisma.FreezeGetPayload<{
    select: typeof fields;
  }>,
  now: Date,
) {
  const times = readTimes(row);
  return {
    id,
    scope,
    reason,
    times,
    /** The period that it is in, or the next one. */
    next: findNextPeriod(times, now),
    // An unknown one is treated as the stricter one.
    effect: FREEZE_EFFECTS.find((known) => known === effect) ?? 'block',
    createdBy: { id: createdById, name: createdByName },
    createdAt,
  };
}

const byStart = [{ start: 'asc' }, { id: 'asc' }] as const satisfies Prisma.FreezeFindManyArgs['orderBy'];

/** Freezes of a query, which limits them to an account; the first to begin first. */
async function readFreezes(
  db: Queries,
  now: Date,
  { orderBy = [...byStart], ...query }: Pick<Prisma.FreezeFindManyArgs, 'where' | 'orderBy' | 'take'>,
): Promise<StoredFreeze[]> {
  return (await db.freeze.findMany({ ...query, orderBy, select: fields })).map((row) => toFreeze(row, now));
}

/** How many freezes are not over. */
export async function countFreezes(db: Queries, accountId: number, now: Date): Promise<number> {
  return db.freeze.count({ where: { accountId, ...notOver(now) } });
}

const notOver = (now: Date) => ({ OR: [{ end: null }, { end: { gt: now } }] });

/** Those that are not over, the next one first. */
export async function listFreezes(db: Queries, accountId: number, now: Date): Promise<StoredFreeze[]> {
  const freezes = await readFreezes(db, now, { where: { accountId, ...notOver(now) } });
  const order = ({ next }: StoredFreeze) => next?.start.getTime() ?? Number.POSITIVE_INFINITY;
  return freezes.sort((one, other) => (order(one) < order(other) ? -1 : order(one) > order(other) ? 1 : 0));
}

export async function findFreeze(
  db: Queries,
  accountId: number,
  id: number,
  now: Date,
  reader: Limited | 'internal' = 'internal',
): Promise<StoredFreeze | undefined> {
  if (!isId(id)) return undefined;
  const [freeze] = await readFreezes(db, now, { where: { accountId, id, AND: [visibleFreezes(reader)] } });
  return freeze;
}

/** One page of those that a reader can see; `over`: those that are over, too. */
export async function listFreezesPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { scopes, over }: { readonly scopes?: readonly number[] | undefined; readonly over: boolean },
  now: Date,
  page: Page<'start' | 'id', Date>,
): Promise<StoredFreeze[]> {
  const where = {
    accountId,
    ...(scopes && { scopeId: { in: [...scopes] } }),
    AND: [visibleFreezes(reader), afterPosition(page), over ? {} : notOver(now)],
  };
  return readFreezes(db, now, { where, orderBy: pageOrder(page), take: page.limit });
}

export interface FreezeValues {
  readonly scopeId: number | null;
  readonly reason: string;
  readonly effect: FreezeEffect;
  readonly times: FreezeTimes;
}

/** @returns undefined: there are `max` already that are not over */
export async function insertFreeze(
  tx: Queries,
  { accountId, id, name }: { readonly accountId: number; readonly id: string; readonly name: string },
  { scopeId, reason, effect, times }: FreezeValues,
  now: Date,
  max: number,
): Promise<StoredFreeze | undefined> {
  const { start, end, cron, timezone, durationMinutes } = toColumns(times);
  const { rows } = await execute<Parameters<typeof toFreeze>[0]>(
    tx,
    sql`
      insert into freezes as f (account_id, scope_id, start_date, end_date, cron, timezone, duration_minutes, reason, effect,
        created_by_id, created_by_name, creation_date)
      select ${accountId}::int, ${scopeId}::int, ${start}::timestamptz, ${end}::timestamptz, ${cron}, ${timezone},
        ${durationMinutes}::int, ${reason}, ${effect}, ${id}, ${name}, ${now}::timestamptz
      where (select count(*) from freezes where account_id = ${accountId} and (end_date is null or end_date > ${now})) < ${max}
      returning id, start_date as start, end_date as end, cron, timezone, duration_minutes as "durationMinutes", reason, effect, created_by_id as "createdById",
        created_by_name as "createdByName", creation_date as "createdAt",
        (select json_build_object('id', s.id, 'name', s.name) from scopes s where s.id = f.scope_id) as scope`,
  );
  return rows[0] && toFreeze(rows[0], now);
}

export async function updateFreeze(
  tx: Queries,
  accountId: number,
  id: number,
  { times, ...values }: FreezeValues,
  now: Date,
): Promise<StoredFreeze> {
  const data = { ...values, ...toColumns(times) };
  return toFreeze(await tx.freeze.update({ where: { accountId, id }, data, select: fields }), now);
}

export async function deleteFreeze(tx: Queries, accountId: number, id: number): Promise<boolean> {
  return (await tx.freeze.deleteMany({ where: { accountId, id } })).count === 1;
}
