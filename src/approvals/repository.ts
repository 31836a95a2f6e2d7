import { randomUUID } from 'node:crypto';
import type { EventType } from '../audit/events.ts';
import { OPEN_STATUSES } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';

/** A direct message that requests an approval and is still open. */
export interface ApprovalRequest {
  /** The key in its message. */
  readonly id: string;
  readonly maintenanceId: number;
  /** How many decisions had been made before this request. */
  readonly round: number;
  readonly messageRef: string;
  readonly rendered: string | null;
}

/** @returns undefined for a notice that requests nothing */
export function approvalRound(reason: string): number | undefined {
  const [, round] = /^approval:(\d+)$/.exec(reason) ?? [];
  return round === undefined ? undefined : Number(round);
}

/** Requests an approval from these people, once in a round. @param eventId the newest event of the maintenance */
export async function insertApprovalRequests(
  db: Queries,
  { round, ...request }: Pick<ApprovalRequest, 'maintenanceId' | 'round'> & { accountId: number; eventId: number },
  people: readonly string[],
): Promise<void> {
  const shared = { ...request, reason: `approval:${round}`, asks: true };
  const data = people.map((personId) => ({ id: randomUUID(), personId, ...shared }));
  await db.notice.createMany({ data, skipDuplicates: true });
}

export async function listApprovalRequests(db: Queries, accountId: number, maintenanceId: number): Promise<string[]> {
  const rows = await db.notice.findMany({
    where: { accountId, maintenanceId, asks: true },
    distinct: ['personId'],
    orderBy: { personId: 'asc' },
    select: { personId: true },
  });
  return rows.map(({ personId }) => personId);
}

/** Whether a maintenance awaits an approval or has open requests, in the state of this transaction. */
export async function hasApprovalRequests(db: Queries, accountId: number, maintenanceId: number): Promise<boolean> {
  const row = await db.maintenance.findFirst({
    where: { accountId, id: maintenanceId, OR: [{ approval: 'pending' }, { notices: { some: { asks: true } } }] },
    select: { id: true },
  });
  return row !== null;
}

export async function listUnfinishedApprovals(db: Queries, accountId: number): Promise<number[]> {
  const rows = await db.maintenance.findMany({
    where: {
      accountId,
      OR: [{ status: { in: [...OPEN_STATUSES] }, approval: 'pending' }, { notices: { some: { asks: true } } }],
    },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** The open requests posted to this person, oldest first. */
export async function listPostedRequests(db: Queries, accountId: number, personId: string): Promise<ApprovalRequest[]> {
  const rows = await db.notice.findMany({
    where: { accountId, personId, asks: true, failedAt: null, messageRef: { not: null } },
    orderBy: { eventId: 'asc' },
    select: { id: true, maintenanceId: true, reason: true, messageRef: true, rendered: true },
  });
  return rows.map(({ reason, messageRef, ...row }) => ({
    ...row,
    messageRef: messageRef ?? '',
    round: approvalRound(reason) ?? 0,
  }));
}

/** @param changes.asks false once it is answered: the message is not updated any more */
export async function updateApprovalRequest(db: Queries, id: string, changes: { rendered?: string; asks?: false }) {
  await db.notice.update({ where: { id }, data: changes });
}

export interface Decisions {
  readonly count: number;
  /** The last one, and who made it. */
  readonly last:
    | { readonly state: 'approved' | 'declined'; readonly by: { readonly id: string; readonly name: string } }
    | undefined;
}

export async function readDecisions(db: Queries, accountId: number, maintenanceId: number): Promise<Decisions> {
  const decisions: EventType[] = ['maintenance.approved', 'maintenance.declined'];
  const where = { accountId, maintenanceId, type: { in: decisions } };
  const select = { type: true, actorId: true, actorName: true };
  const last = await db.auditEvent.findFirst({ where, orderBy: { id: 'desc' }, select });
  if (last === null) return { count: 0, last: undefined };
  const state = last.type === decisions[0] ? 'approved' : 'declined';
  const by = { id: last.actorId, name: last.actorName };
  return { count: await db.auditEvent.count({ where }), last: { state, by } };
}

/** The owners of the services of a maintenance, by their ids in the chat. */
export async function listServiceOwners(db: Queries, accountId: number, maintenanceId: number): Promise<string[]> {
  const rows = await db.service.findMany({
    where: { accountId, maintenances: { some: { maintenanceId } } },
    select: { owners: true },
  });
  return [...new Set(rows.flatMap(({ owners }) => owners))];
}
