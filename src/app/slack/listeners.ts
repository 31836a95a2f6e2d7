import { z } from 'zod';
import { listenToApprovals } from '../../approvals/slack/listeners.ts';
import { historyPage, historyQuery } from '../../audit/slack/history.ts';
import { servicesPage, servicesQuery } from '../../catalogue/slack/commands.ts';
import { listenToOptions } from '../../catalogue/slack/options.ts';
import { checksPage, checksQuery } from '../../checks/slack/commands.ts';
import { applySync } from '../../checks/slack/sync.ts';
import { listenToComments } from '../../comments/slack/forms.ts';
import { listenToReplies } from '../../comments/slack/replies.ts';
import { listenToRecovery } from '../../delivery/slack/recovery.ts';
import { listenToHome } from '../../home/slack/listeners.ts';
import { runChoice } from '../../maintenance/slack/drafts.ts';
import { listenToMaintenanceButtons, listenToMaintenanceForms } from '../../maintenance/slack/forms.ts';
import { listenToOverrides } from '../../maintenance/slack/freeze-overrides.ts';
import { listPage, listQuery } from '../../maintenance/slack/list.ts';
import { listenToSteps } from '../../maintenance/slack/workflow-steps.ts';
import { seriesPage, seriesQuery } from '../../series/slack/commands.ts';
import { listenToSeries } from '../../series/slack/listeners.ts';
import { listenToSettings } from '../../settings/slack/listeners.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { type Message, successMessage } from '../../slack/blocks.ts';
import { createReply, type SlackContext } from '../../slack/context.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { listenToSubscriptions } from '../../subscriptions/slack.ts';
import { kitMessages } from '../../texts/slack-messages.ts';
import { type SlackServices, slackCommands } from './commands.ts';

interface WorkspaceEvents {
  /** Something may have been written in Slack that Lull did not receive. */
  readonly missed: () => void;
  /** The workspace removed Lull; `how` says in which way. */
  readonly removed: (how: string) => void;
}

export function registerListeners(on: Listeners, services: SlackServices, { missed, removed }: WorkspaceEvents): void {
  const { context } = on;
  const { log, workspace } = context;
  const { runCommand, runText } = slackCommands(services);

  on.app.command('/maintenance', async ({ command, ack }) => {
    await ack();
    const reply = createReply(command.response_url, log);
    on.run(command.user_id, reply, async (person) => {
      const message = await runCommand(context, person, {
        text: command.text ?? '',
        triggerId: command.trigger_id,
        responseUrl: command.response_url,
        channel: command.channel_id,
      });
      if (message !== undefined) await reply(message);
    });
  });

  const replace = true;
  for (const page of [ACTIONS.previousPage, ACTIONS.nextPage]) {
    on.button(page, (person, { value }) => showPage(context, person, value), { replace });
  }
  const choice = new RegExp(`^${ACTIONS.choose.replace('.', '\\.')}\\.\\d+$`);
  on.button(choice, (person, { value }) => runChoice(context, person, value, runText), { replace });
  on.button(ACTIONS.applySync, (person, { value }) => applySync(context, person, value, services.list), { replace });
  on.button(ACTIONS.show, (person, { value }) => runText(context, person, `show ${value}`));

  for (const listen of [
    listenToMaintenanceButtons,
    listenToMaintenanceForms,
    listenToSeries,
    listenToOverrides,
    listenToApprovals,
    listenToComments,
    listenToSubscriptions,
    listenToOptions,
    listenToHome,
    listenToRecovery,
    listenToSteps,
  ]) {
    listen(on);
  }
  listenToReplies(on, missed);
  listenToSettings(on, services.providers);
  on.app.event('app_uninstalled', async () => removed('Lull was removed from the Slack workspace'));
  on.app.event('tokens_revoked', async ({ event }) => {
    if (event.tokens.bot?.includes(workspace.botUserId)) removed('the bot token of Lull was revoked in Slack');
  });
  // Who lost a role loses it at once.
  on.app.event('user_change', async ({ event }) => context.people.userChanged(event.user));
  on.app.event('subteam_members_changed', async ({ event }) =>
    context.people.groupChanged(event.subteam_id, event.removed_users),
  );
  on.app.event('subteam_updated', async ({ event }) => context.people.groupChanged(event.subteam.id));
  on.app.error(async (error) => log.error({ error }, 'a request from Slack could not be handled'));
}

const pageQuery = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.discriminatedUnion('of', [listQuery, checksQuery, servicesQuery, historyQuery, seriesQuery]));

/** Another page of a list. The button carries the whole query, so it works for as long as the message exists. */
async function showPage(context: SlackContext, person: Person, value: string): Promise<Message> {
  const query = pageQuery.safeParse(value).data;
  switch (query?.of) {
    case undefined:
      return successMessage(kitMessages.outdatedList);
    case 'list':
      return listPage(context, person, query);
    case 'checks':
      return checksPage(context, person, query);
    case 'services':
      return servicesPage(context, person, query);
    case 'history':
      return historyPage(context, person, query);
    case 'series':
      return seriesPage(context, person, query);
  }
}
