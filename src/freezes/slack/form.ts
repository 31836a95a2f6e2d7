import type { ModalView } from '@slack/types';
import { type InputValue, input, OPTIONS, option, plain } from '../../slack/form.ts';
import { FORMS, form, type Origin } from '../../slack/record-form.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import type { NewFreeze } from '../repository.ts';

const BLOCK = option('block', 'Refuses what falls into it; an admin gets past it with a reason');
const WARN = option('warn', 'Remarks it');

/** Adds a freeze. @param zone the IANA zone of whoever fills it in: Slack shows the pickers in it */
export function freezeForm(zone: string, origin: Origin): ModalView {
  return form(FORMS.freeze, 'Add a freeze', { origin }, [
    input(
      'scope',
      'Scope',
      {
        type: 'external_select',
        action_id: OPTIONS.scopes,
        min_query_length: 0,
        placeholder: plain('Everything'),
      },
      { optional: true },
    ),
    input('start', `Start (${zone})`, { type: 'datetimepicker', action_id: 'value' }),
    input('end', `End (${zone})`, { type: 'datetimepicker', action_id: 'value' }),
    input('reason', 'Reason', {
      type: 'plain_text_input',
      action_id: 'value',
      max_length: 1000,
      placeholder: plain('Holidays'),
    }),
    input('effect', 'What it does', {
      type: 'radio_buttons',
      action_id: 'value',
      options: [BLOCK, WARN],
      initial_option: BLOCK,
    }),
  ]);
}

/**
 * What the fields hold.
 * @throws ReplyError when a time is missing
 */
export function readFreezeForm(held: ReadonlyMap<string, InputValue>): NewFreeze {
  const at = (field: string): Date => {
    const seconds = held.get(field)?.selected_date_time;
    if (seconds == null) throw new ReplyError([{ field, message: 'Choose a day and a time.' }]);
    return new Date(seconds * 1000);
  };
  const scope = held.get('scope')?.selected_option?.value;
  return {
    start: at('start'),
    end: at('end'),
    scopeId: scope === undefined ? null : Number(scope),
    reason: held.get('reason')?.value?.trim() ?? '',
    effect: held.get('effect')?.selected_option?.value === WARN.value ? 'warn' : 'block',
  };
}
