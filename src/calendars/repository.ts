import type { CalendarModel } from '../../prisma/client/models.ts';
import { activeTokens, hashToken } from '../access/token-repository.ts';
import { isId } from '../core/keys.ts';
import type { Queries } from '../platform/database.ts';

/** A calendar at a secret address, for the people of its account. */
export interface Calendar {
  readonly id: number;
  readonly accountId: number;
  readonly name: string;
  /** Ids of the scopes and services it is of; both empty: everything. */
  readonly scopes: readonly number[];
  readonly services: readonly number[];
  readonly madeBy: { readonly id: string; readonly name: string };
  readonly createdAt: Date;
}

function toCalendar({ id, accountId, name, scopes, services, createdById, createdByName, createdAt }: CalendarModel) {
  return { id, accountId, name, scopes, services, madeBy: { id: createdById, name: createdByName }, createdAt };
}

export async function createCalendar(tx: Queries, calendar: Omit<Calendar, 'id'>, secret: string): Promise<Calendar> {
  const { madeBy, scopes, services, ...rest } = calendar;
  const data = {
    ...rest,
    scopes: [...scopes],
    services: [...services],
    hash: hashToken(secret),
    createdById: madeBy.id,
    createdByName: madeBy.name,
  };
  return toCalendar(await tx.calendar.create({ data }));
}

/** The calendar at this address, of whichever account; undefined when there is none, or it was revoked. */
export async function findCalendarBySecret(db: Queries, secret: string): Promise<Calendar | undefined> {
  const row = await db.calendar.findFirst({ where: { hash: hashToken(secret), revokedAt: null } });
  return row === null ? undefined : toCalendar(row);
}

/** The calendars of an account that were not revoked, the newest first; `madeBy`: of one person alone. */
export async function listCalendars(db: Queries, accountId: number, madeBy?: string): Promise<Calendar[]> {
  const rows = await db.calendar.findMany({ where: activeTokens(accountId, madeBy), orderBy: { id: 'desc' } });
  return rows.map(toCalendar);
}

/** One of them; undefined when there is no such calendar, or it was revoked. */
export async function findCalendarById(
  db: Queries,
  accountId: number,
  id: number,
  madeBy?: string,
): Promise<Calendar | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.calendar.findFirst({ where: { ...activeTokens(accountId, madeBy), id } });
  return row === null ? undefined : toCalendar(row);
}

/** @returns undefined when there is no such calendar, or it was revoked before */
export async function revokeCalendarRow(
  tx: Queries,
  accountId: number,
  id: number,
  now: Date,
  madeBy?: string,
): Promise<Calendar | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await tx.calendar.updateManyAndReturn({
    where: { ...activeTokens(accountId, madeBy), id },
    data: { revokedAt: now },
  });
  return row && toCalendar(row);
}
