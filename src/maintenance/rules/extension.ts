import { type Choice, readWhen, type WhenContext } from '../../when/index.ts';
import type { Times } from './status.ts';
import { currentWindow } from './times.ts';

/** Minutes from the present end, or the new end. */
export type ExtendBy = number | Date;

export function extendedEnd(end: Date, by: ExtendBy): Date {
  return by instanceof Date ? by : new Date(end.getTime() + by * 60_000);
}

/** How a text that extends a window was understood. `end` is the new end. */
export type Extension =
  | { readonly outcome: 'extension'; readonly by: ExtendBy; readonly end: Date; readonly notices: readonly string[] }
  | { readonly outcome: 'question'; readonly question: string; readonly choices: readonly Choice[] }
  | { readonly outcome: 'refusal'; readonly reason: string };

const PREFIX = /^(?:by|for|\+)\s*/i;
const UNTIL = /^(?:until|till|til|to|bis|jusqu'à|hasta|até)\b/i;

/**
 * Reads `30m`, `by 1 hour` or `until 5am`. A length counts from the present end. A time of day is the next one after now,
 * or after the start of a window that has not started, and must be later than the present end.
 */
export function readExtension(text: string, window: Times, context: WhenContext): Extension {
  const words = text.trim();
  return UNTIL.test(words) ? readUntil(words, window, context) : readLength(words.replace(PREFIX, ''), window, context);
}

function readUntil(words: string, times: Times, context: WhenContext): Extension {
  const { start, end } = currentWindow(times);
  const from = new Date(Math.max(start.getTime(), context.now.getTime()));
  const when = readWhen(`now ${words}`, { ...context, now: from });
  if (when.outcome === 'question') return toQuestion(when);
  if (when.outcome !== 'window') return refuse(when.outcome === 'refusal' ? when.reason : undefined);
  if (when.end <= end) {
    const reason =
      'The window lasts until then already, or longer. Extending makes it end later; to have it end earlier, edit it.';
    return { outcome: 'refusal', reason };
  }
  return { outcome: 'extension', by: when.end, end: when.end, notices: when.notices };
}

function readLength(words: string, times: Times, context: WhenContext): Extension {
  const { end } = currentWindow(times);
  const when = readWhen(`now for ${words}`, { ...context, now: end });
  if (when.outcome === 'question') return toQuestion(when);
  if (when.outcome !== 'window') return refuse(when.outcome === 'refusal' ? when.reason : undefined);
  // "tomorrow 3am" is a start, for which a length was assumed.
  if (when.assumed.length > 0 || when.start.getTime() !== end.getTime()) return refuse(undefined);
  return { outcome: 'extension', by: when.durationMinutes, end: when.end, notices: when.notices };
}

function toQuestion({ question, choices }: { question: string; choices: readonly Choice[] }): Extension {
  return {
    outcome: 'question',
    question,
    choices: choices.map(({ label, text }) => ({ label, text: text.replace(/^now\s+/i, '') })),
  };
}

function refuse(reason = 'How much longer is not understood.'): Extension {
  return { outcome: 'refusal', reason };
}
