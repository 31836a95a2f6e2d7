import type { SlackContext } from './context.ts';

/** What all that hears Slack is given. */
export interface Listening {
  readonly context: SlackContext;
  /** Is told of all work that goes on after the acknowledgement, so that a stop can wait for it. */
  readonly track: (work: Promise<void>) => void;
  /** Is told that something was said that could not be heard. */
  readonly missed: () => void;
  /** Is told that the workspace took Lull's rights back, and how. */
  readonly removed: (how: string) => void;
}
