import type { WebClient } from '@slack/web-api';
import { type Account, findAccountByTeam } from '../../access/accounts.ts';
import { clearRemoval } from '../../access/repository.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { slackError } from './client.ts';

/** The connected workspace: whose tokens these are, and the account that belongs to it. */
export interface Workspace {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string | undefined;
  readonly account: Account;
}

export const FINAL_TOKEN_ERRORS: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);

const WHERE = {
  SLACK_BOT_TOKEN: 'the Bot User OAuth Token (xoxb-...) from the app\'s page "OAuth & Permissions"',
  SLACK_APP_TOKEN: 'an app-level token (xapp-...) with connections:write from the app\'s page "Basic Information"',
} as const;

/** For the account of a workspace that is seen for the first time. */
export interface Defaults {
  /** IANA zone. */
  readonly timezone: string;
  /** A channel's name or id. */
  readonly defaultChannel: string | undefined;
}

/** Slack does not accept a token. No use trying again. */
export class TokenRejected extends Error {
  constructor(variable: keyof typeof WHERE, reason: string) {
    super(`Slack refuses ${variable} (${reason}). Set it to ${WHERE[variable]}, and start Lull again.`);
    this.name = 'TokenRefused';
  }
}

/**
 * Asks Slack who the bot is, and finds or makes its account.
 * @throws TokenRefused when the token is wrong; whatever the client throws when Slack cannot be reached
 */
export async function connectWorkspace(client: WebClient, ctx: ActionContext, defaults: Defaults): Promise<Workspace> {
  const { team_id, team, user_id, bot_id } = await whoAmI(client);
  if (team_id === undefined || user_id === undefined) throw new Error('auth.test answered without team_id or user_id');
  const account = await findAccountByTeam(
    ctx.database,
    { id: team_id, name: team ?? team_id },
    await accountDefaults(client, defaults),
  );
  await clearRemoval(ctx.database, account.id);
  return { teamId: team_id, botUserId: user_id, botId: bot_id, account };
}

/** What a new account begins with; `defaultChannel` as the id that Slack knows it by. */
export async function accountDefaults(
  client: WebClient,
  { timezone, defaultChannel }: Defaults,
): Promise<{ timezone: string; defaultChannel: string | null }> {
  return { timezone, defaultChannel: defaultChannel === undefined ? null : await channelId(client, defaultChannel) };
}

async function whoAmI(client: WebClient) {
  try {
    return await client.auth.test();
  } catch (error) {
    const reason = slackError(error);
    if (reason !== undefined && FINAL_TOKEN_ERRORS.has(reason)) throw new TokenRejected('SLACK_BOT_TOKEN', reason);
    throw error;
  }
}

/** The id of a channel given by name or id; null when the workspace has none of that name that Lull can see. */
async function channelId(client: WebClient, nameOrId: string): Promise<string | null> {
  if (/^[CG][A-Z0-9]{7,}$/.test(nameOrId)) return nameOrId;
  let cursor: string | undefined;
  do {
    const page = await client.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 200,
      ...(cursor ? { cursor } : {}),
    });
    const found = page.channels?.find((channel) => channel.name === nameOrId);
    if (found?.id !== undefined) return found.id;
    cursor = page.response_metadata?.next_cursor;
  } while (cursor);
  return null;
}
