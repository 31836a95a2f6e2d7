import type { App, ViewOutput, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { Refusal } from '../domain/refusal.ts';
import { failure } from './context.ts';
import { dialog } from './dialog.ts';
import type { Listening } from './listening.ts';
import { fieldErrors } from './modals/problems.ts';
import type { Person } from './people.ts';

/** What a submitted form comes to besides closing it: another form in its place, or work after the acknowledgement. */
export interface Outcome {
  readonly show?: ModalView;
  readonly after?: () => Promise<void>;
}

type Submitted = (person: Person, view: ViewOutput) => Promise<Outcome | undefined> | Promise<void>;

/**
 * Hears submitted forms, by their callback id. Each is done first and acknowledged then, so that what is wrong shows at its
 * field, and what cannot be carried out becomes the reason why.
 */
export function submissions(
  app: App,
  { context, track }: Pick<Listening, 'context' | 'track'>,
): (callbackId: string, work: Submitted) => void {
  const { people, workspace, log } = context;
  return (callbackId, work) => {
    app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: callbackId }, async ({ ack, body, view }) => {
      let zone = 'UTC';
      try {
        const person = await people.find(workspace, body.user.id);
        zone = person.timezone;
        const outcome = await work(person, view);
        if (outcome?.show === undefined) await ack();
        else await ack({ response_action: 'update', view: outcome.show });
        const after = outcome?.after;
        if (after) track(after().catch((error: unknown) => log.error({ error }, 'an answer could not be made')));
      } catch (error) {
        // What has a field shows at it, so that nothing that was filled in is lost.
        if (error instanceof Refusal && error.problems.length > 0) {
          const fields = view.blocks.flatMap((block) =>
            block.type === 'input' && block.block_id ? [block.block_id] : [],
          );
          await ack({ response_action: 'errors', errors: fieldErrors(error.problems, fields, zone) });
        } else {
          await ack({ response_action: 'update', view: dialog(failure(log, error), 'Not done') });
        }
      }
    });
  };
}
