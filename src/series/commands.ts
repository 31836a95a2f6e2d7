import { isDeepStrictEqual } from 'node:util';
import { peopleBehind, type StandingApproval, standingAfterEdit } from '../approvals/rules.ts';
import { record } from '../audit/record.ts';
import { assertValid, UserError } from '../core/errors.ts';
import { pick, toRecorded, withInitial } from '../core/fields.ts';
import { newKey } from '../core/keys.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { MAX_WINDOW_MS, utc } from '../core/time.ts';
import type { DuringFreeze } from '../freezes/rules.ts';
import { announceEverywhere, suppressEarlierPosts, toCoverage } from '../maintenance/commands/announce.ts';
import { changeLocked, toEditable } from '../maintenance/commands/edit.ts';
import { assertWithinScopes } from '../maintenance/commands/find.ts';
import { prefetch } from '../maintenance/commands/prefetch.ts';
import { endMaintenance } from '../maintenance/commands/transitions.ts';
import { CONTENT_FIELDS, MAINTENANCE_FIELDS, type NewWindow, SCOPE_FIELD } from '../maintenance/fields.ts';
import { setReminded } from '../maintenance/repository/changes.ts';
import { findMaintenance } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import {
  addedScopes,
  commonScope,
  coveredChecks,
  mergeNeeds,
  needOf,
  type Surroundings,
  scopeAfterEdit,
  validateReferences,
} from '../maintenance/rules/coverage.ts';
import { approvedCoverage, toExtent } from '../maintenance/rules/extent.ts';
import { limitAfterEdit, limitOfNew } from '../maintenance/rules/limits.ts';
import { normalizeRecurrence } from '../maintenance/rules/recurrence.ts';
import { plannedWindow } from '../maintenance/rules/times.ts';
import { coversNothing, normalizeContent } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { type ActionContext, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import {
  noRunToSkip,
  runNotNext,
  scheduledRunsUndecided,
  seriesChanged,
  seriesNotFound,
  seriesNotPaused,
  seriesPaused,
} from './errors.ts';
import { SERIES_FIELDS, type SeriesInput } from './fields.ts';
import { planRuns, prefetchRuns, runDefaults, withdrawRun, withoutRuns, withSeries } from './planning.ts';
import { deleteSeriesRow, findSeries, insertSeries, type Series, updateSeries } from './repository.ts';
import { occursAt, type SeriesValues, validateSeries } from './rules.ts';

/** @throws UserError `not-found` or `forbidden` */
export async function getSeries(ctx: ActionContext, actor: Actor, ref: number | string): Promise<Series> {
  authorize(actor, 'read');
  const series = await findSeries(ctx.database, actor.accountId, ref);
  if (series === undefined) throw seriesNotFound({ ref });
  return series;
}

/** The cron line applies to the wall-clock minutes of `timezone` (IANA). */
export interface NewSeriesInput extends SeriesValues {
  /** What happens to a run in a freeze that blocks; absent: it is skipped. */
  readonly duringFreeze?: DuringFreeze;
  readonly scopeId: number | null;
  /** Channels to announce its runs in besides those subscribed. */
  readonly channels: readonly string[];
  /** False: it is paused until it is resumed. */
  readonly enabled?: boolean;
}

/**
 * Stores a series and makes its first runs. A window that has begun already is not among them.
 * @throws UserError `forbidden`, or `invalid-request` with every wrong field
 */
export async function scheduleSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  input: NewSeriesInput,
  once?: Once,
): Promise<Series | Repeated<Once>> {
  authorize(actor, 'schedule-series');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const { accountId, id, name } = actor;
    const around = await readSurroundings(tx, accountId, mergeNeeds([needOf(input), { channels: input.channels }]));
    assertValid([...validateSeries(input, now), ...validateReferences(around, toReferences(input), actor.scopes)]);
    const { services, checks, ...content } = normalizeContent(input);
    const scopeId = input.scopeId ?? commonScope(around, services);
    const limitedTo = limitOfNew(actor.scopes);
    await assertWithinScopes(tx, actor, { ...input, scopeId, limitedTo });
    const values = {
      accountId,
      key: newKey(6),
      ...withInitial(CONTENT_FIELDS, content),
      ...normalizeRecurrence(input),
      scopeId,
      duringFreeze: input.duringFreeze ?? 'skip',
      channels: [...new Set(input.channels)],
      owner: { id, name },
      requestedBy: peopleBehind(actor),
      plannedUntil: now,
      enabled: input.enabled ?? true,
      services,
      checks,
      selector: input.selector ?? null,
      limitedTo,
    };
    const series = await insertSeries(tx, values, now);
    await record(tx, actor, now, {
      type: 'series.scheduled',
      subject: { kind: 'series', id: series.id },
      after: { ...recordedRecurrence(series), ...(series.enabled ? {} : { enabled: false }) },
    });
    return (await planRuns(tx, { series, runs: [], made: [] }, now)).series;
  });
}

