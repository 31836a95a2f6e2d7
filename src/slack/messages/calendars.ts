import type { Calendar } from '../../store/calendars.ts';
import { context, cut, LIMITS, listed, names, quote, section } from './blocks.ts';
import type { Message } from './message.ts';

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
