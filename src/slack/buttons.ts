import type { App, BlockButtonAction } from '@slack/bolt';
import type { Message } from './blocks.ts';
import { createReply, type ListenerContext, withErrorReply } from './context.ts';
import { replyInDialog } from './dialog.ts';
import type { Person } from './people.ts';

/** A pressed button. */
export interface ButtonPress {
  readonly value: string;
  /** Opens one form, within three seconds. */
  readonly triggerId: string;
  readonly responseUrl: string;
  readonly body: BlockButtonAction;
}

/**
 * Listens for presses of buttons. What `work` returns is shown to the person alone; with `replace` it replaces the message
 * that has the button. Errors are answered in the same place, or in a dialog where the button is in a view.
 */
export function onButton(app: App, { context, track }: ListenerContext) {
  const { client, log, people, workspace } = context;
  return (
    actionId: string | RegExp,
    work: (person: Person, press: ButtonPress) => Promise<Message | undefined> | Promise<void>,
    { replace = false }: { replace?: boolean } = {},
  ): void => {
    app.action<BlockButtonAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
      await ack();
      const { trigger_id: triggerId, response_url: responseUrl } = body;
      const reply =
        body.container.type === 'view' ? replyInDialog(client, triggerId, log) : createReply(responseUrl, log);
      track(
        withErrorReply(log, reply, async () => {
          const person = await people.find(workspace, body.user.id);
          const message = await work(person, { value: action.value ?? '', triggerId, responseUrl, body });
          if (message) await reply(message, { replace });
        }),
      );
    });
  };
}
