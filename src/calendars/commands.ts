import { getCreator } from '../access/token-commands.ts';
import { newSecret, secretColumns, visibleSecrets } from '../access/token-repository.ts';
import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { findUnknown } from '../maintenance/commands/coverage.ts';
import { validateName } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import type { Page } from '../platform/rows.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { calendarNotAllowed, calendarNotFound } from './errors.ts';
import { type Calendar, createCalendar, listCalendars, markCalendarRevoked } from './repository.ts';

export interface CalendarInput {
  readonly name: string;
  /** Ids of the scopes and services it shows; both empty: everything. */
  readonly scopes: readonly number[];
  readonly services: readonly number[];
}

/**
 * Creates a calendar at a secret address: whoever has the address reads internal maintenances, until it is revoked.
 * It works while its owner has the read role, and one that was created with a token while that token does.
 * @returns the calendar with the secret of its address, which is not stored and cannot be shown again
 * @throws UserError `forbidden`, also to somebody who is limited to scopes, or `invalid` with every field that is wrong
 */
export async function createSecretCalendar<Key extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  input: CalendarInput,
  idempotencyKey?: Key,
): Promise<{ readonly calendar: Calendar; readonly secret: string } | Repeated<Key>> {
  authorize(actor, 'make-calendar');
  if (actor.scopes !== undefined) throw calendarNotAllowed({ actor: actor.name });
  const name = input.name.trim();
  return inTransactionOnce(ctx, actor, idempotencyKey, async (tx, now) => {
    const scopes = [...new Set(input.scopes)];
    const services = [...new Set(input.services)];
    const problems = [...validateName('calendar', name), ...(await findUnknown(tx, actor, { scopes, services }))];
    if (problems.length > 0) throw UserError.invalid(problems);
    const creator = await getCreator(tx, actor);
    const secret = newSecret();
    const columns = { ...secretColumns(actor, now, secret), tokenId: creator?.id ?? null };
    const calendar = await createCalendar(tx, { ...columns, name, scopes, services });
    const subject = { kind: 'calendar', id: calendar.id } as const;
    const { ownerId: owner, tokenId } = calendar;
    const after = { name, scopes, services, owner, created_with: tokenId };
    await record(tx, actor, now, { type: 'calendar.created', subject, after });
    return { calendar, secret };
  });
}

/** @throws UserError `forbidden` */
function visibleCalendars(actor: Actor, id?: number) {
  authorize(actor, 'make-calendar');
  return visibleSecrets(actor, 'manage-calendars-of-others', id);
}

/** The secret calendars that somebody created; for an admin those of everybody. @throws UserError `forbidden` */
export async function listVisibleCalendars(
  { database }: ActionContext,
  actor: Actor,
  page?: Page<'id', string>,
): Promise<Calendar[]> {
  return listCalendars(database, visibleCalendars(actor), page);
}

/** @throws UserError `forbidden` */
export async function getVisibleCalendar(db: Queries, actor: Actor, id: number): Promise<Calendar | undefined> {
  return (await listCalendars(db, visibleCalendars(actor, id)))[0];
}

/** @throws UserError `forbidden`, or `not-found` for a calendar that is already revoked or somebody else's */
export async function revokeCalendar(ctx: ActionContext, actor: Actor, id: number): Promise<Calendar> {
  const where = visibleCalendars(actor, id);
  return inTransaction(ctx, async (tx, now) => {
    const calendar = await markCalendarRevoked(tx, where, now);
    if (calendar === undefined) throw calendarNotFound({ id });
    const subject = { kind: 'calendar', id } as const;
    const change = { before: { name: calendar.name }, after: { with_token: null } };
    await record(tx, actor, now, { type: 'calendar.revoked', subject, ...change });
    return calendar;
  });
}
