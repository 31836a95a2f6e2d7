import { type Actor, may, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { type Calendar, calendarWithId, listCalendars, revokeCalendarRow } from '../store/calendars.ts';
import type { Queries } from '../store/database.ts';
import { type Ground, transact } from './action.ts';

/** Whose calendars somebody sees and revokes: undefined for everybody's, else their own alone. */
const whose = (actor: Actor) => (may(actor, 'manage-calendars-of-others') ? undefined : actor.id);

/**
 * The calendars at secret addresses: to an admin all, to others those they made.
 * @throws Refusal `forbidden`
 */
export async function calendarsOf(ground: Ground, actor: Actor): Promise<Calendar[]> {
  mustBeAllowed(actor, 'make-calendar');
  return listCalendars(ground.database, actor.accountId, whose(actor));
}

/**
 * One of those.
 * @returns undefined where there is none, it was revoked, or it is another's
 * @throws Refusal `forbidden`
 */
export async function calendarFor(db: Queries, actor: Actor, id: number): Promise<Calendar | undefined> {
  mustBeAllowed(actor, 'make-calendar');
  return calendarWithId(db, actor.accountId, id, whose(actor));
}

export function noSuchCalendar(id: number): Refusal {
  return new Refusal('not-found', `There is no calendar ${id}. It may have been revoked already.`);
}

/**
 * Revokes a calendar: at its address there is nothing any more.
 * @throws Refusal `forbidden`, or `not-found` where it was revoked before or is another's
 */
export async function revokeCalendar(ground: Ground, actor: Actor, id: number): Promise<Calendar> {
  mustBeAllowed(actor, 'make-calendar');
  return transact(ground, async (tx, now) => {
    const calendar = await revokeCalendarRow(tx, actor.accountId, id, now, whose(actor));
    if (calendar === undefined) throw noSuchCalendar(id);
    await record(tx, actor, now, {
      action: 'revoke-calendar',
      subject: `calendar:${id}`,
      before: { name: calendar.name },
    });
    return calendar;
  });
}
