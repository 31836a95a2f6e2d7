import type { Logger } from 'pino';
import { approvalRound } from '../approvals/repository.ts';
import { refreshApprovalRequests, renderApprovalRequest } from '../approvals/request.ts';
import { findMaintenance } from '../maintenance/repository/maintenances.ts';
import { noticeMessage as drawNotice } from '../maintenance/slack/notice.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { PostError, type Poster, searchSince } from './announce.ts';
import { listPendingNotices, type Notice, updateNotice } from './notices.ts';

/**
 * Tells a person in direct messages what needs them and was not told yet. Doing it twice changes nothing: each message is
 * claimed before it is posted and carries its key, as announcements do (rule 5).
 */
export async function sendNotices(
  ctx: ActionContext,
  poster: Poster,
  log: Logger,
  { accountId, person }: Jobs['notify'],
): Promise<void> {
  const { database } = ctx;
  const later = (seconds: number) =>
    enqueue(database, 'notify', { accountId, person }, { notBefore: new Date(Date.now() + seconds * 1000) });
  for (const notice of await listPendingNotices(database, accountId, person)) {
    try {
      await updateNotice(database, notice.id, await tell(ctx, poster, accountId, person, notice));
    } catch (error) {
      if (!(error instanceof PostError)) throw error;
      const { reason } = error;
      if (reason.kind === 'disconnected') return;
      if (reason.kind === 'later') return later(reason.retryAfterSeconds);
      if (reason.kind === 'gone') throw error;
      await updateNotice(database, notice.id, {
        failedAt: ctx.clock.now(),
        error: `${reason.error}: ${reason.advice}`,
      });
      log.error(
        { maintenance: notice.maintenanceId, person, error: reason.error },
        `somebody could not be told what needs them: ${reason.advice}`,
      );
    }
  }
  try {
    await refreshApprovalRequests(ctx, poster, { accountId, person });
  } catch (error) {
    if (!(error instanceof PostError)) throw error;
    if (error.reason.kind === 'later') return later(error.reason.retryAfterSeconds);
    if (error.reason.kind !== 'disconnected') throw error;
  }
}

/** Returns the `ts` of the message, or `''` when there is nothing to say; for one that asks, with what it shows. */
async function tell(
  { database }: ActionContext,
  poster: Poster,
  accountId: number,
  person: string,
  { id, maintenanceId, event, reason, claimedAt }: Notice,
): Promise<{ ts: string; rendered?: string }> {
  const maintenance = await findMaintenance(database, accountId, maintenanceId);
  if (maintenance === undefined) return { ts: '' };
  // First of all: one that was posted must not go on asking what was answered meanwhile.
  if (claimedAt !== null) {
    const posted = await poster.find(accountId, person, id, searchSince(claimedAt));
    if (posted !== undefined) return { ts: posted };
  }
  const round = approvalRound(reason);
  const ask = round === undefined ? undefined : await renderApprovalRequest(database, maintenance, round);
  const message = ask === undefined ? drawNotice(maintenance, event) : ask.open ? ask.message : undefined;
  if (message === undefined) return { ts: '' };
  const rendered = ask === undefined ? {} : { rendered: JSON.stringify(message) };
  // The system's clock: it is Slack's history that will be asked for messages since then.
  if (claimedAt === null) await updateNotice(database, id, { claimedAt: new Date() });
  return { ts: await poster.post(accountId, person, message, id), ...rendered };
}
