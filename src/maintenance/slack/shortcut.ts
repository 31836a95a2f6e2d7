import type { App, GlobalShortcut } from '@slack/bolt';
import { type ListenerContext, withErrorReply } from '../../slack/context.ts';
import { replyInDialog } from '../../slack/dialog.ts';
import { openCreateForm } from './create-form.ts';

/** Its callback id in the manifest. */
const SCHEDULE_SHORTCUT = 'schedule_maintenance';

/** "Schedule maintenance" among Slack's shortcuts. */
export function listenToScheduleShortcut(app: App, { context, track }: ListenerContext): void {
  const { people, workspace, client, log } = context;
  app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: SCHEDULE_SHORTCUT }, async ({ ack, body }) => {
    await ack();
    const reply = replyInDialog(client, body.trigger_id, log);
    track(
      withErrorReply(log, reply, async () =>
        openCreateForm(context, await people.find(workspace, body.user.id), body.trigger_id),
      ),
    );
  });
}
