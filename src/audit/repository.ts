import type { AuditEventModel } from '../../prisma/client/models.ts';
import { eventFields, type TimelineEvent, toEvent } from '../delivery/announcements.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';
import { searchText } from '../platform/stored-values.ts';

/** What happened to a maintenance; the newest first, or with `after` what happened since that event, the oldest first. */
export async function listEvents(
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

export async function findEvent(db: Queries, accountId: number, id: number): Promise<TimelineEvent | undefined> {
  const row = await db.auditEvent.findFirst({ where: { accountId, id }, select: eventFields });
  return row === null ? undefined : toEvent(row);
}

/** One page of what happened to a maintenance. */
export async function listEventsPage(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  page: Page<'id', string>,
): Promise<TimelineEvent[]> {
  const rows = await db.auditEvent.findMany({
    where: { accountId, maintenanceId, AND: [afterPosition(page)] },
    orderBy: pageOrder(page),
    take: page.limit,
    select: eventFields,
  });
  return rows.map(toEvent);
}

/** What happened to something that is no maintenance since that event, such as `series:4`; the oldest first. */
export async function listSubjectEvents(
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
export async function listEventsSince(
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
export async function findNewestEventId(db: Queries, accountId: number): Promise<number> {
  const row = await db.auditEvent.findFirst({
    where: { accountId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    select: { id: true },
  });
  return row?.id ?? 0;
}

/** The newest event about it; 0 when there is none. */
export async function findLastSubjectEventId(db: Queries, accountId: number, subject: string): Promise<number> {
  const { _max } = await db.auditEvent.aggregate({ where: { accountId, subject }, _max: { id: true } });
  return _max.id ?? 0;
}

export async function countEvents(db: Queries, accountId: number, maintenanceId: number): Promise<number> {
  return db.auditEvent.count({ where: { accountId, maintenanceId } });
}

/** The newest event of a maintenance; 0 when there is none. */
export async function findLastEventId(db: Queries, accountId: number, maintenanceId: number): Promise<number> {
  const { _max } = await db.auditEvent.aggregate({ where: { accountId, maintenanceId }, _max: { id: true } });
  return _max.id ?? 0;
}

/** What audit rows are looked for by: those of one list are "or", the lists are "and". Instants are UTC. */
export interface AuditSearch {
  readonly actions?: readonly string[] | undefined;
  /** Ids as their source knows them: a Slack user id, `token:5`, `lull`. */
  readonly actors?: readonly string[] | undefined;
  readonly maintenances?: readonly number[] | undefined;
  /** What it was about, such as `service:4`. */
  readonly subjects?: readonly string[] | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

export type AuditRow = AuditEventModel;

/** One page of what happened in an account. */
export async function searchAudit(
  db: Queries,
  accountId: number,
  search: AuditSearch,
  page: Page<'id', number>,
): Promise<AuditRow[]> {
  return db.auditEvent.findMany({
    where: {
      accountId,
      AND: [afterPosition(page)],
      ...(search.actions === undefined ? {} : { action: { in: search.actions.map(searchText) } }),
      ...(search.actors === undefined ? {} : { actorId: { in: search.actors.map(searchText) } }),
      ...(search.maintenances === undefined ? {} : { maintenanceId: { in: [...search.maintenances] } }),
      ...(search.subjects === undefined ? {} : { subject: { in: search.subjects.map(searchText) } }),
      at: {
        ...(search.after === undefined ? {} : { gt: search.after }),
        ...(search.before === undefined ? {} : { lt: search.before }),
      },
    },
    orderBy: pageOrder(page),
    take: page.limit,
  });
}

/** Who changed something last, and when. */
export interface LastEdit {
  readonly at: Date;
  readonly by: string;
}

/** The last of these actions on each of these subjects (such as `series:4`), by the subject. */
export async function findLastEdits(
  db: Queries,
  accountId: number,
  subjects: readonly string[],
  actions: readonly string[],
): Promise<Map<string, LastEdit>> {
  const rows = await db.$queryRaw<(LastEdit & { subject: string })[]>`
    select distinct on (subject) subject, at, actor_name as by from audit_events
    where account_id = ${accountId} and subject = any(${[...subjects]}::text[]) and action = any(${[...actions]}::text[])
    order by subject, id desc`;
  return new Map(rows.map(({ subject, at, by }) => [subject, { at, by }]));
}

/** What people and tools, not Lull itself, did last to each of these maintenances, by its id. */
export async function findLastMaintenanceEdits(
  db: Queries,
  accountId: number,
  ids: readonly number[],
): Promise<Map<number, LastEdit>> {
  const rows = await db.$queryRaw<(LastEdit & { id: number })[]>`
    select distinct on (maintenance_id) maintenance_id as id, at, actor_name as by from audit_events
    where account_id = ${accountId} and maintenance_id = any(${[...ids]}::int[]) and source <> 'lull'
    order by maintenance_id, audit_events.id desc`;
  return new Map(rows.map(({ id, at, by }) => [id, { at, by }]));
}
