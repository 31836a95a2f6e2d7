import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { quote, section } from '../../slack/blocks.ts';

/** Slack's inputs take no more. */
const LONGEST = 3000;

const INTERNAL = {
  text: { type: 'plain_text' as const, text: 'Internal: not shown in public channels' },
  value: 'internal',
};

export function commentModal(maintenance: Maintenance): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.comment,
    title: { type: 'plain_text', text: 'Comment' },
    submit: { type: 'plain_text', text: 'Comment' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(`*${quote(maintenance.name, 250)}*`),
      {
        type: 'input',
        block_id: 'comment',
        label: { type: 'plain_text', text: 'Comment' },
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: LONGEST },
      },
      {
        type: 'input',
        block_id: 'internal',
        optional: true,
        label: { type: 'plain_text', text: 'Who sees it' },
        element: { type: 'checkboxes', action_id: 'value', options: [INTERNAL] },
      },
    ],
  };
}

const submitted = z.object({
  comment: z.object({ value: z.object({ value: z.string().nullish() }) }),
  internal: z.object({ value: z.object({ selected_options: z.array(z.object({ value: z.string() })).nullish() }) }),
});

/** What was written. `values` is Slack's `view.state.values`. */
export function readCommentModal(values: unknown): { text: string; internal: boolean } {
  const form = submitted.parse(values);
  return {
    text: form.comment.value.value ?? '',
    internal: (form.internal.value.selected_options ?? []).length > 0,
  };
}
