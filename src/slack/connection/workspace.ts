import type { WebClient } from '@slack/web-api';
import { type Account, findAccountByTeam } from '../../access/accounts.ts';
import { resume } from '../../access/commands.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { slackError } from './client.ts';

export interface Workspace {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string | undefined;
  readonly account: Account;
}

/** Slack's errors for a token that no retry makes valid. */
export const FINAL_TOKEN_ERRORS: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);

const TOKEN_SOURCES = {
  SLACK_BOT_TOKEN: 'the Bot User OAuth Token (xoxb-...) from the app\'s page "OAuth & Permissions"',
  SLACK_APP_TOKEN: 'an app-level token (xapp-...) with connections:write from the app\'s page "Basic Information"',
} as const;

export interface Defaults {
  /** IANA zone. */
  readonly timezone: string;
  /** A channel's name or id. */
  readonly defaultChannel: string | undefined;
}

/** Slack rejects a token, and will again. */
export class TokenRejected extends Error {
  constructor(variable: keyof typeof TOKEN_SOURCES, reason: string) {
    super(`Slack refuses ${variable} (${reason}). Set it to ${TOKEN_SOURCES[variable]}, and start Lull again.`);
    this.name = 'TokenRejected';
  }

  /** Undefined if Slack did not reject the token. */
  static from(variable: keyof typeof TOKEN_SOURCES, error: unknown): TokenRejected | undefined {
    const reason = slackError(error);
    return reason !== undefined && FINAL_TOKEN_ERRORS.has(reason) ? new TokenRejected(variable, reason) : undefined;
  }
}

/** Asks Slack which workspace the token is of, and finds or creates its account. @throws TokenRejected */
export async function connectWorkspace(client: WebClient, ctx: ActionContext, defaults: Defaults): Promise<Workspace> {
  const { team_id, team, user_id, bot_id } = await client.auth.test().catch((error: unknown) => {
    throw TokenRejected.from('SLACK_BOT_TOKEN', error) ?? error;
  });
  if (team_id === undefined || user_id === undefined) throw new Error('auth.test answered without team_id or user_id');
  const found = { id: team_id, name: team ?? team_id };
  const account = await findAccountByTeam(ctx.database, found, await accountDefaults(client, defaults));
  await resume(ctx, account.id, team_id);
  return { teamId: team_id, botUserId: user_id, botId: bot_id, account };
}

export async function accountDefaults(client: WebClient, { timezone, defaultChannel }: Defaults) {
  return { timezone, defaultChannel: defaultChannel === undefined ? null : await channelId(client, defaultChannel) };
}

/** The id of a channel given by name or id; null if Lull sees none of that name. */
async function channelId(client: WebClient, nameOrId: string): Promise<string | null> {
  if (/^[CG][A-Z0-9]{7,}$/.test(nameOrId)) return nameOrId;
  let cursor: string | undefined;
  do {
    const query = { types: 'public_channel,private_channel', exclude_archived: true, limit: 200 };
    const page = await client.conversations.list({ ...query, ...(cursor ? { cursor } : {}) });
    const found = page.channels?.find((channel) => channel.name === nameOrId);
    if (found?.id !== undefined) return found.id;
    cursor = page.response_metadata?.next_cursor;
  } while (cursor);
  return null;
}
