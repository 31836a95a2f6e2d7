import type { App, BlockButtonAction } from '@slack/bolt';
import { listenToApprovals } from '../approvals/slack/listeners.ts';
import { listenToOptions } from '../catalogue/slack/options.ts';
import { applySync } from '../checks/slack/sync.ts';
import { listenToEvents } from '../comments/slack/replies.ts';
import { listenToCommentShortcut } from '../comments/slack/shortcut.ts';
import { listenToHome } from '../home/slack/listeners.ts';
import { handleAnnouncementButton, turnWholePage } from '../maintenance/slack/announcement-buttons.ts';
import { openCreateForm } from '../maintenance/slack/create-form.ts';
import { listenToForms } from '../maintenance/slack/forms.ts';
import { listenToOverrides } from '../maintenance/slack/freeze-overrides.ts';
import {
  chooseReading,
  discardPreview,
  editDraft,
  scheduleDraft,
  scheduleSeriesDraft,
} from '../maintenance/slack/preview-buttons.ts';
import { listenToScheduleShortcut } from '../maintenance/slack/shortcut.ts';
import { reopenCommand } from '../maintenance/slack/transitions.ts';
import { listenToSteps } from '../maintenance/slack/workflow-steps.ts';
import { openCreateSeries } from '../series/slack/commands.ts';
import { listenToSettings } from '../settings/slack/listeners.ts';
import { ACTIONS } from '../slack/action-ids.ts';
import type { Message } from '../slack/blocks.ts';
import { createReply, type ListenerContext, type Reply, withErrorReply } from '../slack/context.ts';
import { replyInDialog } from '../slack/dialog.ts';
import type { Person } from '../slack/people.ts';
import { openSubscribe } from '../subscriptions/slack/commands.ts';
import { runCommand, runText } from './slack-commands.ts';
import { handlePageButton } from './slack-paging.ts';

/**
 * Says what Lull hears. Everything but a submitted form is acknowledged at once and worked on after, so that Slack's
 * three seconds are never at stake; what went wrong is answered to the one who asked.
 */
export function registerListeners(app: App, listening: ListenerContext): void {
  const { context, track } = listening;
  const { log, people, workspace } = context;
  const personOf = (userId: string) => people.find(workspace, userId);

  app.command('/maintenance', async ({ command, ack }) => {
    await ack();
    const reply = createReply(command.response_url, log);
    track(
      withErrorReply(log, reply, async () => {
        const person = await personOf(command.user_id);
        const message = await runCommand(context, person, {
          text: command.text ?? '',
          triggerId: command.trigger_id,
          responseUrl: command.response_url,
          channel: command.channel_id,
        });
        if (message !== undefined) await reply(message);
      }),
    );
  });

  /** A button whose value says what it is about. Its answers replace the message it stands in when `work` says so. */
  function onButton(
    actionId: string | RegExp,
    work: (person: Person, press: { value: string; body: BlockButtonAction }, reply: Reply) => Promise<void>,
  ): void {
    app.action<BlockButtonAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
      await ack();
      const inView = body.container.type === 'view';
      const reply = inView ? replyInDialog(context.client, body.trigger_id, log) : createReply(body.response_url, log);
      const value = action.value ?? '';
      track(withErrorReply(log, reply, async () => work(await personOf(body.user.id), { value, body }, reply)));
    });
  }

  const replacing = (work: (person: Person, value: string) => Promise<Message | undefined>) => {
    return async (person: Person, { value }: { value: string }, reply: Reply) => {
      const message = await work(person, value);
      if (message !== undefined) await reply(message, { replace: true });
    };
  };
  for (const page of [ACTIONS.previousPage, ACTIONS.nextPage]) {
    onButton(
      page,
      replacing((person, value) => handlePageButton(context, person, value)),
    );
  }
  onButton(
    ACTIONS.schedule,
    replacing((person, id) => scheduleDraft(context, person, id)),
  );
  onButton(
    ACTIONS.scheduleSeries,
    replacing((person, id) => scheduleSeriesDraft(context, person, id)),
  );
  onButton(
    ACTIONS.discard,
    replacing((person, id) => discardPreview(context, person, id)),
  );
  onButton(
    new RegExp(`^${ACTIONS.choose.replace('.', '\\.')}\\.\\d+$`),
    replacing((person, value) => chooseReading(context, person, value, runText)),
  );
  onButton(
    ACTIONS.applySync,
    replacing((person, value) => applySync(context, person, value)),
  );
  onButton(ACTIONS.edit, (person, { value, body }) =>
    editDraft(context, person, value, { triggerId: body.trigger_id, responseUrl: body.response_url }),
  );

  for (const name of ['start', 'finish', 'extend', 'comment', 'cancel', 'change', 'whole'] as const) {
    onButton(ACTIONS[name], async (person, { value, body }) => {
      const { container } = body;
      const place =
        container.type === 'message'
          ? `${container.channel_id}:${container.message_ts}`
          : `${container.view_id}:${value}`;
      await handleAnnouncementButton[name](context, person, {
        maintenanceId: Number(value),
        triggerId: body.trigger_id,
        once: `press:${name}:${place}`,
      });
    });
  }

  onButton(ACTIONS.addSeries, (person, { body }) =>
    openCreateSeries(context, person, { triggerId: body.trigger_id, responseUrl: body.response_url }),
  );
  onButton(ACTIONS.subscribe, (person, { value: channel, body }) =>
    openSubscribe(context, person, { channel, triggerId: body.trigger_id, responseUrl: body.response_url }),
  );
  for (const turn of [ACTIONS.previousOfWhole, ACTIONS.nextOfWhole]) {
    onButton(turn, (person, { value, body }) => turnWholePage(context, person, value, body.view));
  }
  onButton(ACTIONS.reopen, async (person, { value }, reply) => {
    const message = await reopenCommand(context, person, Number(value));
    if (message !== undefined) await reply(message);
  });
  onButton(ACTIONS.plan, (person, { body }) => openCreateForm(context, person, body.trigger_id));
  onButton(ACTIONS.show, async (person, { value }, reply) => {
    const shown = await runText(context, person, `show ${value}`);
    if (shown !== undefined) await reply(shown);
  });

  listenToOptions(app, listening);
  listenToForms(app, listening);
  listenToEvents(app, listening);
  listenToOverrides(app, listening);
  listenToApprovals(app, listening);
  listenToHome(app, listening);
  listenToScheduleShortcut(app, listening);
  listenToCommentShortcut(app, listening);
  listenToSteps(app, listening);
  listenToSettings(app, listening);

  app.error(async (error) => {
    log.error({ error }, 'a request from Slack could not be handled');
  });
}
