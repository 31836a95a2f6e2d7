import { randomUUID } from 'node:crypto';
import type { TimelineEvent } from '../../audit/events.ts';
import { eventFields, toTimelineEvent } from '../../audit/repository.ts';
import type { Queries } from '../../platform/database.ts';

/** A direct message about an event that needs a person. */
export interface Notice {
  /** The key its message carries. */
  readonly id: string;
  readonly maintenanceId: number;
  readonly event: TimelineEvent;
  /** Why it needs them. A person gets one notice of a maintenance for each reason. */
  readonly reason: string;
  /** Set if it was perhaps posted, so the conversation is searched before it is posted again. */
  readonly claimedAt: Date | null;
}

export interface NewNotice {
  readonly accountId: number;
  readonly maintenanceId: number;
  readonly personId: string;
  readonly reason: string;
  readonly eventId: number;
}

/** @returns false if the person has a notice of this maintenance for the same reason */
export async function insertNotice(tx: Queries, notice: NewNotice): Promise<boolean> {
  const { count } = await tx.notice.createMany({ data: [{ id: randomUUID(), ...notice }], skipDuplicates: true });
  return count === 1;
}

/** The notices that a person did not get yet and that did not fail permanently, oldest first. */
export async function listPendingNotices(db: Queries, accountId: number, personId: string): Promise<Notice[]> {
  const rows = await db.notice.findMany({
    where: { accountId, personId, messageRef: null, failedAt: null },
    orderBy: { eventId: 'asc' },
    select: { id: true, maintenanceId: true, reason: true, claimedAt: true, event: { select: eventFields } },
  });
  return rows.map(({ event, ...row }) => ({ ...row, event: toTimelineEvent(event) }));
}

/**
 * The people with pending notices, in workspaces that did not remove Lull.
 * @param accountId only of this account
 */
export async function listUnfinishedNotices(db: Queries, accountId?: number) {
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

/** `messageRef` is `''` if there was nothing to send. */
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
