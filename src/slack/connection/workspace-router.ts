import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { Logger } from 'pino';
import { z } from 'zod';
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

const FAULT =
  'Something went wrong inside Lull, and nothing was changed. Try again; if it stays so, tell whoever runs Lull.';

/** Hands each request to the app of the workspace that it comes from. */
export class WorkspaceRouter extends App {
  readonly #appOf: (teamId: string) => Promise<App | undefined>;
  readonly #absent: string;
  readonly #log: Logger;

  /**
   * @param appOf undefined for a workspace that Lull is not in
   * @param absent answers a command from such a workspace
   */
  constructor(receiver: Receiver, appOf: (teamId: string) => Promise<App | undefined>, absent: string, log: Logger) {
    super({
      receiver,
      authorize: async () => {
        throw new Error('the switchboard hears nothing itself');
      },
      logger: boltLogger(log),
      deferInitialization: true,
    });
    this.#appOf = appOf;
    this.#absent = absent;
    this.#log = log;
  }

  override async processEvent(event: ReceiverEvent): Promise<void> {
    const request = body.safeParse(event.body).data;
    const teamId = request && teamOf(request);
    const isCommand = request?.command !== undefined;
    let app: App | undefined;
    try {
      app = teamId === undefined ? undefined : await this.#appOf(teamId);
    } catch (error) {
      // Slack sends an event again that nobody took; who typed a command is told.
      if (!isCommand) throw error;
      this.#log.error({ error, team: teamId }, 'a workspace could not be reached');
      return event.ack({ response_type: 'ephemeral', text: FAULT });
    }
    if (app !== undefined) return app.processEvent(event);
    this.#log.warn({ team: teamId, type: request?.type }, 'a request came from a workspace that Lull is not in');
    await (isCommand ? event.ack({ response_type: 'ephemeral', text: this.#absent }) : event.ack());
  }
}

/**
 * The workspace whose installation a request is for, as Bolt reads it: in a channel that several workspaces share it is not
 * always the one of the person.
 */
function teamOf({ type, team_id, authorizations, team, user, view }: z.infer<typeof body>): string | undefined {
  const ofView = type?.startsWith('view_') === true ? view?.app_installed_team_id : undefined;
  return authorizations?.[0]?.team_id ?? ofView ?? team?.id ?? team_id ?? user?.team_id ?? undefined;
}
