import type { ModalView } from '@slack/types';
import { VIEWS } from '../../slack/action-ids.ts';
import { describeQuestion } from '../../slack/answers.ts';
import { context, quote, SLACK_LIMITS, section, truncateBlocks } from '../../slack/blocks.ts';
import { input, option, overrideInput, plain, readInput } from '../../slack/form.ts';
import type { FieldMessage } from '../../slack/reply-error.ts';
import { formatInstant, formatWindow } from '../../slack/time.ts';
import type { WhenContext } from '../../when/index.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { type Extension, readExtension } from '../rules/extension.ts';
import { formatDuration } from '../rules/status.ts';
import { currentWindow } from '../rules/times.ts';

const CHOICES = [15, 30, 60, 120, 240] as const;
const choice = (minutes: number) => option(String(minutes), formatDuration(minutes * 60_000));

/** The action id of the words, which Lull is told of. */
export const EXTEND_WORDS = 'extend.words';

/**
 * Asks how much longer: one of the usual lengths, or words.
 * @param zone the IANA zone of whoever asks
 * @param remark what the words were understood as, or what keeps it from being done
 * @param more.asksReason whether to ask why a freeze should not hold
 */
export function extendModal(
  maintenance: Maintenance,
  zone: string,
  remark?: string,
  { asksReason = false }: { asksReason?: boolean } = {},
): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.extend,
    title: { type: 'plain_text', text: 'Extend maintenance' },
    submit: { type: 'plain_text', text: 'Extend' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(`*${quote(maintenance.name, 250)}*\n${formatWindow(currentWindow(maintenance), zone)}`),
      input('minutes', 'How much longer', {
        type: 'static_select',
        action_id: 'value',
        options: CHOICES.map(choice),
        initial_option: choice(30),
      }),
      input(
        'words',
        'Or in your own words',
        {
          type: 'plain_text_input',
          action_id: EXTEND_WORDS,
          max_length: 300,
          placeholder: plain('until 5am'),
          dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
        },
        { optional: true, hint: 'Counts instead of the choice above. Enter shows how it is understood.', tells: true },
      ),
      ...(remark === undefined ? [] : [context([truncateBlocks(remark, SLACK_LIMITS.field)])]),
      ...(asksReason ? [overrideInput('override_reason')] : []),
    ],
  };
}

/** What the form holds now. */
export interface ExtendForm {
  /** Counts where there are any, else the minutes chosen. */
  readonly words: string;
  readonly minutes: number;
  /** Why a freeze should not hold; undefined where the form does not ask. */
  readonly overrideReason: string | undefined;
}

/** `values` is Slack's `view.state.values`. */
export function readExtendModal(values: unknown): ExtendForm {
  const held = readInput(values);
  return {
    words: held.get('words')?.value?.trim() ?? '',
    minutes: Number(held.get('minutes')?.selected_option?.value),
    overrideReason: held.has('override_reason') ? (held.get('override_reason')?.value?.trim() ?? '') : undefined,
  };
}

/** What words in the form come to: the extension, or what is wrong with them. */
export function readExtendWords(
  words: string,
  maintenance: Maintenance,
  when: WhenContext,
):
  | { ok: true; extension: Extension & { outcome: 'extension' }; remark: string }
  | { ok: false; problem: FieldMessage } {
  const extension = readExtension(words, maintenance, when);
  switch (extension.outcome) {
    case 'extension': {
      const { end, notices } = extension;
      const longer = end.getTime() - currentWindow(maintenance).end.getTime();
      const ends = `:white_check_mark: Understood: ${formatDuration(longer)} longer, until *${formatInstant(end, when.timezone)}* (${when.timezone}).`;
      const remark = [ends, ...notices.map((notice) => `:information_source: ${quote(notice, 300)}`)].join('\n');
      return { ok: true, extension, remark };
    }
    case 'question': {
      const message = describeQuestion(extension.question, extension.choices);
      return { ok: false, problem: { field: 'words', message } };
    }
    case 'refusal':
      return { ok: false, problem: { field: 'words', message: `${extension.reason} For example: until 5am` } };
  }
}
