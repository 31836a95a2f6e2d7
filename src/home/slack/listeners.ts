import type { App } from '@slack/bolt';
import { countServices } from '../../catalogue/services/repository.ts';
import { authorize } from '../../core/permissions.ts';
import { call } from '../../delivery/slack/poster.ts';
import { createModal } from '../../maintenance/slack/create-form.ts';
import { enqueue } from '../../platform/jobs.ts';
import { inTransaction } from '../../platform/transactions.ts';
import { welcomeMessage } from '../../slack/answers.ts';
import type { Workspaces } from '../../slack/connection/workspace.ts';
import type { ListenerContext, SlackContext } from '../../slack/context.ts';
import { messageDialog } from '../../slack/dialog.ts';
import type { Person } from '../../slack/people.ts';
import type { HomePublisher } from '../refresh.ts';
import { saveHomeViewed } from '../repository.ts';

/** Shows somebody their App Home when they open it, whatever it showed before. */
export function listenToHome(app: App, { context, track }: ListenerContext): void {
  const { ctx, workspace, log } = context;
  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return;
    const accountId = workspace.account.id;
    const shown = inTransaction(ctx, async (tx) => {
      await saveHomeViewed(tx, accountId, event.user);
      await enqueue(tx, 'home', { accountId, person: event.user });
    });
    track(shown.catch((error: unknown) => log.error({ error }, 'an App Home could not be shown')));
  });
}

/** Opens the form to schedule a maintenance, where there is no conversation to answer in. */
export async function plan({ ctx, client }: SlackContext, person: Person, triggerId: string): Promise<void> {
  authorize(person.actor, 'schedule');
  const services = await countServices(ctx.database, person.actor.accountId);
  await client.views.open({
    trigger_id: triggerId,
    view: services === 0 ? messageDialog(welcomeMessage) : createModal({ channels: [], timezone: person.timezone }),
  });
}

/** Shows App Homes through Slack's Web API. */
export function homePublisher(workspaces: Workspaces): HomePublisher {
  return {
    async person(accountId, personId) {
      const { people, workspace } = await workspaces.ofAccount(accountId);
      return people.find(workspace, personId);
    },
    async publish(accountId, personId, view) {
      await call(workspaces, accountId, (client) => client.views.publish({ user_id: personId, view }));
    },
  };
}
