import { makeCalendar } from '../../actions/make-calendar.ts';
import { calendarsOf, revokeCalendar } from '../../actions/revoke-calendar.ts';
import { secretPath } from '../../domain/calendar/address.ts';
import { listScopes } from '../../store/scopes.ts';
import { listServices } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import { answer } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import { calendarList, madeCalendar, type Named } from '../messages/calendars.ts';
import type { Person } from '../people.ts';
import { type Entry, once, type Run } from './command.ts';
import { mustBeNamed } from './places.ts';

/** Calendars to subscribe to. */
export const calendars: readonly Entry[] = [
  { form: /^calendars?(?:\s+list)?$/i, run: (context, person) => list(context, person) },
  { form: /^calendars?\s+(?:revoke|remove|delete)\s+#?(\d{1,9})$/i, run: (...asked) => revoke(...asked) },
  {
    form: /^calendars?\s+(?:add|make|new|create)\s+([\s\S]+?)(?:\s+of\s+([\s\S]+))?$/i,
    run: (...asked) => make(...asked),
  },
];

async function list({ ground, publicUrl, workspace }: SlackContext, { actor }: Person) {
  const found = await calendarsOf(ground, actor);
  // The address names its account, so that it holds when another workspace adds this Lull.
  const address = `${publicUrl}/calendar.ics?account=${workspace.teamId}`;
  return calendarList(found, await namedIn(ground, actor.accountId), address);
}

const revoke: Run = async ({ ground }, { actor }, [id]) => {
  const { name } = await revokeCalendar(ground, actor, Number(id));
  return answer(`Revoked: ${quote(name, 60)}. At its address there is nothing any more.`);
};

const make: Run = async (context, person, [name = '', of], asked) => {
  const place = of === undefined ? undefined : await mustBeNamed(context, person, of);
  const { ground, publicUrl } = context;
  const made = await makeCalendar(
    ground,
    person.actor,
    {
      name,
      scopes: place?.kind === 'scope' ? [place.id] : [],
      services: place?.kind === 'service' ? [place.id] : [],
    },
    once(asked),
  );
  const named = await namedIn(ground, person.actor.accountId);
  return made && madeCalendar(made.calendar, named, `${publicUrl}${secretPath(made.secret)}`);
};

async function namedIn({ database }: SlackContext['ground'], accountId: number): Promise<Named> {
  const byId = (all: readonly { readonly id: number; readonly name: string }[]) =>
    new Map(all.map(({ id, name }) => [id, name]));
  return {
    scopes: byId(await listScopes(database, accountId)),
    services: byId(await listServices(database, accountId)),
  };
}
