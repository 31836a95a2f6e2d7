import type { App, BlockButtonAction } from '@slack/bolt';
import { find } from '../actions/action.ts';
import { approve } from '../actions/approve.ts';
import { decline } from '../actions/decline.ts';
import { mustBeAllowed } from '../domain/permissions.ts';
import { answering, replyAt } from './context.ts';
import { replyInDialog } from './dialog.ts';
import type { Listening } from './listening.ts';
import { ACTIONS, VIEWS } from './messages/action-ids.ts';
import { declineModal, readDeclineModal } from './modals/decline.ts';
import type { Person } from './people.ts';
import { submissions } from './submitted.ts';

/** Hears those who approve, and those who decline and say why. The announcement shows what came of it. */
export function listenToApprovals(app: App, { context, track }: Listening): void {
  const { client, ground, log, people, workspace } = context;

  onButton(ACTIONS.approve, async (person, id, body) => {
    await approve(ground, person.actor, id, `press:approve:${id}:${body.actions[0]?.action_ts ?? ''}`);
  });
  onButton(ACTIONS.decline, async (person, id, body) => {
    mustBeAllowed(person.actor, 'approve');
    const view = declineModal(await find(ground, person.actor, id), person.timezone);
    await client.views.open({ trigger_id: body.trigger_id, view });
  });

  function onButton(
    actionId: string,
    work: (person: Person, maintenanceId: number, body: BlockButtonAction) => Promise<void>,
  ): void {
    app.action<BlockButtonAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
      await ack();
      const inView = body.container.type === 'view';
      const reply = inView ? replyInDialog(client, body.trigger_id, log) : replyAt(body.response_url, log);
      track(
        answering(log, reply, async () => {
          await work(await people.find(workspace, body.user.id), Number(action.value), body);
        }),
      );
    });
  }

  submissions(app, { context, track })(VIEWS.decline, async ({ actor }, view) => {
    const reason = readDeclineModal(view.state.values);
    await decline(ground, actor, Number(view.private_metadata), reason, `view:${view.id}`);
  });
}