const toReferences = ({ services, checks, scopeId }: Pick<SeriesInput, 'services' | 'checks' | 'scopeId'>) => {
  return { services, checks: checks ?? [], scope: scopeId === null ? [] : [scopeId] };
};

function recordedRecurrence({ name, cron, timezone, durationMinutes }: Series) {
  return { name, cron, timezone, duration_minutes: durationMinutes };
}

export type SeriesEdit = Partial<SeriesInput> & Pick<NewWindow, 'mayCoverNothing'>;

/** One that depends on the series is computed once the series is locked. */
export type RequestedEdit = SeriesEdit | ((current: Series, tx: Queries) => SeriesEdit | Promise<SeriesEdit>);

/** Another version was saved since the one that was edited. Nothing was changed. */
export class SeriesVersionConflict extends UserError {
  constructor({ key, version }: Series, edited: number) {
    super(seriesChanged({ key, version: edited, currentVersion: version }));
  }
}

/**
 * Changes a series and the runs that follow it: those whose occurrence is still one of its windows get the new values, the
 * others are withdrawn, and new ones are made. Runs that people changed or that have begun stay as they are.
 * @param version that was edited; when the series has another one by now, nothing is changed
 * @throws SeriesVersionConflict, or UserError `forbidden`, `not-found`, or `invalid-request` with every wrong field
 */
export async function editSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  requested: RequestedEdit,
  once?: Once,
  version?: number,
): Promise<Series | Repeated<Once>> {
  return withSeries(ctx, actor, id, 'edit-series', once, async (tx, locked, now) => {
    const { series, runs } = locked;
    if (version !== undefined && version !== series.version) throw new SeriesVersionConflict(series, version);
    const edit = typeof requested === 'function' ? await requested(series, tx) : requested;
    const current = toSeriesInput(series);
    // One that covers nothing already may stay so.
    const { mayCoverNothing = coversNothing(current), ...changes } = edit;
    const input = { ...current, ...changes };
    // A run whose start has come is left to the scheduler.
    const following = new Set(
      runs.filter(({ run, scheduledStart }) => run?.state === 'following' && scheduledStart > now),
    );
    const around = await readForEdit(tx, actor.accountId, [current, input], [...following]);
    assertValid([
      ...validateSeries({ ...input, mayCoverNothing }, now),
      ...validateReferences(around, toReferences(input), actor.scopes),
    ]);
    const wanted: SeriesInput = {
      ...normalizeContent(input),
      ...normalizeRecurrence(input),
      channels: [...new Set(input.channels)],
      scopeId: edit.scopeId === undefined ? scopeAfterEdit(around, series, input.services) : edit.scopeId,
    };
    const added = addedScopes(around, current, wanted);
    const limitedTo = limitAfterEdit(series.limitedTo, actor.scopes, current, wanted, added);
    await assertWithinScopes(tx, actor, { ...wanted, limitedTo });
    const change = difference(toRecorded(SERIES_FIELDS, current), toRecorded(SERIES_FIELDS, wanted));
    if (change === undefined) {
      if (isDeepStrictEqual(wanted.checks, current.checks)) return series;
      // Nothing that is recorded changes when checks are only put in another order.
      return updateSeries(tx, series, { checks: wanted.checks }, now);
    }
    // Windows of another recurrence are made from now on; those that have a run keep it.
    const moved = 'cron' in change.after || 'timezone' in change.after;
    const standingApproval = keepStanding(around, series, { ...wanted, limitedTo }, change.after, now);
    const edited = await updateSeries(
      tx,
      series,
      {
        ...wanted,
        limitedTo,
        requestedBy: [...new Set([...series.requestedBy, ...peopleBehind(actor)])],
        standingApproval,
        ...(moved ? { plannedUntil: now } : {}),
      },
      now,
    );
    const subject = { kind: 'series', id } as const;
    await record(tx, actor, now, { type: 'series.changed', subject, ...change });
    if (series.standingApproval !== null && standingApproval === null) {
      const before = { approved_until: utc(series.standingApproval.until) };
      await record(tx, actor, now, { type: 'series.approval_ended', subject, before });
    }
    const changedRuns: { before: Maintenance; after: Maintenance }[] = [];
    const withdrawn: Maintenance[] = [];
    for (const before of runs) {
      const after = following.has(before)
        ? await updateRun(tx, actor, edited, before, now)
        : await updateReminders(tx, edited, before);
      if (after === undefined) withdrawn.push(before);
      else changedRuns.push({ before, after });
    }
    const kept = {
      ...locked,
      series: edited,
      runs: changedRuns.map(({ after }) => after),
      made: locked.made.map((run) => {
        const after = changedRuns.find(({ before }) => before.id === run.id)?.after;
        return after === undefined ? run : { ...run, ...plannedWindow(after) };
      }),
    };
    const planned = await planRuns(tx, withoutRuns(kept, withdrawn), now);
    await suppressEarlierPosts(tx, actor.accountId, changedRuns);
    return planned.series;
  });
}

