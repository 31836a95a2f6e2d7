import type { Logger } from 'pino';
import { findOwningPerson, listDeactivated } from '../access/people-repository.ts';
import type { Decisions } from '../approvals/repository.ts';
import {
  approvalRound,
  listPostedRequests,
  listServiceOwners,
  readDecisions,
  updateApprovalRequest,
} from '../approvals/repository.ts';
import { awaitsApproval, type RequestedApproval } from '../approvals/rules.ts';
import { findPersonKind } from '../channels.ts';
import { DeliveryError } from '../core/errors.ts';
import {
  insertNotice,
  listPendingNotices,
  listUnreached,
  type NewNotice,
  type Notice,
  updateNotice,
} from '../maintenance/repository/announcements.ts';
import { findMaintenance } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, handleDeliveryError, type Jobs } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { searchSince, unlessLater } from './announce.ts';
import type { Channel, ChannelMessage, Recipient } from './channel.ts';

/** Who is notified where no owner can be reached. */
const MAX_ADMINS = 10;

/**
 * Sends a person the notices that they have not received yet, as direct messages, and refreshes the approval requests that
 * they have. Idempotent: each message is claimed before it is posted and carries its key, as announcements do.
 */
export async function sendNotices(ctx: ActionContext, channel: Channel, log: Logger, job: Jobs['notify']) {
  const { database } = ctx;
  const { accountId, person } = job;
  const to = { accountId, type: 'person', address: person } as const;
  const unreachable = await findWhyUnreachable(database, accountId, person);
  for (const notice of await listPendingNotices(database, accountId, person)) {
    if (unreachable !== undefined) {
      await redirect(ctx, channel, job, notice, unreachable);
      continue;
    }
    try {
      await updateNotice(database, notice.id, await send(ctx, channel, to, notice));
    } catch (error) {
      const final = await handleDeliveryError(database, error, 'notify', job);
      if (final === undefined) return;
      const failure = `${final.error}: ${final.advice}`;
      if (final.recipient === true) await redirect(ctx, channel, job, notice, failure);
      else await updateNotice(database, notice.id, { failedAt: ctx.clock.now(), error: failure });
      const about = { maintenance: notice.maintenanceId, person, error: final.error };
      log.error(about, `somebody could not be told what needs them: ${final.advice}`);
    }
  }
  if (unreachable !== undefined) return;
  try {
    await refreshApprovalRequests(ctx, channel, to);
  } catch (error) {
    if ((await handleDeliveryError(database, error, 'notify', job)) !== undefined) throw error;
  }
}

/** Why no direct message reaches somebody, as far as Lull knows without trying. */
async function findWhyUnreachable(db: Queries, accountId: number, person: string): Promise<string | undefined> {
  if (findPersonKind(person) === undefined) return 'not a person in a chat';
  return (await listDeactivated(db, accountId, [person])).has(person) ? 'the account is deactivated' : undefined;
}

/** Sends a notice to whoever can act instead of this person. A request for an approval went to the other approvers, too. */
async function redirect(
  ctx: ActionContext,
  channel: Channel,
  { accountId, person }: Jobs['notify'],
  { id, maintenanceId, reason, event }: Notice,
  why: string,
): Promise<void> {
  const about = { accountId, maintenanceId, reason };
  const others = approvalRound(reason) === undefined ? await findOthers(ctx.database, channel, about, person) : [];
  await inTransaction(ctx, async (tx, now) => {
    for (const other of others) {
      await insertNotice(tx, { ...about, personId: other, eventId: event.id });
      await enqueue(tx, 'notify', { accountId, person: other });
    }
    await updateNotice(tx, id, { failedAt: now, error: why });
  });
}

