import { eventFields, type TimelineEvent, toEvent } from './announcements.ts';
import type { Queries } from './database.ts';
import { beyond, inOrder, type Page } from './keyset.ts';

/** What happened to a maintenance; the newest first, or with `after` what happened since that event, the oldest first. */
export async function eventsOf(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  { after, limit, offset = 0 }: { after?: number; limit: number; offset?: number },
): Promise<TimelineEvent[]> {
  const rows = await db.auditEvent.findMany({
    where: { accountId, maintenanceId, ...(after === undefined ? {} : { id: { gt: after } }) },
    orderBy: { id: after === undefined ? 'desc' : 'asc' },
    take: limit,
    skip: offset,
    select: eventFields,
  });
  return rows.map(toEvent);
}

export async function eventOf(db: Queries, accountId: number, id: number): Promise<TimelineEvent | undefined> {
  const row = await db.auditEvent.findFirst({ where: { accountId, id }, select: eventFields });
  return row === null ? undefined : toEvent(row);
}

/** One page of what happened to a maintenance. */
export async function pageOfEvents(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  page: Page<'id', string>,
): Promise<TimelineEvent[]> {
  const rows = await db.auditEvent.findMany({
    where: { accountId, maintenanceId, AND: [beyond(page)] },
    orderBy: inOrder(page),
    take: page.limit,
    select: eventFields,
  });
  return rows.map(toEvent);
}

/** What happened to something that is no maintenance since that event, such as `series:4`; the oldest first. */
export async function eventsAbout(
  db: Queries,
  accountId: number,
  subject: string,
  { after, limit }: { after: number; limit: number },
): Promise<TimelineEvent[]> {
  const rows = await db.auditEvent.findMany({
    where: { accountId, subject, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit,
    select: eventFields,
  });
  return rows.map(toEvent);
}

/** What was done in an account since that event: to this subject, or by these actions to whatever; the oldest first. */
export async function eventsSince(
  db: Queries,
  accountId: number,
  after: number,
  { subject, actions, limit }: { subject?: string | undefined; actions: readonly string[]; limit: number },
): Promise<TimelineEvent[]> {
  const about = subject === undefined ? [] : [{ subject }];
  const rows = await db.auditEvent.findMany({
    where: { accountId, id: { gt: after }, OR: [...about, { action: { in: [...actions] } }] },
    orderBy: { id: 'asc' },
    take: limit,
    select: eventFields,
  });
  return rows.map(toEvent);
}

/** The newest event of an account; 0 when there is none. */
export async function newestEvent(db: Queries, accountId: number): Promise<number> {
  const row = await db.auditEvent.findFirst({
    where: { accountId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    select: { id: true },
  });
  return row?.id ?? 0;
}

/** The newest event about it; 0 when there is none. */
export async function lastEventAbout(db: Queries, accountId: number, subject: string): Promise<number> {
  const { _max } = await db.auditEvent.aggregate({ where: { accountId, subject }, _max: { id: true } });
  return _max.id ?? 0;
}

export async function countEvents(db: Queries, accountId: number, maintenanceId: number): Promise<number> {
  return db.auditEvent.count({ where: { accountId, maintenanceId } });
}

/** The newest event of a maintenance; 0 when there is none. */
export async function lastEvent(db: Queries, accountId: number, maintenanceId: number): Promise<number> {
  const { _max } = await db.auditEvent.aggregate({ where: { accountId, maintenanceId }, _max: { id: true } });
  return _max.id ?? 0;
}
