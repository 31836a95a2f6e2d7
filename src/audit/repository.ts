import type { Prisma } from '../../prisma/client/client.ts';
import type { Subject, SubjectKind } from '../core/events.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';
import { searchText } from '../platform/stored-values.ts';
import {
  auditEvent,
  type EventType,
  type RecordedEvent,
  type Recording,
  type TimelineEvent,
  timelineEvent,
} from './events.ts';

/** The columns that an event is read from. */
export const eventFields = {
  id: true,
  at: true,
  actorId: true,
  actorName: true,
  source: true,
  type: true,
  maintenanceId: true,
  subjectKind: true,
  subjectId: true,
  internal: true,
  before: true,
  after: true,
} as const satisfies Prisma.AuditEventSelect;

type EventRow = Prisma.AuditEventGetPayload<{ select: typeof eventFields }>;

function toRecording({ id, at, actorId, actorName, source, internal }: EventRow): Recording {
  return { id, at, actor: { id: actorId, name: actorName, source }, internal };
}

/** The members of an event, for its schema. */
function toMembers({ type, maintenanceId, subjectKind, subjectId, internal, before, after }: EventRow) {
  return {
    type,
    ...(maintenanceId === null ? {} : { maintenanceId, internal }),
    ...(subjectKind === null ? {} : { subject: { kind: subjectKind, id: subjectId } }),
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
  };
}

/** @throws ZodError for a row that its type does not allow */
export function toTimelineEvent(row: EventRow): TimelineEvent {
  return Object.assign(timelineEvent.parse(toMembers(row)), toRecording(row));
}

function toRecordedEvent(row: EventRow): RecordedEvent {
  return Object.assign(auditEvent.parse(toMembers(row)), toRecording(row));
}

export function subjectColumns({ kind, id }: Subject) {
  return { subjectKind: kind, subjectId: String(id) };
}

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
  return rows.map(toTimelineEvent);
}

export async function findEvent(db: Queries, accountId: number, id: number): Promise<TimelineEvent | undefined> {
  const row = await db.auditEvent.findFirst({ where: { accountId, id }, select: eventFields });
  return row === null ? undefined : toTimelineEvent(row);
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
  return rows.map(toTimelineEvent);
}

/** What happened to a subject after that event, oldest first. */
export async function listSubjectEvents(
  db: Queries,
  accountId: number,
  subject: Subject,
  { after, limit }: { after: number; limit: number },
): Promise<RecordedEvent[]> {
  const rows = await db.auditEvent.findMany({
    where: { accountId, ...subjectColumns(subject), id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit,
    select: eventFields,
  });
  return rows.map(toRecordedEvent);
}

/** What happened in an account after that event, to this subject or of these types, oldest first. */
export async function listEventsSince(
  db: Queries,
  accountId: number,
  after: number,
  { subject, types, limit }: { subject?: Subject | undefined; types: readonly EventType[]; limit: number },
): Promise<RecordedEvent[]> {
  const about = subject === undefined ? [] : [subjectColumns(subject)];
  const rows = await db.auditEvent.findMany({
    where: { accountId, id: { gt: after }, OR: [...about, { type: { in: [...types] } }] },
    orderBy: { id: 'asc' },
    take: limit,
    select: eventFields,
  });
  return rows.map(toRecordedEvent);
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

/** The newest event about a subject; 0 when there is none. */
export async function findLastSubjectEventId(db: Queries, accountId: number, subject: Subject): Promise<number> {
  const where = { accountId, ...subjectColumns(subject) };
  const { _max } = await db.auditEvent.aggregate({ where, _max: { id: true } });
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
  readonly types?: readonly EventType[] | undefined;
  /** Ids as their source knows them: a Slack user id, `token:5`, `lull`. */
  readonly actors?: readonly string[] | undefined;
  readonly maintenances?: readonly number[] | undefined;
  readonly subjects?: readonly { readonly kind: SubjectKind; readonly id: string }[] | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

/** One page of what happened in an account. */
export async function searchAudit(
  db: Queries,
  accountId: number,
  search: AuditSearch,
  page: Page<'id', number>,
): Promise<RecordedEvent[]> {
  const subjects = search.subjects?.map(({ kind, id }) => ({ subjectKind: kind, subjectId: searchText(id) }));
  const rows = await db.auditEvent.findMany({
    where: {
      accountId,
      AND: [afterPosition(page)],
      ...(search.types === undefined ? {} : { type: { in: [...search.types] } }),
      ...(search.actors === undefined ? {} : { actorId: { in: search.actors.map(searchText) } }),
      ...(search.maintenances === undefined ? {} : { maintenanceId: { in: [...search.maintenances] } }),
      ...(subjects === undefined ? {} : { OR: subjects }),
      at: {
        ...(search.after === undefined ? {} : { gt: search.after }),
        ...(search.before === undefined ? {} : { lt: search.before }),
      },
    },
    orderBy: pageOrder(page),
    take: page.limit,
    select: eventFields,
  });
  return rows.map(toRecordedEvent);
}

/** Who changed something last, and when. */
export interface LastEdit {
  readonly at: Date;
  readonly by: string;
}

/** The last event of these types on each of these series, by the id of the series. */
export async function findLastSeriesEdits(
  db: Queries,
  accountId: number,
  ids: readonly number[],
  types: readonly EventType[],
): Promise<Map<number, LastEdit>> {
  const rows = await db.$queryRaw<(LastEdit & { id: number })[]>`
    select distinct on (subject_id) subject_id::int as id, at, actor_name as by from audit_events
    where account_id = ${accountId} and subject_kind = 'series' and subject_id = any(${ids.map(String)}::text[])
      and type = any(${[...types]}::text[])
    order by subject_id, audit_events.id desc`;
  return new Map(rows.map(({ id, at, by }) => [id, { at, by }]));
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
