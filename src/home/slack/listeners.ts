import { enqueue } from '../../platform/jobs.ts';
import { inTransaction } from '../../platform/transactions.ts';
import { assertAllowed, call, lookUp } from '../../slack/connection/call.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Home, HomePage } from '../content.ts';
import { saveHomeViewed } from '../repository.ts';
import { homeView } from './view.ts';

/** Publishes the App Home of a person who opens it. */
export function listenToHome({ app, context, track }: Listeners): void {
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

/** App Homes, each published in the workspace of its account. */
export function slackHome(workspaces: Workspaces): Home {
  const view = ({ actor, timezone, content }: HomePage) => homeView(actor, timezone, content);
  const publishing = (caller: string) => ({ method: 'views.publish', caller, rank: 0 }) as const;
  return {
    assertAllowed: (accountId, personId) => assertAllowed(workspaces, accountId, publishing(personId)),
    async findPerson(accountId, personId) {
      const { people, workspace } = await workspaces.forAccount(accountId);
      return lookUp(workspaces, accountId, () => people.find(workspace, personId, { latest: false }));
    },
    render: (page) => JSON.stringify(view(page)),
    async publish(accountId, page) {
      await call(workspaces, accountId, publishing(page.actor.id), (client) =>
        client.views.publish({ user_id: page.actor.id, view: view(page) }),
      );
    },
  };
}
