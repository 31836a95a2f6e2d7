import type { Prisma } from '../../prisma/client/client.ts';
import { isId } from '../core/keys.ts';
import type { Limited } from '../core/permissions.ts';
import type { Interval } from '../core/time.ts';
import { visibleFreezes } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/rows.ts';
import { execute, sql } from '../platform/sql.ts';
import { FREEZE_EFFECTS, type FreezeEffect } from './rules.ts';

const fields = {
  id: true,
  scope: { select: { id: true, name: true } },
  start: true,
  end: true,
  reason: true,
  effect: true,
  createdById: true,
  createdByName: true,
  createdAt: true,
} as const satisfies Prisma.FreezeSelect;

export type StoredFreeze = ReturnType<typeof toFreeze>;

function toFreeze({ effect, createdById, createdByName, ...row }: Prisma.FreezeGetPayload<{ select: typeof fields }>) {
  return {
    ...row,
    // An unknown one is treated as the stricter one.
    effect: FREEZE_EFFECTS.find((known) => known === effect) ?? 'block',
    createdBy: { id: createdById, name: createdByName },
  };
}

const byStart = [{ start: 'asc' }, { id: 'asc' }] as const satisfies Prisma.FreezeFindManyArgs['orderBy'];

/** Freezes of a query, which limits them to an account; the first to begin first. */
async function readFreezes(
  db: Queries,
  { orderBy = [...byStart], ...query }: Pick<Prisma.FreezeFindManyArgs, 'where' | 'orderBy' | 'take'>,
): Promise<StoredFreeze[]> {
  return (await db.freeze.findMany({ ...query, orderBy, select: fields })).map(toFreeze);
}

/** How many freezes are not over. */
export async function countFreezes(db: Queries, accountId: number, now: Date): Promise<number> {
  return db.freeze.count({ where: { accountId, end: { gt: now } } });
}

export async function listFreezes(db: Queries, accountId: number, now: Date): Promise<StoredFreeze[]> {
  return readFreezes(db, { where: { accountId, end: { gt: now } } });
}

export async function findFreeze(db: Queries, accountId: number, id: number): Promise<StoredFreeze | undefined> {
  return findVisibleFreeze(db, accountId, 'internal', id);
}

export async function findVisibleFreeze(db: Queries, accountId: number, reader: Limited | 'internal', id: number) {
  if (!isId(id)) return undefined;
  const [freeze] = await readFreezes(db, { where: { accountId, id, AND: [visibleFreezes(reader)] } });
  return freeze;
}

/** One page of those that a reader can see; `endsAfter` leaves out those that are over by then. */
export async function listFreezesPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { scopes, endsAfter }: { readonly scopes?: readonly number[] | undefined; readonly endsAfter?: Date | undefined },
  page: Page<'start' | 'id', Date>,
): Promise<StoredFreeze[]> {
  const where = {
    accountId,
    ...(endsAfter && { end: { gt: endsAfter } }),
    ...(scopes && { scopeId: { in: [...scopes] } }),
    AND: [visibleFreezes(reader), afterPosition(page)],
  };
  return readFreezes(db, { where, orderBy: pageOrder(page), take: page.limit });
}

export interface NewFreeze extends Interval {
  readonly scopeId: number | null;
  readonly reason: string;
  readonly effect: FreezeEffect;
}

/** @returns undefined: there are `max` already that are not over */
export async function insertFreeze(
  tx: Queries,
  { accountId, id, name }: { readonly accountId: number; readonly id: string; readonly name: string },
  { scopeId, start, end, reason, effect }: NewFreeze,
  now: Date,
  max: number,
): Promise<StoredFreeze | undefined> {
  const { rows } = await execute<Parameters<typeof toFreeze>[0]>(
    tx,
    sql`
      insert into freezes as f (account_id, scope_id, start_date, end_date, reason, effect, created_by_id, created_by_name,
        creation_date)
      select ${accountId}::int, ${scopeId}::int, ${start}::timestamptz, ${end}::timestamptz, ${reason}, ${effect}, ${id},
        ${name}, ${now}::timestamptz
      where (select count(*) from freezes where account_id = ${accountId} and end_date > ${now}) < ${max}
      returning id, start_date as start, end_date as end, reason, effect, created_by_id as "createdById",
        created_by_name as "createdByName", creation_date as "createdAt",
        (select json_build_object('id', s.id, 'name', s.name) from scopes s where s.id = f.scope_id) as scope`,
  );
  return rows[0] && toFreeze(rows[0]);
}

export async function updateFreeze(tx: Queries, accountId: number, id: number, values: NewFreeze) {
  return toFreeze(await tx.freeze.update({ where: { accountId, id }, data: { ...values }, select: fields }));
}

export async function deleteFreeze(tx: Queries, accountId: number, id: number): Promise<boolean> {
  return (await tx.freeze.deleteMany({ where: { accountId, id } })).count === 1;
}
