import type { App } from '@slack/bolt';
import { listenToApprovals } from '../approvals/slack/listeners.ts';
import { listenToOptions } from '../catalogue/slack/options.ts';
import { applySync } from '../checks/slack/sync.ts';
import { listenToEvents } from '../comments/slack/replies.ts';
import { listenToComments } from '../comments/slack/shortcut.ts';
import { listenToHome } from '../home/slack/listeners.ts';
import { listenToMaintenanceButtons } from '../maintenance/slack/buttons.ts';
import { listenToMaintenanceForms } from '../maintenance/slack/forms.ts';
import { listenToOverrides } from '../maintenance/slack/freeze-overrides.ts';
import { chooseReading } from '../maintenance/slack/preview-buttons.ts';
import { listenToScheduleShortcut } from '../maintenance/slack/shortcut.ts';
import { listenToSteps } from '../maintenance/slack/workflow-steps.ts';
import { listenToSeries } from '../series/slack/listeners.ts';
import { listenToSettings } from '../settings/slack/listeners.ts';
import { ACTIONS } from '../slack/action-ids.ts';
import { onButton } from '../slack/buttons.ts';
import { createReply, type ListenerContext, withErrorReply } from '../slack/context.ts';
import { listenToSubscriptions } from '../subscriptions/slack/commands.ts';
import { runCommand, runText } from './slack-commands.ts';
import { handlePageButton } from './slack-paging.ts';

/**
 * Registers everything that Lull listens to in Slack. Everything but a submitted form is acknowledged at once and worked on
 * after, so that Slack's three seconds are never at stake; errors are answered to the person who asked.
 */
export function registerListeners(app: App, listening: ListenerContext): void {
  const { context, track } = listening;
  const { log, people, workspace } = context;
  const onPress = onButton(app, listening);

  app.command('/maintenance', async ({ command, ack }) => {
    await ack();
    const reply = createReply(command.response_url, log);
    track(
      withErrorReply(log, reply, async () => {
        const message = await runCommand(context, await people.find(workspace, command.user_id), {
          text: command.text ?? '',
          triggerId: command.trigger_id,
          responseUrl: command.response_url,
          channel: command.channel_id,
        });
        if (message !== undefined) await reply(message);
      }),
    );
  });

  for (const page of [ACTIONS.previousPage, ACTIONS.nextPage]) {
    onPress(page, (person, { value }) => handlePageButton(context, person, value), { replace: true });
  }
  onPress(
    new RegExp(`^${ACTIONS.choose.replace('.', '\\.')}\\.\\d+$`),
    (person, { value }) => chooseReading(context, person, value, runText),
    { replace: true },
  );
  onPress(ACTIONS.applySync, (person, { value }) => applySync(context, person, value), { replace: true });
  onPress(ACTIONS.show, (person, { value }) => runText(context, person, `show ${value}`));

  listenToMaintenanceButtons(app, listening);
  listenToMaintenanceForms(app, listening);
  listenToSeries(app, listening);
  listenToOverrides(app, listening);
  listenToApprovals(app, listening);
  listenToComments(app, listening);
  listenToSubscriptions(app, listening);
  listenToOptions(app, listening);
  listenToEvents(app, listening);
  listenToHome(app, listening);
  listenToScheduleShortcut(app, listening);
  listenToSteps(app, listening);
  listenToSettings(app, listening);

  app.error(async (error) => {
    log.error({ error }, 'a request from Slack could not be handled');
  });
}
