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
import { html } from 'hono/html';
import type { Logger } from 'pino';
import { z } from 'zod';
import { install } from '../../access/commands.ts';
import { useOAuthState } from '../../access/repository.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import type { Vault } from '../../platform/vault.ts';
import { installPages } from '../../texts/pages.ts';
import { clientOptions, createClient, quietLogger, slackError } from './client.ts';
import { accountDefaults, type Defaults } from './workspace.ts';
import { installationSealPurpose } from './workspaces.ts';

const INSTALL_PATH = '/slack/install';
const REDIRECT_PATH = '/slack/oauth_redirect';

export interface OAuthCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs the state parameter; the same for all instances. */
  readonly stateSecret: string;
  readonly publicUrl: string;
  readonly scopes: readonly string[];
}

interface InstallerOptions {
  readonly ctx: ActionContext;
  readonly apiUrl: string;
  readonly log: Logger;
  readonly vault: Vault;
  readonly defaults: Defaults;
  readonly credentials: OAuthCredentials;
}

export const installUrl = ({ publicUrl }: OAuthCredentials): string => `${publicUrl}${INSTALL_PATH}`;

const CODE_REJECTED: ReadonlySet<string> = new Set(['invalid_code', 'code_already_used', 'code_expired']);
const APP_REJECTED: ReadonlySet<string> = new Set([
  'bad_client_secret',
  'invalid_client_id',
  'bad_redirect_uri',
  'invalid_redirect_uri',
]);
const STATE_REJECTED: ReadonlySet<string> = new Set([
  ErrorCode.InvalidStateError,
  ErrorCode.MissingStateError,
  ErrorCode.MissingCodeError,
]);

/** An installation that Lull cannot use. The message says what to do instead. */
class UnusableInstallation extends Error {}

/** The pages on which a workspace installs Lull: the redirect to Slack, and the one back. */
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
      stateCookieExpirationSeconds: STATE_TTL_SECONDS,
      directInstall: true,
      authorizationUrl: new URL('../oauth/v2/authorize', apiUrl).href,
      // Anybody who knows the address can make it log, so what matters is logged below.
      logger: quietLogger(log),
      clientOptions: clientOptions(log, apiUrl),
    });
  }

  /** @returns false for a request to another path */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' || (path !== INSTALL_PATH && path !== REDIRECT_PATH)) return false;
    const answered = path === INSTALL_PATH ? this.#redirect(request, response) : this.#callback(request, response);
    answered.catch((error: unknown) => {
      this.#options.log.error({ error }, 'a page to install Lull could not be shown');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
    return true;
  }

  #redirect(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { scopes, publicUrl } = this.#options.credentials;
    const url = { scopes: [...scopes], redirectUri: `${publicUrl}${REDIRECT_PATH}` };
    return this.#provider.handleInstallPath(request, response, {}, url);
  }

  #callback(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#provider.handleCallback(request, response, {
      // Stored here, because a store of the provider's would have to give the token back unsealed.
      afterInstallation: async (installation) => {
        try {
          await renderPage(response, await this.#install(installation));
        } catch (error) {
          // Nobody else knows the token, so nobody else could revoke it.
          await this.#revoke(installation);
          throw error;
        }
        return false;
      },
      failureAsync: async (error) => renderPage(response, this.#failurePage(error)),
    });
  }

  async #install({ team, bot, user, appId, isEnterpriseInstall }: Installation | OrgInstallation): Promise<Page> {
    const { ctx, apiUrl, log, vault, defaults } = this.#options;
    const { problems } = installPages;
    if (isEnterpriseInstall || team === undefined) throw new UnusableInstallation(problems.organization);
    if (bot === undefined) throw new UnusableInstallation(problems.noBotToken);
    if (bot.refreshToken !== undefined) throw new UnusableInstallation(problems.tokenRotation);
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
      await accountDefaults(createClient(log, bot.token, apiUrl), defaults),
    );
    log.info({ team: team.id, account: account.id }, 'a workspace installed Lull');
    const href = `slack://app?team=${team.id}&id=${appId ?? ''}`;
    return { status: 200, ...installPages.installed(name), link: { href, text: installPages.openSlack } };
  }

  async #revoke({ bot, user }: Installation | OrgInstallation): Promise<void> {
    const { apiUrl, log } = this.#options;
    for (const token of [bot?.token, user.token]) {
      if (token === undefined) continue;
      await createClient(log, token, apiUrl)
        .auth.revoke()
        .catch((error: unknown) =>
          log.error({ error }, 'the token of an installation that was refused cannot be revoked'),
        );
    }
  }

  #failurePage(error: Error & { readonly code: string }): Page {
    const { log, credentials } = this.#options;
    const { title, tryAgain, problems } = installPages;
    const again = { title, link: { href: installUrl(credentials), text: tryAgain } };
    if (error instanceof UnusableInstallation) return { status: 400, ...again, text: error.message };
    if (error.code === ErrorCode.AuthorizationError) return { status: 403, ...again, text: problems.notAllowed };
    if (STATE_REJECTED.has(error.code)) return { status: 400, ...again, text: problems.badState };
    const reason = slackError(error);
    if (reason !== undefined && CODE_REJECTED.has(reason)) {
      return { status: 400, ...again, text: problems.codeRejected(reason) };
    }
    log.error({ error }, 'a workspace could not install Lull');
    if (reason !== undefined && APP_REJECTED.has(reason)) {
      return { status: 502, title, text: problems.appRejected(reason) };
    }
    return { status: 502, ...again, text: problems.unknown };
  }
}

interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string };
}

async function renderPage(response: ServerResponse, { status, title, text, link }: Page): Promise<void> {
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
    // The address contains Slack's code.
    'referrer-policy': 'no-referrer',
  });
  response.end(String(body));
}

const manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()).min(1) }) }) });

/** @throws ZodError if the parsed manifest of the app has none */
export function readBotScopes(app: unknown): string[] {
  return manifest.parse(app).oauth_config.scopes.bot;
}

/** How long a person has between the link and Slack's answer. */
const STATE_TTL_SECONDS = 600;

/**
 * The state parameter, which proves that the browser that comes back from Slack is the one that was sent there. It is signed,
 * so any instance can verify it and nothing is stored before it comes back; then its hash is stored, so that it serves once.
 */
class States implements StateStore {
  readonly #signed: StateStore;
  readonly #database: Queries;

  constructor(secret: string, database: Queries) {
    // Node does not find this one among the named exports of the package.
    this.#signed = new oauth.ClearStateStore(secret, STATE_TTL_SECONDS);
    this.#database = database;
  }

  generateStateParam(options: InstallURLOptions, now: Date): Promise<string> {
    return this.#signed.generateStateParam(options, now);
  }

  /** @throws InvalidStateError for a wrong signature, and for a state that is too old or came back before */
  async verifyStateParam(now: Date, state: string): Promise<InstallURLOptions> {
    const options = await this.#signed.verifyStateParam(now, state);
    // Without the signature, which can be written in more than one way.
    const hash = createHash('sha256')
      .update(state.slice(0, state.lastIndexOf('.')))
      .digest('hex');
    const expired = new Date(now.getTime() - STATE_TTL_SECONDS * 1000);
    if (!(await useOAuthState(this.#database, hash, now, expired))) throw new InvalidStateError('it came back before');
    return options;
  }
}
