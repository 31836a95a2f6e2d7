import { type Choice, readWhen, type WhenContext } from '../when/index.ts';
import type { Lifecycle } from './status.ts';

type Planned = Pick<Lifecycle, 'status' | 'scheduledStart' | 'scheduledEnd'>;

/** How much longer a window shall last, from the words somebody said it in. */
export type Extension =
  | { readonly outcome: 'minutes'; readonly minutes: number; readonly end: Date; readonly notices: readonly string[] }
  | { readonly outcome: 'question'; readonly question: string; readonly choices: readonly Choice[] }
  | { readonly outcome: 'refusal'; readonly reason: string };

const BEGINNING = /^(?:by|for|\+)\s*/i;
const UNTIL = /^(?:until|till|til|to|bis|jusqu'à|hasta|até)\b/i;

/**
 * Reads `30m`, `by 1 hour` or `until 5am`. A length is counted from the planned end; a time of the day is the first such
 * one after now, or after the start of a window that has not begun, and must be later than the end.
 * @param context as `readWhen` takes it, with the present instant
 */
export function readExtension(text: string, window: Planned, context: WhenContext): Extension {
  const words = text.trim();
  return UNTIL.test(words)
    ? readUntil(words, window, context)
    : readLength(words.replace(BEGINNING, ''), window, context);
}

function readUntil(words: string, { status, scheduledStart, scheduledEnd }: Planned, context: WhenContext): Extension {
  const begun = status === 'in-progress' || scheduledStart < context.now;
  const from = begun ? context.now : scheduledStart;
  const when = readWhen(`now ${words}`, { ...context, now: from });
  if (when.outcome === 'question') return asked(when);
  if (when.outcome !== 'window') return refused(when.outcome === 'refusal' ? when.reason : undefined);
  // Windows begun by hand end within a minute: until 5am is then a little after it, and never 04:59.
  const minutes = Math.ceil((when.end.getTime() - scheduledEnd.getTime()) / 60_000);
  if (minutes < 1) {
    const reason =
      'The window lasts until then already, or longer. Extending makes it end later; to have it end earlier, edit it.';
    return { outcome: 'refusal', reason };
  }
  return { outcome: 'minutes', minutes, end: when.end, notices: when.notices };
}

function readLength(words: string, { scheduledEnd }: Planned, context: WhenContext): Extension {
  const when = readWhen(`now for ${words}`, { ...context, now: scheduledEnd });
  if (when.outcome === 'question') return asked(when);
  if (when.outcome !== 'window') return refused(when.outcome === 'refusal' ? when.reason : undefined);
  // "tomorrow 3am" is a start, not a length: what was assumed was not said.
  if (when.assumed.length > 0 || when.start.getTime() !== scheduledEnd.getTime()) return refused(undefined);
  return { outcome: 'minutes', minutes: when.durationMinutes, end: when.end, notices: when.notices };
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
