import { tokens } from '../../access/slack/tokens.ts';
import { approvals } from '../../approvals/slack/listeners.ts';
import { history } from '../../audit/slack/history.ts';
import { calendars } from '../../calendars/slack.ts';
import { serviceCommands } from '../../catalogue/slack/commands.ts';
import type { ProviderDependencies } from '../../checks/provider-commands.ts';
import { checkCommands } from '../../checks/slack/commands.ts';
import type { Lister } from '../../checks/sync.ts';
import { commentCommands } from '../../comments/slack/forms.ts';
import { formatReply } from '../../comments/slack/replies.ts';
import { authorize } from '../../core/permissions.ts';
import { maintenanceCommands } from '../../maintenance/slack/commands.ts';
import { openCreateForm } from '../../maintenance/slack/forms.ts';
import { listCommand } from '../../maintenance/slack/list.ts';
import { previewSentence } from '../../maintenance/slack/sentence.ts';
import { seriesCommands } from '../../series/slack/commands.ts';
import { settings } from '../../settings/slack/commands.ts';
import type { Message } from '../../slack/blocks.ts';
import type { CommandRequest, Entry } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { channelCommands } from '../../subscriptions/slack.ts';
import { findNearestCommand, help, helpCommand } from './help.ts';

export interface Command extends CommandRequest {
  readonly text: string;
}

export interface SlackServices {
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
  ...maintenanceCommands,
  ...commentCommands,
  ...approvals,
  ...settings(providers),
  ...history,
  ...tokens,
  ...calendars,
  ...seriesCommands,
];

/** Forms of commands have several gaps next to any text: trying how a gap of thousands is shared takes half a minute. */
const LONG_GAP = /(\s{20})\s+/g;

/** `/maintenance ...`: a command, a sentence, or nothing. Both return undefined if a form was opened instead of an answer. */
export function slackCommands(services: SlackServices) {
  const commands = commandsOf(services);

  async function runCommand(context: SlackContext, person: Person, command: Command): Promise<Message | undefined> {
    authorize(person.actor, 'read');
    // People paste whole examples after the command that is there already.
    const text = command.text
      .replaceAll('\0', ' ')
      .trim()
      .replace(LONG_GAP, '$1')
      .replace(/^\/maintenance(?:\s+|$)/i, '');
    return text === '' ? openCreateForm(context, person, command) : runText(context, person, text, command);
  }

  /** The same for text alone, such as the choices of a question. @param request absent where no form can be opened */
  async function runText(context: SlackContext, person: Person, text: string, request?: CommandRequest) {
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

  return { commands, runCommand, runText };
}
