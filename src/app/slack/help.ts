import Fuse from 'fuse.js';
import { listServices } from '../../catalogue/services/repository.ts';
import { findPlace } from '../../catalogue/slack/places.ts';
import { context, escapeMrkdwn, type Message, quote, section } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { COMMANDS_HELP, type CommandHelp, helpTexts } from '../../texts/slack-help.ts';
import { readSentence } from '../../when/index.ts';

export const help: Message = {
  text: helpTexts.title,
  blocks: [
    section(helpTexts.intro.replaceAll('<', '&lt;').replaceAll('>', '&gt;')),
    section(COMMANDS_HELP.map(({ form, does }) => `• \`${escapeMrkdwn(form)}\`: ${does}`).join('\n')),
    context(helpTexts.footer),
  ],
};

/** @param notUnderstood what was typed, if it is that command and incomplete */
export function helpOn(name: string, notUnderstood?: string): Message | undefined {
  const found = COMMANDS_HELP.find((each) => each.name === name.toLowerCase());
  if (found === undefined) return undefined;
  const { form, does, example = form, more } = found;
  // Commands about a maintenance explain its number.
  const details = [...(more === undefined ? [] : [more]), ...(form.includes(' 12') ? [helpTexts.ids] : [])];
  const lines = [
    ...(notUnderstood === undefined ? [] : [helpTexts.notUnderstood(quoteCode(notUnderstood))]),
    helpTexts.command(escapeMrkdwn(form), does),
    ...(details.length === 0 ? [] : [details.join(' ')]),
    helpTexts.example(escapeMrkdwn(example)),
  ];
  return { text: `/maintenance ${form}`, blocks: [section(lines.join('\n'))] };
}

export function unknownCommandMessage(typed: string): Message {
  const text = helpTexts.unknown(quoteCode(typed));
  return { text, blocks: [section(text), ...help.blocks] };
}

export function suggestHelp(typed: string, { form, example = form }: CommandHelp): Message {
  const lines = [helpTexts.suggestion(quoteCode(typed), escapeMrkdwn(form)), helpTexts.example(escapeMrkdwn(example))];
  return { text: helpTexts.unknownShort(quote(typed, 50)), blocks: [section(lines.join('\n'))] };
}

/** For between backticks. */
const quoteCode = (typed: string) => quote(typed.replace(/[`\s]+/g, ' '), 50);

/** `/maintenance help` with a word: the command, the nearest one, or all. */
export function helpCommand(word: string): Message {
  const nearest = findNearest(word);
  return helpOn(word) ?? (nearest === undefined ? unknownCommandMessage(word) : suggestHelp(word, nearest));
}

/** Help on an incomplete or misspelled command; undefined for a sentence, which begins with a service or has a time. */
export async function findNearestCommand(context: SlackContext, person: Person, text: string) {
  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const exact = rest === '' ? helpOn(word) : helpOn(word, text);
  const nearest = exact === undefined ? findNearest(word) : undefined;
  if (exact === undefined && nearest === undefined) return undefined;
  if ((await findPlace(context, person, word)) !== undefined) return undefined;
  const isCommand = rest === '' || /^#?\d+(?:\s|$)/.test(rest) || !(await hasTime(context, person, rest));
  if (!isCommand) return undefined;
  return exact ?? (nearest && suggestHelp(word, nearest));
}

const fuse = new Fuse(COMMANDS_HELP, { keys: ['name'], threshold: 0.4, includeScore: true });

/** The command that a word is a synonym of, or whose name is like it and about as long. */
function findNearest(word: string): CommandHelp | undefined {
  const synonym = COMMANDS_HELP.find(({ also }) => also?.split(' ').includes(word.toLowerCase()));
  if (synonym !== undefined) return synonym;
  if (!/^[a-z]{3,15}$/i.test(word)) return undefined;
  return fuse.search(word).find(({ item }) => Math.abs(item.name.length - word.length) <= 2)?.item;
}

async function hasTime({ ctx }: SlackContext, { actor, timezone, locale }: Person, text: string): Promise<boolean> {
  const services = await listServices(ctx.database, actor.accountId);
  const { when } = readSentence(text, { now: ctx.clock.now(), timezone, locale, services });
  return when.outcome !== 'refusal';
}
