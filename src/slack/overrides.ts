import type { App, BlockButtonAction } from '@slack/bolt';
import { doAnyway, openOverride } from './buttons/override.ts';
import { answering, replyAt } from './context.ts';
import type { Listening } from './listening.ts';
import { ACTIONS, VIEWS } from './messages/action-ids.ts';
import { overrideMetadata, readOverrideModal } from './modals/override.ts';
import { submissions } from './submitted.ts';

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

  submissions(app, { context, track })(VIEWS.override, async (person, view) => {
    const { draftId, responseUrl } = overrideMetadata.parse(JSON.parse(view.private_metadata));
    const message = await doAnyway(context, person, draftId, readOverrideModal(view.state.values));
    if (responseUrl === undefined) return undefined;
    return { after: () => replyAt(responseUrl, log)(message, { replace: true }) };
  });
}
