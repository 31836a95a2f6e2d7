import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Ground } from '../actions/action.ts';
import type { Poster } from '../effects/announce.ts';
import type { HomePublisher } from '../effects/home.ts';
import { Access } from './access.ts';
import { boltLogger, clientOptions, posterClient, quietLogger } from './client.ts';
import { homePublisher } from './home/publisher.ts';
import { listen } from './listeners.ts';
import { People } from './people.ts';
import { slackPoster } from './poster.ts';
import { Socket } from './socket.ts';
import { connectWorkspace, type Workspace } from './workspace.ts';

/** How the app is connected: over a socket that it opens, or by signed requests that it receives. */
export type SlackCredentials = { readonly botToken: string; readonly apiUrl: string } & (
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string }
);

/** Where Slack sends its requests in HTTP mode. */
export const EVENTS_PATH = '/slack/events';

/** A request is taken when it was signed at most this long ago, or ahead (seconds). */
const SIGNED_WITHIN = 300;

export interface SlackOptions {
  readonly ground: Ground;
  readonly credentials: SlackCredentials;
  readonly log: Logger;
  /** For the account when the workspace is seen for the first time; `defaultChannel` is a name or an id. */
  readonly defaults: { readonly timezone: string; readonly defaultChannel: string | undefined };
}

/** Lull in one Slack workspace. */
export class Slack {
  readonly #options: SlackOptions;
  readonly #client: WebClient;
  readonly #people: People;
  readonly #access: Access;
  readonly #receiver: SocketModeReceiver | HTTPReceiver;
  readonly #socket: Socket | undefined;
  readonly #working = new Set<Promise<void>>();
  #workspace: Workspace | undefined;
  #listening = false;
  #stopped = false;

  constructor(options: SlackOptions) {
    const { credentials, log } = options;
    this.#options = options;
    this.#client = new WebClient(credentials.botToken, clientOptions(log, credentials.apiUrl));
    this.#people = new People(this.#client, options.ground.database, options.log);
    this.#access = new Access(posterClient(log, credentials.botToken, credentials.apiUrl));
    this.#receiver = receiverFor(credentials, log);
    this.#socket = this.#receiver instanceof SocketModeReceiver ? new Socket(this.#receiver, log) : undefined;
  }

  /** Posts announcements with this app's token. */
  poster(): Poster {
    const { credentials, log } = this.#options;
    return slackPoster(posterClient(log, credentials.botToken, credentials.apiUrl));
  }

  /** Shows App Homes with this app's token. */
  homes(): HomePublisher {
    const { credentials, log } = this.#options;
    return homePublisher(posterClient(log, credentials.botToken, credentials.apiUrl), () =>
      this.#workspace === undefined ? undefined : { workspace: this.#workspace, people: this.#people },
    );
  }

  /** Whether Slack can reach Lull now, and Lull Slack. */
  async ready(): Promise<boolean> {
    if (!this.#listening || this.#stopped) return false;
    return this.#socket?.connected !== false && (await this.#access.granted());
  }

  /**
   * Asks Slack who the bot is, and opens the connection. May be called again after it failed.
   * @throws TokenRefused when a token is wrong; whatever the client throws when Slack cannot be reached
   */
  async connect(): Promise<Workspace> {
    const { ground, defaults, log } = this.#options;
    this.#workspace ??= await connectWorkspace(this.#client, ground, defaults);
    const workspace = this.#workspace;
    if (!this.#listening) {
      const app = await this.#app(workspace);
      listen(app, {
        context: { ground, client: this.#client, people: this.#people, workspace, log },
        track: (work) => this.#track(work),
        removed: (how) => this.#removed(how),
      });
    }
    await this.#socket?.open();
    this.#listening = true;
    return workspace;
  }

  /** In HTTP mode, answers a request to `/slack/events`; in Socket Mode there is none to answer. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const receiver = this.#receiver;
    if (!(receiver instanceof HTTPReceiver)) {
      response.writeHead(404).end();
    } else if (!this.#listening || this.#stopped) {
      response.writeHead(503).end();
    } else if (!signedNow(request)) {
      response.writeHead(401).end();
    } else {
      receiver.requestListener(request, response);
    }
  }

  /** Takes no new requests and resolves when those in hand are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#socket?.close();
    await Promise.allSettled(this.#working);
  }

  #track(work: Promise<void>): void {
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  #removed(how: string): void {
    this.#access.forget();
    this.#options.log.fatal(
      `${how}: nothing can be announced. Windows start and end all the same. Install the app again, set its tokens, and restart Lull.`,
    );
  }

  async #app(workspace: Workspace): Promise<App> {
    const { credentials, log } = this.#options;
    const app = new App({
      receiver: this.#receiver,
      authorize: async ({ teamId }) => {
        if (teamId !== workspace.teamId) {
          throw new Error(`a request came for the workspace ${teamId}, expected ${workspace.teamId}`);
        }
        return {
          botToken: credentials.botToken,
          botUserId: workspace.botUserId,
          ...(workspace.botId === undefined ? {} : { botId: workspace.botId }),
        };
      },
      // Given twice, here and to the socket's receiver, or one of the two asks Slack's own address.
      clientOptions: clientOptions(log, credentials.apiUrl),
      logger: boltLogger(log),
      deferInitialization: true,
    });
    await app.init();
    return app;
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
