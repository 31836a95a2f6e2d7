import type { Logger } from 'pino';
import { approvalRound } from '../approvals/repository.ts';
import { DeliveryError } from '../core/delivery-error.ts';
import { findMaintenance } from '../maintenance/repository/maintenances.ts';
import { listPendingNotices, type Notice, updateNotice } from '../maintenance/repository/notices.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { searchSince } from './announce.ts';
import { approvalRequestMessage, refreshApprovalRequests } from './approval-requests.ts';
import type { Channel, ChannelMessage, Recipient } from './channel.ts';

/**
 * Sends a person the notices that they have not received yet, as direct messages, and refreshes the approval requests that
 * they have. Idempotent: each message is claimed before it is posted and carries its key, as announcements do.
 */
export async function sendNotices(
  ctx: ActionContext,
  channel: Channel,
  log: Logger,
  { accountId, person }: Jobs['notify'],
): Promise<void> {
  const { database } = ctx;
  const to = { accountId, type: 'person', address: person } as const;
  const later = (seconds: number) =>
    enqueue(database, 'notify', { accountId, person }, { notBefore: new Date(Date.now() + seconds * 1000) });
  for (const notice of await listPendingNotices(database, accountId, person)) {
    try {
      await updateNotice(database, notice.id, await send(ctx, channel, to, notice));
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
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
    await refreshApprovalRequests(ctx, channel, { accountId, person });
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    if (error.reason.kind === 'later') return later(error.reason.retryAfterSeconds);
    if (error.reason.kind !== 'disconnected') throw error;
  }
}

/** @returns the reference of the message, `''` when there is nothing to send; for an approval request, with its rendering */
async function send(
  { database }: ActionContext,
  channel: Channel,
  to: Recipient,
  { id, maintenanceId, event, reason, claimedAt }: Notice,
): Promise<{ messageRef: string; rendered?: string }> {
  const maintenance = await findMaintenance(database, to.accountId, maintenanceId);
  if (maintenance === undefined) return { messageRef: '' };
  // Searched first, so that a request that was posted is known, and updated once somebody has decided.
  if (claimedAt !== null) {
    const posted = await channel.find(to, id, searchSince(claimedAt));
    if (posted !== undefined) return { messageRef: posted };
  }
  const round = approvalRound(reason);
  const request = round === undefined ? undefined : await approvalRequestMessage(database, maintenance, round);
  if (request?.open === false) return { messageRef: '' };
  const message: ChannelMessage = request?.message ?? { type: 'notice', maintenance, event };
  const rendered = channel.render(message);
  if (rendered === undefined) return { messageRef: '' };
  // The real clock, not Lull's: the channel's history is searched for messages since then.
  if (claimedAt === null) await updateNotice(database, id, { claimedAt: new Date() });
  return { messageRef: await channel.post(to, message, id), ...(request === undefined ? {} : { rendered }) };
}
