import type { Prisma } from '../../prisma/client/client.ts';
import type { CalendarModel } from '../../prisma/client/models.ts';
import { hashToken } from '../access/token-repository.ts';
import type { Queries } from '../platform/database.ts';
import { withCreator } from '../platform/rows.ts';

/** A calendar at a secret address. Without scopes and services (ids) it shows all maintenances of its account. */
export type Calendar = ReturnType<typeof toCalendar>;

const toCalendar = (row: CalendarModel) => withCreator(row);

export async function createCalendar(tx: Queries, data: Prisma.CalendarUncheckedCreateInput): Promise<Calendar> {
  return toCalendar(await tx.calendar.create({ data }));
}

/** The calendar at this address, of any account; undefined when there is none or it was revoked. */
export async function findCalendarBySecret(db: Queries, secret: string): Promise<Calendar | undefined> {
  const row = await db.calendar.findFirst({ where: { hash: hashToken(secret), revokedAt: null } });
  return row === null ? undefined : toCalendar(row);
}

/** Newest first. */
export async function listCalendars(db: Queries, where: Prisma.CalendarWhereInput): Promise<Calendar[]> {
  return (await db.calendar.findMany({ where, orderBy: { id: 'desc' } })).map(toCalendar);
}

/** @returns the calendar it revoked, if any */
export async function markCalendarRevoked(
  tx: Queries,
  where: Prisma.CalendarWhereInput,
  now: Date,
): Promise<Calendar | undefined> {
  return (await tx.calendar.updateManyAndReturn({ where, data: { revokedAt: now } })).map(toCalendar)[0];
}
