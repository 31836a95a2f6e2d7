import { z } from 'zod';
import { checkModal } from '../block-kit/check.ts';
import { placedElements } from '../block-kit/place.ts';
import { inputErrors } from '../block-kit/values.ts';
import { type KeptModal, slackView } from '../views/views.ts';
import type { StoredPerson } from '../workspace/state.ts';
import type { World } from '../world.ts';
import { failureWord, Impossible, interaction, isEmptyBody } from './payload.ts';

export interface SubmitOutcome {
  submitted: 'closed' | 'updated' | 'pushed' | 'errors' | 'failed';
  /** By `block_id`. */
  errors?: Record<string, string>;
  /** With `failed`: why. */
  reason?: string;
}

const responseAction = z.discriminatedUnion('response_action', [
  z.object({
    response_action: z.literal('errors'),
    errors: z.record(z.string(), z.string().min(1)),
  }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
  z.object({ response_action: z.literal('clear') }),
]);

function openModal(world: World, person: StoredPerson, viewId: string): KeptModal {
  const kept = world.views.modal(viewId);
  if (kept === undefined || kept.person !== person.id) throw new Impossible('This dialog is no longer open.');
  return kept;
}

/** Addresses for the conversations chosen in selects that ask for one. */
function responseUrls(world: World, person: StoredPerson, kept: KeptModal): Record<string, string>[] {
  const urls: Record<string, string>[] = [];
  for (const { block, element } of placedElements(kept.view.blocks)) {
    if (!('response_url_enabled' in element) || element.response_url_enabled !== true) continue;
    const channel = kept.values[block.block_id]?.[element.action_id];
    if (typeof channel !== 'string') continue;
    urls.push({
      block_id: block.block_id,
      action_id: element.action_id,
      channel_id: channel,
      response_url: world.responseUrls.issue({ channel, person: person.id }),
    });
  }
  return urls;
}

/** A person submits a modal: what Slack's client checks itself, then `view_submission` and what its ack asks for. */
export async function submitModal(world: World, person: StoredPerson, viewId: string): Promise<SubmitOutcome> {
  const kept = openModal(world, person, viewId);
  if (kept.view.submit === undefined) throw new Impossible('This dialog has nothing to submit.');
  const wrong = inputErrors(kept.view.blocks, kept.values);
  kept.errors = wrong;
  if (Object.keys(wrong).length > 0) {
    world.views.touched(kept);
    return { submitted: 'errors', errors: wrong };
  }
  kept.busy = true;
  world.views.touched(kept);
  const ack = await world.delivery.send({
    type: 'interactive',
    title: `view_submission ${kept.view.callback_id ?? ''}`.trim(),
    acceptsResponse: true,
    payload: {
      type: 'view_submission',
      ...interaction(world, person),
      trigger_id: world.triggers.issue({ person: person.id, view: kept.id }),
      view: slackView(world.workspace, kept),
      response_urls: responseUrls(world, person, kept),
    },
  });
  kept.busy = false;
  const failed = (reason: string): SubmitOutcome => {
    world.views.touched(kept);
    return { submitted: 'failed', reason };
  };
  const error = failureWord(ack);
  if (error !== undefined) return failed(error);
  return answered(world, kept, ack.outcome === 'acked' ? ack.body : undefined, failed);
}

function answered(
  world: World,
  kept: KeptModal,
  body: unknown,
  failed: (reason: string) => SubmitOutcome,
): SubmitOutcome {
  // A second click's ack may find the modal gone already.
  const isOpen = world.views.modal(kept.id) !== undefined;
  if (isEmptyBody(body)) {
    if (isOpen) world.views.close(kept.person, false);
    return { submitted: 'closed' };
  }
  const answer = responseAction.safeParse(body);
  if (!answer.success) return failed('invalid_response_action');
  switch (answer.data.response_action) {
    case 'clear':
      world.views.close(kept.person, true);
      return { submitted: 'closed' };
    case 'errors': {
      const { errors } = answer.data;
      const inputs = kept.view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id);
      const astray = Object.keys(errors).find((blockId) => !inputs.includes(blockId));
      if (astray !== undefined) return failed(`no input block has the id ${astray}`);
      kept.errors = errors;
      world.views.touched(kept);
      return { submitted: 'errors', errors };
    }
    case 'update':
    case 'push': {
      const checked = checkModal(answer.data.view);
      if (!checked.ok) return failed(checked.errors.join('; '));
      const isPush = answer.data.response_action === 'push';
      const outcome = isPush
        ? world.views.push(kept.id, checked.value)
        : world.views.update({ id: kept.id }, checked.value);
      if (!outcome.ok) return failed(outcome.error);
      world.views.touched(kept);
      return { submitted: isPush ? 'pushed' : 'updated' };
    }
  }
}

/** A person closes the modal on top, or all of them: those that asked are told with `view_closed`. */
export async function closeModal(world: World, person: StoredPerson, viewId: string, all: boolean): Promise<void> {
  const kept = openModal(world, person, viewId);
  const everything = all || kept.view.clear_on_close === true;
  const closed = world.views.close(person.id, everything);
  await Promise.all(
    closed
      .filter((each) => each.view.notify_on_close === true)
      .map((each) =>
        world.delivery.send({
          type: 'interactive',
          title: `view_closed ${each.view.callback_id ?? ''}`.trim(),
          acceptsResponse: false,
          payload: {
            type: 'view_closed',
            ...interaction(world, person),
            view: slackView(world.workspace, each),
            is_cleared: everything,
          },
        }),
      ),
  );
}
