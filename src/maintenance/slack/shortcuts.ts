import type { App, GlobalShortcut, MessageShortcut } from '@slack/bolt';
import { comment, editComment } from '../../comments/commands.ts';
import {
  addAsComment,
  MAINTENANCES,
  maintenanceOption,
  maintenancesMatching,
  readAudienceForm,
  readCommentForm,
} from '../../comments/slack/shortcut.ts';
import { UserError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { plan } from '../../home/slack/listeners.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { createReply, type ListenerContext, withErrorReply } from '../../slack/context.ts';
import { replyInDialog } from '../../slack/dialog.ts';
import { onSubmission } from '../../slack/form.ts';

/** As the manifest calls them. */
const SHORTCUTS = { schedule: 'schedule_maintenance', addComment: 'add_as_comment' } as const;

/** What Lull offers in the menu of a message, and wherever in Slack somebody searches for it. */
export function listenToShortcuts(app: App, listening: ListenerContext): void {
  const { context, track } = listening;
  const { ctx, people, workspace, client, log } = context;
  const onSubmit = onSubmission(app, listening);

  app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: SHORTCUTS.schedule }, async ({ ack, body }) => {
    await ack();
    const reply = replyInDialog(client, body.trigger_id, log);
    track(
      withErrorReply(log, reply, async () =>
        plan(context, await people.find(workspace, body.user.id), body.trigger_id),
      ),
    );
  });

  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: SHORTCUTS.addComment },
    async ({ ack, body }) => {
      await ack();
      const { message, channel } = body;
      const thread: unknown = message.thread_ts;
      const picked = {
        channel: channel.id,
        ts: message.ts,
        thread: typeof thread === 'string' ? thread : undefined,
        userId: message.user,
        text: message.text ?? '',
      };
      track(
        withErrorReply(log, createReply(body.response_url, log), async () =>
          addAsComment(context, await people.find(workspace, body.user.id), picked, body.trigger_id),
        ),
      );
    },
  );

  app.options(MAINTENANCES, async ({ options, ack, body }) => {
    try {
      authorize((await people.find(workspace, body.user.id)).actor, 'read');
      const found = await maintenancesMatching(context, options.value);
      await ack({ options: found.map(maintenanceOption) });
    } catch (error) {
      if (!(error instanceof UserError)) log.error({ error }, 'the options of a form could not be loaded');
      await ack({ options: [] });
    }
  });

  onSubmit(VIEWS.addComment, async ({ actor }, view) => {
    const { maintenanceId, text, internal } = readCommentForm(view.state.values);
    await comment(ctx, actor, maintenanceId, { text, internal }, `view:${view.id}`);
  });
  onSubmit(VIEWS.audience, async ({ actor }, view) => {
    await editComment(ctx, actor, Number(view.private_metadata), { internal: readAudienceForm(view.state.values) });
  });
}