/** The owner, else the owners of the services, else the admins: the first of these whom a direct message may reach. */
async function findOthers(
  db: Queries,
  channel: Channel,
  { accountId, maintenanceId, reason }: Pick<NewNotice, 'accountId' | 'maintenanceId' | 'reason'>,
  person: string,
): Promise<readonly string[]> {
  const maintenance = await findMaintenance(db, accountId, maintenanceId);
  const owner = maintenance && (await findOwningPerson(db, accountId, maintenance.owner.id));
  const owners = await listServiceOwners(db, accountId, maintenanceId);
  const failed = await listUnreached(db, accountId, maintenanceId, reason);
  const deactivated = await listDeactivated(db, accountId, [...(owner === undefined ? [] : [owner]), ...owners]);
  const reachable = (id: string) => id !== person && !failed.has(id) && !deactivated.has(id);
  if (owner !== undefined && reachable(owner)) return [owner];
  const others = owners.filter(reachable);
  return others.length > 0 ? others : (await channel.listAdmins(accountId)).filter(reachable).slice(0, MAX_ADMINS);
}

/** @returns the reference of the message, `''` if there is nothing to send; of an approval request, with its rendering */
async function send(
  { database }: ActionContext,
  channel: Channel,
  to: Recipient,
  { id, maintenanceId, event, reason, claimedAt }: Notice,
): Promise<{ messageRef: string; rendered?: string }> {
  const maintenance = await findMaintenance(database, to.accountId, maintenanceId);
  if (maintenance === undefined) return { messageRef: '' };
  // Searched first, so that a request that was posted is updated once somebody decides.
  if (claimedAt !== null) {
    const posted = await channel.find(to, id, searchSince(claimedAt));
    if (posted !== undefined) return { messageRef: posted };
  }
  const round = approvalRound(reason);
  const request = round === undefined ? undefined : await approvalRequestMessage(database, maintenance, round);
  if (request?.open === false) return { messageRef: '' };
  const message: ChannelMessage = request?.message ?? { type: 'notice', maintenance, event, recipient: to.address };
  const rendered = channel.render(message);
  if (rendered === undefined) return { messageRef: '' };
  // The real clock, not Lull's, because the channel's history is searched for messages since then.
  if (claimedAt === null) await updateNotice(database, id, { claimedAt: new Date() });
  const posted = channel.post(to, message, id);
  const messageRef = await unlessLater(posted, () => updateNotice(database, id, { claimedAt: null }));
  return { messageRef, ...(request === undefined ? {} : { rendered }) };
}

/** @param round the number of decisions before this request */
async function approvalRequestMessage(db: Queries, maintenance: Maintenance, round: number) {
  const approval = requestState(maintenance, round, await readDecisions(db, maintenance.accountId, maintenance.id));
  return { message: { type: 'approval-request', maintenance, approval } as const, open: approval.state === 'open' };
}

function requestState(maintenance: Maintenance, round: number, { count, last }: Decisions): RequestedApproval {
  if (awaitsApproval(maintenance)) return { state: count === round ? 'open' : 'again' };
  if (last !== undefined && count > round && maintenance.approval !== null) return last;
  return { state: 'closed' };
}

/** Updates the approval requests that a person received. One that was decided says so, and is not updated again. */
async function refreshApprovalRequests({ database }: ActionContext, channel: Channel, to: Recipient): Promise<void> {
  const { accountId, address: person } = to;
  for (const { id, maintenanceId, round, ...posted } of await listPostedRequests(database, accountId, person)) {
    const close = () => updateApprovalRequest(database, id, { asks: false });
    const maintenance = await findMaintenance(database, accountId, maintenanceId);
    if (maintenance === undefined || posted.messageRef === '') {
      await close();
      continue;
    }
    const { message, open } = await approvalRequestMessage(database, maintenance, round);
    const rendered = channel.render(message);
    try {
      if (rendered !== posted.rendered) await channel.update(to, posted.messageRef, message);
    } catch (error) {
      // The person deleted the message, or left the workspace.
      if (!(error instanceof DeliveryError) || !['gone', 'final'].includes(error.reason.kind)) throw error;
      await close();
      continue;
    }
    await updateApprovalRequest(database, id, {
      ...(rendered === undefined ? {} : { rendered }),
      ...(open ? {} : { asks: false }),
    });
  }
}
