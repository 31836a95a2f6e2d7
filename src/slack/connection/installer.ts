import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import oauth, {
  ErrorCode,
  type Installation,
  InstallProvider,
  type InstallURLOptions,
  InvalidStateError,
  type OrgInstallation,
  type StateStore,
} from '@slack/oauth';
import { WebClient } from '@slack/web-api';
import { html } from 'hono/html';
import type { Logger } from 'pino';
import { z } from 'zod';
import { install } from '../../access/commands.ts';
import { useOAuthState } from '../../access/repository.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import type { Vault } from '../../platform/vault.ts';
import { clientOptions, quietLogger, slackError } from './client.ts';
import { installationSealPurpose } from './many-workspaces.ts';
import { accountDefaults, type Defaults } from './workspace.ts';

/** Where a workspace adds Lull, and where Slack sends the browser back to. */
const INSTALL_PATH = '/slack/install';
const REDIRECT_PATH = '/slack/oauth_redirect';

export interface OAuthCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs the state parameter; the same for all instances. */
  readonly stateSecret: string;
  /** Where people reach Lull, without a slash at the end. */
  readonly publicUrl: string;
  /** The rights that Lull asks for, as the manifest lists them. */
  readonly scopes: readonly string[];
}

export interface InstallerOptions {
  readonly ctx: ActionContext;
  readonly apiUrl: string;
  readonly log: Logger;
  readonly vault: Vault;
  readonly defaults: Defaults;
  readonly credentials: OAuthCredentials;
}

/** The address at which a workspace adds Lull. */
export const installUrl = ({ publicUrl }: OAuthCredentials): string => `${publicUrl}${INSTALL_PATH}`;

/** Slack's words for an answer that is of no use any more, and for an app that Slack does not know so. */
const CODE_REFUSED: ReadonlySet<string> = new Set(['invalid_code', 'code_already_used', 'code_expired']);
const APP_REFUSED: ReadonlySet<string> = new Set([
  'bad_client_secret',
  'invalid_client_id',
  'bad_redirect_uri',
  'invalid_redirect_uri',
]);

/** An installation that Lull does not take, and what to do instead. */
class NotTaken extends Error {}

/** The pages by which a workspace adds Lull: to Slack, where somebody allows it, and back. */
export class Installer {
  readonly #options: InstallerOptions;
  readonly #provider: InstallProvider;

