import Fuse from 'fuse.js';
import { type KnownService, readSentence } from '../../domain/when/index.ts';
import { listServices, type Service } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import { COMMANDS_HELP, type Help, helpOn, nearestHelp } from '../messages/help.ts';
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
  const bare = rest === '' || /^#?\d+$/.test(rest);
  const right = helpOn(word);
  if (right !== undefined) return bare && (await isNoService(context, person, word)) ? right : undefined;
  const near = nearName(word);
  if (near === undefined || !(await isNoService(context, person, word))) return undefined;
  if (bare || /^#?\d+\s/.test(rest) || !(await saysTime(context, person, rest))) return nearestHelp(word, near);
  return undefined;
}

/** The command whose name is like a word: as long, give or take two letters. */
function nearName(word: string): Help | undefined {
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
