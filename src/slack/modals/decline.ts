import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Maintenance } from '../../store/maintenances.ts';
import { VIEWS } from '../messages/action-ids.ts';
import { quote, section } from '../messages/blocks.ts';
import { between } from '../messages/time.ts';

const LONGEST = 3000;

/** Asks why. @param zone the IANA zone of whoever declines */
export function declineModal(maintenance: Maintenance, zone: string): ModalView {
  const window = { start: maintenance.scheduledStart, end: maintenance.scheduledEnd };
  return {
    type: 'modal',
    callback_id: VIEWS.decline,
    title: { type: 'plain_text', text: 'Decline' },
    submit: { type: 'plain_text', text: 'Decline' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(`*${quote(maintenance.name, 250)}*\n${between(window, zone)}`),
      {
        type: 'input',
        block_id: 'reason',
        optional: true,
        label: { type: 'plain_text', text: 'Reason' },
        hint: { type: 'plain_text', text: 'Shown in internal threads, and to whoever asked.' },
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: LONGEST },
      },
    ],
  };
}

const submitted = z.object({ reason: z.object({ value: z.object({ value: z.string().nullish() }) }) });

/** The reason given, or none. `values` is Slack's `view.state.values`. */
export function readDeclineModal(values: unknown): string | undefined {
  return submitted.parse(values).reason.value.value ?? undefined;
}
