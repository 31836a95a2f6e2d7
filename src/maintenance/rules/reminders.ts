import type { Problem } from '../../core/errors.ts';
import { previousOccurrences } from '../../core/recurrence/index.ts';
import type { Interval } from '../../core/time.ts';
import { remindersInvalid, tooManyReminders } from '../errors.ts';
import type { Reminded, Times } from './status.ts';
import { currentWindow, startedEarly } from './times.ts';

const MINUTE_MS = 60_000;

/** Before the start (minutes, longest first), unless the scope has others. */
export const DEFAULT_REMINDERS_MINUTES: readonly number[] = [1440, 60, 15];
/** Before the end (minutes): enough time to extend it. */
export const END_REMINDER_MINUTES = 10;
/** A run has no reminders until this long after the run before it (minutes), as people know of the series from that one. */
export const QUIET_AFTER_RUN_MINUTES = 60;

const MAX_REMINDERS = 10;
const MAX_REMINDER_MINUTES = 43_200;

/** `at` is when it is due (UTC), so many `minutes` before the start or the end. */
export interface Reminder {
  readonly of: 'start' | 'end';
  readonly minutes: number;
  readonly at: Date;
}

type Remindable = Reminded & Times;

/** The next reminder to post, whether it is due or not: of the start while scheduled, of the end while in progress. */
export function nextReminder(maintenance: Remindable): Reminder | undefined {
  return remaining(maintenance)[0];
}

/** The reminder to post at `now`: the last of those that are due, and none once the start or end itself has come. */
export function dueReminder(maintenance: Remindable, now: Date): Reminder | undefined {
  const { start, end } = currentWindow(maintenance);
  if ((maintenance.status === 'scheduled' ? start : end) <= now) return undefined;
  return remaining(maintenance).findLast(({ at }) => at <= now);
}

/** In the order they come due. */
function remaining(maintenance: Remindable): Reminder[] {
  const { status, reminders, remindedUntil } = maintenance;
  const { start, end } = currentWindow(maintenance);
  const before = (of: Reminder['of'], instant: Date, minutes: number): Reminder => ({
    of,
    minutes,
    at: new Date(instant.getTime() - minutes * MINUTE_MS),
  });
  const all =
    status === 'scheduled'
      ? sortReminders(reminders).map((minutes) => before('start', start, minutes))
      : status === 'in-progress'
        ? [before('end', end, END_REMINDER_MINUTES)]
        : [];
  const later = all.filter(({ at }) => at > remindedUntil);
  const quiet = later.length === 0 ? undefined : quietUntil(maintenance);
  return quiet === undefined ? later : later.filter(({ at }) => at >= quiet);
}

/**
 * The first instant (UTC) at which a run of a series may have a reminder. A nightly run keeps those of the same evening, an
 * hourly one has none. Undefined for a run that was moved, and for a maintenance that is no run.
 */
function quietUntil(maintenance: Remindable): Date | undefined {
  const { run, scheduledStart } = maintenance;
  if (run === null || !sameInstant(run.occurrence, scheduledStart) || startedEarly(maintenance)) return undefined;
  const before = windowBefore(run);
  return before && new Date(before.end.getTime() + QUIET_AFTER_RUN_MINUTES * MINUTE_MS);
}

/** Undefined also when the series cannot be read, such as for a removed time zone: its run must start all the same. */
function windowBefore({ series, occurrence }: NonNullable<Reminded['run']>): Interval | undefined {
  try {
    return previousOccurrences(series, occurrence)[0];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `remindedUntil` after a change. A move is announced, so reminders that are due by then are left out. */
export function remindedUntilAfterChange(
  maintenance: Omit<Remindable, 'reminders' | 'run'>,
  after: Interval,
  now: Date,
): Date {
  const before = currentWindow(maintenance);
  const same = sameInstant(before.start, after.start) && sameInstant(before.end, after.end);
  return same ? maintenance.remindedUntil : now;
}

/** Whether a reminder of `at` is outdated: another one, a move, a start or an end came after it. */
export function isOver(at: Date, { status, remindedUntil }: Pick<Remindable, 'status' | 'remindedUntil'>): boolean {
  return at < remindedUntil || (status !== 'scheduled' && status !== 'in-progress');
}

const sameInstant = (a: Date, b: Date) => a.getTime() === b.getTime();

export function sortReminders(minutes: readonly number[]): number[] {
  return [...new Set(minutes)].sort((a, b) => b - a);
}

export function validateReminders(minutes: readonly number[]): Problem[] {
  const wrong = minutes.filter((each) => !Number.isInteger(each) || each < 1 || each > MAX_REMINDER_MINUTES);
  const [max, usual] = [MAX_REMINDER_MINUTES, DEFAULT_REMINDERS_MINUTES];
  if (wrong.length > 0) return [remindersInvalid.at('reminders', { minutes: wrong, max, usual })];
  const count = sortReminders(minutes).length;
  return count > MAX_REMINDERS ? [tooManyReminders.at('reminders', { count, max: MAX_REMINDERS })] : [];
}
