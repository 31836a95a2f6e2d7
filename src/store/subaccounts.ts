import type { Queries } from './database.ts';
import { isKey, newKey } from './key.ts';

/** An account within an account, with rows of its own. */
export interface Subaccount {
  readonly id: number;
  /** By which tools name it. */
  readonly key: string;
  readonly name: string;
}

const fields = { id: true, key: true, name: true } as const;

function toSubaccount({ id, key, name }: { id: number; key: string | null; name: string }): Subaccount {
  if (key === null) throw new Error(`account ${id} is a sub-account and has no key`);
  return { id, key, name };
}

/** By name; ties are broken by id. */
export async function listSubaccounts(db: Queries, parentId: number): Promise<Subaccount[]> {
  const rows = await db.account.findMany({
    where: { parentId },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: fields,
  });
  return rows.map(toSubaccount);
}

/** The sub-account of this account with this key, or this account itself when that is its key. */
export async function findSubaccount(db: Queries, accountId: number, key: string): Promise<Subaccount | undefined> {
  if (!isKey(key)) return undefined;
  const row = await db.account.findFirst({
    where: { key: key.toUpperCase(), OR: [{ parentId: accountId }, { id: accountId }] },
    select: fields,
  });
  return row === null ? undefined : toSubaccount(row);
}

/** In the zone of its parent. */
export async function insertSubaccount(tx: Queries, parentId: number, name: string): Promise<Subaccount> {
  const { timezone } = await tx.account.findUniqueOrThrow({ where: { id: parentId }, select: { timezone: true } });
  const row = await tx.account.create({ data: { parentId, key: newKey(8), name, timezone }, select: fields });
  return toSubaccount(row);
}
