import { listScopes } from '../catalogue/scopes/repository.ts';
import { listServices } from '../catalogue/services/repository.ts';
import { answer } from '../slack/answers.ts';
import { context, cut, LIMITS, listed, type Message, names, quote, section } from '../slack/blocks.ts';
import { type Entry, once, type Run } from '../slack/command.ts';
import type { SlackContext } from '../slack/context.ts';
import type { Person } from '../slack/people.ts';
import { mustBeNamed } from '../slack/places.ts';
import { calendarsOf, makeCalendar, revokeCalendar } from './commands.ts';
import type { Calendar } from './repository.ts';
import { secretPath } from './rules.ts';

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

/** How many are listed, the newest first. */
const LISTED = 20;

const HOW =
  'Make one that shows what is internal too: `calendar add On call`, `calendar add Databases of postgres`. End one: `calendar revoke 3`.';

/** The names of scopes and services by their id. */
export interface Named {
  readonly scopes: ReadonlyMap<number, string>;
  readonly services: ReadonlyMap<number, string>;
}

function about({ scopes, services }: Calendar, named: Named): string {
  const of = [
    ...scopes.map((id) => named.scopes.get(id) ?? `scope ${id}`),
    ...services.map((id) => named.services.get(id) ?? `service ${id}`),
  ];
  return of.length === 0 ? 'everything' : names(of, 200);
}

/** The calendars that somebody sees. @param address of the public one */
export function calendarList(calendars: readonly Calendar[], named: Named, address: string): Message {
  const lines = [
    `*Calendar* of what is public: ${address}`,
    ...(calendars.length === 0 ? [] : ['*At secret addresses*']),
    ...listed(calendars, LISTED, (calendar) => {
      const by = quote(calendar.madeBy.name, 40);
      return `• ${calendar.id} *${quote(calendar.name, 60)}*: ${about(calendar, named)}; made by ${by}`;
    }),
  ];
  return { text: 'Calendars', blocks: [section(cut(lines.join('\n'), LIMITS.section)), context([HOW])] };
}

/** A calendar that was just made, with its address, for whoever made it alone. */
export function madeCalendar(calendar: Calendar, named: Named, address: string): Message {
  const lines = [
    `*${quote(calendar.name, 60)}*: ${about(calendar, named)}.`,
    'Whoever has this address sees what is internal. Copy it now; it is kept nowhere and cannot be shown again.',
    address,
  ];
  return {
    text: `A calendar was made: ${quote(calendar.name, 60)}`,
    blocks: [section(lines.join('\n')), context([`End it: \`calendar revoke ${calendar.id}\`.`])],
  };
}
