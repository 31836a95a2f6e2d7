import type { WebClient } from '@slack/web-api';
import type { Connection } from './connection.ts';
import type { Workspace } from './workspace.ts';

/** The workspaces that Lull is in, and the way to each. */
export interface Workspaces {
  /**
   * Asks Slack what must be known before the first request. May be called again after it failed.
   * @returns the workspace where there is one alone
   * @throws TokenRefused when a token is wrong; whatever the client throws when Slack cannot be reached
   */
  connect(): Promise<Workspace | undefined>;
  /** Undefined: Lull is not in it. */
  ofTeam(teamId: string): Promise<Connection | undefined>;
  /** @throws DeliveryError `disconnected` where Lull is not in it; Error while Slack was not reached yet */
  ofAccount(accountId: number): Promise<Connection>;
  /**
   * For announcements: makes every call once.
   * @throws as `ofAccount` does
   */
  posterOf(accountId: number): Promise<WebClient>;
  /** Slack does not take the token of an account. Whether it is known now that it never will again. */
  refused(accountId: number): Promise<boolean>;
  /** Whether Slack can be reached, and takes the token where there is one alone. */
  reachable(): Promise<boolean>;
}
