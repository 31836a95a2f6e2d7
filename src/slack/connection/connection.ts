import { App, type Receiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { ActionContext } from '../../platform/transactions.ts';
import type { SlackContext } from '../context.ts';
import { Listeners } from '../listeners.ts';
import { People } from '../people.ts';
import { boltLogger, clientOptions, createDirectClient } from './client.ts';
import type { Workspace } from './workspace.ts';

/** Lull in one workspace. Workspaces share nothing: no caches, and no pauses that Slack asks a client for. */
export interface Connection {
  readonly workspace: Workspace;
  readonly people: People;
  readonly poster: WebClient;
  readonly app: App;
  readonly context: SlackContext;
}

export interface ConnectionContext {
  readonly ctx: ActionContext;
  readonly apiUrl: string;
  readonly publicUrl: string;
  readonly log: Logger;
  /** Registers work that continues after the acknowledgement, so that a stop can wait for it. */
  readonly track: (work: Promise<void>) => void;
  /** Registers what the app of a workspace reacts to. `removed` is called when the workspace removed Lull. */
  readonly registerListeners: (on: Listeners, removed: (how: string) => void) => void;
}

/** The router passes the requests to the app. */
const noReceiver: Receiver = { init() {}, start: async () => {}, stop: async () => {} };

/** Asks Slack for nothing yet. @param removed is called when the workspace removed Lull, with how it did */
export async function openConnection(
  { ctx, apiUrl, publicUrl, log, track, registerListeners }: ConnectionContext,
  workspace: Workspace,
  token: string,
  removed: (how: string) => void,
): Promise<Connection> {
  const client = createDirectClient(log, token, apiUrl);
  const people = new People(createDirectClient(log, token, apiUrl), ctx.database, log, workspace);
  const { teamId, botUserId, botId } = workspace;
  const app = new App({
    receiver: noReceiver,
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
  return { workspace, people, poster: createDirectClient(log, token, apiUrl), app, context };
}
