import type { App, BlockButtonAction, ViewSubmitAction } from '@slack/bolt';
import { Refusal } from '../domain/refusal.ts';
import { doAnyway, openOverride } from './buttons/override.ts';
import { answering, failure, replyAt } from './context.ts';
import type { Listening } from './listeners.ts';
import { ACTIONS, VIEWS } from './messages/action-ids.ts';
import { overrideMetadata, readOverrideModal } from './modals/override.ts';
import { fieldErrors } from './modals/problems.ts';

/** Hears those who override a freeze: the button that asks for the reason, and the reason. */
export function listenToOverrides(app: App, { context, track }: Listening): void {
  const { log, people, workspace } = context;

  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: ACTIONS.override },
    async ({ ack, body, action }) => {
      await ack();
      const press = { triggerId: body.trigger_id, responseUrl: body.response_url };
      track(
        answering(log, replyAt(body.response_url, log), async () => {
          await openOverride(context, await people.find(workspace, body.user.id), action.value ?? '', press);
        }),
      );
    },
  );

  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: VIEWS.override }, async ({ ack, body, view }) => {
    const { draftId, responseUrl } = overrideMetadata.parse(JSON.parse(view.private_metadata));
    try {
      const person = await people.find(workspace, body.user.id);
      const message = await doAnyway(context, person, draftId, readOverrideModal(view.state.values));
      await ack();
      track(replyAt(responseUrl, log)(message, { replace: true }));
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'invalid') {
        await ack({ response_action: 'errors', errors: fieldErrors(error.problems, ['override_reason']) });
        return;
      }
      await ack();
      track(replyAt(responseUrl, log)(failure(log, error)));
    }
  });
}
