import Fuse from 'fuse.js';
import { listServices } from '../../catalogue/services/repository.ts';
import { findPlace } from '../../catalogue/slack/places.ts';
import { EXAMPLE } from '../../slack/answers.ts';
import { context, escapeMrkdwn, type Message, quote, section } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { readSentence } from '../../when/index.ts';

export interface Help {
  /** The first word of the command. */
  readonly name: string;
  /** Other words that people have for it. */
  readonly also?: readonly string[];
  /** How it is written. */
  readonly form: string;
  /** What it does, in a few words. */
  readonly does: string;
  readonly example: string;
  /** What else there is to know. */
  readonly more?: string;
}

const IDS = 'The number is on the announcement and in `/maintenance list`; with or without `#`, or the short key.';

/** Every command, in the order people are told of them. */
export const COMMANDS_HELP: readonly Help[] = [
  {
    name: 'list',
    form: 'list [upcoming|active|past|mine] [service or scope] [page]',
    does: 'what is on, what is coming, what was',
    also: ['ls', 'status', 'upcoming', 'active', 'past', 'mine'],
    example: 'list past api',
  },
  {
    name: 'show',
    also: ['view', 'info', 'details'],
    form: 'show 12',
    does: 'one maintenance, with its buttons',
    example: 'show 12',
    more: IDS,
  },
  {
    name: 'edit',
    also: ['change', 'update', 'rename'],
    form: 'edit 12',
    does: 'change anything of it in a form',
    example: 'edit 12',
    more: `A series by its key: \`/maintenance edit NZT234\`. ${IDS}`,
  },
  {
    name: 'start',
    also: ['begin', 'run'],
    form: 'start 12',
    does: 'start it now; it keeps its length',
    example: 'start 12',
    more: IDS,
  },
  {
    name: 'finish',
    also: ['end', 'stop', 'complete', 'close', 'done'],
    form: 'finish 12 [failed] [note]',
    does: 'end it now, as succeeded or failed',
    example: 'finish 12 failed Rolled back',
    more: `The note shows in its threads, in public channels too. ${IDS}`,
  },
  {
    name: 'extend',
    also: ['prolong', 'lengthen'],
    form: 'extend 12 30m',
    does: 'make it last longer: a length, or `until 5am`',
    example: 'extend 12 until 5am',
    more: `Without a length, a form asks for it. ${IDS}`,
  },
  {
    name: 'move',
    also: ['reschedule', 'postpone', 'delay', 'shift'],
    form: 'move 12 tomorrow 3am',
    does: 'move it to another time; without an end it keeps its length',
    example: 'move 12 sat 22:00 to sun 1am',
    more: IDS,
  },
  {
    name: 'cancel',
    also: ['abort', 'delete', 'remove', 'drop'],
    form: 'cancel 12 [reason]',
    does: 'cancel it; its checks go on again',
    example: 'cancel 12 Not needed any more',
    more: `The reason shows in its threads, in public channels too. ${IDS}`,
  },
  {
    name: 'reopen',
    also: ['restart'],
    form: 'reopen 12',
    does: 'a window on the same things as one that is over, now and for 30 min',
    example: 'reopen 12',
    more: IDS,
  },
  {
    name: 'approve',
    form: 'approve 12',
    does: 'approve what somebody else asked for, where a scope wants that',
    example: 'approve 12',
    more: `Unapproved at its start, it is canceled. ${IDS}`,
  },
  {
    name: 'decline',
    also: ['reject', 'deny'],
    form: 'decline 12 [reason]',
    does: 'decline what waits for approval: it does not start',
    example: 'decline 12 Not on a Friday',
    more: IDS,
  },
  {
    name: 'comment',
    also: ['note'],
    form: 'comment 12 text',
    does: 'add a comment, shown in its threads',
    example: 'comment 12 Replicas are in sync',
    more: IDS,
  },
  {
    name: 'internal',
    form: 'internal 12 text',
    does: 'add a comment that is for internal channels alone',
    example: 'internal 12 Waiting for the vendor',
    more: IDS,
  },
  {
    name: 'history',
    also: ['log', 'audit'],
    form: 'history 12',
    does: 'who did what to it, and when',
    example: 'history 12',
    more: IDS,
  },
  { name: 'services', form: 'services', does: 'the services, and what they are now', example: 'services' },
  {
    name: 'checks',
    form: 'checks [service]',
    does: 'the checks, and which maintenance has them off',
    example: 'checks api',
  },
  {
    name: 'sync',
    form: 'checks sync icinga',
    does: 'bring in what a monitoring system has, once you have seen it',
    example: 'checks sync icinga',
  },
  {
    name: 'subscribe',
    form: 'subscribe [service|scope|all] [internal|public]',
    does: 'have maintenances announced in this channel',
    example: 'subscribe api public',
    more: 'Without more it hears of everything, as an internal channel. A public one hears of no internal maintenance, internal comment or check.',
  },
  {
    name: 'unsubscribe',
    form: 'unsubscribe [service|scope|all]',
    does: 'end the subscriptions of this channel',
    example: 'unsubscribe api',
    more: 'Without more, or with `all`, it ends all subscriptions of this channel.',
  },
  {
    name: 'series',
    form: 'series [page]',
    does: 'the recurring windows, with their keys',
    example: 'series',
    more: 'A sentence makes one: `/maintenance api every sunday at 3am for 2h: Backups`; or a form: `/maintenance every`. A run is reminded of only once the window before it has been over for an hour: a nightly one that night, an hourly one not at all.',
  },
  { name: 'skip', form: 'skip NZT234', does: 'leave out the next run of a series', example: 'skip NZT234' },
  { name: 'pause', form: 'pause NZT234 [keep|cancel]', does: 'pause a series', example: 'pause NZT234' },
  { name: 'resume', form: 'resume NZT234', does: 'let a series go on', example: 'resume NZT234' },
  {
    name: 'settings',
    also: ['setup', 'config', 'configure', 'freeze', 'freezes', 'unfreeze', 'roles', 'scopes'],
    form: 'settings',
    does: 'for admins, in forms: roles, the catalogue, monitoring systems, freezes, the default channel and zone',
    example: 'settings freeze 24 dec 8am to 27 dec 8am: Holidays',
    more: '`/maintenance settings show` says how things are, and how to change each in words.',
  },
  {
    name: 'tokens',
    form: 'tokens [add NAME [read|write|admin] [in SCOPE] [for 90 days] | revoke 3]',
    does: 'tokens for tools that use the HTTP interface',
    example: 'tokens add deploys write in Production for 90 days',
    more: 'A token may do no more than whoever makes it, is shown once, and ends after a year unless told otherwise (`for ever`: never).',
  },
  {
    name: 'calendar',
    form: 'calendar [add NAME [of SERVICE] | revoke 3]',
    does: 'calendars to subscribe to',
    example: 'calendar add Databases of postgres',
    more: 'One that is added is at a secret address, shown once, and has what is internal too.',
  },
  { name: 'help', form: 'help [command]', does: 'this, or more about one command', example: 'help extend' },
];

