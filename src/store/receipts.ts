import type { Queries } from './database.ts';

/**
 * Takes note of a request inside the transaction that acts on it.
 * @returns false when it was acted upon before: a double click, a redelivery
 */
export async function firstTime(db: Queries, accountId: number, key: string, now: Date): Promise<boolean> {
  const { count } = await db.receipt.createMany({ data: [{ accountId, key, createdAt: now }], skipDuplicates: true });
  return count === 1;
}
