import { reopen } from '../../actions/reopen.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import type { SlackContext } from '../context.ts';
import { answer } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import type { Message } from '../messages/message.ts';
import { at } from '../messages/time.ts';
import type { Person } from '../people.ts';
import { orOverride } from './anyway.ts';

/** Reopens a window. A second press is answered like the first. */
export function reopenFor(
  context: SlackContext,
  person: Person,
  id: number,
  once?: string,
): Promise<Message | undefined> {
  return orOverride(context, person, { kind: 'reopen', id }, async () =>
    reopened(await reopen(context.ground, person.actor, id, once), id, person.timezone),
  );
}

/** What is said to whoever reopened maintenance `id`. @param zone theirs */
export function reopened(opened: Maintenance, id: number, zone: string): Message {
  return answer(
    `Reopened: maintenance ${id} goes on as maintenance ${opened.id}, *${quote(opened.name, 200)}*. It ends ${at(opened.scheduledEnd, zone)} (${zone}).`,
  );
}
