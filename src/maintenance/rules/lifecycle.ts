import type { Problem } from '../../core/errors.ts';
import { postCheckInvalid } from '../errors.ts';
import { dueReminder, nextReminder, type Reminder } from './reminders.ts';
import type { Lifecycle, Status } from './status.ts';
import { currentWindow } from './times.ts';

/** A window that starts or ends more than this after its instant is late. */
const LATE_AFTER_MS = 60_000;

export const TRANSITIONS = ['start', 'finish', 'extend', 'reschedule', 'edit', 'cancel'] as const;
export type Transition = (typeof TRANSITIONS)[number];

const ALLOWED: Record<Status, readonly Transition[]> = {
  scheduled: ['start', 'extend', 'reschedule', 'edit', 'cancel'],
  'in-progress': ['finish', 'extend', 'edit', 'cancel'],
  succeed: [],
  failed: [],
  canceled: [],
};

export function can(status: Status, transition: Transition): boolean {
  return ALLOWED[status].includes(transition);
}

/** In the order of their buttons. */
export function allowedTransitions(status: Status): readonly Transition[] {
  return ALLOWED[status];
}

/** When the scheduler next has to remind of it, start it, end it, or verify its checks (UTC); null: never. */
export function nextDue(maintenance: Lifecycle): Date | null {
  return nextReminder(maintenance)?.at ?? nextEvent(maintenance);
}

function nextEvent(maintenance: Lifecycle): Date | null {
  const { start, end } = currentWindow(maintenance);
  if (maintenance.status === 'scheduled') return start;
  if (maintenance.status === 'in-progress') return end;
  return maintenance.postCheckAt ?? null;
}

export type Step =
  | { readonly kind: 'remind'; readonly reminder: Reminder }
  | { readonly kind: 'start'; readonly lateBy: number }
  | { readonly kind: 'finish'; readonly lateBy: number }
  | { readonly kind: 'miss' }
  | { readonly kind: 'look' };

/**
 * The step that is due at `now`. `lateBy` is in milliseconds, and 0 when the window starts or ends on time. A scheduled
 * window that is over was missed.
 */
export function dueStep(maintenance: Lifecycle, now: Date): Step | undefined {
  const event = nextEvent(maintenance);
  if (event === null) return undefined;
  if (event > now) {
    const reminder = dueReminder(maintenance, now);
    return reminder && { kind: 'remind', reminder };
  }
  const late = now.getTime() - event.getTime();
  const lateBy = late > LATE_AFTER_MS ? late : 0;
  if (maintenance.status === 'in-progress') return { kind: 'finish', lateBy };
  if (maintenance.status !== 'scheduled') return { kind: 'look' };
  return maintenance.scheduledEnd <= now ? { kind: 'miss' } : { kind: 'start', lateBy };
}

export const MAX_POST_CHECK_MINUTES = 1440;

export function validatePostCheck(minutes: number): Problem[] {
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= MAX_POST_CHECK_MINUTES) return [];
  return [postCheckInvalid.at('post_check_after', { minutes, max: MAX_POST_CHECK_MINUTES })];
}

/** When the checks of a window are verified after its end. @param minutes after it; 0: never */
export function computePostCheckAt(end: Date, minutes: number): Date | null {
  return minutes === 0 ? null : new Date(end.getTime() + minutes * 60_000);
}
