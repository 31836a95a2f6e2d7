import type { Logger } from 'pino';
import { PostError } from '../delivery/announce.ts';
import { enqueue, type Jobs, postpone } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listOpenThreads } from './repository.ts';

/** The threads of announcements, as Slack keeps them. */
export interface Threads {
  /**
   * Reads one page of a thread, and hears what happened to its replies that was not heard yet. Doing it twice changes nothing.
   * @returns the next page; undefined after the last one
   * @throws PostRefused
   */
  hear(page: Jobs['hear']): Promise<Jobs['hear'] | undefined>;
}

/** Of windows that begin within this time the threads are read again (milliseconds). */
const SOON = 14 * 24 * 3_600_000;
/** And of those that ended within this time (milliseconds). */
const OVER = 24 * 3_600_000;
/** Connections that are lost one after another have the threads read once (milliseconds). */
const SETTLED = 1_000;

/** Has the threads read again in which people may have said something while Lull was away. */
export async function backfillReplies({ database, clock }: ActionContext): Promise<void> {
  const now = clock.now().getTime();
  const open = { startsBefore: new Date(now + SOON), overAfter: new Date(now - OVER) };
  // The queue's time is the real one, whatever Lull's clock says.
  const when = { notBefore: new Date(Date.now() + SETTLED), ifNotWaiting: true };
  for (const thread of await listOpenThreads(database, open)) {
    await enqueue(database, 'hear', { ...thread, cursor: '', after: thread.thread }, when);
  }
}

/**
 * Hears what was missed on one page of a thread, and has the next one read. When Slack wants a pause, all threads of the
 * workspace wait. One that cannot be read is left: Lull is not in the channel any more, or the announcement is gone.
 */
export async function ingestReplies(
  { database }: ActionContext,
  threads: Threads,
  log: Logger,
  page: Jobs['hear'],
): Promise<void> {
  try {
    const next = await threads.hear(page);
    if (next !== undefined) await enqueue(database, 'hear', next);
  } catch (error) {
    if (!(error instanceof PostError)) throw error;
    const { maintenanceId: maintenance, channel } = page;
    if (error.reason.kind === 'later') {
      await postpone(database, 'hear', page, new Date(Date.now() + error.reason.retryAfterSeconds * 1000));
    } else {
      log.debug({ maintenance, channel, error }, 'a thread cannot be read again');
    }
  }
}