/** All commands, each on a line. */
export const help: Message = {
  text: 'Lull runs planned maintenance.',
  blocks: [
    section(
      [
        '*Lull runs planned maintenance.*',
        '• `/maintenance <services> <when> for <how long>: <name>`: understand a window, show it, and schedule it when you agree',
        '• `/maintenance`: the same with a form',
      ]
        .map((line) => line.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))
        .join('\n'),
    ),
    section(COMMANDS_HELP.map(({ form, does }) => `• \`${escapeMrkdwn(form)}\`: ${does}`).join('\n')),
    context([
      `For example: \`${EXAMPLE}\``,
      'Several services: `api, web sat 22:00 to sun 2am: Network work`. Also: `#channel`, `status:degraded`, `risk:high`, `ref:CHG-123`, `link:https://...`, `internal`.',
      'More about one: `/maintenance help extend`',
    ]),
  ],
};

/**
 * One command, with an example; undefined when there is none of that name.
 * @param notUnderstood what was typed, where it is that command and yet says nothing
 */
export function helpOn(name: string, notUnderstood?: string): Message | undefined {
  const found = COMMANDS_HELP.find((each) => each.name === name.toLowerCase());
  if (found === undefined) return undefined;
  const { form, does, example, more } = found;
  const lines = [
    ...(notUnderstood === undefined ? [] : [`Not understood: \`${quoteCode(notUnderstood)}\`. Nothing was done.`]),
    `\`/maintenance ${escapeMrkdwn(form)}\`: ${does}.`,
    ...(more === undefined ? [] : [more]),
    `For example: \`/maintenance ${escapeMrkdwn(example)}\``,
  ];
  return { text: `/maintenance ${form}`, blocks: [section(lines.join('\n'))] };
}

