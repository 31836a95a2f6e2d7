import { durationInWords } from '../../domain/maintenance.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import { ACTIONS } from './action-ids.ts';
import { approvalButtons } from './approval.ts';
import { actions, button, context, names, person, quote, section } from './blocks.ts';
import type { Message } from './message.ts';
import { windowForReader } from './time.ts';

/** How an approval that somebody was asked for stands. */
export type Asked =
  | { readonly state: 'open' }
  /** Decided upon, by this person. */
  | { readonly state: 'approved' | 'declined'; readonly by: { readonly id: string; readonly name: string } }
  /** Decided upon, changed since, and asked for again in another message. */
  | { readonly state: 'again' }
  /** Over, or it needs none any more. */
  | { readonly state: 'closed' };

/** What those who may approve are told in a direct message. It says what came of it, once somebody decided. */
export function approvalRequest(maintenance: Maintenance, asked: Asked): Message {
  const { id, name, services, scheduledStart: start, scheduledEnd: end } = maintenance;
  const what = `*${quote(name, 250)}*`;
  const text = headline(what, maintenance, asked);
  const window = `${windowForReader({ start, end })}, ${durationInWords(end.getTime() - start.getTime())}`;
  if (asked.state !== 'open') return { text, blocks: [section(text), context([`Maintenance ${id}`, window])] };
  const on = names(
    services.map((service) => service.name),
    500,
  );
  return {
    text,
    blocks: [
      section([text, window, ...(on === '' ? [] : [on])].join('\n')),
      context([
        `Maintenance ${id}`,
        'Unapproved at its start, it is canceled.',
        'You are asked because you may approve.',
      ]),
      actions(`asked:${id}`, [...approvalButtons(maintenance), button(ACTIONS.show, 'Show', String(id))]),
    ],
  };
}

function headline(what: string, { owner, status }: Maintenance, asked: Asked): string {
  switch (asked.state) {
    case 'open':
      return `:hourglass: ${person(owner)} asks for approval of ${what}.`;
    case 'approved':
      return `:white_check_mark: ${what} was approved by ${person(asked.by)}.`;
    case 'declined':
      return `:no_entry_sign: ${what} was declined by ${person(asked.by)}.`;
    case 'again':
      return `:pencil2: ${what} was changed, and is asked for again below.`;
    case 'closed':
      return status === 'canceled'
        ? `:no_entry_sign: ${what} was canceled.`
        : `:heavy_minus_sign: ${what} needs no approval any more.`;
  }
}
