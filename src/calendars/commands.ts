import { newSecret } from '../access/token-repository.ts';
import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, authorize, isAllowed } from '../core/permissions.ts';
import { validateScopeIds, validateServiceIds } from '../maintenance/commands/coverage.ts';
import { validateName } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { type ActionContext, inTransaction, inTransactionOnce } from '../platform/transactions.ts';
import { calendarNotAllowed, calendarNotFound } from './errors.ts';
import { type Calendar, createCalendar, findCalendarById, listCalendars, revokeCalendarRow } from './repository.ts';

export interface CalendarInput {
  readonly name: string;
  /** Ids of the scopes and services it is of; both empty: everything. */
  readonly scopes: readonly number[];
  readonly services: readonly number[];
}

/** A calendar with the secret of its address, which is nowhere kept and cannot be shown again. */
export interface CreatedCalendar {
  readonly calendar: Calendar;
  readonly secret: string;
}

/**
 * Makes a calendar at a secret address: whoever has the address reads what is internal, until it is revoked.
 * @throws UserError `forbidden`, also to somebody who is limited to scopes, or `invalid` with every field that is wrong
 */
export async function createSecretCalendar(
  ctx: ActionContext,
  actor: Actor,
  input: CalendarInput,
): Promise<CreatedCalendar>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function createSecretCalendar(
  ctx: ActionContext,
  actor: Actor,
  input: CalendarInput,
  once: string | undefined,
): Promise<CreatedCalendar | undefined>;
export async function createSecretCalendar(
  ctx: ActionContext,
  actor: Actor,
  input: CalendarInput,
  once?: string,
): Promise<CreatedCalendar | undefined> {
  authorize(actor, 'make-calendar');
  if (actor.scopes !== undefined) throw calendarNotAllowed({ actor: actor.name });
  const name = input.name.trim();
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const scopes = [...new Set(input.scopes)];
    const services = [...new Set(input.services)];
    const problems = [
      ...validateName('calendar', name),
      ...(await validateScopeIds(tx, actor.accountId, scopes)),
      ...(await validateServiceIds(tx, actor.accountId, services)),
    ];
    if (problems.length > 0) throw UserError.invalid(problems);
    const secret = newSecret();
    const madeBy = { id: actor.id, name: actor.name };
    const { accountId } = actor;
    const calendar = await createCalendar(tx, { accountId, name, scopes, services, madeBy, createdAt: now }, secret);
    await record(tx, actor, now, {
      type: 'calendar.created',
      subject: { kind: 'calendar', id: calendar.id },
      after: { name, scopes, services },
    });
    return { calendar, secret };
  });
}

/** Whose calendars somebody sees and revokes: undefined for everybody's, else their own alone. */
const whose = (actor: Actor) => (isAllowed(actor, 'manage-calendars-of-others') ? undefined : actor.id);

/**
 * The calendars at secret addresses: to an admin all, to others those they made.
 * @throws UserError `forbidden`
 */
export async function listVisibleCalendars(ctx: ActionContext, actor: Actor): Promise<Calendar[]> {
  authorize(actor, 'make-calendar');
  return listCalendars(ctx.database, actor.accountId, whose(actor));
}

/**
 * One of those.
 * @returns undefined where there is none, it was revoked, or it is another's
 * @throws UserError `forbidden`
 */
export async function getVisibleCalendar(db: Queries, actor: Actor, id: number): Promise<Calendar | undefined> {
  authorize(actor, 'make-calendar');
  return findCalendarById(db, actor.accountId, id, whose(actor));
}

/**
 * Revokes a calendar: at its address there is nothing any more.
 * @throws UserError `forbidden`, or `not-found` where it was revoked before or is another's
 */
export async function revokeCalendar(ctx: ActionContext, actor: Actor, id: number): Promise<Calendar> {
  authorize(actor, 'make-calendar');
  return inTransaction(ctx, async (tx, now) => {
    const calendar = await revokeCalendarRow(tx, actor.accountId, id, now, whose(actor));
    if (calendar === undefined) throw calendarNotFound({ id });
    await record(tx, actor, now, {
      type: 'calendar.revoked',
      subject: { kind: 'calendar', id },
      before: { name: calendar.name },
    });
    return calendar;
  });
}
