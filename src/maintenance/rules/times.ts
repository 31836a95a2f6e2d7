import type { Interval } from '../../core/time.ts';
import type { Times } from './status.ts';

/** Times that differ by less are shown as one, as the scheduler takes a moment to start a window. */
const SHOWN_DIFFERENCE_MS = 60_000;

/** The times of a maintenance that is scheduled for a window. */
export function scheduledTimes({ start, end }: Interval): Times {
  return {
    status: 'scheduled',
    scheduledStart: start,
    scheduledEnd: end,
    startedAt: null,
    endsAt: null,
    endedAt: null,
  };
}

export function plannedWindow({ scheduledStart, scheduledEnd }: Times): Interval {
  return { start: scheduledStart, end: scheduledEnd };
}

/** The plan before the start, the start and expected end while in progress, and afterwards what happened. */
export function currentWindow(times: Times): Interval {
  const { startedAt, endsAt, endedAt, scheduledEnd } = times;
  if (startedAt === null) return plannedWindow(times);
  const end = endedAt ?? endsAt ?? scheduledEnd;
  return startedAt < end ? { start: startedAt, end } : plannedWindow(times);
}

/** The plan, if it differs from the current window. */
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

export function startTimes(times: Times, now: Date) {
  const endsAt = endOfStartAt(plannedWindow(times), now);
  return { status: 'in-progress', startedAt: now, endsAt, endedAt: null } as const;
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

export interface Occupation extends Interval {
  readonly id: number;
  readonly services: readonly number[];
  readonly checks: readonly string[];
}

/** Whether two half-open windows share an instant. */
export function intersect(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

/** The windows that share both time and a service or a check with `window`, without itself. */
export function findOverlaps<T extends Occupation>(window: Occupation, others: readonly T[]): T[] {
  const services = new Set(window.services);
  const checks = new Set(window.checks);
  return others.filter(
    (other) =>
      other.id !== window.id &&
      intersect(window, other) &&
      (other.services.some((id) => services.has(id)) || other.checks.some((id) => checks.has(id))),
  );
}
