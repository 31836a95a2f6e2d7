import { nextOccurrences, type Recurrence } from '../core/recurrence/index.ts';
import { DAY_MS, getZoneClock, type WallMs } from '../core/recurrence/zone-clock.ts';
import type { Interval } from '../core/time.ts';
import type { RunState } from '../series/rules.ts';
import { type CalendarRule, compareWhereDecisive, expandRule, type Slot, toCalendarRules } from './rules.ts';

/** How far ahead windows are listed for a series that calendars have no rule for. */
const LIST_AHEAD_MS = 92 * DAY_MS;
/** How many windows are listed of one series, and of all in one calendar. */
const MAX_LISTED = 200;
const MAX_LISTED_IN_ALL = 4000;

/** The parts of a series that decide what a calendar repeats. Its rule applies since its last change. */
interface RepeatedSeries extends Recurrence {
  readonly enabled: boolean;
  readonly updatedAt: Date;
}

export interface CreatedRun {
  /** The instant of the series that it belongs to, even if it was moved. */
  readonly occurrence: Date;
  readonly state: RunState;
  readonly window: Interval;
  /** Equal to what the series says of every run. */
  readonly isRegular: boolean;
  /** The reader may not see it. */
  readonly hidden: boolean;
}

/** One window in a calendar: a run, or an occurrence that has no run yet. */
export type Shown<R> = { readonly run: R } | { readonly occurrence: Interval };

/** What a calendar repeats by one rule. */
export interface Repeated<R> {
  readonly rule: CalendarRule;
  /** The first window; all have the same duration. */
  readonly first: Interval;
  /** Exclusive, for the starts; undefined: forever. */
  readonly until: Date | undefined;
  /** Wall-clock minutes of the rule without a window, ascending. */
  readonly excluded: readonly WallMs[];
  /** Wall-clock minutes of the rule with another window. */
  readonly changed: readonly { readonly wall: WallMs; readonly shown: Shown<R> }[];
}

interface SeriesInCalendar<R> {
  readonly repeated: readonly Repeated<R>[];
  readonly single: readonly Shown<R>[];
}

/** How many windows of each series without a rule a calendar lists. @param unruled how many such series it shows */
export function listedOfEach(unruled: number): number {
  return Math.max(1, Math.min(MAX_LISTED, Math.floor(MAX_LISTED_IN_ALL / Math.max(1, unruled))));
}

/**
 * How a calendar shows exactly the windows of a series: by rules where they produce the same windows, by exceptions to them
 * where clocks change or a run differs, and by single windows for the rest.
 * @param runs all runs in the period, in any state
 * @param period the earliest runs that are shown, and the end up to which rules are compared
 * @param maxListed as `listedOfEach` says
 */
export function toCalendarSeries<R extends CreatedRun>(
  series: RepeatedSeries,
  runs: readonly R[],
  period: Interval,
  now: Date,
  maxListed: number,
): SeriesInCalendar<R> {
  // The occurrence of a withdrawn run gets a new run, or is not one anymore.
  const unplaced = new Map(
    runs.filter(({ state }) => state !== 'withdrawn').map((run) => [run.occurrence.getTime(), run] as const),
  );
  const isShown = (run: R) => run.state !== 'skipped' && run.state !== 'frozen' && !run.hidden;
  const single: Shown<R>[] = [];
  const addSingle = (occurrence: Interval | undefined) => {
    if (occurrence === undefined) return;
    const run = unplaced.get(occurrence.start.getTime());
    unplaced.delete(occurrence.start.getTime());
    if (run === undefined) single.push({ occurrence });
    else if (isShown(run)) single.push({ run });
  };
  const repeated: Repeated<R>[] = [];
  const rules = series.enabled ? toCalendarRules(series) : [];

  if (rules === undefined) {
    const until = now.getTime() + LIST_AHEAD_MS;
    for (const occurrence of nextOccurrences(series, now, maxListed))
      if (occurrence.start.getTime() < until) addSingle(occurrence);
  } else if (rules.length > 0) {
    const start = new Date(Math.max(series.updatedAt.getTime(), period.start.getTime()));
    const compared = { start, end: period.end };
    const starts = [...unplaced.values()].map(({ occurrence }) => occurrence);
    const { slots, others } = compareWhereDecisive(series, rules, compared, starts);
    const until = others.length === 0 && slots.every(({ exact }) => exact) ? undefined : period.end;
    for (const rule of rules) {
      const ruleSlots = slots.filter((slot) => slot.rule === rule);
      const firstExact = ruleSlots.findIndex(({ exact }) => exact);
      const first = ruleSlots[firstExact]?.occurrence;
      for (const { occurrence } of first === undefined ? ruleSlots : ruleSlots.slice(0, firstExact))
        addSingle(occurrence);
      if (first === undefined) continue;
      const excluded: WallMs[] = [];
      const changed: { wall: WallMs; shown: Shown<R> }[] = [];
      for (const slot of ruleSlots.slice(firstExact)) {
        const shown = resolveSlot(slot, unplaced, isShown);
        const isException = typeof shown === 'object';
        if (isException && !isUnambiguous(series.timezone, 'run' in shown ? shown.run.window : shown.occurrence)) {
          excluded.push(slot.wall);
          addSingle(slot.occurrence);
          continue;
        }
        if (isException) changed.push({ wall: slot.wall, shown });
        else if (shown === 'excluded') excluded.push(slot.wall);
        if (slot.occurrence !== undefined) unplaced.delete(slot.occurrence.start.getTime());
      }
      repeated.push({ rule, first, until, excluded, changed });
    }
    for (const occurrence of others) addSingle(occurrence);
  }
  for (const run of unplaced.values()) if (isShown(run)) single.push({ run });
  return { repeated, single };
}

/** What a calendar shows for a minute of a rule; `regular`: no exception is needed. */
function resolveSlot<R extends CreatedRun>(
  { occurrence, exact }: Slot,
  runs: ReadonlyMap<number, R>,
  isShown: (run: R) => boolean,
): 'regular' | 'excluded' | Shown<R> {
  if (occurrence === undefined) return 'excluded';
  const run = runs.get(occurrence.start.getTime());
  if (run === undefined) return exact ? 'regular' : { occurrence };
  if (!isShown(run)) return 'excluded';
  return exact && run.isRegular ? 'regular' : { run };
}

/** Whether the wall-clock times of the start and the end exist once only, so that they identify the instants. */
function isUnambiguous(timezone: string, { start, end }: Interval): boolean {
  const clock = getZoneClock(timezone);
  return [start, end].every((instant) => {
    const wall = instant.getTime() + clock.spanAt(instant.getTime()).offset;
    return expandRule(clock, wall).length === 1;
  });
}
