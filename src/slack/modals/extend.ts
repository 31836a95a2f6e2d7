import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { durationInWords } from '../../domain/maintenance.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import { VIEWS } from '../messages/action-ids.ts';
import { quote, section } from '../messages/blocks.ts';
import { between } from '../messages/time.ts';

const CHOICES = [15, 30, 60, 120, 240] as const;

const option = (minutes: number) => ({
  text: { type: 'plain_text' as const, text: durationInWords(minutes * 60_000) },
  value: String(minutes),
});

/** Asks how much longer. @param zone the IANA zone of whoever asks */
export function extendModal(maintenance: Maintenance, zone: string): ModalView {
  const window = { start: maintenance.scheduledStart, end: maintenance.scheduledEnd };
  return {
    type: 'modal',
    callback_id: VIEWS.extend,
    title: { type: 'plain_text', text: 'Extend maintenance' },
    submit: { type: 'plain_text', text: 'Extend' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(`*${quote(maintenance.name, 250)}*\n${between(window, zone)}`),
      {
        type: 'input',
        block_id: 'minutes',
        label: { type: 'plain_text', text: 'How much longer' },
        element: {
          type: 'static_select',
          action_id: 'value',
          options: CHOICES.map(option),
          initial_option: option(30),
        },
      },
    ],
  };
}

const submitted = z.object({
  minutes: z.object({ value: z.object({ selected_option: z.object({ value: z.coerce.number().int() }) }) }),
});

/** The minutes chosen. `values` is Slack's `view.state.values`. */
export function readExtendModal(values: unknown): number {
  return submitted.parse(values).minutes.value.selected_option.value;
}
