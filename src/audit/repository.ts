import type { Prisma } from '../../prisma/client/client.ts';
import type { Subject, SubjectKind } from '../core/events.ts';
import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder, searchText } from '../platform/rows.ts';
import { queryRows, sql } from '../platform/sql.ts';
import { insertion, write } from '../platform/transaction.ts';
import {
  type AuditEvent,
  auditEvent,
  type EventType,
  type RecordedEvent,
  type TimelineEvent,
  timelineEvent,
} from './events.ts';

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

export type EventRow = Prisma.AuditEventGetPayload<{ select: typeof eventFields }>;

const toRecording = ({ id, at, actorId, actorName: name, source, internal }: EventRow) => {
  return { id, at, actor: { id: actorId, name, source }, internal };
};

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

/** @throws ZodError for a row that does not fit its type */
export function toTimelineEvent(row: EventRow): TimelineEvent {
  return Object.assign(timelineEvent.parse(toMembers(row)), toRecording(row));
}

function toRecordedEvent(row: EventRow): RecordedEvent {
  return Object.assign(auditEvent.parse(toMembers(row)), toRecording(row));
}

export const subjectColumns = ({ kind, id }: Subject) => ({ subjectKind: kind, subjectId: String(id) });

export interface NewEvent {
  readonly id: number;
  readonly actor: Actor;
  readonly at: Date;
  readonly event: AuditEvent;
}

const EVENT = insertion('audit_events', [
  'id',
  'account_id',
  'at',
  'actor_id',
  'actor_name',
  'source',
  'type',
  'internal',
  'maintenance_id',
  'subject_kind',
  'subject_id',
  'before',
  'after',
]);

export async function insertEvent(tx: Queries, { id, actor, at, event }: NewEvent): Promise<void> {
  const { type, maintenanceId = null, subject, internal = false, before = null, after = null } = event;
  const { subjectKind, subjectId } = subject ? subjectColumns(subject) : { subjectKind: null, subjectId: null };
  await write(tx, EVENT, String(id), {
    id,
    account_id: actor.accountId,
    at,
    actor_id: actor.id,
    actor_name: actor.name,
    source: actor.source,
    type,
    internal,
    maintenance_id: maintenanceId,
    subject_kind: subjectKind,
    subject_id: subjectId,
    before,
    after,
  });
}

type Query = Pick<Prisma.AuditEventFindManyArgs, 'orderBy' | 'take' | 'skip'> & { where: Prisma.AuditEventWhereInput };

const readRows = (db: Queries, query: Query): Promise<EventRow[]> =>
  db.auditEvent.findMany({ ...query, select: eventFields });

/** The events of a maintenance, newest first; or with `after` those since that event, oldest first. */
export async function listEvents(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  { after, limit, offset = 0 }: { after?: number; limit: number; offset?: number },
): Promise<TimelineEvent[]> {
  const rows = await readRows(db, {
    where: { accountId, maintenanceId, ...(after === undefined ? {} : { id: { gt: after } }) },
    orderBy: { id: after === undefined ? 'desc' : 'asc' },
    take: limit,
    skip: offset,
  });
  return rows.map(toTimelineEvent);
}

/** The columns of an event, of a row of `audit_events` with the alias `e`, for `toTimelineEvent`. */
export const EVENT_COLUMNS = sql`
  e.id, e.at, e.actor_id as "actorId", e.actor_name as "actorName", e.source, e.type, e.maintenance_id as "maintenanceId",
  e.subject_kind as "subjectKind", e.subject_id as "subjectId", e.internal, e.before, e.after`;

