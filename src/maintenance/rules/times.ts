import type { Interval } from '../../core/time.ts';
import { type Choice, readWhen, type WhenContext } from '../../when/index.ts';
import type { Status, Times } from './status.ts';

/** Times that differ by less are shown as one, as the scheduler takes a moment to start a window. */
const SHOWN_DIFFERENCE_MS = 60_000;

export function scheduledTimes({ start, end }: Interval): Times {
  const planned = { status: 'scheduled', scheduledStart: start, scheduledEnd: end } as const;
  return { ...planned, startedAt: null, endsAt: null, endedAt: null };
}

export function plannedWindow({ scheduledStart, scheduledEnd }: Times): Interval {
  return { start: scheduledStart, end: scheduledEnd };
}

export function hasSamePlan(a: Times, b: Pick<Times, 'scheduledStart' | 'scheduledEnd'>): boolean {
  return (
    a.scheduledStart.getTime() === b.scheduledStart.getTime() && a.scheduledEnd.getTime() === b.scheduledEnd.getTime()
  );
}

/** The plan before the start, the start and expected end while in progress, and afterwards what happened. */
export function currentWindow(times: Times): Interval {
  const { startedAt, endsAt, endedAt, scheduledEnd } = times;
  if (startedAt === null) return plannedWindow(times);
  const end = endedAt ?? endsAt ?? scheduledEnd;
  return startedAt < end ? { start: startedAt, end } : plannedWindow(times);
}

export function deviatedPlan(times: Times): Interval | undefined {
  const plan = plannedWindow(times);
  const current = currentWindow(times);
  const differs = (a: Date, b: Date) => Math.abs(a.getTime() - b.getTime()) >= SHOWN_DIFFERENCE_MS;
  return differs(plan.start, current.start) || differs(plan.end, current.end) ? plan : undefined;
}

/** The window to show where there is room for one, such as in a calendar. */
export function shownWindow(times: Times): Interval {
  return deviatedPlan(times) === undefined ? plannedWindow(times) : currentWindow(times);
}

/** The end of a window that starts at `now`: it keeps its length if it starts early, else its planned end. */
export function endOfStartAt({ start, end }: Interval, now: Date): Date {
  return now < start ? new Date(now.getTime() + end.getTime() - start.getTime()) : end;
}

/** The plan of a corrected record, its status, and when it started and ended; absent: as recorded, or now. */
export interface RecordedTimes extends Interval {
  readonly status: Status;
  readonly startedAt?: Date | undefined;
  readonly endedAt?: Date | undefined;
}

/**
 * The times of a corrected record. A window in progress with another planned end ends then, and one that starts again lasts
 * until its planned end, or as long as planned if that is over or it starts early.
 */
export function correctedTimes(before: Times, { start, end, status, ...recorded }: RecordedTimes, now: Date): Times {
  const plan = { status, scheduledStart: start, scheduledEnd: end };
  if (status === 'scheduled') return { ...plan, startedAt: null, endsAt: null, endedAt: null };
  const startedAt = recorded.startedAt ?? before.startedAt;
  if (status !== 'in-progress') {
    const endedAt = recorded.endedAt ?? before.endedAt ?? computeEndedAt({ startedAt }, now);
    return { ...plan, startedAt, endsAt: null, endedAt };
  }
  return { ...plan, startedAt: startedAt ?? now, endsAt: correctedEnd(before, { start, end }, now), endedAt: null };
}

/** When a maintenance that ends at `now` ended: not before its start, even if clocks differ. */
export function computeEndedAt({ startedAt }: Pick<Times, 'startedAt'>, now: Date): Date {
  return startedAt !== null && startedAt > now ? startedAt : now;
}

function correctedEnd({ status, scheduledEnd, endsAt }: Times, { start, end }: Interval, now: Date): Date | null {
  if (status === 'in-progress') return end.getTime() === scheduledEnd.getTime() ? endsAt : end;
  return end > now ? endOfStartAt({ start, end }, now) : new Date(now.getTime() + end.getTime() - start.getTime());
}

/** @param startedAt when it really started; it ends as if it started now */
export function startTimes(times: Times, now: Date, startedAt = now) {
  const endsAt = endOfStartAt(plannedWindow(times), now);
  return { status: 'in-progress', startedAt, endsAt, endedAt: null } as const;
}

export function startedEarly({ startedAt, scheduledStart }: Pick<Times, 'startedAt' | 'scheduledStart'>): boolean {
  return startedAt !== null && startedAt < scheduledStart;
}

/** What changes when an open window gets another end. One that started early keeps its plan. */
export function changeEnd(times: Times, end: Date): { readonly endsAt?: Date; readonly scheduledEnd?: Date } {
  return {
    ...(times.status === 'in-progress' ? { endsAt: end } : {}),
    ...(startedEarly(times) ? {} : { scheduledEnd: end }),
  };
}

/** Whether two half-open windows share an instant. */
export function intersect(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

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
 * or after the start of a window that has not started.
 */
export function readExtension(text: string, window: Times, context: WhenContext): Extension {
  const words = text.trim();
  return UNTIL.test(words) ? readUntil(words, window, context) : readLength(words.replace(PREFIX, ''), window, context);
}

function readUntil(words: string, times: Times, context: WhenContext): Extension {
  const { start } = currentWindow(times);
  const from = new Date(Math.max(start.getTime(), context.now.getTime()));
  const when = readWhen(`now ${words}`, { ...context, now: from });
  if (when.outcome === 'question') return toQuestion(when);
  if (when.outcome !== 'window') return refuse(when.outcome === 'refusal' ? when.reason : undefined);
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
