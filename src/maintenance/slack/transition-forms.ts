import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { VIEWS } from '../../slack/action-ids.ts';
import { context, quote, section } from '../../slack/blocks.ts';
import {
  input,
  modal,
  option,
  overrideInput,
  ReplyError,
  radioInput,
  readInput,
  readText,
  textInput,
} from '../../slack/form.ts';
import { formatAgo, formatInstant, formatWindow } from '../../slack/time.ts';
import { maintenanceForms as texts } from '../../texts/slack-forms.ts';
import { maintenanceMessages } from '../../texts/slack-messages.ts';
import type { WhenContext } from '../../when/index.ts';
import { MAINTENANCE_FIELDS } from '../fields.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { formatDuration, STATUSES } from '../rules/status.ts';
import { currentWindow, readExtension } from '../rules/times.ts';
import { formatTimes } from './announcement.ts';
import { describeProblem, noticeLines } from './window-form.ts';

const SUCCEEDED = option('succeed', texts.outcomes.succeed);
const FAILED = option('failed', texts.outcomes.failed);

/** Asks how it ended. The likely outcome is chosen already, so that ending takes one press more than the button. */
export function finishModal(maintenance: Maintenance): ModalView {
  const { id, name } = maintenance;
  return modal(VIEWS.finish, texts.finish, id, [
    section(`*${quote(name, 250)}*\n${texts.wouldEnd(formatAgo(currentWindow(maintenance).end))}`),
    radioInput('outcome', texts.outcome, [SUCCEEDED, FAILED], SUCCEEDED),
    textInput('note', texts.note, { multiline: true, optional: true, hint: texts.noteHint }),
  ]);
}

export function readFinishModal(values: unknown): { outcome: 'succeed' | 'failed'; note: string } {
  const inputs = readInput(values);
  return {
    outcome: inputs.get('outcome')?.selected_option?.value === FAILED.value ? 'failed' : 'succeed',
    note: readText(inputs, 'note'),
  };
}

/** `status`: as the form shows it. */
const cancelMetadata = z.object({ id: z.number(), status: z.enum(STATUSES) });

export const readCancelMetadata = (text: string) => cancelMetadata.parse(JSON.parse(text));

/**
 * Asks whether to cancel it, and why.
 * @param zone the IANA zone of whoever asks
 * @param news what changed since the form was opened, in mrkdwn
 */
export function cancelModal(maintenance: Maintenance, zone: string, news: readonly string[] = []): ModalView {
  const { id, name, status } = maintenance;
  const meaning = texts.cancelMeaning[status === 'in-progress' ? 'begun' : 'planned'];
  return modal(VIEWS.cancel, texts.cancel, { id, status }, [
    ...(news.length === 0 ? [] : [section(news.join('\n'))]),
    section(`*${quote(name, 250)}*\n${formatTimes(maintenance, zone)}\n${meaning} ${texts.cannotBeTakenBack}`),
    textInput('reason', texts.reason, { multiline: true, optional: true, hint: texts.reasonHint }),
  ]);
}

const CHOICES = [15, 30, 60, 120, 240] as const;
const choice = (minutes: number) => option(String(minutes), formatDuration(minutes * 60_000));

export const EXTEND_WORDS = 'extend.words';

/** `end`: as the form shows it. */
const extendMetadata = z.object({ id: z.number(), end: MAINTENANCE_FIELDS.end.schema });

export const readExtendMetadata = (text: string) => extendMetadata.parse(JSON.parse(text));

/**
 * Asks how much longer: one of the usual lengths, or words.
 * @param zone the IANA zone of whoever asks
 * @param remarks what the words were understood as, or what keeps it from being done, in mrkdwn
 * @param more.asksReason whether to ask why a freeze should not hold
 * @param more.news who changed the end since the form was opened, in mrkdwn
 */
export function extendModal(
  maintenance: Maintenance,
  zone: string,
  remarks: readonly string[] = [],
  { asksReason = false, news = [] }: { asksReason?: boolean; news?: readonly string[] } = {},
): ModalView {
  const window = currentWindow(maintenance);
  const metadata = z.encode(extendMetadata, { id: maintenance.id, end: window.end });
  return modal(VIEWS.extend, texts.extend, metadata, [
    ...(news.length === 0 ? [] : [section(news.join('\n'))]),
    section(`*${quote(maintenance.name, 250)}*\n${formatWindow(window, zone)}`),
    input('minutes', texts.howMuchLonger, {
      type: 'static_select',
      action_id: 'value',
      options: CHOICES.map(choice),
      initial_option: choice(30),
    }),
    textInput('words', texts.extendWords, {
      maxChars: 300,
      placeholder: texts.extendWordsPlaceholder,
      optional: true,
      hint: texts.extendWordsHint,
      onEnter: EXTEND_WORDS,
    }),
    ...(remarks.length === 0 ? [] : [context([remarks.join('\n')])]),
    ...(asksReason ? [overrideInput('override_reason')] : []),
  ]);
}

/** `minutes` counts where there are no words; `overrideReason` is undefined where the form does not ask for it. */
export function readExtendModal(values: unknown) {
  const inputs = readInput(values);
  return {
    words: readText(inputs, 'words'),
    minutes: Number(inputs.get('minutes')?.selected_option?.value),
    overrideReason: inputs.has('override_reason') ? readText(inputs, 'override_reason') : undefined,
  };
}

/** @throws ReplyError with what is wrong with the words */
export function parseExtendWords(words: string, maintenance: Maintenance, when: WhenContext) {
  const extension = readExtension(words, maintenance, when);
  if (extension.outcome !== 'extension') {
    const message = describeProblem({ ...extension, example: texts.extendWordsPlaceholder });
    throw new ReplyError([{ field: 'words', message }]);
  }
  const { by, end, notices } = extension;
  const current = currentWindow(maintenance).end;
  if (end <= current) {
    const ends = formatInstant(current, when.timezone);
    throw new ReplyError([{ field: 'words', message: texts.endsThenOrLater(ends, when.timezone) }]);
  }
  const longer = formatDuration(end.getTime() - current.getTime());
  const understood = maintenanceMessages.understoodExtension(longer, formatInstant(end, when.timezone), when.timezone);
  return { by, remarks: [understood, ...noticeLines(notices)] };
}
