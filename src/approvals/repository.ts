import { randomUUID } from 'node:crypto';
import type { EventType } from '../audit/events.ts';
import { type Maintenance, readMaintenances } from '../maintenance/repository/maintenances.ts';
import type { Queries } from '../platform/database.ts';

/** The scheduled maintenances that are not approved, locked until the transaction ends. */
export async function lockUnapproved(tx: Queries, accountId: number): Promise<Maintenance[]> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    select id from maintenances
    where account_id = ${accountId} and status = 'scheduled' and approval in ('pending', 'declined')
    order by id for update`;
  return readMaintenances(tx, { where: { accountId, id: { in: rows.map(({ id }) => id) } }, orderBy: { id: 'asc' } });
}

/** A direct message that asks somebody for an approval, and nobody has answered yet. */
export interface ApprovalRequest {
  /** The key its message carries. */
  readonly id: string;
  readonly maintenanceId: number;
  /** How often it was decided upon before this was asked. */
  readonly round: number;
  readonly messageRef: string;
  readonly rendered: string | null;
}

const reasonOf = (round: number) => `approval:${round}`;
/** @returns undefined for a notice that asks for nothing */
export function approvalRound(reason: string): number | undefined {
  const [, round] = /^approval:(\d+)$/.exec(reason) ?? [];
  return round === undefined ? undefined : Number(round);
}

/** Asks these people, each once in a round. @param eventId the newest event of the maintenance */
export async function insertApprovalRequests(
  db: Queries,
  {
    accountId,
    maintenanceId,
    round,
    eventId,
  }: Omit<ApprovalRequest, 'id' | 'messageRef' | 'rendered'> & { accountId: number; eventId: number },
  people: readonly string[],
): Promise<void> {
  const reason = reasonOf(round);
  await db.notice.createMany({
    data: people.map((personId) => ({
      id: randomUUID(),
      accountId,
      maintenanceId,
      personId,
      reason,
      eventId,
      asks: true,
    })),
    skipDuplicates: true,
  });
}

/** Whom a maintenance is asked of still. */
export async function listApprovalRequests(db: Queries, accountId: number, maintenanceId: number): Promise<string[]> {
  const rows = await db.notice.findMany({
    where: { accountId, maintenanceId, asks: true },
    distinct: ['personId'],
    orderBy: { personId: 'asc' },
    select: { personId: true },
  });
  return rows.map(({ personId }) => personId);
}

/** Whether a maintenance waits for an approval, or somebody is asked for one still; as the transaction has it by now. */
export async function hasApprovalRequests(db: Queries, accountId: number, maintenanceId: number): Promise<boolean> {
  const row = await db.maintenance.findFirst({
    where: { accountId, id: maintenanceId, OR: [{ approval: 'pending' }, { notices: { some: { asks: true } } }] },
    select: { id: true },
  });
  return row !== null;
}

/** The maintenances that wait for an approval, or that somebody is asked for still. */
export async function listUnfinishedApprovals(db: Queries, accountId: number): Promise<number[]> {
  const rows = await db.maintenance.findMany({
    where: {
      accountId,
      OR: [{ status: 'scheduled', approval: 'pending' }, { notices: { some: { asks: true } } }],
    },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** The messages that ask this person, oldest first. */
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

/** @param changes.asks false once it was answered: the message stays as it is from then on */
export async function updateApprovalRequest(
  db: Queries,
  id: string,
  changes: { rendered?: string; asks?: false },
): Promise<void> {
  await db.notice.update({ where: { id }, data: changes });
}

/** How a maintenance was decided upon, and how often. */
export interface Decisions {
  readonly count: number;
  /** Who decided last. */
  readonly by: { readonly id: string; readonly name: string } | undefined;
}

export async function readDecisions(db: Queries, accountId: number, maintenanceId: number): Promise<Decisions> {
  const where = {
    accountId,
    maintenanceId,
    type: { in: ['maintenance.approved', 'maintenance.declined'] satisfies EventType[] },
  };
  const last = await db.auditEvent.findFirst({
    where,
    orderBy: { id: 'desc' },
    select: { actorId: true, actorName: true },
  });
  return {
    count: last === null ? 0 : await db.auditEvent.count({ where }),
    by: last === null ? undefined : { id: last.actorId, name: last.actorName },
  };
}

/** The owners of the services that a maintenance is on, by their Slack ids. */
export async function listServiceOwners(db: Queries, accountId: number, maintenanceId: number): Promise<string[]> {
  const rows = await db.service.findMany({
    where: { accountId, maintenances: { some: { maintenanceId } } },
    select: { owners: true },
  });
  return [...new Set(rows.flatMap(({ owners }) => owners))];
}
