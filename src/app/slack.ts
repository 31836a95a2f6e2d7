import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Channel } from '../delivery/channel.ts';
import { slackChannel } from '../delivery/slack/channel.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import { lookUp } from '../slack/connection/call.ts';
import { boltLogger, clientOptions, quietLogger } from '../slack/connection/client.ts';
import type { ConnectionContext } from '../slack/connection/connection.ts';
import { Installer, installUrl, type OAuthCredentials } from '../slack/connection/installer.ts';
import { Socket } from '../slack/connection/socket.ts';
import type { Defaults, Workspace } from '../slack/connection/workspace.ts';
import { WorkspaceRouter } from '../slack/connection/workspace-router.ts';
import { ManyWorkspaces, OneWorkspace, type Workspaces } from '../slack/connection/workspaces.ts';
import { SignedRequests } from '../slack/signed-requests.ts';
import { kitMessages } from '../texts/slack-messages.ts';
import type { SlackServices } from './slack/commands.ts';
import { registerListeners } from './slack/listeners.ts';

/**
 * The connection is a socket that Lull opens, or signed requests that it receives. `botToken` is of the only workspace;
 * with `oauth` any workspace can install Lull.
 */
export type SlackCredentials = { readonly apiUrl: string } & (
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string }
) &
  (
    | { readonly botToken: string; readonly oauth?: undefined }
    | { readonly oauth: OAuthCredentials; readonly botToken?: undefined }
  );

export const EVENTS_PATH = '/slack/events';

interface SlackOptions {
  readonly ctx: ActionContext;
  readonly credentials: SlackCredentials;
  readonly vault: Vault;
  readonly services: SlackServices;
  readonly publicUrl: string;
  /** How many own proxies stand before Lull. Default: 0 */
  readonly proxies?: number;
  readonly log: Logger;
  readonly defaults: Defaults;
  /** Called when people may have written something that Lull did not receive. */
  readonly missed: () => void;
}

export class Slack {
  readonly #options: SlackOptions;
  readonly #receiver: SocketModeReceiver | HTTPReceiver;
  readonly #signed: SignedRequests | undefined;
  readonly #socket: Socket | undefined;
  readonly #workspaces: Workspaces;
  readonly #installer: Installer | undefined;
  readonly #working = new Set<Promise<void>>();
  #listening = false;
  #stopped = false;

  constructor(options: SlackOptions) {
    const { ctx, credentials, vault, services, publicUrl, proxies = 0, log, defaults, missed } = options;
    const { apiUrl, oauth } = credentials;
    this.#options = options;
    const context: ConnectionContext = {
      ctx,
      apiUrl,
      publicUrl,
      log,
      track: (work) => this.#track(work),
      registerListeners: (on, removed) => registerListeners(on, services, { missed, removed }),
    };
    if (oauth === undefined) {
      this.#workspaces = new OneWorkspace(context, credentials.botToken, defaults);
    } else {
      this.#workspaces = new ManyWorkspaces(context, vault);
      this.#installer = new Installer({ ctx, apiUrl, log, vault, defaults, credentials: oauth });
    }
    this.#receiver = createReceiver(credentials, log);
    if (this.#receiver instanceof HTTPReceiver && credentials.mode === 'http') {
      const { signingSecret } = credentials;
      this.#signed = new SignedRequests(this.#receiver, { signingSecret, proxies, log });
    }
    this.#socket = this.#receiver instanceof SocketModeReceiver ? new Socket(this.#receiver, log, missed) : undefined;
    const notInstalled = kitMessages.notInstalled(oauth && installUrl(oauth));
    const findApp = async (teamId: string) => (await this.#workspaces.findByTeam(teamId))?.app;
    // Registers itself with the receiver.
    new WorkspaceRouter(this.#receiver, findApp, notInstalled, log);
  }

  channel(): Channel {
    return slackChannel(this.#workspaces, this.#options.ctx.database);
  }

  /** Whether Slack can reach Lull now, and Lull Slack. */
  async ready(): Promise<boolean> {
    if (!this.#listening || this.#stopped) return false;
    return this.#socket?.connected !== false && (await this.#workspaces.isReachable());
  }

  /** Can be called again after it failed. @returns the workspace in single-workspace mode @throws TokenRejected */
  async connect(): Promise<Workspace | undefined> {
    const workspace = await this.#workspaces.connect();
    await this.#socket?.open();
    this.#listening = true;
    this.#options.missed();
    return workspace;
  }

  /** Answers Slack's requests in HTTP mode, and those for the install pages. @returns false for another path */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url?.split('?', 1)[0];
    if (path !== EVENTS_PATH || request.method !== 'POST') return this.#installer?.handle(request, response) ?? false;
    if (this.#signed === undefined) response.writeHead(404).end();
    else if (!this.#listening || this.#stopped) response.writeHead(503).end();
    else void this.#signed.deliver(request, response);
    return true;
  }

  /** Asks Slack who somebody is, and stores that. */
  async refreshPerson(accountId: number, personId: string): Promise<void> {
    const { people } = await this.#workspaces.forAccount(accountId);
    await lookUp(this.#workspaces, accountId, () => people.refresh(personId));
  }

  /** Takes no new requests and resolves when those in progress are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#socket?.close();
    await Promise.allSettled(this.#working);
  }

  #track(work: Promise<void>): void {
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }
}

function createReceiver(credentials: SlackCredentials, log: Logger): SocketModeReceiver | HTTPReceiver {
  if (credentials.mode === 'http') {
    const { signingSecret } = credentials;
    return new HTTPReceiver({ signingSecret, endpoints: [EVENTS_PATH], logger: boltLogger(log) });
  }
  return new SocketModeReceiver({
    appToken: credentials.appToken,
    autoReconnectEnabled: false,
    logger: quietLogger(log),
    installerOptions: { clientOptions: clientOptions(log, credentials.apiUrl) },
  });
}
