import { SLACK_IDS } from './slack/ids.ts';

/** The ids of one kind of channel. Each kind recognizes its own ids and no others. */
export interface IdFormat {
  isChannel(id: string): boolean;
  isPerson(id: string): boolean;
  /** A group of people, as roles are given to. */
  isGroup(id: string): boolean;
}

/**
 * Every kind of channel, by the name that is stored with its addresses. To add a kind, implement `Channel` in a folder next to
 * `delivery/slack/`, and add its ids here. The compiler then asks for the implementation in app/.
 */
export const CHANNEL_KINDS = { slack: SLACK_IDS } as const satisfies Readonly<Record<string, IdFormat>>;

const FORMATS: readonly (readonly [string, IdFormat])[] = Object.entries(CHANNEL_KINDS);

/** A channel. Only its kind understands the address. */
export type ChannelRef = { readonly channelKind: string; readonly channel: string };

export interface MessageRef extends ChannelRef {
  readonly messageRef: string;
}

/** The channel of an address that somebody entered; undefined when no kind recognizes it. */
export function findChannelRef(channel: string): ChannelRef | undefined {
  const found = FORMATS.find(([, format]) => format.isChannel(channel));
  return found && { channelKind: found[0], channel };
}

/** The kind of channel that reaches a person; undefined for a token or Lull itself. */
export function findPersonKind(personId: string): string | undefined {
  return FORMATS.find(([, format]) => format.isPerson(personId))?.[0];
}

export function isPersonOrGroup(id: string): boolean {
  return FORMATS.some(([, format]) => format.isPerson(id) || format.isGroup(id));
}
