import { Prisma } from '../../prisma/client/client.ts';
import type { CalendarModel } from '../../prisma/client/models.ts';
import { OWNER_FACTS, OWNER_TABLES } from '../access/people-repository.ts';
import type { OwnerFacts } from '../access/rules.ts';
import { hashToken } from '../access/token-repository.ts';
import type { Approval } from '../approvals/rules.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import { toCondition } from '../maintenance/repository/search.ts';
import { SERVICE_AS_JSON, type WindowContent } from '../maintenance/repository/stored-window.ts';
import type { Status, Times } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, NEWEST, pageOrder, withCreator } from '../platform/rows.ts';
import { queryRows, sql } from '../platform/sql.ts';
import type { RunState } from '../series/rules.ts';

const { join, raw } = Prisma;

/** A calendar at a secret address. Without scopes and services (ids) it shows all maintenances of its account. */
export type Calendar = ReturnType<typeof toCalendar>;

const toCalendar = (row: CalendarModel) => withCreator(row);

export async function createCalendar(tx: Queries, data: Prisma.CalendarUncheckedCreateInput): Promise<Calendar> {
  return toCalendar(await tx.calendar.create({ data }));
}

/** What is read of a calendar to show it. */
export interface SecretCalendar extends Pick<Calendar, 'id' | 'accountId' | 'scopes' | 'services'> {
  readonly facts: OwnerFacts;
}

/**
 * The calendar at this address, of any account, and what decides whether it works; undefined when there is none, it was
 * revoked, or the token that created it expired.
 */
export async function findCalendarBySecret(
  db: Queries,
  secret: string,
  now: Date,
): Promise<SecretCalendar | undefined> {
  const [row] = await queryRows<SecretCalendar>(
    db,
    sql`select owned.id, owned.account_id as "accountId", owned.scopes, owned.services, ${OWNER_FACTS} as facts
      from calendars owned ${OWNER_TABLES} left join api_tokens t on t.id = owned.token_id
      where owned.hash = ${hashToken(secret)} and owned.revoked_at is null
        and (t.expires_at is null or t.expires_at > ${now})`,
  );
  return row;
}

export async function listCalendars(
  db: Queries,
  visible: Prisma.CalendarWhereInput,
  page = NEWEST,
): Promise<Calendar[]> {
  const where = { AND: [visible, afterPosition(page)] };
  return (await db.calendar.findMany({ where, orderBy: pageOrder(page), take: page.limit })).map(toCalendar);
}

/** @returns the calendar it revoked, if any */
export async function markCalendarRevoked(
  tx: Queries,
  where: Prisma.CalendarWhereInput,
  now: Date,
): Promise<Calendar | undefined> {
  return (await tx.calendar.updateManyAndReturn({ where, data: { revokedAt: now } })).map(toCalendar)[0];
}

/** What a calendar shows of a maintenance. */
export interface CalendarWindow extends Times {
  readonly id: number;
  readonly key: string;
  readonly version: number;
  readonly missed: boolean;
  readonly approval: Approval | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly content: WindowContent;
}

/** Windows of one series, or of none, with the same content: as JSON, because most of them were shown before. */
export interface WindowGroup {
  readonly seriesId: number | null;
  readonly content: string;
  readonly windows: string;
}

const CONTENT = Object.entries(CONTENT_FIELDS).map(([property, { name }]) => raw(`'${property}', m.${name}`));

/** All windows that end after an instant; if there are more than `limit`, those that start last. */
export async function listWindowGroups(
  db: Queries,
  accountId: number,
  endsAfter: Date,
  limit: number,
): Promise<WindowGroup[]> {
  return queryRows<WindowGroup>(
    db,
    sql`
      with page as materialized (
        select m.* from maintenances m where ${toCondition(accountId, { endsAfter })}
        order by m.scheduled_start_date desc, m.id desc limit ${limit}
      ), on_services as materialized (
        select on_it.maintenance_id, json_agg(${SERVICE_AS_JSON} order by s.name, s.id) as services
        from page join maintenance_services on_it on on_it.maintenance_id = page.id
          join services s on s.id = on_it.service_id left join scopes its on its.id = s.scope_id
        group by on_it.maintenance_id
      ), described as materialized (
        select m.*, json_build_object(${join(CONTENT)}, 'services', coalesce(on_services.services, '[]'), 'scope',
            case when c.id is not null then json_build_object('id', c.id, 'name', c.name, 'visibility', c.visibility) end
          )::text as content
        from page m left join on_services on on_services.maintenance_id = m.id left join scopes c on c.id = m.scope_id
      )
      select series_id as "seriesId", content, json_agg(json_build_array(id, key, version, status, missed, approval,
        scheduled_start_date, scheduled_end_date, start_date, end_date, ends_at, creation_date, update_date, occurrence,
        run_state) order by id)::text as windows
      from described group by series_id, content order by min(id)`,
  );
}

type Row = readonly [
  id: number,
  key: string,
  version: number,
  status: Status,
  missed: boolean,
  approval: Approval | null,
  scheduledStart: string,
  scheduledEnd: string,
  startedAt: string | null,
  endedAt: string | null,
  endsAt: string | null,
  createdAt: string,
  updatedAt: string,
  occurrence: string | null,
  state: RunState | null,
];

/** @param content as the reader sees it; `run`: which run of its series each of them is */
export function readWindows(group: WindowGroup, content: WindowContent) {
  const rows: readonly Row[] = JSON.parse(group.windows);
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return rows.map((row) => {
    const [id, key, version, status, missed, approval, ...rest] = row;
    const [scheduledStart, scheduledEnd, startedAt, endedAt, endsAt, createdAt, updatedAt, occurrence, state] = rest;
    const window: CalendarWindow = {
      ...{ id, key, version, status, missed, approval, content },
      scheduledStart: new Date(scheduledStart),
      scheduledEnd: new Date(scheduledEnd),
      startedAt: instant(startedAt),
      endedAt: instant(endedAt),
      endsAt: instant(endsAt),
      createdAt: new Date(createdAt),
      updatedAt: new Date(updatedAt),
    };
    return { window, run: occurrence === null || state === null ? null : { occurrence: new Date(occurrence), state } };
  });
}
