import type { Logger } from 'pino';
import type { Ground } from '../actions/action.ts';
import { notice as drawNotice } from '../slack/messages/notice.ts';
import { type Effects, enqueue } from '../store/jobs.ts';
import { findMaintenance } from '../store/maintenances.ts';
import { type Notice, pendingNotices, updateNotice } from '../store/notices.ts';
import { before, type Poster, PostRefused } from './announce.ts';

/**
 * Tells a person in direct messages what needs them and was not told yet. Doing it twice changes nothing: each message is
 * claimed before it is posted and carries its key, as announcements do (rule 5).
 */
export async function notify(
  ground: Ground,
  poster: Poster,
  log: Logger,
  { accountId, person }: Effects['notify'],
): Promise<void> {
  const { database } = ground;
  for (const notice of await pendingNotices(database, accountId, person)) {
    try {
      await updateNotice(database, notice.id, { ts: await tell(ground, poster, accountId, person, notice) });
    } catch (error) {
      if (!(error instanceof PostRefused)) throw error;
      const { reason } = error;
      if (reason.kind === 'disconnected') return;
      if (reason.kind === 'rate-limited') {
        const notBefore = new Date(Date.now() + reason.retryAfterSeconds * 1000);
        await enqueue(database, 'notify', { accountId, person }, { notBefore });
        return;
      }
      if (reason.kind === 'gone') throw error;
      await updateNotice(database, notice.id, {
        failedAt: ground.clock.now(),
        error: `${reason.error}: ${reason.advice}`,
      });
      log.error(
        { maintenance: notice.maintenanceId, person, error: reason.error },
        `an owner could not be told: ${reason.advice}`,
      );
    }
  }
}

/** Returns the `ts` of the message, or `''` when there is nothing to say. */
async function tell(
  { database }: Ground,
  poster: Poster,
  accountId: number,
  person: string,
  { id, maintenanceId, event, claimedAt }: Notice,
): Promise<string> {
  const maintenance = await findMaintenance(database, accountId, maintenanceId);
  const message = maintenance && drawNotice(maintenance, event);
  if (message === undefined) return '';
  if (claimedAt !== null) {
    const posted = await poster.find(accountId, person, id, before(claimedAt));
    if (posted !== undefined) return posted;
  }
  // The system's clock: it is Slack's history that will be asked for messages since then.
  if (claimedAt === null) await updateNotice(database, id, { claimedAt: new Date() });
  return poster.post(accountId, person, message, id);
}
