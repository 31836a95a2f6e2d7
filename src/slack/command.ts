import type { Message } from './blocks.ts';
import type { SlackContext } from './context.ts';
import type { Person } from './people.ts';

/** Where a command was typed, and how it can be answered with a form. */
export interface CommandRequest {
  /** Slack's id. */
  readonly channel: string;
  /** Serves once, within three seconds. */
  readonly triggerId: string;
  readonly responseUrl: string;
}

/**
 * What a command does.
 * @param words what its form took from the text
 * @param asked absent when the words come from a button
 * @returns what to answer; undefined when a form was opened instead
 */
export type Run = (
  context: SlackContext,
  person: Person,
  words: readonly (string | undefined)[],
  asked?: CommandRequest,
) => Message | undefined | Promise<Message | undefined>;

export interface Entry {
  readonly form: RegExp;
  /** Whether it wants the words as Slack sends them, with the ids of people and channels; others get them as they were typed. */
  readonly marked?: true;
  readonly run: Run;
}

/** A maintenance as people name it: `12`, `#12`, or its short key. Keys have no vowels, so that no word is one. */
const REF = String.raw`#?(\d+|[2-9BCDFGHJKLMNPQRSTVWXZ]{5})`;

/** The form of a command about one maintenance: its name, the maintenance, and `rest`, a pattern of what follows. */
export function subcommand(name: string, rest = ''): RegExp {
  return new RegExp(String.raw`^${name}\s+${REF}${rest}$`, 'i');
}

/** What follows after a space: any text. */
export const TEXT = String.raw`\s+([\s\S]+)`;

/** The key of a command, so that a redelivered one does nothing. */
export function idempotencyKey(asked: CommandRequest | undefined): string | undefined {
  return asked === undefined ? undefined : `command:${asked.triggerId}`;
}
