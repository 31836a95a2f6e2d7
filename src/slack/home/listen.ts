import type { App } from '@slack/bolt';
import { transact } from '../../actions/action.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { openHome } from '../../store/homes.ts';
import { enqueue } from '../../store/jobs.ts';
import { countServices } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import { dialog } from '../dialog.ts';
import type { Listening } from '../listening.ts';
import { welcome } from '../messages/answers.ts';
import { createModal } from '../modals/create.ts';
import type { Person } from '../people.ts';

/** Shows somebody their App Home when they open it, whatever it showed before. */
export function listenToHome(app: App, { context, track }: Listening): void {
  const { ground, workspace, log } = context;
  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return;
    const accountId = workspace.account.id;
    const shown = transact(ground, async (tx) => {
      await openHome(tx, accountId, event.user);
      await enqueue(tx, 'home', { accountId, person: event.user });
    });
    track(shown.catch((error: unknown) => log.error({ error }, 'an App Home could not be shown')));
  });
}

/** Opens the form to schedule a maintenance, where there is no conversation to answer in. */
export async function plan({ ground, client }: SlackContext, person: Person, triggerId: string): Promise<void> {
  mustBeAllowed(person.actor, 'schedule');
  const services = await countServices(ground.database, person.actor.accountId);
  await client.views.open({
    trigger_id: triggerId,
    view: services === 0 ? dialog(welcome) : createModal({ channels: [], timezone: person.timezone }),
  });
}
