import { find } from '../../actions/action.ts';
import { comment } from '../../actions/comment.ts';
import { checksOf, coverageOf } from '../../actions/effects.ts';
import { reschedule } from '../../actions/reschedule.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { readWhen } from '../../domain/when/index.ts';
import { countServices } from '../../store/catalogue.ts';
import { listComments } from '../../store/comments.ts';
import { countMaintenances, listMaintenances } from '../../store/maintenances.ts';
import type { SlackContext } from '../context.ts';
import { answer, help, list, refusal, show, welcome } from '../messages/answers.ts';
import type { Message } from '../messages/message.ts';
import { between } from '../messages/time.ts';
import { createModal } from '../modals/create.ts';
import type { Person } from '../people.ts';
import { ask } from './choices.ts';
import { readAloud } from './sentence.ts';
import { listSeries, pause, resume, skip } from './series.ts';

/** How many maintenances a list shows; it never exceeds a message. */
const LISTED = 20;

export interface Command {
  readonly text: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

type Run = (context: SlackContext, person: Person, words: readonly string[]) => Message | Promise<Message>;

/** What a command needs to be that command; without it, the words are a sentence, so a service may be called `list`. */
const COMMANDS: readonly { readonly form: RegExp; readonly run: Run }[] = [
  { form: /^(?:help|\?)$/i, run: () => help },
  { form: /^list$/i, run: (context, person) => listOpen(context, person) },
  { form: /^show\s+#?(\d+)$/i, run: (context, person, [id]) => showOne(context, person, Number(id)) },
  {
    form: /^comment\s+#?(\d+)\s+([\s\S]+)$/i,
    run: (context, person, [id, text = '']) => commentOn(context, person, Number(id), text),
  },
  {
    form: /^move\s+#?(\d+)\s+(?:to\s+)?([\s\S]+)$/i,
    run: (context, person, [id, text = '']) => move(context, person, Number(id), text),
  },
  { form: /^series$/i, run: (context, person) => listSeries(context, person) },
  {
    form: /^pause\s+#?(\w+)(?:\s+(keep|cancel))?$/i,
    run: (context, person, [ref = '', runs]) => pause(context, person, ref, runs?.toLowerCase()),
  },
  { form: /^resume\s+#?(\w+)$/i, run: (context, person, [ref = '']) => resume(context, person, ref) },
  { form: /^skip\s+#?(\w+)$/i, run: (context, person, [ref = '']) => skip(context, person, ref) },
];

/** Commands that were begun, and what they want. */
const WANTED: Readonly<Record<string, string>> = {
  show: 'Say which one: `/maintenance show 12`. `/maintenance list` shows their numbers.',
  comment:
    'Say which one and what: `/maintenance comment 12 Replicas are in sync`. `/maintenance list` shows their numbers.',
  move: 'Say which one and where to: `/maintenance move 12 tomorrow 3am`. `/maintenance list` shows their numbers.',
  pause: 'Say which series: `/maintenance pause NZT234`. `/maintenance series` shows their keys.',
  resume: 'Say which series: `/maintenance resume NZT234`. `/maintenance series` shows their keys.',
  skip: 'Say which series: `/maintenance skip NZT234`. `/maintenance series` shows their keys.',
};

/**
 * `/maintenance ...`: a command, a sentence, or nothing.
 * @returns what to answer; undefined when a form was opened instead
 */
export async function run(context: SlackContext, person: Person, command: Command): Promise<Message | undefined> {
  mustBeAllowed(person.actor, 'read');
  const text = command.text.trim();
  return text === '' ? openForm(context, person, command) : runText(context, person, text);
}

/** The same for words alone, as the choices of a question are. */
export async function runText(context: SlackContext, person: Person, text: string): Promise<Message> {
  mustBeAllowed(person.actor, 'read');
  for (const { form, run } of COMMANDS) {
    const words = form.exec(text)?.slice(1);
    if (words !== undefined) return run(context, person, words);
  }
  const wanted = /^(\w+)(?:\s+#?\d+)?$/.exec(text)?.[1]?.toLowerCase() ?? '';
  const advice = WANTED[wanted];
  return advice === undefined ? readAloud(context, person, text) : answer(advice);
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

async function commentOn({ ground }: SlackContext, { actor }: Person, id: number, text: string): Promise<Message> {
  await comment(ground, actor, id, { text, internal: false });
  return answer(`Added to maintenance ${id}.`);
}

/** Moves a scheduled maintenance. Without an end it keeps its length. */
async function move({ ground }: SlackContext, person: Person, id: number, text: string): Promise<Message> {
  const { scheduledStart, scheduledEnd } = await find(ground, person.actor, id);
  const when = readWhen(text, {
    now: ground.clock.now(),
    timezone: person.timezone,
    locale: person.locale,
    defaultMinutes: Math.round((scheduledEnd.getTime() - scheduledStart.getTime()) / 60_000),
  });
  if (when.outcome === 'refusal') return refusal(when.reason, `/maintenance move ${id} ${when.example}`);
  if (when.outcome === 'series') {
    return refusal('One maintenance is moved to one window.', `/maintenance move ${id} tomorrow 3am`);
  }
  if (when.outcome === 'question') {
    const choices = when.choices
      .slice(0, 5)
      .map((choice) => ({ label: choice.label, text: `move ${id} ${choice.text}` }));
    return ask(ground, person, when.question, choices);
  }
  await reschedule(ground, person.actor, id, when);
  return answer(`Moved: maintenance ${id} is now ${between(when, person.timezone)}.`);
}
