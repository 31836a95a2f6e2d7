import type { ModalView } from '@slack/types';
import { VIEWS } from '../../slack/action-ids.ts';
import { quote, section } from '../../slack/blocks.ts';
import { input, MAX_INPUT_CHARS, option, readInput } from '../../slack/form.ts';
import { formatAgo } from '../../slack/time.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { currentWindow } from '../rules/times.ts';
import { formatTimes } from './times.ts';

const SUCCEEDED = option('succeed', 'Succeeded');
const FAILED = option('failed', 'Failed');

/** Asks how it ended. What is right most often is chosen already, so that ending takes one press more than the button. */
export function finishModal(maintenance: Maintenance): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.finish,
    title: { type: 'plain_text', text: 'End maintenance' },
    submit: { type: 'plain_text', text: 'End now' },
    close: { type: 'plain_text', text: 'Not yet' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(
        `*${quote(maintenance.name, 250)}*\nIt would end ${formatAgo(currentWindow(maintenance).end)}. Its checks are switched on again.`,
      ),
      input('outcome', 'How it went', {
        type: 'radio_buttons',
        action_id: 'value',
        options: [SUCCEEDED, FAILED],
        initial_option: SUCCEEDED,
      }),
      input(
        'note',
        'Note',
        { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: MAX_INPUT_CHARS },
        { optional: true, hint: 'Shows in its threads, in public channels too.' },
      ),
    ],
  };
}

/** How it ended, and what there is to say of it. `values` is Slack's `view.state.values`. */
export function readFinishModal(values: unknown): { outcome: 'succeed' | 'failed'; note: string } {
  const held = readInput(values);
  return {
    outcome: held.get('outcome')?.selected_option?.value === FAILED.value ? 'failed' : 'succeed',
    note: held.get('note')?.value?.trim() ?? '',
  };
}

const MEANS = {
  planned: 'It will not take place.',
  begun: 'It ends now, and its checks are switched on again.',
} as const;

/** Asks whether it shall be canceled, and why. @param zone the IANA zone of whoever asks */
export function cancelModal(maintenance: Maintenance, zone: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.cancel,
    title: { type: 'plain_text', text: 'Cancel maintenance' },
    submit: { type: 'plain_text', text: 'Cancel it' },
    close: { type: 'plain_text', text: 'Keep it' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(
        `*${quote(maintenance.name, 250)}*\n${formatTimes(maintenance, zone)}\n${MEANS[maintenance.status === 'in-progress' ? 'begun' : 'planned']} This cannot be taken back.`,
      ),
      input(
        'reason',
        'Reason',
        { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: MAX_INPUT_CHARS },
        { optional: true, hint: 'Shows in its threads, in public channels too.' },
      ),
    ],
  };
}

/** Why; empty when nothing was said. `values` is Slack's `view.state.values`. */
export function readCancelModal(values: unknown): string {
  return readInput(values).get('reason')?.value?.trim() ?? '';
}