/** What remains of the approval of a series after these fields change. */
function keepStanding(
  around: Surroundings,
  series: Series,
  wanted: SeriesInput & Pick<Series, 'limitedTo'>,
  fields: object,
  now: Date,
): StandingApproval | null {
  const { standingApproval: standing } = series;
  if (standing === null) return null;
  const reworded = Object.values(CONTENT_FIELDS).some(({ name }) => name in fields);
  const isOther =
    reworded || 'cron' in fields || 'timezone' in fields || wanted.durationMinutes > series.durationMinutes;
  const approved = coveredChecks(around, approvedCoverage(standing, toCoverage(series)));
  return standingAfterEdit(standing, toExtent(around, wanted, { start: now, end: now }), approved, { isOther });
}

/** Reads together what a change of a series and of the runs that follow it needs. */
async function readForEdit(
  tx: Queries,
  accountId: number,
  inputs: readonly SeriesInput[],
  following: readonly Maintenance[],
): Promise<Surroundings> {
  const runs = following.map((run) => ({
    ...needOf(toCoverage(run)),
    between: { start: run.scheduledStart, end: new Date(run.scheduledStart.getTime() + MAX_WINDOW_MS) },
  }));
  const need = mergeNeeds([...inputs.flatMap((input) => [needOf(input), { channels: input.channels }]), ...runs]);
  return readSurroundings(tx, accountId, need, { audit_events: runs.length + 2 });
}

/** The values of a run stay, but its reminders depend on the windows of its series around it. */
async function updateReminders(tx: Queries, series: Series, run: Maintenance): Promise<Maintenance> {
  await setReminded(tx, attachSeries(run, series), {});
  return run;
}

/**
 * Gives a run the new values of its series, or withdraws it if it is no longer one of its windows.
 * @returns undefined when it was withdrawn
 */
async function updateRun(
  tx: Queries,
  actor: Actor,
  series: Series,
  run: Maintenance,
  now: Date,
): Promise<Maintenance | undefined> {
  const occurrence = occursAt(series, run.run?.occurrence ?? run.scheduledStart);
  if (occurrence === undefined) {
    const reason = `The series ${series.key} changed, and this is not one of its windows any more.`;
    await withdrawRun(tx, actor, run, now, reason);
    return undefined;
  }
  const { accountId: _, owner: __, ...values } = runDefaults(series);
  // One that a freeze moved stays there, unless the freezes say otherwise.
  const moved = run.scheduledStart.getTime() - occurrence.start.getTime();
  const scheduledEnd = new Date(occurrence.end.getTime() + moved);
  const { start: ___, ...fields } = MAINTENANCE_FIELDS;
  const before = { ...toEditable(run), scope: run.scope?.id ?? null };
  const after = { ...before, ...values, scope: values.scopeId, end: scheduledEnd };
  const recorded = { ...fields, scope: SCOPE_FIELD };
  const change = difference(toRecorded(recorded, before), toRecorded(recorded, after));
  const current = attachSeries(run, series);
  if (change === undefined) {
    await setReminded(tx, current, {});
    await announceEverywhere(tx, run, series.channels);
    return run;
  }
  return changeLocked(tx, actor, now, current, {
    times: { scheduledEnd },
    values: { ...values, runState: 'following' },
    coverage: values,
    reminders: series.reminders,
    channels: series.channels,
    several: true,
    unattended: true,
    event: () => ({
      type: 'maintenance.changed',
      maintenanceId: run.id,
      before: change.before,
      after: { ...change.after, series: series.key },
    }),
  });
}

function attachSeries(maintenance: Maintenance, series: Series): Maintenance {
  return { ...maintenance, run: maintenance.run && { ...maintenance.run, series } };
}

export function toSeriesInput(series: Series): SeriesInput {
  const { services, scope } = series;
  return pick(SERIES_FIELDS, { ...series, services: services.map(({ id }) => id), scopeId: scope?.id ?? null });
}

