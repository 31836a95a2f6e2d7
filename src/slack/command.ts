import type { Message } from './blocks.ts';
import type { SlackContext } from './context.ts';
import type { Person } from './people.ts';

export interface CommandRequest {
  /** Slack's id. */
  readonly channel: string;
  /** Serves once, within three seconds. */
  readonly triggerId: string;
  readonly responseUrl: string;
}

/** `words`: the groups of the form; `request`: absent for a button. Returns undefined if a form was opened instead. */
export type Run = (
  context: SlackContext,
  person: Person,
  words: readonly (string | undefined)[],
  request?: CommandRequest,
) => Message | undefined | Promise<Message | undefined>;

export interface Entry {
  readonly form: RegExp;
  /** Receives the words in Slack's markup, with the ids of people and channels; others receive them as they were typed. */
  readonly marked?: true;
  readonly run: Run;
}

/** A maintenance as people name it: `12`, `#12`, or its short key. Keys have no vowels, so that no word is one. */
const REF = String.raw`#?(\d+|[2-9BCDFGHJKLMNPQRSTVWXZ]{5})`;

/** The form of a command about a maintenance: its name, the maintenance, and `rest`, a pattern of what follows. */
export function subcommand(name: string, rest = ''): RegExp {
  return new RegExp(String.raw`^${name}\s+${REF}${rest}$`, 'i');
}

/** A space and any text. */
export const TEXT = String.raw`\s+([\s\S]+)`;

/** Keeps a redelivered command from running twice. */
export function idempotencyKey(request: CommandRequest | undefined): string | undefined {
  return request && `command:${request.triggerId}`;
}
