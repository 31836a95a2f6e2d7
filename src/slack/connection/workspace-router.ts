import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { Logger } from 'pino';
import { z } from 'zod';
import { kitMessages } from '../../texts/slack-messages.ts';
import { boltLogger } from './client.ts';

const body = z.object({
  type: z.string().optional(),
  command: z.string().optional(),
  team_id: z.string().nullish(),
  authorizations: z.array(z.object({ team_id: z.string().nullish() })).nullish(),
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ team_id: z.string().nullish() }).nullish().catch(undefined),
  view: z.object({ app_installed_team_id: z.string().nullish() }).nullish(),
});

type FindApp = (teamId: string) => Promise<App | undefined>;

/** Passes each request to the app of its workspace. */
export class WorkspaceRouter extends App {
  readonly #findApp: FindApp;
  readonly #notInstalled: string;
  readonly #log: Logger;

  /** `findApp`: undefined for a workspace without Lull, whose commands are answered by `notInstalled`. */
  constructor(receiver: Receiver, findApp: FindApp, notInstalled: string, log: Logger) {
    const authorize = async () => Promise.reject(new Error('the router has no listeners of its own'));
    super({ receiver, authorize, logger: boltLogger(log), deferInitialization: true });
    this.#findApp = findApp;
    this.#notInstalled = notInstalled;
    this.#log = log;
  }

  override async processEvent(event: ReceiverEvent): Promise<void> {
    const request = body.safeParse(event.body).data;
    const team = request && teamOf(request);
    const isCommand = request?.command !== undefined;
    const answer = (text: string) => event.ack(isCommand ? { response_type: 'ephemeral', text } : undefined);
    try {
      const app = team === undefined ? undefined : await this.#findApp(team);
      if (app !== undefined) return app.processEvent(event);
    } catch (error) {
      // Without an acknowledgement Slack sends an event again; the author of a command gets an answer.
      if (!isCommand) throw error;
      this.#log.error({ error, team }, 'a workspace could not be reached');
      return answer(kitMessages.faultOfConnection);
    }
    this.#log.warn({ team, type: request?.type }, 'a request came from a workspace that Lull is not in');
    await answer(this.#notInstalled);
  }
}

/** As Bolt determines it: in a channel that several workspaces share it is not always the workspace of the person. */
function teamOf({ type, team_id, authorizations, team, user, view }: z.infer<typeof body>): string | undefined {
  const ofView = type?.startsWith('view_') === true ? view?.app_installed_team_id : undefined;
  return authorizations?.[0]?.team_id ?? ofView ?? team?.id ?? team_id ?? user?.team_id ?? undefined;
}
