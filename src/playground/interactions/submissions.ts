import { z } from 'zod';
import { listPlacedElements } from '../block-kit/blocks.ts';
import { checkModal } from '../block-kit/check.ts';
import { validateInputs } from '../block-kit/values.ts';
import type { Team } from '../team.ts';
import { UserError } from '../user-error.ts';
import { type StoredModal, toSlackView } from '../workspace/surfaces.ts';
import type { StoredPerson } from '../workspace/workspace-file.ts';
import { interactionFields, isEmptyBody, toFailureCode } from './payload.ts';

export interface SubmitOutcome {
  submitted: 'closed' | 'updated' | 'pushed' | 'errors' | 'failed';
  /** By `block_id`. */
  errors?: Record<string, string>;
  /** Set with `failed`. */
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

function requireModal(team: Team, person: StoredPerson, viewId: string): StoredModal {
  const modal = team.views.modal(viewId);
  if (modal === undefined || modal.person !== person.id) throw new UserError('This dialog is no longer open.');
  return modal;
}

/** A `response_url` for each conversation chosen in a select with `response_url_enabled`. */
function issueResponseUrls(team: Team, person: StoredPerson, modal: StoredModal): Record<string, string>[] {
  const urls: Record<string, string>[] = [];
  for (const { block, element } of listPlacedElements(modal.view.blocks)) {
    if (!('response_url_enabled' in element) || element.response_url_enabled !== true) continue;
    const channel = modal.values[block.block_id]?.[element.action_id];
    if (typeof channel !== 'string') continue;
    urls.push({
      block_id: block.block_id,
      action_id: element.action_id,
      channel_id: channel,
      response_url: team.responseUrls.issue({ channel, person: person.id }),
    });
  }
  return urls;
}

/** Submits a modal: validates inputs as Slack's client does, sends `view_submission` and applies the ack. */
export async function submitModal(team: Team, person: StoredPerson, viewId: string): Promise<SubmitOutcome> {
  const modal = requireModal(team, person, viewId);
  if (modal.view.submit === undefined) throw new UserError('This dialog has nothing to submit.');
  const errors = validateInputs(modal.view.blocks, modal.values);
  modal.errors = errors;
  if (Object.keys(errors).length > 0) {
    team.views.notifyChanged(modal);
    return { submitted: 'errors', errors: errors };
  }
  modal.busy = true;
  team.views.notifyChanged(modal);
  const ack = await team.delivery.send({
    type: 'interactive',
    title: `view_submission ${modal.view.callback_id ?? ''}`.trim(),
    acceptsResponse: true,
    payload: {
      type: 'view_submission',
      ...interactionFields(team, person),
      trigger_id: team.triggers.issue({ person: person.id, view: modal.id }),
      view: toSlackView(team.workspace, modal),
      response_urls: issueResponseUrls(team, person, modal),
    },
  });
  modal.busy = false;
  const failed = (reason: string): SubmitOutcome => {
    team.views.notifyChanged(modal);
    return { submitted: 'failed', reason };
  };
  const error = toFailureCode(ack);
  if (error !== undefined) return failed(error);
  return applyAck(team, modal, ack.outcome === 'acked' ? ack.body : undefined, failed);
}

function applyAck(
  team: Team,
  modal: StoredModal,
  body: unknown,
  failed: (reason: string) => SubmitOutcome,
): SubmitOutcome {
  // The ack of a second click may arrive when the modal is already closed.
  const isOpen = team.views.modal(modal.id) !== undefined;
  if (isEmptyBody(body)) {
    if (isOpen) team.views.close(modal.person, false);
    return { submitted: 'closed' };
  }
  const answer = responseAction.safeParse(body);
  if (!answer.success) return failed('invalid_response_action');
  switch (answer.data.response_action) {
    case 'clear':
      team.views.close(modal.person, true);
      return { submitted: 'closed' };
    case 'errors': {
      const { errors } = answer.data;
      const inputs = modal.view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id);
      const unknown = Object.keys(errors).find((blockId) => !inputs.includes(blockId));
      if (unknown !== undefined) return failed(`no input block has the id ${unknown}`);
      modal.errors = errors;
      team.views.notifyChanged(modal);
      return { submitted: 'errors', errors };
    }
    case 'update':
    case 'push': {
      const checked = checkModal(answer.data.view);
      if (!checked.ok) return failed(checked.errors.join('; '));
      const isPush = answer.data.response_action === 'push';
      const outcome = isPush
        ? team.views.push(modal.id, checked.value)
        : team.views.update({ id: modal.id }, checked.value);
      if (!outcome.ok) return failed(outcome.error);
      team.views.notifyChanged(modal);
      return { submitted: isPush ? 'pushed' : 'updated' };
    }
  }
}

/** Closes the modal on top, or the whole stack, and sends `view_closed` for views with `notify_on_close`. */
export async function closeModal(team: Team, person: StoredPerson, viewId: string, all: boolean): Promise<void> {
  const modal = requireModal(team, person, viewId);
  const clears = all || modal.view.clear_on_close === true;
  const closed = team.views.close(person.id, clears);
  await Promise.all(
    closed
      .filter((each) => each.view.notify_on_close === true)
      .map((each) =>
        team.delivery.send({
          type: 'interactive',
          title: `view_closed ${each.view.callback_id ?? ''}`.trim(),
          acceptsResponse: false,
          payload: {
            type: 'view_closed',
            ...interactionFields(team, person),
            view: toSlackView(team.workspace, each),
            is_cleared: clears,
          },
        }),
      ),
  );
}
