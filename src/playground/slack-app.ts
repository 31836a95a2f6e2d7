import { randomBytes } from 'node:crypto';
import type { World } from './world.ts';

/** How long a code is good for, in milliseconds of real time; https://docs.slack.dev/authentication/installing-with-oauth. */
const CODE_LIFE_MS = 10 * 60_000;

const secret = (prefix: string): string => `${prefix}${randomBytes(18).toString('hex')}`;

/** What a person allowed: the app in a workspace, with these rights. */
export interface Grant {
  readonly world: World;
  /** Not in that workspace alone, but in the whole organization. */
  readonly org: boolean;
  readonly person: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
}

/** The app as Slack knows it: its secrets, and the workspaces there are to be added to. */
export class SlackApp {
  readonly clientId = `${Date.now()}.${Math.floor(Math.random() * 1e12)}`;
  readonly clientSecret = secret('');
  readonly signingSecret = secret('');
  readonly appToken = secret('xapp-1-');
  /** The legacy token every payload carries. */
  readonly verificationToken = secret('');
  readonly #worlds: World[] = [];
  readonly #codes = new Map<string, { grant: Grant; until: number; spent: boolean }>();

  /** A bot token that no workspace has yet. */
  newBotToken(): string {
    return secret('xoxb-');
  }

  add(world: World): void {
    this.#worlds.push(world);
  }

  worlds(): readonly World[] {
    return this.#worlds;
  }

  worldOfTeam(teamId: string): World | undefined {
    return this.#worlds.find(({ workspace }) => workspace.team.id === teamId);
  }

  /** The workspace that a token opens, or once opened. */
  worldOf(token: string): World | undefined {
    return this.#worlds.find(
      ({ installation, workflows }) =>
        installation.botToken === token || installation.formerTokens.has(token) || workflows.takes(token),
    );
  }

  /** A code for what was allowed. It serves once, within ten minutes. */
  issueCode(grant: Grant): string {
    const code = secret('');
    this.#codes.set(code, { grant, until: Date.now() + CODE_LIFE_MS, spent: false });
    return code;
  }

  spendCode(code: string): Grant | 'invalid_code' | 'code_already_used' {
    const issued = this.#codes.get(code);
    if (issued === undefined || Date.now() > issued.until) return 'invalid_code';
    if (issued.spent) return 'code_already_used';
    issued.spent = true;
    return issued.grant;
  }
}

/** Puts the app into a workspace, unless it is there. @returns its bot token. */
export function addTo({ installation, events, app }: World): string {
  if (installation.revoked !== undefined) {
    installation.formerTokens.add(installation.botToken);
    installation.botToken = app.newBotToken();
    installation.revoked = undefined;
    events.installed();
  }
  return installation.botToken;
}

/** Takes the app out of a workspace and of its channels: it is told so, and its token opens nothing any more. */
export function removeFrom({ installation, events, workspace }: World, bot: string): void {
  events.uninstalled();
  installation.revoked = 'account_inactive';
  for (const channel of workspace.channels()) {
    if (channel.kind !== 'dm' && channel.members.includes(bot)) workspace.leave(channel, bot);
  }
}
