import Fuse from 'fuse.js';
import { type KnownService, readSentence } from '../../domain/when/index.ts';
import { listServices, type Service } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import { COMMANDS_HELP, type Help, helpOn, nearestHelp, noSuchCommand } from '../messages/help.ts';
import type { Message } from '../messages/message.ts';
import type { Person } from '../people.ts';
import { placeNamed } from './places.ts';

const fuse = new Fuse(COMMANDS_HELP, { keys: ['name'], threshold: 0.4, includeScore: true });

/**
 * What to say of words that are a command written wrongly: its name right and the rest missing, or its name nearly right.
 * @returns undefined for a sentence: words that begin with the name of a service, or say a time
 */
export async function nearest(context: SlackContext, person: Person, text: string): Promise<Message | undefined> {
  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const right = rest === '' ? helpOn(word) : helpOn(word, text);
  const near = right === undefined ? nearName(word) : undefined;
  if ((right === undefined && near === undefined) || !(await isNoService(context, person, word))) return undefined;
  const isCommand = rest === '' || /^#?\d+(?:\s|$)/.test(rest) || !(await saysTime(context, person, rest));
  if (!isCommand) return undefined;
  return right ?? (near && nearestHelp(word, near));
}

/** What is said of a command that somebody asks about: of itself, of the nearest one, or of all. */
export function helpAbout(word: string): Message {
  const near = nearName(word);
  return helpOn(word) ?? (near === undefined ? noSuchCommand(word) : nearestHelp(word, near));
}

/** The command that a word is another one for, or whose name is like it: as long, give or take two letters. */
function nearName(word: string): Help | undefined {
  const same = COMMANDS_HELP.find(({ also }) => also?.includes(word.toLowerCase()));
  if (same !== undefined) return same;
  if (!/^[a-z]{3,15}$/i.test(word)) return undefined;
  return fuse.search(word).find(({ item }) => Math.abs(item.name.length - word.length) <= 2)?.item;
}

async function isNoService(context: SlackContext, person: Person, word: string): Promise<boolean> {
  return (await placeNamed(context, person, word)) === undefined;
}

/** Whether words say a time, be it of services that are known. */
async function saysTime({ ground }: SlackContext, { actor, timezone, locale }: Person, text: string): Promise<boolean> {
  const services = await listServices(ground.database, actor.accountId);
  const { when } = readSentence(text, { now: ground.clock.now(), timezone, locale, services: services.map(asKnown) });
  return when.outcome !== 'refusal';
}

function asKnown({ id, name, scope }: Service): KnownService {
  return { id, name, ...(scope === null ? {} : { scope: scope.name }) };
}
