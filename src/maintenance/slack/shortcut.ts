import type { GlobalShortcut } from '@slack/bolt';
import { replyInDialog } from '../../slack/dialog.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { openCreateForm } from './create-form.ts';

/** Its callback id in the manifest. */
const SCHEDULE_SHORTCUT = 'schedule_maintenance';

/** "Schedule maintenance" among Slack's shortcuts. */
export function listenToScheduleShortcut(on: Listeners): void {
  const { context } = on;
  on.app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: SCHEDULE_SHORTCUT }, async ({ ack, body }) => {
    await ack();
    const reply = replyInDialog(context.client, body.trigger_id, context.log);
    on.run(body.user.id, reply, (person) => openCreateForm(context, person, body.trigger_id));
  });
}
