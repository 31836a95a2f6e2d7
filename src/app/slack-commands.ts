import { tokens } from '../access/slack/tokens.ts';
import { approvals } from '../approvals/slack/listeners.ts';
import { history } from '../audit/slack/history.ts';
import { calendars } from '../calendars/slack.ts';
import { countServices } from '../catalogue/services/repository.ts';
import { serviceCommands } from '../catalogue/slack/commands.ts';
import { listMutes } from '../checks/mute-repository.ts';
import type { ProviderDependencies } from '../checks/provider-commands.ts';
import { checkCommands } from '../checks/slack/commands.ts';
import type { Lister } from '../checks/sync.ts';
import { comment } from '../comments/commands.ts';
import { listComments } from '../comments/repository.ts';
import { formatReply } from '../comments/slack/reply.ts';
import { authorize } from '../core/permissions.ts';
import { toCoverage } from '../maintenance/commands/announce.ts';
import { forecastMutes } from '../maintenance/commands/coverage.ts';
import { reschedule } from '../maintenance/commands/edit.ts';
import { offerOverride } from '../maintenance/slack/blocked-by-freeze.ts';
import { openEdit } from '../maintenance/slack/buttons.ts';
import { askChoice } from '../maintenance/slack/choices.ts';
import { createModal } from '../maintenance/slack/create-form.ts';
import { listCommand } from '../maintenance/slack/list.ts';
import { resolveMaintenance } from '../maintenance/slack/resolve.ts';
import { previewSentence } from '../maintenance/slack/sentence.ts';
import { showMessage } from '../maintenance/slack/show.ts';
import { transitionCommands } from '../maintenance/slack/transitions.ts';
import { edit as editSeries, openCreateSeries, pause, resume, seriesPage, skip } from '../series/slack/commands.ts';
import { settings } from '../settings/slack/commands.ts';
import { errorMessage, successMessage, welcomeMessage } from '../slack/answers.ts';
import type { Message } from '../slack/blocks.ts';
import { type CommandRequest, type Entry, idempotencyKey, type Run, subcommand, TEXT } from '../slack/command.ts';
import type { SlackContext } from '../slack/context.ts';
import type { Person } from '../slack/people.ts';
import { formatWindow } from '../slack/time.ts';
import { channelCommands } from '../subscriptions/slack/commands.ts';
import { readWhen } from '../when/index.ts';
import { findNearestCommand, help, helpCommand } from './slack/help.ts';

/** What was typed, and where. */
export interface Command extends CommandRequest {
  readonly text: string;
}

/** What commands need besides the context of the workspace. */
export interface SlackServices {
  /** Lists the checks of a monitoring system. */
  readonly list: Lister;
  readonly providers: ProviderDependencies;
}