/** Events of maintenances by their ids, read when they are asked for: one that does not fit its type harms no other. */
export async function findEvents(
  db: Queries,
  accountId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, () => TimelineEvent>> {
  const rows = await queryRows<EventRow>(
    db,
    sql`select ${EVENT_COLUMNS} from audit_events e where e.account_id = ${accountId} and e.id = any(${[...ids]}::int[])`,
  );
  return new Map(rows.map((row) => [row.id, () => toTimelineEvent(row)]));
}

const CHANGES_OF_END: readonly EventType[] = [
  'maintenance.extended',
  'maintenance.changed',
  'maintenance.rescheduled',
  'maintenance.corrected',
];

/** The event that last gave a maintenance another end. */
export async function findLastEndChange(
  db: Queries,
  accountId: number,
  maintenanceId: number,
): Promise<TimelineEvent | undefined> {
  const [row] = await queryRows<EventRow>(
    db,
    sql`
      select ${EVENT_COLUMNS} from audit_events e
      where e.account_id = ${accountId} and e.maintenance_id = ${maintenanceId}
        and e.type = any(${[...CHANGES_OF_END]}::text[]) and e.after ?| array['ends_at', 'scheduled_end_date']
      order by e.id desc limit 1`,
  );
  return row && toTimelineEvent(row);
}

/** One page of the events of a maintenance. */
export async function listEventsPage(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  page: Page<'id', string>,
): Promise<TimelineEvent[]> {
  const where = { accountId, maintenanceId, AND: [afterPosition(page)] };
  return (await readRows(db, { where, orderBy: pageOrder(page), take: page.limit })).map(toTimelineEvent);
}

/** The events of a subject since an event, oldest first. */
export async function listSubjectEvents(
  db: Queries,
  accountId: number,
  subject: Subject,
  { after, limit }: { after: number; limit: number },
): Promise<RecordedEvent[]> {
  const where = { accountId, ...subjectColumns(subject), id: { gt: after } };
  return (await readRows(db, { where, orderBy: { id: 'asc' }, take: limit })).map(toRecordedEvent);
}

/** The events of an account since an event, of this subject or of these types, oldest first. */
export async function listEventsSince(
  db: Queries,
  accountId: number,
  after: number,
  { subject, types, limit }: { subject?: Subject | undefined; types: readonly EventType[]; limit: number },
): Promise<RecordedEvent[]> {
  const alternatives = [{ type: { in: [...types] } }, ...(subject === undefined ? [] : [subjectColumns(subject)])];
  const where = { accountId, id: { gt: after }, OR: alternatives };
  return (await readRows(db, { where, orderBy: { id: 'asc' }, take: limit })).map(toRecordedEvent);
}

/** The id of the newest event of an account; 0: none. */
export async function findNewestEventId(db: Queries, accountId: number): Promise<number> {
  const orderBy = [{ at: 'desc' as const }, { id: 'desc' as const }];
  return (await db.auditEvent.findFirst({ where: { accountId }, orderBy, select: { id: true } }))?.id ?? 0;
}

const findLast = async (db: Queries, where: Prisma.AuditEventWhereInput): Promise<number> =>
  (await db.auditEvent.aggregate({ where, _max: { id: true } }))._max.id ?? 0;

/** The id of the newest event of a subject; 0: none. */
export const findLastSubjectEventId = (db: Queries, accountId: number, subject: Subject) =>
  findLast(db, { accountId, ...subjectColumns(subject) });

/** The id of the newest event of a maintenance; 0: none. */
export const findLastEventId = (db: Queries, accountId: number, maintenanceId: number) =>
  findLast(db, { accountId, maintenanceId });

export async function countEvents(db: Queries, accountId: number, maintenanceId: number): Promise<number> {
  return db.auditEvent.count({ where: { accountId, maintenanceId } });
}

/** The values of each filter are alternatives. Instants are UTC. */
interface AuditSearch {
  readonly types?: readonly EventType[] | undefined;
  /** As in their source: a Slack user id, `token:5`, `lull`. */
  readonly actors?: readonly string[] | undefined;
  readonly maintenances?: readonly number[] | undefined;
  readonly subjects?: readonly { readonly kind: SubjectKind; readonly id: string }[] | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

/** One page of the events of an account. */
export async function searchAudit(
  db: Queries,
  accountId: number,
  { types, actors, maintenances, subjects, after, before }: AuditSearch,
  page: Page<'id', number>,
): Promise<RecordedEvent[]> {
  const where = {
    accountId,
    AND: [afterPosition(page)],
    ...(types === undefined ? {} : { type: { in: [...types] } }),
    ...(actors === undefined ? {} : { actorId: { in: actors.map(searchText) } }),
    ...(maintenances === undefined ? {} : { maintenanceId: { in: [...maintenances] } }),
    ...(subjects && { OR: subjects.map(({ kind, id }) => ({ subjectKind: kind, subjectId: searchText(id) })) }),
    at: { ...(after === undefined ? {} : { gt: after }), ...(before === undefined ? {} : { lt: before }) },
  };
  return (await readRows(db, { where, orderBy: pageOrder(page), take: page.limit })).map(toRecordedEvent);
}

export interface LastEdit {
  readonly at: Date;
  readonly actorId: string;
  readonly actorName: string;
}

type LastEditRow = LastEdit & { readonly id: number };

const byId = (rows: readonly LastEditRow[]) => new Map(rows.map(({ id, ...edit }) => [id, edit]));

/** The last event of these types of each series, by the id of the series. */
export async function findLastSeriesEdits(
  db: Queries,
  accountId: number,
  ids: readonly number[],
  types: readonly EventType[],
): Promise<Map<number, LastEdit>> {
  const rows = await queryRows<LastEditRow>(
    db,
    sql`
      select distinct on (subject_id) subject_id::int as id, at, actor_id as "actorId", actor_name as "actorName"
      from audit_events
      where account_id = ${accountId} and subject_kind = 'series' and subject_id = any(${ids.map(String)}::text[])
        and type = any(${[...types]}::text[])
      order by subject_id, audit_events.id desc`,
  );
  return byId(rows);
}

/** The last change of each maintenance that Lull itself did not make, by the id of the maintenance. */
export async function findLastMaintenanceEdits(
  db: Queries,
  accountId: number,
  ids: readonly number[],
): Promise<Map<number, LastEdit>> {
  const rows = await queryRows<LastEditRow>(
    db,
    sql`
      select distinct on (maintenance_id) maintenance_id as id, at, actor_id as "actorId", actor_name as "actorName"
      from audit_events
      where account_id = ${accountId} and maintenance_id = any(${[...ids]}::int[]) and source <> 'lull'
        and type like 'maintenance.%'
      order by maintenance_id, audit_events.id desc`,
  );
  return byId(rows);
}
