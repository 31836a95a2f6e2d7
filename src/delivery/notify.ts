import type { Logger } from 'pino';
import { roundOf } from '../approvals/repository.ts';
import { drawAsk, keepAsksTrue } from '../approvals/request.ts';
import { findMaintenance } from '../maintenance/repository/maintenances.ts';
import { notice as drawNotice } from '../maintenance/slack/notice.ts';
import { type Effects, enqueue } from '../platform/jobs.ts';
import type { Ground } from '../platform/transactions.ts';
import { before, type Poster, PostRefused } from './announce.ts';
import { type Notice, pendingNotices, updateNotice } from './notices.ts';

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
  const later = (seconds: number) =>
    enqueue(database, 'notify', { accountId, person }, { notBefore: new Date(Date.now() + seconds * 1000) });
  for (const notice of await pendingNotices(database, accountId, person)) {
    try {
      await updateNotice(database, notice.id, await tell(ground, poster, accountId, person, notice));
    } catch (error) {
      if (!(error instanceof PostRefused)) throw error;
      const { reason } = error;
      if (reason.kind === 'disconnected') return;
      if (reason.kind === 'later') return later(reason.retryAfterSeconds);
      if (reason.kind === 'gone') throw error;
      await updateNotice(database, notice.id, {
        failedAt: ground.clock.now(),
        error: `${reason.error}: ${reason.advice}`,
      });
      log.error(
        { maintenance: notice.maintenanceId, person, error: reason.error },
        `somebody could not be told what needs them: ${reason.advice}`,
      );
    }
  }
  try {
    await keepAsksTrue(ground, poster, { accountId, person });
  } catch (error) {
    if (!(error instanceof PostRefused)) throw error;
    if (error.reason.kind === 'later') return later(error.reason.retryAfterSeconds);
    if (error.reason.kind !== 'disconnected') throw error;
  }
}

/** Returns the `ts` of the message, or `''` when there is nothing to say; for one that asks, with what it shows. */
async function tell(
  { database }: Ground,
  poster: Poster,
  accountId: number,
  person: string,
  { id, maintenanceId, event, reason, claimedAt }: Notice,
): Promise<{ ts: string; rendered?: string }> {
  const maintenance = await findMaintenance(database, accountId, maintenanceId);
  if (maintenance === undefined) return { ts: '' };
  // First of all: one that was posted must not go on asking what was answered meanwhile.
  if (claimedAt !== null) {
    const posted = await poster.find(accountId, person, id, before(claimedAt));
    if (posted !== undefined) return { ts: posted };
  }
  const round = roundOf(reason);
  const ask = round === undefined ? undefined : await drawAsk(database, maintenance, round);
  const message = ask === undefined ? drawNotice(maintenance, event) : ask.open ? ask.message : undefined;
  if (message === undefined) return { ts: '' };
  const rendered = ask === undefined ? {} : { rendered: JSON.stringify(message) };
  // The system's clock: it is Slack's history that will be asked for messages since then.
  if (claimedAt === null) await updateNotice(database, id, { claimedAt: new Date() });
  return { ts: await poster.post(accountId, person, message, id), ...rendered };
}
