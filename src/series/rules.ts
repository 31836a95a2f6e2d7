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
 * What a run is to its series. `following`: it changes when the series does. `detached`: a person changed it, so it stays
 * as it is. `skipped`: a person left it out. `withdrawn`: the series changed and took it back; its occurrence may be made
 * again, no other ever is.
 */
export const RUN_STATES = ['following', 'detached', 'skipped', 'withdrawn'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** A run is made this long before its start (milliseconds), or when the run before it begins, if that is sooner. */
export const PLAN_AHEAD_RUNS = 24 * 3_600_000;
/** No more runs than this wait at once: those of an hourly line for a day. A line that runs each minute floods no channel. */
export const PLAN_AHEAD_DAYS = 24;

export interface SeriesValues extends NewWindow, Recurrence {}

/** What the rules need to know of a series to plan its runs. */
export interface Planning extends Recurrence {
  readonly enabled: boolean;
  /** Every occurrence up to this instant was seen to: made, skipped, missed, or passed over while paused. */
  readonly plannedUntil: Date;
}

/** An occurrence that has a run already, which is not withdrawn. */
export interface MadeRun {
  readonly occurrence: Date;
  /** It is scheduled still. */
  readonly open: boolean;
}

/** A run to be made. One that was missed is recorded as such and never begins. */
export interface PlannedRun extends Occurrence {
  readonly missed: boolean;
}

/**
 * The runs that are due at `now`, in order: those that start within `MADE_AHEAD`, and if there is none, one more, so that
 * one is always open ahead. What began while nothing was planned is among them: missed when wholly past, else to be begun
 * late.
 * @param made the runs there are whose occurrence is after `plannedUntil` or after `now`
 * @param most how many at most; the series stays due when there are more
 */
export function planNextRuns(
  series: Planning,
  made: readonly MadeRun[],
  now: Date,
  most: number,
): { readonly runs: readonly PlannedRun[]; readonly plannedUntil: Date } {
  let { plannedUntil } = series;
  const runs: PlannedRun[] = [];
  if (!series.enabled) return { runs, plannedUntil };
  const known = new Map(made.map((run) => [run.occurrence.getTime(), run]));
  let ahead = openAhead(series, made, now).length;
  while (runs.length < most) {
    const [occurrence] = nextOccurrences(series, plannedUntil);
    if (occurrence === undefined) break;
    const early = occurrence.start.getTime() > now.getTime() + PLAN_AHEAD_RUNS;
    if (ahead > 0 && (early || ahead >= PLAN_AHEAD_DAYS)) break;
    plannedUntil = occurrence.start;
    const run = known.get(occurrence.start.getTime());
    if (run === undefined) runs.push({ ...occurrence, missed: occurrence.end <= now });
    if ((run === undefined || run.open) && occurrence.start > now) ahead += 1;
  }
  return { runs, plannedUntil };
}

/**
 * When a series next has runs to be made (UTC): when its next occurrence comes within `MADE_AHEAD` and there is room for it,
 * or when no run is open ahead any more. Null when it is paused or never occurs again.
 * @param made as for `plan`
 */
export function computePlanningDueAt(series: Planning, made: readonly MadeRun[], now: Date): Date | null {
  if (!series.enabled) return null;
  const [upcoming] = nextOccurrences(series, series.plannedUntil);
  if (upcoming === undefined) return null;
  const ahead = openAhead(series, made, now);
  const last = ahead.at(-1) ?? now.getTime();
  const near = upcoming.start.getTime() - PLAN_AHEAD_RUNS;
  // With as many as may wait, there is room again when the first of them begins.
  const room = ahead.at(-PLAN_AHEAD_DAYS) ?? near;
  return new Date(Math.min(last, Math.max(near, room)));
}

/**
 * The occurrences after `now` that were seen to and whose runs are open, in order (milliseconds). A run that was detached
 * before the series got another cron line is none of them.
 */
function openAhead(series: Planning, made: readonly MadeRun[], now: Date): number[] {
  return made
    .filter(({ occurrence, open }) => open && occurrence > now && occurrence <= series.plannedUntil)
    .filter(({ occurrence }) => occursAt(series, occurrence) !== undefined)
    .map(({ occurrence }) => occurrence.getTime())
    .sort((a, b) => a - b);
}

/** Whether an instant is the start of one of its windows. */
export function occursAt(recurrence: Recurrence, instant: Date): Occurrence | undefined {
  const [occurrence] = nextOccurrences(recurrence, new Date(instant.getTime() - 1));
  return occurrence?.start.getTime() === instant.getTime() ? occurrence : undefined;
}

/** Of windows that were missed in a row, whether this is the newest: people are told of that one alone. */
export function isNewestMissed(recurrence: Recurrence, occurrence: Date, now: Date): boolean {
  const [later] = nextOccurrences(recurrence, occurrence);
  return later === undefined || later.end > now;
}

/** What a run that a person changes is to its series from then on; nothing for a window of its own. */
export function detachRun(run: { readonly state: RunState } | null): { readonly runState?: RunState } {
  return run?.state === 'following' ? { runState: 'detached' } : {};
}

/** Everything that is wrong with a series; the fields are named as in the HTTP interface. */
export function validateSeries(series: SeriesValues, now: Date): Problem[] {
  const recurrence = validateRecurrence(series);
  return [...(recurrence.length === 0 ? problemsOfOverlap(series, now) : recurrence), ...validateContent(series)];
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

/** What clock changes alone make overlap (a daily window of a whole day) is no mistake. */
function problemsOfOverlap(series: Recurrence, now: Date): Problem[] {
  const overlap = findSelfOverlap(series, now);
  if (overlap?.cause !== 'line') return [];
  const { durationMinutes, cron } = series;
  const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
  return [windowsOverlap.at('duration_minutes', { minutes: durationMinutes, cron, apart })];
}
