import type { Queries } from './database.ts';
import { execute, queryRows, sql } from './sql.ts';
import { updating, write } from './transaction.ts';

// Two stores, because they differ in everything but the key. A key of a Slack request is claimed inside the transaction of
// its command, by the clock of Lull. A key of an HTTP request is claimed before its command, so that concurrent requests see
// it, holds the response, and expires by the clock of the database, which the playground cannot move.

/** How long a reply in a thread is remembered: threads are read again after a downtime. */
export const REPLY_KEY_TTL_MS = 30 * 24 * 3_600_000;
const REPLY = 'reply:';

/** The key of the one comment that a reply becomes, however many events about it arrive. */
export function replyKey(message: {
  readonly channelKind: string;
  readonly channel: string;
  readonly messageRef: string;
}): string {
  return `${REPLY}${message.channelKind}:${message.channel}:${message.messageRef}`;
}

/** @returns false when the request was processed before: a double click, a redelivery */
export async function claimKey(db: Queries, accountId: number, key: string, now: Date): Promise<boolean> {
  const { count } = await execute(
    db,
    sql`insert into receipts (account_id, key, created_at) values (${accountId}, ${key}, ${now}) on conflict do nothing`,
  );
  return count === 1;
}

const CREATED = updating('receipts', ['account_id', 'key'], ['account_id', 'key', 'maintenance_id']);

/** Stores what a request created, for the response to a second one. */
export async function saveCreated(db: Queries, accountId: number, key: string, maintenanceId: number): Promise<void> {
  await write(db, CREATED, key, { account_id: accountId, key, maintenance_id: maintenanceId });
}

/** The maintenance that a request created before, if any. */
export async function findCreated(db: Queries, accountId: number, key: string): Promise<number | undefined> {
  const row = await db.receipt.findUnique({ where: { accountId_key: { accountId, key } } });
  return row?.maintenanceId ?? undefined;
}

/** Lets a request that failed be sent again. */
export async function releaseKey(db: Queries, accountId: number, key: string): Promise<void> {
  await db.receipt.deleteMany({ where: { accountId, key } });
}

/** Deletes the keys of replies before `repliesBefore`, and others, which are repeated within moments, before `before`. */
export async function deleteKeysBefore(db: Queries, before: Date, repliesBefore: Date): Promise<void> {
  await db.receipt.deleteMany({ where: { createdAt: { lt: before }, NOT: { key: { startsWith: REPLY } } } });
  await db.receipt.deleteMany({ where: { createdAt: { lt: repliesBefore } } });
}

/** An HTTP request with a key. Two tokens may use the same one. */
export type RequestRef = { readonly accountId: number; readonly actorId: string; readonly key: string };

interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Claim =
  /**
   * `claimed`: the caller processes it now. `running`: another process does. `lost`: it was processed, and the response is
   * not stored. `reused`: another request had the key before.
   */
  | { readonly outcome: 'claimed' | 'running' | 'lost' | 'reused' }
  | { readonly outcome: 'processed'; readonly response: StoredResponse };

const REQUEST_KEY_TTL_HOURS = 24;
/** A request without a response is given up after this. */
const CLAIM_TTL_SECONDS = 60;

/** @param fingerprint the same for the same request */
export async function claimRequest(db: Queries, request: RequestRef, fingerprint: string): Promise<Claim> {
  const { accountId, actorId, key } = request;
  await execute(
    db,
    sql`
      delete from request_keys
      where account_id = ${accountId} and claimed_at < now() - make_interval(hours => ${REQUEST_KEY_TTL_HOURS})`,
  );
  const { count } = await db.requestKey.createMany({ data: [{ ...request, fingerprint }], skipDuplicates: true });
  if (count === 1) return { outcome: 'claimed' };
  const row = await db.requestKey.findUnique({ where: { accountId_actorId_key: request } });
  // It was released a moment ago.
  if (row === null) return { outcome: 'running' };
  if (row.fingerprint !== fingerprint) return { outcome: 'reused' };
  if (row.status !== null) {
    const headers = Object.entries(row.headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
    return {
      outcome: 'processed',
      response: { status: row.status, headers: Object.fromEntries(headers), body: row.body ?? '' },
    };
  }
  const taken = (
    await execute(
      db,
      sql`
        update request_keys set claimed_at = now()
        where account_id = ${accountId} and actor_id = ${actorId} and key = ${key} and status is null and not done
          and claimed_at < now() - make_interval(secs => ${CLAIM_TTL_SECONDS})`,
    )
  ).count;
  if (taken === 1) return { outcome: 'claimed' };
  // The response is stored a moment after the command: only later it is known to be lost.
  const [late] = await queryRows<{ yes: boolean }>(
    db,
    sql`
      select claimed_at < now() - make_interval(secs => ${CLAIM_TTL_SECONDS}) as yes from request_keys
      where account_id = ${accountId} and actor_id = ${actorId} and key = ${key}`,
  );
  return { outcome: row.done && late?.yes === true ? 'lost' : 'running' };
}

/** To be called inside the transaction of the command. */
export async function markProcessed(tx: Queries, request: RequestRef): Promise<void> {
  const { accountId, actorId, key } = request;
  await execute(
    tx,
    sql`update request_keys set done = true where account_id = ${accountId} and actor_id = ${actorId} and key = ${key}`,
  );
}

/** For a response that must not be stored: a repeated request is `lost` at once. */
export async function discardResponse(db: Queries, { accountId, actorId, key }: RequestRef): Promise<void> {
  await execute(
    db,
    sql`
      update request_keys set done = true, claimed_at = claimed_at - make_interval(secs => ${CLAIM_TTL_SECONDS} + 1)
      where account_id = ${accountId} and actor_id = ${actorId} and key = ${key}`,
  );
}

export async function saveResponse(db: Queries, request: RequestRef, response: StoredResponse): Promise<void> {
  const data = { ...response, headers: { ...response.headers }, done: true };
  await db.requestKey.updateMany({ where: request, data });
}

/** For a request that changed nothing. */
export async function releaseRequest(db: Queries, request: RequestRef): Promise<void> {
  await db.requestKey.deleteMany({ where: { ...request, done: false } });
}
