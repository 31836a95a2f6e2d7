import type { Delivery } from './delivery/delivery.ts';
import type { Events } from './delivery/events.ts';
import type { MethodFaults } from './faults.ts';
import type { Inspector } from './inspector.ts';
import type { RateLimit } from './limits.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { SlackApp } from './slack-app.ts';
import type { Triggers } from './triggers.ts';
import type { MessageValues } from './views/message-values.ts';
import type { Views } from './views/views.ts';
import type { Workflows } from './workflows.ts';
import type { Workspace } from './workspace/workspace.ts';

/** The app's place in the workspace: its tokens, and whether they still open anything. */
export interface Installation {
  botToken: string;
  /** Those of earlier installations, which open nothing any more. */
  readonly formerTokens: Set<string>;
  /** The legacy token every payload carries. */
  readonly verificationToken: string;
  /** What calls are answered, once the tokens were revoked; `account_inactive` where the app is not installed. */
  revoked: 'invalid_auth' | 'account_inactive' | 'token_revoked' | undefined;
}

/** The parts of one workspace, for those that act on several of them. */
export interface World {
  readonly app: SlackApp;
  readonly origin: () => string;
  readonly workspace: Workspace;
  readonly views: Views;
  readonly messageValues: MessageValues;
  readonly triggers: Triggers;
  readonly workflows: Workflows;
  readonly responseUrls: ResponseUrls;
  readonly delivery: Delivery;
  readonly events: Events;
  readonly inspector: Inspector;
  readonly faults: MethodFaults;
  readonly installation: Installation;
  readonly limits: {
    /** Messages into one channel; undefined: as many as come. */
    readonly messages: RateLimit | undefined;
    /** Messages in one answer of `conversations.history` or `conversations.replies`. */
    readonly messagePage: number;
    /** Calls of one method. */
    call(method: string): number;
  };
  /** A ticket for a Socket Mode connection; undefined where HTTP delivery is on. */
  readonly socketTicket: (() => string) | undefined;
}
