import { randomUUID } from 'node:crypto';
import type { TimelineEvent } from '../../audit/events.ts';
import { eventFields, toTimelineEvent } from '../../audit/repository.ts';
import type { Queries } from '../../platform/database.ts';

/** What is to be said to a person in a direct message. */
export interface Notice {
  /** The key its message carries. */
  readonly id: string;
  readonly maintenanceId: number;
  readonly event: TimelineEvent;
  /** What needs them. */
  readonly reason: string;
  /** Set when it was perhaps posted: the conversation is asked before it is posted again. */
  readonly claimedAt: Date | null;
}

export interface NewNotice {
  readonly accountId: number;
  readonly maintenanceId: number;
  readonly personId: string;
  readonly reason: string;
  readonly eventId: number;
}

/** @returns false when the person was told of this maintenance for the same reason before */
export async function insertNotice(tx: Queries, notice: NewNotice): Promise<boolean> {
  const { count } = await tx.notice.createMany({ data: [{ id: randomUUID(), ...notice }], skipDuplicates: true });
  return count === 1;
}

/** What a person was not told yet and was not given up on, oldest first. */
export async function listPendingNotices(db: Queries, accountId: number, personId: string): Promise<Notice[]> {
  const rows = await db.notice.findMany({
    where: { accountId, personId, messageRef: null, failedAt: null },
    orderBy: { eventId: 'asc' },
    select: { id: true, maintenanceId: true, reason: true, claimedAt: true, event: { select: eventFields } },
  });
  return rows.map(({ event, ...row }) => ({ ...row, event: toTimelineEvent(event) }));
}

/**
 * Everybody who has something left to be told, where Lull was not removed from their workspace.
 * @param accountId of this account alone
 */
export async function listUnfinishedNotices(
  db: Queries,
  accountId?: number,
): Promise<{ accountId: number; person: string }[]> {
  const rows = await db.notice.findMany({
    where: {
      messageRef: null,
      failedAt: null,
      ...(accountId === undefined ? {} : { accountId }),
      maintenance: { account: { NOT: { installation: { removedAt: { not: null } } } } },
    },
    distinct: ['accountId', 'personId'],
    select: { accountId: true, personId: true },
  });
  return rows.map(({ accountId, personId }) => ({ accountId, person: personId }));
}

/** `messageRef` is `''` when there was nothing to send. */
export async function updateNotice(
  db: Queries,
  id: string,
  changes: { claimedAt?: Date; messageRef?: string; rendered?: string; asks?: false; failedAt?: Date; error?: string },
): Promise<void> {
  await db.notice.update({ where: { id }, data: changes });
}

export async function findOwner(db: Queries, accountId: number, maintenanceId: number): Promise<string | undefined> {
  const row = await db.maintenance.findFirst({ where: { accountId, id: maintenanceId }, select: { ownerId: true } });
  return row?.ownerId;
}
