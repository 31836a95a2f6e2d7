import type { Queries } from './database.ts';

/** How long a reply in a thread is remembered (milliseconds): threads are read again after Lull was down. */
export const REPLY_KEY_TTL_MS = 30 * 24 * 3_600_000;
const REPLY = 'reply:';

/** The key of the one comment that a reply makes, whatever events of it come, how often and in which order. */
export function replyKey(message: {
  readonly channelKind: string;
  readonly channel: string;
  readonly messageRef: string;
}): string {
  return `${REPLY}${message.channelKind}:${message.channel}:${message.messageRef}`;
}

/**
 * Takes note of a request inside the transaction that acts on it.
 * @returns false when it was acted upon before: a double click, a redelivery
 */
export async function claimKey(db: Queries, accountId: number, key: string, now: Date): Promise<boolean> {
  const { count } = await db.receipt.createMany({ data: [{ accountId, key, createdAt: now }], skipDuplicates: true });
  return count === 1;
}

/** Keeps what a request made, so that a second one can be answered like the first. */
export async function saveCreated(db: Queries, accountId: number, key: string, maintenanceId: number): Promise<void> {
  await db.receipt.update({ where: { accountId_key: { accountId, key } }, data: { maintenanceId } });
}

/** The maintenance that a request made before; undefined when it made none. */
export async function findCreated(db: Queries, accountId: number, key: string): Promise<number | undefined> {
  const row = await db.receipt.findUnique({ where: { accountId_key: { accountId, key } } });
  return row?.maintenanceId ?? undefined;
}

/** Lets a request that came to nothing be made again. */
export async function releaseKey(db: Queries, accountId: number, key: string): Promise<void> {
  await db.receipt.deleteMany({ where: { accountId, key } });
}

/**
 * Deletes the keys of requests, which are repeated within moments if at all, and of replies.
 * @param before requests, `repliesBefore` replies (UTC)
 */
export async function deleteKeysBefore(db: Queries, before: Date, repliesBefore: Date): Promise<void> {
  await db.receipt.deleteMany({ where: { createdAt: { lt: before }, NOT: { key: { startsWith: REPLY } } } });
  await db.receipt.deleteMany({ where: { createdAt: { lt: repliesBefore } } });
}