/**
 * Pauses a series: it makes no new runs until it is resumed. A run in progress continues.
 * @param choice for the runs that are scheduled
 * @throws UserError `forbidden`, `not-found`, `series-paused`, or `scheduled-runs-undecided` without a choice where runs are
 *   scheduled
 */
export async function pauseSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  choice: 'keep' | 'cancel' | undefined,
  once?: Once,
): Promise<Series | Repeated<Once>> {
  return withSeries(ctx, actor, id, 'pause-series', once, async (tx, locked, now) => {
    const { series, runs } = locked;
    const { key } = series;
    if (!series.enabled) throw seriesPaused({ key });
    const scheduled = runs.filter((run) => run.scheduledStart > now);
    const count = scheduled.length;
    if (choice === undefined && count > 0) throw scheduledRunsUndecided({ key, count }, 'runs');
    if (choice === 'cancel') await prefetch(tx, scheduled, { events: 1 });
    const paused = await updateSeries(tx, series, { enabled: false }, now);
    await record(tx, actor, now, {
      type: 'series.paused',
      subject: { kind: 'series', id },
      before: { enabled: true },
      after: { enabled: false, runs: choice ?? null, scheduled: count },
    });
    if (choice !== 'cancel') return paused;
    for (const run of scheduled) await withdrawRun(tx, actor, run, now, `The series ${key} was paused.`);
    return withoutRuns({ ...locked, series: paused }, scheduled).series;
  });
}

/**
 * Resumes a paused series from now on: windows that came while it was paused are neither made nor missed.
 * @throws UserError `forbidden`, `not-found`, or `series-not-paused`
 */
export async function resumeSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: Once,
): Promise<Series | Repeated<Once>> {
  return withSeries(ctx, actor, id, 'resume-series', once, async (tx, locked, now) => {
    const { series } = locked;
    if (series.enabled) throw seriesNotPaused({ key: series.key });
    const change = { enabled: true, plannedUntil: now };
    await prefetchRuns(tx, { ...locked, series: { ...series, ...change } }, now);
    const resumed = await updateSeries(tx, series, change, now);
    await record(tx, actor, now, {
      type: 'series.resumed',
      subject: { kind: 'series', id },
      before: { enabled: false },
      after: { enabled: true },
    });
    return (await planRuns(tx, { ...locked, series: resumed }, now)).series;
  });
}

/**
 * Cancels the next run of a series; its occurrence is never made again. The series continues with the one after it.
 * @param shown the id of the run that was shown as the next one: another is not skipped in its place, and one that is skipped
 *   already stays so. Absent: whichever is next
 * @returns the skipped run
 * @throws UserError `forbidden`, `not-found`, `no-run-to-skip`, or `run-not-next`
 */
export async function skipRun(ctx: ActionContext, actor: Actor, id: number, shown?: number): Promise<Maintenance> {
  return withSeries(ctx, actor, id, 'skip-run', undefined, async (tx, locked, now) => {
    const { series, runs } = locked;
    const next = runs.find((run) => run.scheduledStart > now);
    if (shown !== undefined && shown !== next?.id) {
      const named = await findMaintenance(tx, actor.accountId, shown);
      if (named?.run?.series.id === id && named.run.state === 'skipped') return named;
      throw runNotNext({ key: series.key, run: shown }, 'run');
    }
    if (next === undefined) throw noRunToSkip({ key: series.key, paused: !series.enabled });
    const others = withoutRuns(locked, [next], { skipped: true });
    await prefetchRuns(tx, others, now);
    const skip = { runState: 'skipped' } as const;
    const skipped = await endMaintenance(tx, actor, next, now, 'canceled', 'maintenance.skipped', skip);
    await planRuns(tx, others, now);
    return skipped;
  });
}

/**
 * Deletes a series. Its scheduled runs are canceled, one in progress continues, and past ones stay as maintenances without
 * a series.
 * @throws UserError `forbidden` or `not-found`
 */
export async function deleteSeries(ctx: ActionContext, actor: Actor, id: number): Promise<Series> {
  return withSeries(ctx, actor, id, 'delete-series', undefined, async (tx, { series, runs }, now) => {
    const { key } = series;
    await prefetch(tx, runs, { events: 1 });
    for (const run of runs) await withdrawRun(tx, actor, run, now, `The series ${key} was deleted.`);
    await deleteSeriesRow(tx, series);
    const before = { key, ...recordedRecurrence(series) };
    await record(tx, actor, now, { type: 'series.deleted', subject: { kind: 'series', id }, before });
    return series;
  });
}
