import { newSecret } from '../access/token-repository.ts';
import { record } from '../audit/record.ts';
import { Refusal } from '../core/errors.ts';
import { type Actor, may, mustBeAllowed } from '../core/permissions.ts';
import { unknownScopes, unknownServices } from '../maintenance/commands/coverage.ts';
import { problemsOfName } from '../maintenance/window.ts';
import type { Queries } from '../platform/database.ts';
import { type Ground, transact, transactOnce } from '../platform/transactions.ts';
import { type Calendar, calendarWithId, createCalendar, listCalendars, revokeCalendarRow } from './repository.ts';

export interface CalendarInput {
  readonly name: string;
  /** Ids of the scopes and services it is of; both empty: everything. */
  readonly scopes: readonly number[];
  readonly services: readonly number[];
}

/** A calendar with the secret of its address, which is nowhere kept and cannot be shown again. */
export interface MadeCalendar {
  readonly calendar: Calendar;
  readonly secret: string;
}

/**
 * Makes a calendar at a secret address: whoever has the address reads what is internal, until it is revoked.
 * @throws Refusal `forbidden`, also to somebody who is limited to scopes, or `invalid` with every field that is wrong
 */
export async function makeCalendar(ground: Ground, actor: Actor, input: CalendarInput): Promise<MadeCalendar>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function makeCalendar(
  ground: Ground,
  actor: Actor,
  input: CalendarInput,
  once: string | undefined,
): Promise<MadeCalendar | undefined>;
export async function makeCalendar(
  ground: Ground,
  actor: Actor,
  input: CalendarInput,
  once?: string,
): Promise<MadeCalendar | undefined> {
  mustBeAllowed(actor, 'make-calendar');
  if (actor.scopes !== undefined) {
    throw new Refusal(
      'forbidden',
      `${actor.name} is limited to scopes, and a calendar shows all that is internal. Make it without that limit.`,
    );
  }
  const name = input.name.trim();
  return transactOnce(ground, actor, once, async (tx, now) => {
    const scopes = [...new Set(input.scopes)];
    const services = [...new Set(input.services)];
    const problems = [
      ...problemsOfName('calendar', name),
      ...(await unknownScopes(tx, actor.accountId, scopes)),
      ...(await unknownServices(tx, actor.accountId, services)),
    ];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const secret = newSecret();
    const madeBy = { id: actor.id, name: actor.name };
    const { accountId } = actor;
    const calendar = await createCalendar(tx, { accountId, name, scopes, services, madeBy, createdAt: now }, secret);
    await record(tx, actor, now, {
      action: 'make-calendar',
      subject: `calendar:${calendar.id}`,
      after: { name, scopes, services },
    });
    return { calendar, secret };
  });
}

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
