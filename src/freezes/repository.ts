import { isId } from '../core/keys.ts';
import type { Limited } from '../core/permissions.ts';
import type { Interval } from '../core/time.ts';
import { visibleFreezes } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';
import { FREEZE_EFFECTS, type Freeze, type FreezeEffect } from './rules.ts';

/** A freeze as stored, with who added it. */
export interface StoredFreeze extends Freeze {
  readonly createdBy: { readonly id: string; readonly name: string };
  readonly createdAt: Date;
}

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
} as const;

interface Row extends Omit<StoredFreeze, 'effect' | 'createdBy'> {
  readonly effect: string;
  readonly createdById: string;
  readonly createdByName: string;
}

function toFreeze({ effect, createdById, createdByName, ...row }: Row): StoredFreeze {
  return {
    ...row,
    // Anything unknown is treated as the stricter one.
    effect: FREEZE_EFFECTS.find((known) => known === effect) ?? 'block',
    createdBy: { id: createdById, name: createdByName },
  };
}

/** The freezes that share an instant with a window, whatever they are of; the first to begin first. */
export async function listFreezesBetween(
  db: Queries,
  accountId: number,
  { start, end }: Interval,
): Promise<StoredFreeze[]> {
  const rows = await db.freeze.findMany({
    where: { accountId, start: { lt: end }, end: { gt: start } },
    orderBy: [{ start: 'asc' }, { id: 'asc' }],
    select: fields,
  });
  return rows.map(toFreeze);
}

/** The freezes that are not over at `now`; the first to begin first. */
export async function listFreezes(db: Queries, accountId: number, now: Date): Promise<StoredFreeze[]> {
  const rows = await db.freeze.findMany({
    where: { accountId, end: { gt: now } },
    orderBy: [{ start: 'asc' }, { id: 'asc' }],
    select: fields,
  });
  return rows.map(toFreeze);
}

export async function findFreeze(db: Queries, accountId: number, id: number): Promise<StoredFreeze | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.freeze.findFirst({ where: { accountId, id }, select: fields });
  return row === null ? undefined : toFreeze(row);
}

export interface NewFreeze extends Interval {
  readonly scopeId: number | null;
  readonly reason: string;
  readonly effect: FreezeEffect;
}

export async function insertFreeze(
  tx: Queries,
  { accountId, id, name }: { readonly accountId: number; readonly id: string; readonly name: string },
  freeze: NewFreeze,
  now: Date,
): Promise<StoredFreeze> {
  const data = { ...freeze, accountId, createdById: id, createdByName: name, createdAt: now };
  return toFreeze(await tx.freeze.create({ data, select: fields }));
}

/** One page of those that somebody of the account may know of; `endsAfter` leaves out those that are over by then. */
export async function listFreezesPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { scopes, endsAfter }: { readonly scopes?: readonly number[] | undefined; readonly endsAfter?: Date | undefined },
  page: Page<'start' | 'id', Date>,
): Promise<StoredFreeze[]> {
  const rows = await db.freeze.findMany({
    where: {
      accountId,
      ...(endsAfter === undefined ? {} : { end: { gt: endsAfter } }),
      ...(scopes === undefined ? {} : { scopeId: { in: [...scopes] } }),
      AND: [visibleFreezes(reader), afterPosition(page)],
    },
    orderBy: pageOrder(page),
    take: page.limit,
    select: fields,
  });
  return rows.map(toFreeze);
}

/** One that somebody of the account may know of. */
export async function findVisibleFreeze(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  id: number,
): Promise<StoredFreeze | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.freeze.findFirst({ where: { accountId, id, AND: [visibleFreezes(reader)] }, select: fields });
  return row === null ? undefined : toFreeze(row);
}

export async function updateFreeze(
  tx: Queries,
  accountId: number,
  id: number,
  values: NewFreeze,
): Promise<StoredFreeze> {
  return toFreeze(await tx.freeze.update({ where: { accountId, id }, data: { ...values }, select: fields }));
}

/** Whether there was one to delete. */
export async function deleteFreeze(tx: Queries, accountId: number, id: number): Promise<boolean> {
  return (await tx.freeze.deleteMany({ where: { accountId, id } })).count === 1;
}
