import type { Queries } from './database.ts';

/** Whose request it is: the same key of two tokens is two keys. */
export interface RequestRef {
  readonly accountId: number;
  readonly actorId: string;
  readonly key: string;
}

export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * `first`: it is for whoever asked to be done now. `answered`: as before. `busy`: somebody is at it. `lost`: it was done, and
 * how it was answered is not known any more. `other`: the key came with another request before.
 */
export type Claim =
  | { readonly outcome: 'first' | 'busy' | 'lost' | 'other' }
  | { readonly outcome: 'answered'; readonly answer: StoredResponse };

/** How long a key is remembered, and after how long a request that was not answered was given up (hours, seconds). */
const KEPT = 24;
const GIVEN_UP = 60;

/** @param fingerprint what the same request has in common with itself */
export async function claimRequest(
  db: Queries,
  { accountId, actorId, key }: RequestRef,
  fingerprint: string,
): Promise<Claim> {
  await db.$executeRaw`
    delete from request_keys
    where account_id = ${accountId} and claimed_at < now() - make_interval(hours => ${KEPT})`;
  const { count } = await db.requestKey.createMany({
    data: [{ accountId, actorId, key, fingerprint }],
    skipDuplicates: true,
  });
  if (count === 1) return { outcome: 'first' };
  const row = await db.requestKey.findUnique({ where: { accountId_actorId_key: { accountId, actorId, key } } });
  // It was given back just now.
  if (row === null) return { outcome: 'busy' };
  if (row.fingerprint !== fingerprint) return { outcome: 'other' };
  if (row.status !== null) {
    const headers = Object.entries(row.headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
    return {
      outcome: 'answered',
      answer: { status: row.status, headers: Object.fromEntries(headers), body: row.body ?? '' },
    };
  }
  const taken = await db.$executeRaw`
    update request_keys set claimed_at = now()
    where account_id = ${accountId} and actor_id = ${actorId} and key = ${key} and status is null and not done
      and claimed_at < now() - make_interval(secs => ${GIVEN_UP})`;
  if (taken === 1) return { outcome: 'first' };
  // Between what was done and its answer there is a moment: only after long enough the answer is not to come any more.
  const [late] = await db.$queryRaw<{ yes: boolean }[]>`
    select claimed_at < now() - make_interval(secs => ${GIVEN_UP}) as yes from request_keys
    where account_id = ${accountId} and actor_id = ${actorId} and key = ${key}`;
  return { outcome: row.done && late?.yes === true ? 'lost' : 'busy' };
}

/** To be written in the transaction of what was asked for. */
export async function markProcessed(tx: Queries, { accountId, actorId, key }: RequestRef): Promise<void> {
  await tx.requestKey.updateMany({ where: { accountId, actorId, key }, data: { done: true } });
}

/** The answer is not kept: who sends the request again is told so at once. */
export async function discardResponse(db: Queries, { accountId, actorId, key }: RequestRef): Promise<void> {
  await db.$executeRaw`
    update request_keys set done = true, claimed_at = claimed_at - make_interval(secs => ${GIVEN_UP} + 1)
    where account_id = ${accountId} and actor_id = ${actorId} and key = ${key}`;
}

export async function saveResponse(
  db: Queries,
  { accountId, actorId, key }: RequestRef,
  { status, headers, body }: StoredResponse,
): Promise<void> {
  await db.requestKey.updateMany({
    where: { accountId, actorId, key },
    data: { status, headers: { ...headers }, body, done: true },
  });
}

/** The key is as if it had never come: nothing was done. */
export async function releaseRequest(db: Queries, { accountId, actorId, key }: RequestRef): Promise<void> {
  await db.requestKey.deleteMany({ where: { accountId, actorId, key, done: false } });
}
