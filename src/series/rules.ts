import type { Problem } from '../core/errors.ts';
import {
  findSelfOverlap,
  nextOccurrences,
  type Occurrence,
  parseCron,
  type Recurrence,
} from '../core/recurrence/index.ts';
import { MAX_WINDOW_MS } from '../core/time.ts';
import type { NewWindow } from '../maintenance/fields.ts';
import { validateContent, validateZone } from '../maintenance/rules/validation.ts';
import { cronInvalid, durationInvalid, windowsOverlap } from './errors.ts';

/**
 * `following`: the run changes when its series does. `detached`: a person changed it, so the series leaves it alone.
 * `skipped`: a person skipped it. `withdrawn`: the series changed and took it back; only then is its occurrence made again.
 */
export const RUN_STATES = ['following', 'detached', 'skipped', 'withdrawn'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** A run is made this long before its start, or when the run before it starts, if that is earlier. */
export const PLAN_AHEAD_MS = 24 * 3_600_000;
/** Max scheduled runs: those of an hourly series for a day. A series that runs each minute must not flood channels. */
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
}

/** A run to make. A missed one is recorded as such and never starts. */
export interface PlannedRun extends Occurrence {
  readonly missed: boolean;
}

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
): { readonly runs: readonly PlannedRun[]; readonly plannedUntil: Date } {
  let { plannedUntil } = series;
  const runs: PlannedRun[] = [];
  if (!series.enabled) return { runs, plannedUntil };
  const known = new Map(made.map((run) => [run.occurrence.getTime(), run]));
  let ahead = openAhead(series, made, now).length;
  while (runs.length < max) {
    const [occurrence] = nextOccurrences(series, plannedUntil);
    if (occurrence === undefined) break;
    const early = occurrence.start.getTime() > now.getTime() + PLAN_AHEAD_MS;
    if (ahead > 0 && (early || ahead >= PLAN_AHEAD_RUNS)) break;
    plannedUntil = occurrence.start;
    const run = known.get(occurrence.start.getTime());
    if (run === undefined) runs.push({ ...occurrence, missed: occurrence.end <= now });
    if ((run === undefined || run.open) && occurrence.start > now) ahead += 1;
  }
  return { runs, plannedUntil };
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
  const ahead = openAhead(series, made, now);
  const last = ahead.at(-1) ?? now.getTime();
  const near = upcoming.start.getTime() - PLAN_AHEAD_MS;
  // When the maximum is scheduled, there is room again when the first of them starts.
  const room = ahead.at(-PLAN_AHEAD_RUNS) ?? near;
  return new Date(Math.min(last, Math.max(near, room)));
}

/**
 * The occurrences after `now` that have a scheduled run, in order (milliseconds). A detached run does not count if the series
 * has another cron line since.
 */
function openAhead(series: Planning, made: readonly MadeRun[], now: Date): number[] {
  return made
    .filter(({ occurrence, open }) => open && occurrence > now && occurrence <= series.plannedUntil)
    .filter(({ occurrence }) => occursAt(series, occurrence) !== undefined)
    .map(({ occurrence }) => occurrence.getTime())
    .sort((a, b) => a - b);
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
  const recurrence = validateRecurrence(series);
  return [...(recurrence.length === 0 ? validateOverlap(series, now) : recurrence), ...validateContent(series)];
}

export function validateRecurrence({ cron, timezone, durationMinutes }: Recurrence): Problem[] {
  const problems: Problem[] = [];
  const reading = parseCron(cron);
  if (!reading.ok) problems.push(cronInvalid.at('cron', { reason: reading.reason }));
  problems.push(...validateZone(timezone));
  const longest = MAX_WINDOW_MS / 60_000;
  if (!Number.isInteger(durationMinutes) || durationMinutes < 1 || durationMinutes > longest) {
    problems.push(durationInvalid.at('duration_minutes', { minutes: durationMinutes, max: longest }));
  }
  return problems;
}

/** An overlap that only clock changes cause, as of a daily window of 24 hours, is allowed. */
function validateOverlap(series: Recurrence, now: Date): Problem[] {
  const overlap = findSelfOverlap(series, now);
  if (overlap?.cause !== 'line') return [];
  const { durationMinutes, cron } = series;
  const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
  return [windowsOverlap.at('duration_minutes', { minutes: durationMinutes, cron, apart })];
}
