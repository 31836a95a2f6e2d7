import { listScopes } from '../catalogue/scopes/repository.ts';
import { listServices } from '../catalogue/services/repository.ts';
import { getPlace } from '../catalogue/slack/places.ts';
import { successMessage } from '../slack/answers.ts';
import {
  context,
  formatList,
  formatNames,
  type Message,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run } from '../slack/command.ts';
import type { SlackContext } from '../slack/context.ts';
import type { Person } from '../slack/people.ts';
import { createSecretCalendar, listVisibleCalendars, revokeCalendar } from './commands.ts';
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

async function list({ ctx, publicUrl, workspace }: SlackContext, { actor }: Person) {
  const found = await listVisibleCalendars(ctx, actor);
  // The address names its account, so that it holds when another workspace adds this Lull.
  const address = `${publicUrl}/calendar.ics?account=${workspace.teamId}`;
  return calendarList(found, await namedIn(ctx, actor.accountId), address);
}

const revoke: Run = async ({ ctx }, { actor }, [id]) => {
  const { name } = await revokeCalendar(ctx, actor, Number(id));
  return successMessage(`Revoked: ${quote(name, 60)}. At its address there is nothing any more.`);
};

const make: Run = async (context, person, [name = '', of], asked) => {
  const place = of === undefined ? undefined : await getPlace(context, person, of);
  const { ctx, publicUrl } = context;
  const made = await createSecretCalendar(
    ctx,
    person.actor,
    {
      name,
      scopes: place?.kind === 'scope' ? [place.id] : [],
      services: place?.kind === 'service' ? [place.id] : [],
    },
    idempotencyKey(asked),
  );
  const named = await namedIn(ctx, person.actor.accountId);
  return made && calendarCreatedMessage(made.calendar, named, `${publicUrl}${secretPath(made.secret)}`);
};

async function namedIn({ database }: SlackContext['ctx'], accountId: number): Promise<Named> {
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
  return of.length === 0 ? 'everything' : formatNames(of, 200);
}

/** The calendars that somebody sees. @param address of the public one */
export function calendarList(calendars: readonly Calendar[], named: Named, address: string): Message {
  const lines = [
    `*Calendar* of what is public: ${address}`,
    ...(calendars.length === 0 ? [] : ['*At secret addresses*']),
    ...formatList(calendars, LISTED, (calendar) => {
      const by = quote(calendar.createdBy.name, 40);
      return `• ${calendar.id} *${quote(calendar.name, 60)}*: ${about(calendar, named)}; made by ${by}`;
    }),
  ];
  return {
    text: 'Calendars',
    blocks: [section(truncateBlocks(lines.join('\n'), SLACK_LIMITS.section)), context([HOW])],
  };
}

/** A calendar that was just made, with its address, for whoever made it alone. */
export function calendarCreatedMessage(calendar: Calendar, named: Named, address: string): Message {
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
