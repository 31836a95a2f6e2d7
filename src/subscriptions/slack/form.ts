import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Audience } from '../../core/permissions.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { section } from '../../slack/blocks.ts';
import { input, OPTIONS, option, plain, readInput } from '../../slack/form.ts';

/** What the form carries along, unseen. */
export const subscribeMetadata = z.object({ channel: z.string(), responseUrl: z.string() });
export type SubscribeMetadata = z.infer<typeof subscribeMetadata>;

const INTERNAL = option('internal', 'Internal: hears everything that belongs to them');
const PUBLIC = option('public', 'Public: nothing internal, no checks');

/** Asks what a channel shall hear of. @param now what it hears of so far, in mrkdwn */
export function subscribeModal(metadata: SubscribeMetadata, now: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.subscribe,
    title: { type: 'plain_text', text: 'Subscribe channel' },
    submit: { type: 'plain_text', text: 'Subscribe' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify(metadata),
    blocks: [
      section(`<#${metadata.channel}>: ${now}`),
      input(
        'scopes',
        'Scopes',
        {
          type: 'multi_external_select',
          action_id: OPTIONS.scopes,
          min_query_length: 0,
          placeholder: plain('Search scopes'),
        },
        { optional: true, hint: 'It hears of all their services, of those to come as well.' },
      ),
      input(
        'services',
        'Services',
        {
          type: 'multi_external_select',
          action_id: OPTIONS.services,
          min_query_length: 0,
          placeholder: plain('Search services'),
        },
        { optional: true, hint: 'With both left empty, it hears of every maintenance.' },
      ),
      input('audience', 'As what', {
        type: 'radio_buttons',
        action_id: 'value',
        options: [INTERNAL, PUBLIC],
        initial_option: INTERNAL,
      }),
    ],
  };
}

/** What was chosen; neither a service nor a scope means everything. `values` is Slack's `view.state.values`. */
export function readSubscribeModal(values: unknown): { services: number[]; scopes: number[]; audience: Audience } {
  const held = readInput(values);
  const chosen = (field: string) => (held.get(field)?.selected_options ?? []).map(({ value }) => Number(value));
  return {
    services: chosen('services'),
    scopes: chosen('scopes'),
    audience: held.get('audience')?.selected_option?.value === 'public' ? 'public' : 'internal',
  };
}
