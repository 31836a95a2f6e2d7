import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { problemsOfName } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { type Calendar, createCalendar } from '../store/calendars.ts';
import { newSecret } from '../store/tokens.ts';
import { type Ground, transactOnce } from './action.ts';
import { unknownScopes, unknownServices } from './references.ts';

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
