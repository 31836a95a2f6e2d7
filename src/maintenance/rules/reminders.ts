import type { Problem } from '../../core/errors.ts';
import { previousOccurrences } from '../../core/recurrence/index.ts';
import type { Interval } from '../../core/time.ts';
import { remindersInvalid, tooManyReminders } from '../errors.ts';
import type { Reminded, Times } from './status.ts';
import { currentWindow, startedEarly } from './times.ts';

const MINUTE = 60_000;

/** How long before its start a maintenance is reminded of, unless its scope says otherwise (minutes, longest first). */
export const DEFAULT_REMINDERS_MINUTES: readonly number[] = [1440, 60, 15];
/** How long before its end (minutes): time enough to extend it. */
export const END_REMINDER_MINUTES = 10;
/** A run of a series is reminded of only this long after the window before it (minutes): whoever heard of that one knows. */
export const QUIET_AFTER_RUN_MS = 60;

/** More would be noise. */
const MOST = 10;
/** The longest notice that is a reminder still: 30 days (minutes). */
const LONGEST = 43_200;

/** `at` is when it is due (UTC), so many `minutes` before the start or the end. */
export interface Reminder {
  readonly of: 'start' | 'end';
  readonly minutes: number;
  readonly at: Date;
}

type Remindable = Reminded & Times;

/**
 * The reminder that is due next, whether its instant has come or not; undefined when none is left. Those of the start are
 * for a window that is scheduled, that of the end is for one in progress.
 */
export function nextReminder(maintenance: Remindable): Reminder | undefined {
  return unseen(maintenance)[0];
}

/**
 * The one reminder to post at `now`. Of several that are due the nearest to the start says it all; none is due any more
 * when what it is of has come.
 */
export function dueReminder(maintenance: Remindable, now: Date): Reminder | undefined {
  const { start, end } = currentWindow(maintenance);
  if ((maintenance.status === 'scheduled' ? start : end) <= now) return undefined;
  return unseen(maintenance).findLast(({ at }) => at <= now);
}

/** In the order they come due. */
function unseen(maintenance: Remindable): Reminder[] {
  const { status, reminders, remindedUntil } = maintenance;
  const { start, end } = currentWindow(maintenance);
  const before = (of: Reminder['of'], instant: Date, minutes: number): Reminder => ({
    of,
    minutes,
    at: new Date(instant.getTime() - minutes * MINUTE),
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
 * Until when a run of a series is not reminded of (UTC), its end included: the window before it has been over for
 * `QUIET_AFTER_RUN` then. A nightly run is left the reminders of that evening, an hourly one none, and the first of those
 * that come hourly from 1 to 5 speaks for the others. Undefined for a run that comes when nobody is used to it, and for a
 * window of its own.
 */
function quietUntil(maintenance: Remindable): Date | undefined {
  const { run, scheduledStart } = maintenance;
  if (run === null || !sameInstant(run.occurrence, scheduledStart) || startedEarly(maintenance)) return undefined;
  const before = windowBefore(run);
  return before && new Date(before.end.getTime() + QUIET_AFTER_RUN_MS * MINUTE);
}

/** Reminders must not keep a run from starting whose series cannot be read any more, such as for a zone that is gone. */
function windowBefore({ series, occurrence }: NonNullable<Reminded['run']>): Interval | undefined {
  try {
    return previousOccurrences(series, occurrence)[0];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * What counts as seen to after the window of a maintenance was moved to `times` at `now`: that it moved is told, so what
 * would be due by now is not reminded of as well. Of a window that was not moved, what did before.
 */
export function remindedUntilAfterChange(
  maintenance: Omit<Remindable, 'reminders' | 'run'>,
  after: Interval,
  now: Date,
): Date {
  const before = currentWindow(maintenance);
  const same = sameInstant(before.start, after.start) && sameInstant(before.end, after.end);
  return same ? maintenance.remindedUntil : now;
}

/** Whether a reminder of `at` is not worth posting any more: another one, a move, a start or an end came after it. */
export function isOver(at: Date, { status, remindedUntil }: Pick<Remindable, 'status' | 'remindedUntil'>): boolean {
  return at < remindedUntil || (status !== 'scheduled' && status !== 'in-progress');
}

const sameInstant = (a: Date, b: Date) => a.getTime() === b.getTime();

/** Longest first, each once: as they are kept and shown. */
export function sortReminders(minutes: readonly number[]): number[] {
  return [...new Set(minutes)].sort((a, b) => b - a);
}

/** Everything that is wrong with the reminders of a scope. */
export function validateReminders(minutes: readonly number[]): Problem[] {
  const wrong = minutes.filter((each) => !Number.isInteger(each) || each < 1 || each > LONGEST);
  if (wrong.length > 0) {
    return [remindersInvalid.at('reminders', { minutes: wrong, max: LONGEST, usual: DEFAULT_REMINDERS_MINUTES })];
  }
  const count = sortReminders(minutes).length;
  if (count > MOST) return [tooManyReminders.at('reminders', { count, max: MOST })];
  return [];
}