/** All commands, for a word that is none and is like none. */
export function unknownCommandMessage(typed: string): Message {
  const text = `There is no command \`${quoteCode(typed)}\`. These there are:`;
  return { text, blocks: [section(text), ...help.blocks] };
}

/** A word that is no command but looks like one, and the command it may stand for. */
export function suggestHelp(typed: string, { form, example }: Help): Message {
  const text = [
    `There is no command \`${quoteCode(typed)}\`. Did you mean \`/maintenance ${escapeMrkdwn(form)}\`?`,
    `For example: \`/maintenance ${escapeMrkdwn(example)}\``,
  ].join('\n');
  return { text: `There is no command ${quote(typed, 50)}.`, blocks: [section(text)] };
}

/** What was typed, shortened, to stand between backticks. */
const quoteCode = (typed: string) => quote(typed.replace(/[`\s]+/g, ' '), 50);

const fuse = new Fuse(COMMANDS_HELP, { keys: ['name'], threshold: 0.4, includeScore: true });

/**
 * What to say of words that are a command written wrongly: its name right and the rest missing, or its name nearly right.
 * @returns undefined for a sentence: words that begin with the name of a service, or say a time
 */
export async function findNearestCommand(
  context: SlackContext,
  person: Person,
  text: string,
): Promise<Message | undefined> {
  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const right = rest === '' ? helpOn(word) : helpOn(word, text);
  const near = right === undefined ? nearName(word) : undefined;
  if ((right === undefined && near === undefined) || !(await isNoService(context, person, word))) return undefined;
  const isCommand = rest === '' || /^#?\d+(?:\s|$)/.test(rest) || !(await saysTime(context, person, rest));
  if (!isCommand) return undefined;
  return right ?? (near && suggestHelp(word, near));
}

/** What is said of a command that somebody asks about: of itself, of the nearest one, or of all. */
export function helpCommand(word: string): Message {
  const near = nearName(word);
  return helpOn(word) ?? (near === undefined ? unknownCommandMessage(word) : suggestHelp(word, near));
}

/** The command that a word is another one for, or whose name is like it: as long, give or take two letters. */
function nearName(word: string): Help | undefined {
  const same = COMMANDS_HELP.find(({ also }) => also?.includes(word.toLowerCase()));
  if (same !== undefined) return same;
  if (!/^[a-z]{3,15}$/i.test(word)) return undefined;
  return fuse.search(word).find(({ item }) => Math.abs(item.name.length - word.length) <= 2)?.item;
}

async function isNoService(context: SlackContext, person: Person, word: string): Promise<boolean> {
  return (await findPlace(context, person, word)) === undefined;
}

/** Whether words say a time, be it of services that are known. */
async function saysTime({ ctx }: SlackContext, { actor, timezone, locale }: Person, text: string): Promise<boolean> {
  const services = await listServices(ctx.database, actor.accountId);
  const { when } = readSentence(text, { now: ctx.clock.now(), timezone, locale, services });
  return when.outcome !== 'refusal';
}
