import type { ModalView } from '@slack/types';
import type { Maintenance } from '../../store/maintenances.ts';
import { VIEWS } from '../messages/action-ids.ts';
import { quote, section } from '../messages/blocks.ts';
import { between } from '../messages/time.ts';
import { heldBy, input, LONGEST_INPUT } from './form.ts';

const MEANS = {
  planned: 'It will not take place.',
  begun: 'It ends now, and its checks are switched on again.',
} as const;

/** Asks whether it shall be canceled, and why. @param zone the IANA zone of whoever asks */
export function cancelModal(maintenance: Maintenance, zone: string): ModalView {
  const window = { start: maintenance.scheduledStart, end: maintenance.scheduledEnd };
  return {
    type: 'modal',
    callback_id: VIEWS.cancel,
    title: { type: 'plain_text', text: 'Cancel maintenance' },
    submit: { type: 'plain_text', text: 'Cancel it' },
    close: { type: 'plain_text', text: 'Keep it' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(
        `*${quote(maintenance.name, 250)}*\n${between(window, zone)}\n${MEANS[maintenance.status === 'in-progress' ? 'begun' : 'planned']} This cannot be taken back.`,
      ),
      input(
        'reason',
        'Reason',
        { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: LONGEST_INPUT },
        { optional: true, hint: 'Shows in its threads, in public channels too.' },
      ),
    ],
  };
}

/** Why; empty when nothing was said. `values` is Slack's `view.state.values`. */
export function readCancelModal(values: unknown): string {
  return heldBy(values).get('reason')?.value?.trim() ?? '';
}
