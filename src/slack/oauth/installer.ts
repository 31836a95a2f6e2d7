import type { IncomingMessage, ServerResponse } from 'node:http';
import { ErrorCode, type Installation, InstallProvider, type OrgInstallation } from '@slack/oauth';
import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Ground } from '../../actions/action.ts';
import { install } from '../../actions/install.ts';
import type { Vault } from '../../store/vault.ts';
import { clientOptions, quietLogger, slackError } from '../client.ts';
import { purposeOf } from '../many-workspaces.ts';
import { accountDefaults, type Defaults } from '../workspace.ts';
import { type Page, show } from './page.ts';
import { ANSWERED_WITHIN, States } from './states.ts';

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
  readonly ground: Ground;
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
    const { ground, apiUrl, log, credentials } = options;
    this.#options = options;
    this.#provider = new InstallProvider({
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret,
      stateStore: new States(credentials.stateSecret, ground.database),
      stateCookieExpirationSeconds: ANSWERED_WITHIN,
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
        await show(response, await this.#take(installation));
        return false;
      },
      failureAsync: async (error) => show(response, this.#failure(error)),
    });
  }

  /** @throws NotTaken */
  async #take(installation: Installation | OrgInstallation): Promise<Page> {
    const { ground, apiUrl, log, vault, defaults } = this.#options;
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
      ground,
      { id: team.id, name },
      {
        token: vault.seal(bot.token, purposeOf(team.id)),
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
