import { nextOccurrences, type Recurrence } from '../core/recurrence/index.ts';
import { DAY_MS, getZoneClock, type WallMs } from '../core/recurrence/zone-clock.ts';
import type { Interval } from '../core/time.ts';
import type { RunState } from '../series/rules.ts';
import { type CalendarRule, compare, expandRule, type Slot, toCalendarRules } from './rules.ts';

/** What calendars have no rule for is listed this far ahead (milliseconds), and no more than so many. */
const LISTED_AHEAD = 92 * DAY_MS;
const MOST_LISTED = 200;

/** A series, as far as it decides what a calendar repeats. Its rule holds since it was changed last. */
export interface RepeatedSeries extends Recurrence {
  readonly enabled: boolean;
  readonly updatedAt: Date;
}

/** A run that was made. */
export interface MadeRun {
  /** The instant of the series it stands for, wherever it was moved to. */
  readonly occurrence: Date;
  readonly state: RunState;
  readonly window: Interval;
  /** Nothing tells it from what its series says of every run. */
  readonly plain: boolean;
  /** The reader may not know of it. */
  readonly hidden: boolean;
}

/** One window as it is shown: a run, or one that is to be made. */
export type ShownRun<R> = { readonly run: R } | { readonly occurrence: Interval };

/** What a calendar repeats by one rule. */
export interface Repeated<R> {
  readonly rule: CalendarRule;
  /** The first window; all last as long. */
  readonly first: Interval;
  /** The last one starts before this instant; undefined: it goes on. */
  readonly until: Date | undefined;
  /** Minutes on the wall that the rule names and the calendar leaves out, ascending. */
  readonly excluded: readonly WallMs[];
  /** Minutes on the wall in whose place something else is shown. */
  readonly changed: readonly { readonly wall: WallMs; readonly as: ShownRun<R> }[];
}

export interface SeriesInCalendar<R> {
  readonly repeated: readonly Repeated<R>[];
  /** Shown each by itself. */
  readonly single: readonly ShownRun<R>[];
}

/**
 * How a calendar shows a series, exactly: by rules of its own where they name the same windows, by exceptions where clocks
 * change or a run differs, and by single windows for the rest.
 * @param runs those of the time, whatever became of them
 * @param time from when runs are shown, and until when rules are compared
 */
export function toCalendarSeries<R extends MadeRun>(
  series: RepeatedSeries,
  runs: readonly R[],
  time: Interval,
  now: Date,
): SeriesInCalendar<R> {
  // One that was withdrawn stands for nothing: its occurrence is made again, or is none any more.
  const made = new Map(
    runs.filter(({ state }) => state !== 'withdrawn').map((run) => [run.occurrence.getTime(), run] as const),
  );
  const isShown = (run: R) => run.state !== 'skipped' && !run.hidden;
  const single: ShownRun<R>[] = [];
  const add = (occurrence: Interval) => {
    const run = made.get(occurrence.start.getTime());
    made.delete(occurrence.start.getTime());
    if (run === undefined) single.push({ occurrence });
    else if (isShown(run)) single.push({ run });
  };
  const rest = () => single.push(...[...made.values()].filter(isShown).map((run) => ({ run })));

  if (!series.enabled) {
    rest();
    return { repeated: [], single };
  }
  const rules = toCalendarRules(series);
  if (rules === undefined) {
    const ahead = now.getTime() + LISTED_AHEAD;
    for (const occurrence of nextOccurrences(series, now, MOST_LISTED))
      if (occurrence.start.getTime() < ahead) add(occurrence);
    rest();
    return { repeated: [], single };
  }

  const since = new Date(Math.max(series.updatedAt.getTime(), time.start.getTime()));
  const { slots, others } = compare(series, rules, { start: since, end: time.end });
  const faithful = others.length === 0 && slots.every(({ exact }) => exact);
  const repeated = rules.flatMap((rule): Repeated<R>[] => {
    const own = slots.filter((slot) => slot.rule === rule);
    const begins = own.findIndex(({ exact }) => exact);
    const first = own[begins]?.occurrence;
    if (first === undefined) {
      for (const { occurrence } of own) if (occurrence !== undefined) add(occurrence);
      return [];
    }
    for (const { occurrence } of own.slice(0, begins)) if (occurrence !== undefined) add(occurrence);
    const excluded: WallMs[] = [];
    const changed: { wall: WallMs; as: ShownRun<R> }[] = [];
    for (const slot of own.slice(begins)) {
      const as = departure(slot, made, isShown);
      if (as === 'none') {
        made.delete(slot.occurrence?.start.getTime() ?? Number.NaN);
      } else if (as === 'left-out') {
        excluded.push(slot.wall);
        made.delete(slot.occurrence?.start.getTime() ?? Number.NaN);
      } else if (isPlainOnTheWall(series.timezone, 'run' in as ? as.run.window : as.occurrence)) {
        changed.push({ wall: slot.wall, as });
        made.delete(slot.occurrence?.start.getTime() ?? Number.NaN);
      } else {
        excluded.push(slot.wall);
        if (slot.occurrence !== undefined) add(slot.occurrence);
      }
    }
    return [{ rule, first, until: faithful ? undefined : time.end, excluded, changed }];
  });
  for (const occurrence of others) add(occurrence);
  rest();
  return { repeated, single };
}

/** What is shown in the place of a slot; `none`: the rule alone says it. */
function departure<R extends MadeRun>(
  { occurrence, exact }: Slot,
  made: ReadonlyMap<number, R>,
  isShown: (run: R) => boolean,
): 'none' | 'left-out' | ShownRun<R> {
  if (occurrence === undefined) return 'left-out';
  const run = made.get(occurrence.start.getTime());
  if (run === undefined) return exact ? 'none' : { occurrence };
  if (!isShown(run)) return 'left-out';
  return exact && run.plain ? 'none' : { run };
}

/** Whether clocks in a zone show the start and the end of a window once only, so that the wall says which instants they are. */
function isPlainOnTheWall(timezone: string, { start, end }: Interval): boolean {
  const clock = getZoneClock(timezone);
  return [start, end].every((instant) => {
    const wall = instant.getTime() + clock.spanAt(instant.getTime()).offset;
    return expandRule(clock, wall).length === 1;
  });
}
