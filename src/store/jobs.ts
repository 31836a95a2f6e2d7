import type { Queries } from './database.ts';

/** The effects that changes ask for. Each brings something outside to the present state, so doing one twice is harmless. */
export interface Effects {
  /** Bring the announcement of a maintenance in a channel, and its thread, up to date. */
  announce: { accountId: number; maintenanceId: number; channel: string };
  /** Bring the checks of one provider to what the holds say. */
  enforce: { accountId: number; provider: string };
}
export type EffectName = keyof Effects;

export const MAX_ATTEMPTS = 25;

/**
 * Enqueues an effect in the caller's transaction. Those of one channel, and of one provider, run one after another; one
 * that waits already is not enqueued twice.
 * @param after do not run before this real time (UTC); jobs are not moved by a moved clock
 */
export async function enqueue<N extends EffectName>(
  db: Queries,
  name: N,
  payload: Effects[N],
  after?: Date,
): Promise<void> {
  const { queue, key } = address(name, payload);
  await db.$executeRaw`select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json, queue_name => ${queue},
    job_key => ${key}, max_attempts => ${MAX_ATTEMPTS}::int, run_at => ${after ?? null}::timestamptz)`;
}

function address<N extends EffectName>(name: N, payload: Effects[N]): { queue: string; key: string } {
  if ('channel' in payload) {
    const queue = `channel:${payload.accountId}:${payload.channel}`;
    return { queue, key: `${name}:${payload.maintenanceId}:${payload.channel}` };
  }
  const queue = `provider:${payload.accountId}:${payload.provider}`;
  return { queue, key: `${name}:${payload.accountId}:${payload.provider}` };
}

/** Tells every scheduler on this database, once the transaction commits, that a due instant may have changed. */
export async function wakeSchedulers(db: Queries): Promise<void> {
  await db.$executeRaw`select pg_notify(${DUE_CHANNEL}, '')`;
}

export const DUE_CHANNEL = 'lull_due';
