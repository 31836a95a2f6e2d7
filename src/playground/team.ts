import { randomBytes } from 'node:crypto';
import type { Delivery } from './delivery/delivery.ts';
import type { Events } from './delivery/events.ts';
import type { Inspector } from './inspector.ts';
import type { ResponseUrls } from './interactions/response-urls.ts';
import type { Triggers } from './interactions/triggers.ts';
import type { Workflows } from './interactions/workflows.ts';
import type { MethodFaults } from './web-api/faults.ts';
import type { RateLimit } from './web-api/rate-limits.ts';
import type { MessageValues, Views } from './workspace/surfaces.ts';
import type { Workspace } from './workspace/workspace.ts';

/** The app's installation in one workspace. */
export interface Installation {
  botToken: string;
  /** Tokens of earlier installations; calls with them fail. */
  readonly formerTokens: Set<string>;
  /** The legacy token in every payload. */
  readonly verificationToken: string;
  /** The error that calls with a revoked token get; `account_inactive` if the app is not installed. */
  revoked: 'invalid_auth' | 'account_inactive' | 'token_revoked' | undefined;
}

/** One workspace (a `team` in Slack's API) with everything that belongs to it. */
export interface Team {
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
    /** Messages posted to one channel; undefined for no limit. */
    readonly messages: RateLimit | undefined;
    /** Messages posted to all channels. */
    readonly workspaceMessages: RateLimit | undefined;
    /** Max messages in one response of `conversations.history` or `conversations.replies`. */
    readonly messagePage: number;
    /** Counts a call of a method. @returns seconds to wait, 0 if it is allowed now. */
    call(method: string): number;
  };
  /** Issues a ticket for a Socket Mode connection; undefined with HTTP delivery. */
  readonly socketTicket: (() => string) | undefined;
}

/** In real time; https://docs.slack.dev/authentication/installing-with-oauth. */
const CODE_LIFETIME_MS = 10 * 60_000;

const randomSecret = (prefix: string): string => `${prefix}${randomBytes(18).toString('hex')}`;

/** A person's consent: they allowed the app in a workspace with these scopes. */
export interface Grant {
  readonly team: Team;
  /** For the whole organization, not only the workspace. */
  readonly org: boolean;
  readonly person: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
}

/** The app's registration at Slack: its secrets, its authorization codes, and all workspaces. */
export class SlackApp {
  readonly clientId = `${Date.now()}.${Math.floor(Math.random() * 1e12)}`;
  readonly clientSecret = randomSecret('');
  readonly signingSecret = randomSecret('');
  readonly appToken = randomSecret('xapp-1-');
  /** The legacy token in every payload. */
  readonly verificationToken = randomSecret('');
  readonly #teams: Team[] = [];
  readonly #codes = new Map<string, { grant: Grant; expiresAt: number; redeemed: boolean }>();

  createBotToken(): string {
    return randomSecret('xoxb-');
  }

  add(team: Team): void {
    this.#teams.push(team);
  }

  teams(): readonly Team[] {
    return this.#teams;
  }

  findTeam(teamId: string): Team | undefined {
    return this.#teams.find(({ workspace }) => workspace.team.id === teamId);
  }

  /** The workspace of a current or former bot token, or of a workflow run's token. */
  findTeamByToken(token: string): Team | undefined {
    return this.#teams.find(
      ({ installation, workflows }) =>
        installation.botToken === token || installation.formerTokens.has(token) || workflows.hasToken(token),
    );
  }

  /** An authorization code. It can be redeemed once, within ten minutes. */
  issueCode(grant: Grant): string {
    const code = randomSecret('');
    this.#codes.set(code, { grant, expiresAt: Date.now() + CODE_LIFETIME_MS, redeemed: false });
    return code;
  }

  redeemCode(code: string): Grant | 'invalid_code' | 'code_already_used' {
    const issued = this.#codes.get(code);
    if (issued === undefined || Date.now() > issued.expiresAt) return 'invalid_code';
    if (issued.redeemed) return 'code_already_used';
    issued.redeemed = true;
    return issued.grant;
  }
}

/** Installs the app in a workspace if it is not installed. @returns its bot token. */
export function installApp({ installation, events, app }: Team): string {
  if (installation.revoked !== undefined) {
    installation.formerTokens.add(installation.botToken);
    installation.botToken = app.createBotToken();
    installation.revoked = undefined;
    events.markInstalled();
  }
  return installation.botToken;
}

/** Uninstalls the app: sends the events, revokes its token and removes it from all channels. */
export function uninstallApp({ installation, events, workspace }: Team, bot: string): void {
  events.markUninstalled();
  installation.revoked = 'account_inactive';
  for (const channel of workspace.channels()) {
    if (channel.kind !== 'dm' && channel.members.includes(bot)) workspace.leave(channel, bot);
  }
}
