import { type Choice, readWhen, type WhenContext } from '../../when/index.ts';
import type { Times } from './status.ts';
import { currentWindow } from './times.ts';

/** How much longer a window is to last: so many minutes from its end, or until an instant. */
export type ExtendBy = number | Date;

export function extendedEnd(end: Date, by: ExtendBy): Date {
  return by instanceof Date ? by : new Date(end.getTime() + by * 60_000);
}

/** The words of somebody who extends a window. `end` is when it would end now. */
export type Extension =
  | { readonly outcome: 'extension'; readonly by: ExtendBy; readonly end: Date; readonly notices: readonly string[] }
  | { readonly outcome: 'question'; readonly question: string; readonly choices: readonly Choice[] }
  | { readonly outcome: 'refusal'; readonly reason: string };

const BEGINNING = /^(?:by|for|\+)\s*/i;
const UNTIL = /^(?:until|till|til|to|bis|jusqu'à|hasta|até)\b/i;

/**
 * Reads `30m`, `by 1 hour` or `until 5am`. A length counts from its end; a time of the day is the first such
 * one after now, or after the start of a window that has not begun, and must be later than the end.
 * @param context as `readWhen` takes it, with the present instant
 */
export function readExtension(text: string, window: Times, context: WhenContext): Extension {
  const words = text.trim();
  return UNTIL.test(words)
    ? readUntil(words, window, context)
    : readLength(words.replace(BEGINNING, ''), window, context);
}

function readUntil(words: string, times: Times, context: WhenContext): Extension {
  const { start, end } = currentWindow(times);
  const from = new Date(Math.max(start.getTime(), context.now.getTime()));
  const when = readWhen(`now ${words}`, { ...context, now: from });
  if (when.outcome === 'question') return asked(when);
  if (when.outcome !== 'window') return refused(when.outcome === 'refusal' ? when.reason : undefined);
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
  if (when.outcome === 'question') return asked(when);
  if (when.outcome !== 'window') return refused(when.outcome === 'refusal' ? when.reason : undefined);
  // "tomorrow 3am" is a start, not a length: what was assumed was not said.
  if (when.assumed.length > 0 || when.start.getTime() !== end.getTime()) return refused(undefined);
  return { outcome: 'extension', by: when.durationMinutes, end: when.end, notices: when.notices };
}

function asked({ question, choices }: { question: string; choices: readonly Choice[] }): Extension {
  return {
    outcome: 'question',
    question,
    choices: choices.map(({ label, text }) => ({ label, text: text.replace(/^now\s+/i, '') })),
  };
}

function refused(reason = 'How much longer is not understood.'): Extension {
  return { outcome: 'refusal', reason };
}
