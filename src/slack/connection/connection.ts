import { App, type Receiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { ActionContext } from '../../platform/transactions.ts';
import type { SlackContext } from '../context.ts';
import { Listeners } from '../listeners.ts';
import { People } from '../people.ts';
import { boltLogger, clientOptions, posterClient } from './client.ts';
import type { Workspace } from './workspace.ts';

/**
 * Lull in one workspace: what it hears there, and how it answers. Nothing of it is shared with another workspace, neither
 * what it remembers nor the pauses that Slack asks of a client.
 */
export interface Connection {
  readonly workspace: Workspace;
  readonly people: People;
  /** For announcements: makes every call once. */
  readonly poster: WebClient;
  /** Hears the requests of this workspace, and refuses those of any other. */
  readonly app: App;
  /** What its listeners stand on. */
  readonly context: SlackContext;
}

export interface ConnectionContext {
  readonly ctx: ActionContext;
  /** Base of Slack's Web API. */
  readonly apiUrl: string;
  /** Where people reach Lull over HTTP. */
  readonly publicUrl: string;
  readonly log: Logger;
  /** Is told of all work that goes on after the acknowledgement, so that a stop can wait for it. */
  readonly track: (work: Promise<void>) => void;
  /** Registers what the app of a workspace reacts to. `removed` is called when the workspace removed Lull. */
  readonly registerListeners: (on: Listeners, removed: (how: string) => void) => void;
}

/** The switchboard hands over what a workspace's app hears. */
const handedOver: Receiver = { init() {}, start: async () => {}, stop: async () => {} };

/**
 * Makes the connection to a workspace; Slack is not asked for anything yet.
 * @param removed is told that the workspace took Lull's rights back, and how
 */
export async function openConnection(
  { ctx, apiUrl, publicUrl, log, track, registerListeners }: ConnectionContext,
  workspace: Workspace,
  token: string,
  removed: (how: string) => void,
): Promise<Connection> {
  const client = new WebClient(token, clientOptions(log, apiUrl));
  const people = new People(client, ctx.database, log);
  const { teamId, botUserId, botId } = workspace;
  const app = new App({
    receiver: handedOver,
    authorize: async (source) => {
      if (source.teamId !== teamId) {
        throw new Error(`a request came for the workspace ${source.teamId}, expected ${teamId}`);
      }
      return { botToken: token, botUserId, ...(botId === undefined ? {} : { botId }) };
    },
    clientOptions: clientOptions(log, apiUrl),
    logger: boltLogger(log),
    deferInitialization: true,
  });
  await app.init();
  const context = { ctx, client, people, workspace, publicUrl, log };
  registerListeners(new Listeners(app, context, track), removed);
  return { workspace, people, poster: posterClient(log, token, apiUrl), app, context };
}
