import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Channel } from '../delivery/channel.ts';
import { slackChannel } from '../delivery/slack/channel.ts';
import type { Queries } from '../platform/database.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import { boltLogger, clientOptions, quietLogger } from '../slack/connection/client.ts';
import type { ConnectionContext } from '../slack/connection/connection.ts';
import { Installer, installUrl, type OAuthCredentials } from '../slack/connection/installer.ts';
import { Socket } from '../slack/connection/socket.ts';
import type { Defaults, Workspace } from '../slack/connection/workspace.ts';
import { WorkspaceRouter } from '../slack/connection/workspace-router.ts';
import type { Workspaces } from '../slack/connection/workspaces.ts';
import { ManyWorkspaces, OneWorkspace } from '../slack/connection/workspaces.ts';
import { deliverSigned } from '../slack/signed-requests.ts';
import type { SlackServices } from './slack-commands.ts';
import { registerListeners } from './slack-listeners.ts';

/**
 * How the app is connected: over a socket that it opens, or by signed requests that it receives; and to whom: to the one
 * workspace whose bot token is given, or to all that add it by OAuth.
 */
export type SlackCredentials = { readonly apiUrl: string } & (
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string }
) &
  (
    | { readonly botToken: string; readonly oauth?: undefined }
    | { readonly oauth: OAuthCredentials; readonly botToken?: undefined }
  );

/** Where Slack sends its requests in HTTP mode. */
export const EVENTS_PATH = '/slack/events';

/** A request is taken when it was signed at most this long ago, or ahead (seconds). */
const SIGNED_WITHIN = 300;

export interface SlackOptions {
  readonly ctx: ActionContext;
  readonly credentials: SlackCredentials;
  /** Seals the tokens of workspaces that add Lull. */
  readonly vault: Vault;
  readonly services: SlackServices;
  /** Where people reach Lull over HTTP, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: Logger;
  readonly defaults: Defaults;
  /** Is told that something may have been said in Slack that was not heard: Lull was away, or something failed. */
  readonly missed: () => void;
}

/** Lull in Slack. */
export class Slack {
  readonly #receiver: SocketModeReceiver | HTTPReceiver;
  readonly #socket: Socket | undefined;
  readonly #workspaces: Workspaces;
  readonly #installer: Installer | undefined;
  readonly #missed: () => void;
  readonly #credentials: SlackCredentials;
  readonly #database: Queries;
  readonly #log: Logger;
  readonly #working = new Set<Promise<void>>();
  #listening = false;
  #stopped = false;

  constructor({ ctx, credentials, vault, services, publicUrl, log, defaults, missed }: SlackOptions) {
    this.#missed = missed;
    this.#credentials = credentials;
    this.#log = log;
    this.#database = ctx.database;
    const { apiUrl, oauth } = credentials;
    const track = (work: Promise<void>) => this.#track(work);
    const surroundings: ConnectionContext = {
      ctx,
      apiUrl,
      publicUrl,
      log,
      track,
      registerListeners: (on, removed) => registerListeners(on, services, { missed, removed }),
    };
    if (oauth === undefined) {
      this.#workspaces = new OneWorkspace(surroundings, credentials.botToken, defaults);
    } else {
      this.#workspaces = new ManyWorkspaces(surroundings, vault);
      this.#installer = new Installer({ ctx, apiUrl, log, vault, defaults, credentials: oauth });
    }
    this.#receiver = receiverFor(credentials, log);
    this.#socket = this.#receiver instanceof SocketModeReceiver ? new Socket(this.#receiver, log, missed) : undefined;
    const absent = `Lull is not installed in this workspace${oauth === undefined ? '.' : `. Install it again at ${installUrl(oauth)}`}`;
    const appOf = async (teamId: string) => (await this.#workspaces.findByTeam(teamId))?.app;
    // The receiver keeps it, and hands it what comes.
    new WorkspaceRouter(this.#receiver, appOf, absent, log);
  }

  /** The way of announcements and direct messages, each in the workspace of its account. */
  channel(): Channel {
    return slackChannel(this.#workspaces, this.#database);
  }

  /** Whether Slack can reach Lull now, and Lull Slack. */
  async ready(): Promise<boolean> {
    if (!this.#listening || this.#stopped) return false;
    return this.#socket?.connected !== false && (await this.#workspaces.isReachable());
  }

  /**
   * Asks Slack who the bot is, and opens the connection. May be called again after it failed.
   * @returns the workspace, where there is one alone
   * @throws TokenRefused when a token is wrong; whatever the client throws when Slack cannot be reached
   */
  async connect(): Promise<Workspace | undefined> {
    const workspace = await this.#workspaces.connect();
    await this.#socket?.open();
    this.#listening = true;
    this.#missed();
    return workspace;
  }

  /**
   * Answers a request to `/slack/events` in HTTP mode, and the pages by which a workspace adds Lull.
   * @returns false when it is for somebody else
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url?.split('?', 1)[0];
    if (path === EVENTS_PATH && request.method === 'POST') this.#hear(request, response);
    else return this.#installer?.handle(request, response) ?? false;
    return true;
  }

  /** Takes no new requests and resolves when those in hand are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#socket?.close();
    await Promise.allSettled(this.#working);
  }

  #hear(request: IncomingMessage, response: ServerResponse): void {
    const receiver = this.#receiver;
    const credentials = this.#credentials;
    if (!(receiver instanceof HTTPReceiver) || credentials.mode !== 'http') {
      response.writeHead(404).end();
    } else if (!this.#listening || this.#stopped) {
      response.writeHead(503).end();
    } else if (!signedNow(request)) {
      response.writeHead(401).end();
    } else {
      void deliverSigned(receiver, credentials.signingSecret, request, response, this.#log);
    }
  }

  #track(work: Promise<void>): void {
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }
}

function receiverFor(credentials: SlackCredentials, log: Logger): SocketModeReceiver | HTTPReceiver {
  return credentials.mode === 'socket'
    ? new SocketModeReceiver({
        appToken: credentials.appToken,
        autoReconnectEnabled: false,
        logger: quietLogger(log),
        installerOptions: { clientOptions: clientOptions(log, credentials.apiUrl) },
      })
    : new HTTPReceiver({
        signingSecret: credentials.signingSecret,
        endpoints: [EVENTS_PATH],
        logger: boltLogger(log),
      });
}

/** Bolt refuses requests that are too old but takes those from the future; both are replays or a clock gone wrong. */
function signedNow(request: IncomingMessage): boolean {
  const signedAt = Number(request.headers['x-slack-request-timestamp']);
  return Math.abs(Date.now() / 1000 - signedAt) <= SIGNED_WITHIN;
}
