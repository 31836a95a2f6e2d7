import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { VIEWS } from '../../slack/action-ids.ts';
import { section } from '../../slack/blocks.ts';

const LONGEST = 1000;

/** What the form carries along, unseen. */
export const overrideMetadata = z.object({
  draftId: z.string(),
  /** Where to answer; absent where the announcement shows what came of it. */
  responseUrl: z.string().optional(),
});
export type OverrideMetadata = z.infer<typeof overrideMetadata>;

/**
 * Asks why a freeze should not hold.
 * @param text what would be done, and the freezes, in mrkdwn
 */
export function overrideModal(metadata: OverrideMetadata, text: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.override,
    title: { type: 'plain_text', text: 'Override a freeze' },
    submit: { type: 'plain_text', text: 'Do it anyway' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify(metadata),
    blocks: [
      section(text),
      {
        type: 'input',
        block_id: 'override_reason',
        label: { type: 'plain_text', text: 'Why it cannot wait' },
        hint: { type: 'plain_text', text: 'Kept in the record, and shown in internal threads.' },
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: LONGEST },
      },
    ],
  };
}

const submitted = z.object({
  override_reason: z.object({ value: z.object({ value: z.string().nullish() }) }),
});

/** The reason given. `values` is Slack's `view.state.values`. */
export function readOverrideModal(values: unknown): string {
  return submitted.parse(values).override_reason.value.value ?? '';
}
