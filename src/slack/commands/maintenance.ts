import { find } from '../../actions/action.ts';
import { comment } from '../../actions/comment.ts';
import { checksOf, coverageOf } from '../../actions/effects.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { countServices } from '../../store/catalogue.ts';
import { listComments } from '../../store/comments.ts';
import { countMaintenances, listMaintenances } from '../../store/maintenances.ts';
import type { SlackContext } from '../context.ts';
import { answer, help, list, show, welcome } from '../messages/answers.ts';
import type { Message } from '../messages/message.ts';
import { createModal } from '../modals/create.ts';
import type { Person } from '../people.ts';
import { readAloud } from './sentence.ts';

/** How many maintenances a list shows; it never exceeds a message. */
const LISTED = 20;

export interface Command {
  readonly text: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

/**
 * `/maintenance ...`. What begins with a word of its own and what that word wants (`show 12`) is that command; all else
 * is a sentence, so a service may be called `list`.
 * @returns what to answer; undefined when a form was opened instead
 */
export async function run(context: SlackContext, person: Person, command: Command): Promise<Message | undefined> {
  const text = command.text.trim();
  mustBeAllowed(person.actor, 'read');
  if (text === '') return openForm(context, person, command);
  if (/^(help|\?)$/i.test(text)) return help;
  if (/^list$/i.test(text)) return listOpen(context, person);
  const shown = /^show\s+#?(\d+)$/i.exec(text);
  if (shown !== null) return showOne(context, person, Number(shown[1]));
  const commented = /^comment\s+#?(\d+)\s+([\s\S]+)$/i.exec(text);
  if (commented !== null) {
    const id = Number(commented[1]);
    await comment(context.ground, person.actor, id, { text: commented[2] ?? '', internal: false });
    return answer(`Added to maintenance ${id}.`);
  }
  if (/^(show|comment)(\s+#?\d+)?$/i.test(text)) {
    const [word] = text.toLowerCase().split(/\s/);
    return answer(
      word === 'show'
        ? 'Say which one: `/maintenance show 12`. `/maintenance list` shows their numbers.'
        : 'Say which one and what: `/maintenance comment 12 Replicas are in sync`. `/maintenance list` shows their numbers.',
    );
  }
  return readAloud(context, person, text);
}

async function openForm(context: SlackContext, person: Person, command: Command): Promise<Message | undefined> {
  mustBeAllowed(person.actor, 'schedule');
  if ((await countServices(context.ground.database, person.actor.accountId)) === 0) return welcome;
  await context.client.views.open({
    trigger_id: command.triggerId,
    view: createModal({ responseUrl: command.responseUrl, channels: [], timezone: person.timezone }),
  });
  return undefined;
}

async function listOpen({ ground }: SlackContext, person: Person): Promise<Message> {
  const open = { statuses: ['scheduled', 'in-progress'] } as const;
  const { accountId } = person.actor;
  const shown = await listMaintenances(ground.database, accountId, open, { limit: LISTED });
  return list(shown, await countMaintenances(ground.database, accountId, open));
}

async function showOne({ ground }: SlackContext, person: Person, id: number): Promise<Message> {
  const maintenance = await find(ground, person.actor, id);
  const { accountId } = person.actor;
  const checks = await checksOf(ground.database, accountId, coverageOf(maintenance));
  return show(maintenance, checks.length, await listComments(ground.database, accountId, id), person.timezone);
}
