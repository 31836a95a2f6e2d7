import type { Problem } from '../core/errors.ts';
import type { Actor } from '../core/permissions.ts';
import { nextOccurrences, type Occurrence, type Recurrence } from '../core/recurrence/index.ts';
import type { Interval } from '../core/time.ts';
import type { Placement } from '../freezes/rules.ts';
import type { NewWindow } from '../maintenance/fields.ts';
import { validateRecurrence } from '../maintenance/rules/recurrence.ts';
import { validateContent } from '../maintenance/rules/validation.ts';

/**
 * `following`: the run changes when its series does. `detached`: a person changed it, so the series leaves it alone.
 * `skipped`: a person skipped it. `frozen`: a freeze did; it comes back if the freeze is lifted before its start. `withdrawn`:
 * the series took it back; only then is its occurrence made again.
 */
export const RUN_STATES = ['following', 'detached', 'skipped', 'frozen', 'withdrawn'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** A run is made this long before its start, or when the run before it starts, if that is earlier. */
export const PLAN_AHEAD_MS = 24 * 3_600_000;
/**
 * Max runs ahead, scheduled or skipped because of a freeze: those of an hourly series for a day. A series that runs each
 * minute must not flood channels.
 */
export const PLAN_AHEAD_RUNS = 24;

export interface SeriesValues extends NewWindow, Recurrence {}

export interface Planning extends Recurrence {
  readonly enabled: boolean;
  /** Every occurrence up to this instant was made, skipped, missed, or passed over while paused. */
  readonly plannedUntil: Date;
}

/** An occurrence that has a run that is not withdrawn. */
export interface MadeRun {
  readonly occurrence: Date;
  /** Still scheduled. */
  readonly open: boolean;
  /** Skipped because of a freeze. */
  readonly frozen?: boolean;
}

/** A run to make. A missed one is recorded as such and never starts; one that is skipped because of a freeze as well. */
export interface PlannedRun extends Interval {
  readonly occurrence: Date;
  readonly missed: boolean;
  readonly placement: Placement;
}

export const unfrozen: PlaceRun = ({ start, end }) => ({ start, end, outcome: 'kept', freezes: [] });

/**
 * The runs that are due at `now`, in order: those that start within `PLAN_AHEAD_MS`, and at least one, so that one is always
 * scheduled. Those whose start passed while Lull was down are included: missed if they are over, else starting late.
 * @param made the existing runs whose occurrence is after `plannedUntil` or after `now`
 * @param max the series stays due when there are more
 */
export function planNextRuns(
  series: Planning,
  made: readonly MadeRun[],
  now: Date,
  max: number,
  place: PlaceRun = unfrozen,
): { readonly runs: readonly PlannedRun[]; readonly plannedUntil: Date } {
  let { plannedUntil } = series;
  const runs: PlannedRun[] = [];
  if (!series.enabled) return { runs, plannedUntil };
  const known = new Map(made.map((run) => [run.occurrence.getTime(), run]));
  const ahead = listAhead(series, made, now);
  let open = ahead.filter((run) => run.open).length;
  let count = ahead.length;
  while (runs.length < max) {
    const [occurrence] = nextOccurrences(series, plannedUntil);
    if (occurrence === undefined) break;
    const early = occurrence.start.getTime() > now.getTime() + PLAN_AHEAD_MS;
    if (count >= PLAN_AHEAD_RUNS || (open > 0 && early)) break;
    plannedUntil = occurrence.start;
    const run = known.get(occurrence.start.getTime()) ?? planRun(occurrence, now, place);
    if ('placement' in run) runs.push(run);
    const isOpen = 'placement' in run ? run.placement.outcome !== 'skipped' : run.open;
    const isFrozen = 'placement' in run ? !isOpen : run.frozen === true;
    if (occurrence.start <= now) continue;
    if (isOpen) open += 1;
    if (isOpen || isFrozen) count += 1;
  }
  return { runs, plannedUntil };
}

function planRun(occurrence: Interval, now: Date, place: PlaceRun): PlannedRun {
  const placement = place(occurrence, occurrence.start);
  const { start, end, outcome } = placement;
  return { occurrence: occurrence.start, start, end, missed: outcome !== 'skipped' && end <= now, placement };
}

/**
 * When a series next has runs to make (UTC): when its next occurrence is within `PLAN_AHEAD_MS` and there is room for it, or
 * when no run is scheduled any more. Null when it is paused or never occurs again.
 * @param made as for `planNextRuns`
 */
export function computePlanningDueAt(series: Planning, made: readonly MadeRun[], now: Date): Date | null {
  if (!series.enabled) return null;
  const [upcoming] = nextOccurrences(series, series.plannedUntil);
  if (upcoming === undefined) return null;
  const ahead = listAhead(series, made, now);
  const last = ahead.findLast(({ open }) => open)?.occurrence.getTime();
  // When the maximum is ahead, there is room again when the first of them starts.
  const room = ahead.at(-PLAN_AHEAD_RUNS)?.occurrence.getTime();
  if (last === undefined) return new Date(room ?? now.getTime());
  const near = upcoming.start.getTime() - PLAN_AHEAD_MS;
  return new Date(Math.min(last, Math.max(near, room ?? near)));
}

/**
 * The runs after `now` that are scheduled or skipped because of a freeze, in order. A detached run does not count if the
 * series has another cron line since.
 */
function listAhead(series: Planning, made: readonly MadeRun[], now: Date): MadeRun[] {
  return made
    .filter(({ occurrence, open, frozen }) => (open || frozen === true) && occurrence > now)
    .filter(({ occurrence }) => occurrence <= series.plannedUntil && occursAt(series, occurrence) !== undefined)
    .sort((a, b) => a.occurrence.getTime() - b.occurrence.getTime());
}

/** Freezes that an admin overrode for one occurrence of a series. */
export interface FreezeOverride {
  readonly occurrence: Date;
  readonly freezes: readonly { readonly id: number; readonly reason: string }[];
  readonly reason: string;
  readonly by: Pick<Actor, 'id' | 'name' | 'source'>;
}

/** A run that was made, with what decides where it takes place. */
export interface StoredRun extends MadeRun, Interval {
  readonly id: number;
  readonly state: RunState;
  /** The ids of freezes that an admin overrode for it. */
  readonly overridden: readonly number[];
}

/** A run that takes place elsewhere than it was planned, since freezes or its series changed. */
export interface Revision {
  readonly run: StoredRun;
  readonly placement: Placement;
}

/** Where a run takes place that would be in this window. `overridden`: the ids of freezes that do not count. */
export type PlaceRun = (window: Interval, occurrence: Date, overridden?: readonly number[]) => Placement;

/**
 * The runs ahead to skip, to move, or to make again, because freezes changed since they were planned. One that a person
 * changed is left as it is until its start.
 */
export function reviseRuns(series: Recurrence, made: readonly StoredRun[], now: Date, place: PlaceRun): Revision[] {
  return made.flatMap((run) => {
    const { state, start, end, overridden } = run;
    const occurrence = start > now ? occursAt(series, run.occurrence) : undefined;
    if (occurrence === undefined) return [];
    const wanted = place(occurrence, run.occurrence, overridden);
    if (state === 'frozen')
      return run.occurrence > now && wanted.outcome !== 'skipped' ? [{ run, placement: wanted }] : [];
    if (!run.open || state !== 'following') return [];
    // One that was moved past its own time does not start in the past.
    const isPast = wanted.outcome !== 'skipped' && wanted.start <= now;
    const placement = isPast ? place({ start, end }, run.occurrence, overridden) : wanted;
    const stays = placement.start.getTime() === start.getTime() && placement.end.getTime() === end.getTime();
    return placement.outcome !== 'skipped' && stays ? [] : [{ run, placement }];
  });
}

export function occursAt(recurrence: Recurrence, instant: Date): Occurrence | undefined {
  const [occurrence] = nextOccurrences(recurrence, new Date(instant.getTime() - 1));
  return occurrence?.start.getTime() === instant.getTime() ? occurrence : undefined;
}

/** Whether this is the newest of the windows missed in a row, which is the only one that is announced. */
export function isNewestMissed(recurrence: Recurrence, occurrence: Date, now: Date): boolean {
  const [later] = nextOccurrences(recurrence, occurrence);
  return later === undefined || later.end > now;
}

/** The state of a run after a person changed it. */
export function detachRun(run: { readonly state: RunState } | null): { readonly runState?: RunState } {
  return run?.state === 'following' ? { runState: 'detached' } : {};
}

export function validateSeries(series: SeriesValues, now: Date): Problem[] {
  return [...validateRecurrence(series, now), ...validateContent(series)];
}