  constructor(options: InstallerOptions) {
    const { ctx, apiUrl, log, credentials } = options;
    this.#options = options;
    this.#provider = new InstallProvider({
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret,
      stateStore: new States(credentials.stateSecret, ctx.database),
      stateCookieExpirationSeconds: STATE_TTL_MS,
      directInstall: true,
      authorizationUrl: new URL('../oauth/v2/authorize', apiUrl).href,
      // Whoever knows the address can make it log: what must be known is logged below.
      logger: quietLogger(log),
      clientOptions: clientOptions(log, apiUrl),
    });
  }

  /** @returns false when the request is for somebody else */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' || (path !== INSTALL_PATH && path !== REDIRECT_PATH)) return false;
    const answered = path === INSTALL_PATH ? this.#send(request, response) : this.#receive(request, response);
    answered.catch((error: unknown) => {
      this.#options.log.error({ error }, 'a page to install Lull could not be shown');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
    return true;
  }

  /** Sends the browser to Slack. */
  async #send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { scopes, publicUrl } = this.#options.credentials;
    const asked = { scopes: [...scopes], redirectUri: `${publicUrl}${REDIRECT_PATH}` };
    await this.#provider.handleInstallPath(request, response, {}, asked);
  }

  /** Takes what Slack sent the browser back with. */
  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#provider.handleCallback(request, response, {
      // Kept here and not in a store of the provider's, which would want to read the token back.
      afterInstallation: async (installation) => {
        await renderPage(response, await this.#take(installation));
        return false;
      },
      failureAsync: async (error) => renderPage(response, this.#failure(error)),
    });
  }

  /** @throws NotTaken */
  async #take(installation: Installation | OrgInstallation): Promise<Page> {
    const { ctx, apiUrl, log, vault, defaults } = this.#options;
    const { team, bot, user, appId } = installation;
    if (installation.isEnterpriseInstall || team === undefined) {
      throw new NotTaken(
        'Lull is installed in one workspace at a time, not in a whole organization. Choose a workspace on the page that Slack shows.',
      );
    }
    if (bot === undefined) throw new NotTaken('Slack gave no bot token. Make the app from manifest.yml.');
    if (bot.refreshToken !== undefined) {
      throw new NotTaken(
        'Token rotation is on for this Slack app, and its tokens would end within hours. Make the app from manifest.yml, which leaves it off.',
      );
    }
    const client = new WebClient(bot.token, clientOptions(log, apiUrl));
    const name = team.name ?? team.id;
    const account = await install(
      ctx,
      { id: team.id, name },
      {
        token: vault.seal(bot.token, installationSealPurpose(team.id)),
        botUserId: bot.userId,
        botId: bot.id,
        scopes: bot.scopes,
        installedById: user.id,
      },
      await accountDefaults(client, defaults),
    );
    log.info({ team: team.id, account: account.id }, 'a workspace installed Lull');
    return {
      status: 200,
      title: `Lull is in ${name}`,
      text: 'Type /maintenance in any channel of the workspace, or open Lull among its apps.',
      link: { href: `slack://app?team=${team.id}&id=${appId ?? ''}`, text: 'Open Slack' },
    };
  }

  #failure(error: Error & { readonly code: string }): Page {
    const { log, credentials } = this.#options;
    const title = 'Lull was not installed';
    const again = { href: installUrl(credentials), text: 'Try again' };
    if (error instanceof NotTaken) return { status: 400, title, text: error.message, link: again };
    if (error.code === ErrorCode.AuthorizationError) {
      return { status: 403, title, text: 'It was not allowed in Slack. Nothing was changed.', link: again };
    }
    const badState = [ErrorCode.InvalidStateError, ErrorCode.MissingStateError, ErrorCode.MissingCodeError];
    if (badState.some((code) => code === error.code)) {
      const text = 'This link was used before, is older than ten minutes, or was opened in another browser.';
      return { status: 400, title, text, link: again };
    }
    const reason = slackError(error);
    if (reason !== undefined && CODE_REFUSED.has(reason)) {
      return { status: 400, title, text: `Slack does not take the answer any more (${reason}).`, link: again };
    }
    log.error({ error }, 'a workspace could not install Lull');
    if (reason !== undefined && APP_REFUSED.has(reason)) {
      const text = `Slack refuses the credentials of this Lull (${reason}). Whoever runs it must set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and LULL_PUBLIC_URL as the Slack app has them.`;
      return { status: 502, title, text };
    }
    return { status: 502, title, text: 'It could not be finished. The log of Lull says more.', link: again };
  }
}

export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string };
}

/** Shows somebody in a browser what came of adding Lull to their workspace. */
export async function renderPage(response: ServerResponse, { status, title, text, link }: Page): Promise<void> {
  const body = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem; }
  h1 { font-size: 1.5rem; }
  a { color: inherit; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
${link === undefined ? '' : html`<p><a href="${link.href}">${link.text}</a></p>`}
</main>
</body>
</html>
`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    // The address holds Slack's code.
    'referrer-policy': 'no-referrer',
  });
  response.end(String(body));
}

const manifest = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()).min(1) }) }),
});

/**
 * The rights that Lull asks a workspace for.
 * @param app the Slack app's manifest, parsed
 * @throws ZodError when it lists none
 */
export function readBotScopes(app: unknown): string[] {
  return manifest.parse(app).oauth_config.scopes.bot;
}

/** Between the link and Slack's answer (seconds). */
export const STATE_TTL_MS = 600;

/**
 * The state parameter, which shows that the browser that comes back from Slack is the one that was sent there. It is signed,
 * so nothing is kept when it is given out and any instance can read it; that it came back is kept, so that it serves once.
 */
export class States implements StateStore {
  readonly #signed: StateStore;
  readonly #database: Queries;

  constructor(secret: string, database: Queries) {
    // Node does not see this one among the names that the package exports.
    this.#signed = new oauth.ClearStateStore(secret, STATE_TTL_MS);
    this.#database = database;
  }

  generateStateParam(options: InstallURLOptions, now: Date): Promise<string> {
    return this.#signed.generateStateParam(options, now);
  }

  /** @throws InvalidStateError when it was made by somebody else, too long ago, or came back before */
  async verifyStateParam(now: Date, state: string): Promise<InstallURLOptions> {
    const options = await this.#signed.verifyStateParam(now, state);
    // Without the signature, which can be written in more than one way.
    const said = state.slice(0, state.lastIndexOf('.'));
    const hash = createHash('sha256').update(said).digest('hex');
    const expired = new Date(now.getTime() - STATE_TTL_MS * 1000);
    if (!(await useOAuthState(this.#database, hash, now, expired))) throw new InvalidStateError('it came back before');
    return options;
  }
}
