import type { KnownBlock } from '@slack/types';

/** A message as Slack takes it. */
export interface Message {
  /** What notifications and screen readers say. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** For a message in a thread: show it in the channel too. */
  readonly broadcast?: boolean;
}
