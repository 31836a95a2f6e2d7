import type { Logger } from 'pino';
import { DeliveryError } from '../core/delivery-error.ts';
import { enqueue, type Jobs, postpone } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listOpenThreads } from './repository.ts';

/** Threads of windows that start within this time are read again. */
const STARTS_WITHIN_MS = 14 * 24 * 3_600_000;
/** So are those of windows that ended within this time. */
const ENDED_WITHIN_MS = 24 * 3_600_000;
/** Connections lost within this time cause one backfill. */
const SETTLE_MS = 1_000;

/** Reads the threads of announcements in one kind of channel. */
export interface ThreadReader {
  /**
   * Reads one page of a thread, and turns the replies that were missed into comments. Idempotent.
   * @returns the next page; undefined after the last one
   */
  ingestReplies(page: Jobs['ingest-replies']): Promise<Jobs['ingest-replies'] | undefined>;
}

/** Enqueues a read of every thread in which people may have written while Lull was offline. */
export async function backfillReplies({ database, clock }: ActionContext): Promise<void> {
  const now = clock.now().getTime();
  const open = { startsBefore: new Date(now + STARTS_WITHIN_MS), overAfter: new Date(now - ENDED_WITHIN_MS) };
  // The queue runs on the real clock, not on Lull's.
  const when = { notBefore: new Date(Date.now() + SETTLE_MS), ifNotWaiting: true };
  for (const thread of await listOpenThreads(database, open)) {
    await enqueue(database, 'ingest-replies', { ...thread, cursor: '', after: thread.thread }, when);
  }
}

/**
 * Ingests one page of a thread, and enqueues the next one. When the channel asks for a pause, all threads of the account
 * wait. A thread that cannot be read is skipped: Lull was removed from the channel, or the announcement was deleted.
 */
export async function ingestReplies(
  { database }: ActionContext,
  channel: ThreadReader,
  log: Logger,
  page: Jobs['ingest-replies'],
): Promise<void> {
  try {
    const next = await channel.ingestReplies(page);
    if (next !== undefined) await enqueue(database, 'ingest-replies', next);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const { maintenanceId: maintenance, channel: address } = page;
    if (error.reason.kind === 'later') {
      await postpone(database, 'ingest-replies', page, new Date(Date.now() + error.reason.retryAfterSeconds * 1000));
    } else {
      log.debug({ maintenance, channel: address, error }, 'a thread cannot be read again');
    }
  }
}
