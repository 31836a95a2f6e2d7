import { tokens } from '../access/slack/tokens.ts';
import { approvals } from '../approvals/slack/listeners.ts';
import { history } from '../audit/slack/history.ts';
import { calendars } from '../calendars/slack.ts';
import { countServices } from '../catalogue/services/repository.ts';
import { catalogue } from '../catalogue/slack/commands.ts';
import { holdsOf } from '../checks/mutes.ts';
import { comment } from '../comments/commands.ts';
import { listComments } from '../comments/repository.ts';
import { asRead } from '../comments/slack/reply.ts';
import { mustBeAllowed } from '../core/permissions.ts';
import { orOverride } from '../freezes/slack/anyway.ts';
import { coverageOf } from '../maintenance/commands/announce.ts';
import { covering } from '../maintenance/commands/coverage.ts';
import { reschedule } from '../maintenance/commands/reschedule.ts';
import { openEdit } from '../maintenance/slack/announcement-buttons.ts';
import { createModal } from '../maintenance/slack/create-form.ts';
import { lists } from '../maintenance/slack/list.ts';
import { readAloud } from '../maintenance/slack/sentence.ts';
import { running } from '../maintenance/slack/transitions.ts';
import { edit as editSeries, openNew, pause, resume, seriesPage, skip } from '../series/slack/commands.ts';
import { settings } from '../settings/slack/commands.ts';
import { answer, ask, refusal, show, welcome } from '../slack/answers.ts';
import type { Message } from '../slack/blocks.ts';
import { type Asked, about, type Entry, meant, once, type Run, TEXT } from '../slack/command.ts';
import type { SlackContext } from '../slack/context.ts';
import { help, helpAbout, nearest } from '../slack/help.ts';
import type { Person } from '../slack/people.ts';
import { between } from '../slack/time.ts';
import { channels } from '../subscriptions/slack/commands.ts';
import { readWhen } from '../when/index.ts';

/** What was typed, and where. */
export interface Command extends Asked {
  readonly text: string;
}

/** What a command needs to be that command; without it, the words are a sentence, so a service may be called `list`. */
const COMMANDS: readonly Entry[] = [
  { form: /^(?:help|\?)$/i, run: () => help },
  { form: /^help\s+\/?(\S+)/i, run: (_context, _person, [name = '']) => helpAbout(name) },
  ...lists,
  ...catalogue,
  ...channels,
  ...running,
  ...approvals,
  ...settings,
  ...history,
  ...tokens,
  ...calendars,
  { form: about('edit'), run: (...asked) => editOne(...asked) },
  { form: about('show'), run: (...asked) => showOne(...asked) },
  { form: about('comment', TEXT), run: (...asked) => commentOn(false, ...asked) },
  { form: about('internal', TEXT), run: (...asked) => commentOn(true, ...asked) },
  { form: about('move', String.raw`\s+(?:to\s+)?([\s\S]+)`), run: (...asked) => move(...asked) },
  {
    form: /^edit\s+#?([2-9BCDFGHJKLMNPQRSTVWXZ]{6})$/i,
    run: (context, person, [ref = ''], asked) => editSeries(context, person, ref, asked),
  },
  {
    form: /^series(?:\s+(\d{1,4}))?$/i,
    run: (context, person, [page = '1']) => seriesPage(context, person, { of: 'series', page: Number(page) || 1 }),
  },
  { form: /^every$/i, run: (...asked) => newSeries(...asked) },
  {
    form: /^pause\s+#?(\w+)(?:\s+(keep|cancel))?$/i,
    run: (context, person, [ref = '', runs]) => pause(context, person, ref, runs?.toLowerCase()),
  },
  { form: /^resume\s+#?(\w+)$/i, run: (context, person, [ref = '']) => resume(context, person, ref) },
  { form: /^skip\s+#?(\w+)$/i, run: (context, person, [ref = '']) => skip(context, person, ref) },
];

/**
 * `/maintenance ...`: a command, a sentence, or nothing.
 * @returns what to answer; undefined when a form was opened instead
 */
export async function run(context: SlackContext, person: Person, command: Command): Promise<Message | undefined> {
  mustBeAllowed(person.actor, 'read');
  // A whole example may well be pasted behind the command that is there already.
  const text = command.text
    .replaceAll('\0', ' ')
    .trim()
    .replace(/^\/maintenance(?:\s+|$)/i, '');
  return text === '' ? openForm(context, person, command) : runText(context, person, text, command);
}

/**
 * The same for words alone, as the choices of a question are.
 * @param asked absent where no form can be opened and no channel is meant
 */
export async function runText(
  context: SlackContext,
  person: Person,
  text: string,
  asked?: Asked,
): Promise<Message | undefined> {
  mustBeAllowed(person.actor, 'read');
  // What a button says again was taken out of Slack's markup when it was typed.
  const typed = asked !== undefined;
  for (const { form, run, marked } of COMMANDS) {
    const words = form.exec(text)?.slice(1);
    if (words === undefined) continue;
    return run(context, person, typed && !marked ? await wordsAsRead(context, words) : words, asked);
  }
  const sentence = typed ? await asRead(context, text, { keepChannels: true }) : text;
  return (await nearest(context, person, sentence)) ?? readAloud(context, person, sentence);
}

function wordsAsRead(context: SlackContext, words: readonly (string | undefined)[]) {
  return Promise.all(words.map(async (word) => word && asRead(context, word)));
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

/** A series by a form. */
const newSeries: Run = async (context, person, _, asked) => {
  if (asked === undefined) return answer('Type it: `/maintenance every`.');
  await openNew(context, person, asked);
  return undefined;
};

const editOne: Run = async (context, person, [ref], asked) => {
  const { id } = await meant(context, person, ref);
  if (asked === undefined) return answer(`Type it: \`/maintenance edit ${id}\`.`);
  await openEdit(context, person, id, asked.triggerId);
  return undefined;
};

const showOne: Run = async (context, person, [ref]) => {
  const maintenance = await meant(context, person, ref);
  const { database } = context.ground;
  const { accountId } = person.actor;
  const { switched } = await covering(database, accountId, coverageOf(maintenance));
  const holds = await holdsOf(database, accountId, maintenance.id);
  const comments = await listComments(database, accountId, maintenance.id);
  return show(maintenance, { covered: switched.length, holds }, comments, person.timezone);
};

async function commentOn(internal: boolean, ...[context, person, [ref, text = ''], asked]: Parameters<Run>) {
  const { id } = await meant(context, person, ref);
  const key = once(asked);
  if (key === undefined) await comment(context.ground, person.actor, id, { text, internal });
  else if ((await comment(context.ground, person.actor, id, { text, internal }, key)) === undefined) return undefined;
  return answer(internal ? `Added to maintenance ${id}, for internal channels alone.` : `Added to maintenance ${id}.`);
}

/** Moves a scheduled maintenance. Without an end it keeps its length. */
const move: Run = async (context, person, [ref, text = ''], asked) => {
  const { ground } = context;
  const { id, scheduledStart, scheduledEnd } = await meant(context, person, ref);
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
  const { start, end, timezone } = when;
  return orOverride(context, person, { kind: 'move', id, start, end, timezone }, async () => {
    if ((await reschedule(ground, person.actor, id, when, once(asked))) === undefined) return undefined;
    return answer(`Moved: maintenance ${id} is now ${between(when, person.timezone)}.`);
  });
};
