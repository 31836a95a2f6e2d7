import type { Queries } from './database.ts';

/**
 * Takes note of a request inside the transaction that acts on it.
 * @returns false when it was acted upon before: a double click, a redelivery
 */
export async function firstTime(db: Queries, accountId: number, key: string, now: Date): Promise<boolean> {
  const { count } = await db.receipt.createMany({ data: [{ accountId, key, createdAt: now }], skipDuplicates: true });
  return count === 1;
}

/** Keeps what a request made, so that a second one can be answered like the first. */
export async function keepMade(db: Queries, accountId: number, key: string, maintenanceId: number): Promise<void> {
  await db.receipt.update({ where: { accountId_key: { accountId, key } }, data: { maintenanceId } });
}

/** The maintenance that a request made before; undefined when it made none. */
export async function madeBefore(db: Queries, accountId: number, key: string): Promise<number | undefined> {
  const row = await db.receipt.findUnique({ where: { accountId_key: { accountId, key } } });
  return row?.maintenanceId ?? undefined;
}

/** Lets a request that came to nothing be made again. */
export async function forgetRequest(db: Queries, accountId: number, key: string): Promise<void> {
  await db.receipt.deleteMany({ where: { accountId, key } });
}