/** The commands by their form. Other words are a sentence, so a service may be called `list`. */
const commandsOf = ({ list, providers }: SlackServices): readonly Entry[] => [
  { form: /^(?:help|\?)$/i, run: () => help },
  { form: /^help\s+\/?(\S+)/i, run: (_context, _person, [name = '']) => helpCommand(name) },
  ...listCommand,
  ...serviceCommands,
  ...checkCommands(list),
  ...channelCommands,
  ...transitionCommands,
  ...approvals,
  ...settings(providers),
  ...history,
  ...tokens,
  ...calendars,
  { form: subcommand('edit'), run: editOne },
  { form: subcommand('show'), run: showOne },
  { form: subcommand('comment', TEXT), run: commentOn(false) },
  { form: subcommand('internal', TEXT), run: commentOn(true) },
  { form: subcommand('move', String.raw`\s+(?:to\s+)?([\s\S]+)`), run: move },
  {
    form: /^edit\s+#?([2-9BCDFGHJKLMNPQRSTVWXZ]{6})$/i,
    run: (context, person, [ref = ''], asked) => editSeries(context, person, ref, asked),
  },
  {
    form: /^series(?:\s+(\d{1,4}))?$/i,
    run: (context, person, [page = '1']) => seriesPage(context, person, { of: 'series', page: Number(page) || 1 }),
  },
  { form: /^every$/i, run: newSeries },
  {
    form: /^pause\s+#?(\w+)(?:\s+(keep|cancel))?$/i,
    run: (context, person, [ref = '', runs]) => pause(context, person, ref, runs?.toLowerCase()),
  },
  { form: /^resume\s+#?(\w+)$/i, run: (context, person, [ref = '']) => resume(context, person, ref) },
  { form: /^skip\s+#?(\w+)$/i, run: (context, person, [ref = '']) => skip(context, person, ref) },
];

/** `/maintenance ...`: a command, a sentence, or nothing. Both return undefined if a form was opened instead of an answer. */
export function slackCommands(services: SlackServices) {
  const commands = commandsOf(services);

  async function runCommand(context: SlackContext, person: Person, command: Command): Promise<Message | undefined> {
    authorize(person.actor, 'read');
    // People paste whole examples after the command that is there already.
    const text = command.text
      .replaceAll('\0', ' ')
      .trim()
      .replace(/^\/maintenance(?:\s+|$)/i, '');
    return text === '' ? openForm(context, person, command) : runText(context, person, text, command);
  }

  /** The same for text alone, such as the choices of a question. @param request absent where no form can be opened */
  async function runText(
    context: SlackContext,
    person: Person,
    text: string,
    request?: CommandRequest,
  ): Promise<Message | undefined> {
    authorize(person.actor, 'read');
    // The text of a button was taken out of Slack's markup when it was typed.
    const unmark = async (marked: string) => (request === undefined ? marked : formatReply(context, marked));
    for (const { form, run, marked } of commands) {
      const words = form.exec(text)?.slice(1);
      if (words === undefined) continue;
      const unmarked = marked ? words : await Promise.all(words.map(async (word) => word && unmark(word)));
      return run(context, person, unmarked, request);
    }
    const sentence = request === undefined ? text : await formatReply(context, text, { keepChannels: true });
    return (await findNearestCommand(context, person, sentence)) ?? previewSentence(context, person, sentence);
  }

  return { runCommand, runText };
}

async function openForm(context: SlackContext, person: Person, command: Command): Promise<Message | undefined> {
  authorize(person.actor, 'schedule');
  if ((await countServices(context.ctx.database, person.actor.accountId)) === 0) return welcomeMessage;
  await context.client.views.open({
    trigger_id: command.triggerId,
    view: createModal({ responseUrl: command.responseUrl, channels: [], timezone: person.timezone }),
  });
  return undefined;
}

/** A series by a form. */
const newSeries: Run = async (context, person, _, asked) => {
  if (asked === undefined) return successMessage('Type it: `/maintenance every`.');
  await openCreateSeries(context, person, asked);
  return undefined;
};

const editOne: Run = async (context, person, [ref], asked) => {
  const { id } = await resolveMaintenance(context, person, ref);
  if (asked === undefined) return successMessage(`Type it: \`/maintenance edit ${id}\`.`);
  await openEdit(context, person, id, asked.triggerId);
  return undefined;
};

const showOne: Run = async (context, person, [ref]) => {
  const maintenance = await resolveMaintenance(context, person, ref);
  const { database } = context.ctx;
  const { accountId } = person.actor;
  const { switched } = await forecastMutes(database, accountId, toCoverage(maintenance));
  const mutes = await listMutes(database, accountId, maintenance.id);
  const comments = await listComments(database, accountId, maintenance.id);
  return showMessage(maintenance, { covered: switched.length, mutes }, comments, person.timezone);
};

function commentOn(internal: boolean): Run {
  return async (context, person, [ref, text = ''], asked) => {
    const { id } = await resolveMaintenance(context, person, ref);
    const added = await comment(context.ctx, person.actor, id, { text, internal }, idempotencyKey(asked));
    if (added === undefined) return undefined;
    return successMessage(
      internal ? `Added to maintenance ${id}, for internal channels alone.` : `Added to maintenance ${id}.`,
    );
  };
}

/** Moves a scheduled maintenance. Without an end it keeps its length. */
const move: Run = async (context, person, [ref, text = ''], asked) => {
  const { ctx } = context;
  const { id, scheduledStart, scheduledEnd } = await resolveMaintenance(context, person, ref);
  const when = readWhen(text, {
    now: ctx.clock.now(),
    timezone: person.timezone,
    locale: person.locale,
    defaultMinutes: Math.round((scheduledEnd.getTime() - scheduledStart.getTime()) / 60_000),
  });
  if (when.outcome === 'refusal') return errorMessage(when.reason, `/maintenance move ${id} ${when.example}`);
  if (when.outcome === 'series') {
    return errorMessage('One maintenance is moved to one window.', `/maintenance move ${id} tomorrow 3am`);
  }
  if (when.outcome === 'question') {
    const choices = when.choices
      .slice(0, 5)
      .map((choice) => ({ label: choice.label, text: `move ${id} ${choice.text}` }));
    return askChoice(ctx, person, when.question, choices);
  }
  const { start, end, timezone } = when;
  return offerOverride(context, person, { kind: 'move', id, start, end, timezone }, async () => {
    if ((await reschedule(ctx, person.actor, id, when, idempotencyKey(asked))) === undefined) return undefined;
    return successMessage(`Moved: maintenance ${id} is now ${formatWindow(when, person.timezone)}.`);
  });
};
