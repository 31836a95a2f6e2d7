import { record } from '../audit/record.ts';
import { pick } from '../core/fields.ts';
import { newKey } from '../core/keys.ts';
import { type Actor, authorize, type Permission, systemActor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { announceEverywhere, notifyOwner, toCoverage } from '../maintenance/commands/announce.ts';
import { assertWithinScopes } from '../maintenance/commands/find.ts';
import { createMaintenance } from '../maintenance/commands/schedule.ts';
import { endMaintenance } from '../maintenance/commands/transitions.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import { insertMaintenance, type NewMaintenance } from '../maintenance/repository/changes.ts';
import { readScheduledRuns } from '../maintenance/repository/locked.ts';
import { countMissedInARow, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { readAllSurroundings } from '../maintenance/repository/surroundings.ts';
import { mergeNeeds, type Need, needOf, spanOf } from '../maintenance/rules/coverage.ts';
import { advanceBatch, type Batch } from '../platform/batches.ts';
import type { Queries } from '../platform/database.ts';
import { reserveIds } from '../platform/ids.ts';
import { type ActionContext, type Advanced, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { seriesNotFound } from './errors.ts';
import { listMadeRuns, lockDueSeries, lockSeries, type Series, updatePlan } from './repository.ts';
import { computePlanningDueAt, isNewestMissed, type MadeRun, type PlannedRun, planNextRuns } from './rules.ts';

/** How many series are planned in one transaction. */
const BATCH = 100;
/** Max runs made in one transaction: of one series, and of all together. A series with more to make stays due. */
const MAX_RUNS_OF_ONE = 50;
const MAX_RUNS = 250;
/** Longer than keys that people type: a series makes many, and none may be made twice. */
const RUN_KEY_CHARS = 7;
/** More than a series ever has scheduled, those moved by hand included. */
const MAX_SCHEDULED = 1000;

/**
 * Makes the due runs of series, in one transaction with their effects. One that fails does not hold up the others.
 * @param except the ids to skip: those that failed before
 */
export async function planDueSeries(ctx: ActionContext, except: readonly number[] = []): Promise<Advanced> {
  return advanceBatch(ctx, DUE, { except, limit: BATCH });
}

const DUE: Batch<Series, Plan> = {
  lock: lockDueSeries,
  async prepare(tx, all, now) {
    const made = await listMadeRuns(tx, all, now);
    const max = Math.min(MAX_RUNS_OF_ONE, Math.ceil(MAX_RUNS / all.length));
    const plans = all.map((series) => toPlan(series, made.get(series.id) ?? [], now, max));
    await prefetchPlans(tx, plans);
    return plans;
  },
  async advance(tx, plan, now) {
    await makeRuns(tx, plan, now);
    return undefined;
  },
  finish: reportMissed,
};

/** A series and its scheduled runs in order of start, all of them locked, with what is due of it made. */
export interface LockedSeries {
  readonly series: Series;
  readonly runs: readonly Maintenance[];
  /** The occurrences that it does not make again. */
  readonly made: readonly MadeRun[];
}

/**
 * Runs a command on one series in one transaction, with the series and its scheduled runs locked.
 * @param permission that the command needs
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden` or `not-found`
 */
export async function withSeries<T, Once extends string | undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  permission: Permission,
  once: Once | undefined,
  work: (tx: Queries, locked: LockedSeries, now: Date) => Promise<T>,
): Promise<T | Repeated<Once>> {
  authorize(actor, permission);
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const series = await lockSeriesForChange(tx, actor, id);
    const runs = await readScheduledRuns(tx, series, MAX_SCHEDULED);
    const locked = { series, runs, made: (await listMadeRuns(tx, [series], now)).get(id) ?? [] };
    const isDue = series.nextDueAt !== null && series.nextDueAt <= now;
    return work(tx, isDue ? await planRuns(tx, locked, now) : locked, now);
  });
}

/**
 * A series to be changed, locked with its scheduled runs.
 * @throws UserError `not-found`, or `forbidden` to somebody who is limited to other scopes
 */
export async function lockSeriesForChange(tx: Queries, actor: Actor, id: number): Promise<Series> {
  const series = await lockSeries(tx, actor.accountId, id);
  if (series === undefined) throw seriesNotFound({ ref: id });
  await assertWithinScopes(tx, actor, toCoverage(series), seriesNotFound({ ref: id }));
  return series;
}

/** Makes the runs of a locked series that are due at `now`, and sets when the next ones are. */
export async function planRuns(tx: Queries, { series, runs, made }: LockedSeries, now: Date): Promise<LockedSeries> {
  const plan = toPlan(series, made, now, MAX_RUNS_OF_ONE);
  await prefetchPlans(tx, [plan]);
  await makeRuns(tx, plan, now);
  await reportMissed(tx, [plan], now);
  const { plannedUntil, nextDueAt, created } = plan;
  return showNextRun({ series: { ...series, plannedUntil, nextDueAt }, runs: [...runs, ...created], made: plan.made });
}

/** Reads what `planRuns` needs of a series as it is going to be: before anything is changed, so that all is written together. */
export async function prefetchRuns(tx: Queries, { series, made }: LockedSeries, now: Date): Promise<void> {
  await prefetchPlans(tx, [toPlan(series, made, now, MAX_RUNS_OF_ONE)], { events: 2 });
}

/** @param locked.runs in any order */
export function showNextRun({ series, runs, made }: LockedSeries): LockedSeries {
  const sorted = runs.toSorted((a, b) => a.scheduledStart.getTime() - b.scheduledStart.getTime() || a.id - b.id);
  const [next] = sorted;
  const nextRun = next === undefined ? null : { id: next.id, start: next.scheduledStart, end: next.scheduledEnd };
  return { series: { ...series, nextRun }, runs: sorted, made };
}

/** What is to be done for a series that is due. */
interface Plan {
  /** Of the series. */
  readonly id: number;
  readonly series: Series;
  readonly missed: readonly PlannedRun[];
  readonly open: readonly PlannedRun[];
  /** Those made before and these. */
  readonly made: readonly MadeRun[];
  readonly plannedUntil: Date;
  readonly nextDueAt: Date | null;
  /** The runs that are scheduled, once they are stored. */
  readonly created: Maintenance[];
  /** The newest run that was missed, once it is stored and if it is announced. */
  newest: Maintenance | undefined;
}

/** @param max how many runs are made at most */
function toPlan(series: Series, before: readonly MadeRun[], now: Date, max: number): Plan {
  const { runs, plannedUntil } = planNextRuns(series, before, now, max);
  const made = [...before, ...runs.map(({ start, missed }) => ({ occurrence: start, open: !missed }))];
  const missed = runs.filter((run) => run.missed);
  const open = runs.filter((run) => !run.missed);
  const nextDueAt = computePlanningDueAt({ ...series, plannedUntil }, made, now);
  return { id: series.id, series, missed, open, made, plannedUntil, nextDueAt, created: [], newest: undefined };
}

/**
 * Reads together what making the runs of several series needs.
 * @param events how many are recorded besides those of the runs
 */
async function prefetchPlans(
  tx: Queries,
  all: readonly Plan[],
  { events = 0 }: { readonly events?: number } = {},
): Promise<void> {
  const plans = all.filter(({ missed, open }) => missed.length + open.length > 0);
  const needs = new Map<number, Need[]>();
  for (const { series, open } of plans) {
    const own = needOf(toCoverage(series));
    const all = needs.get(series.accountId) ?? [];
    all.push(own, { channels: series.channels, ...(open.length > 0 && { between: spanOf(open) }) });
    needs.set(series.accountId, all);
  }
  const runs = plans.reduce((count, { missed, open }) => count + missed.length + open.length, 0);
  if (runs === 0) return;
  const ids = { audit_events: runs + plans.length + events, maintenances: runs };
  await readAllSurroundings(tx, new Map([...needs].map(([accountId, all]) => [accountId, mergeNeeds(all)])), ids);
  // If everything else was known, it did not fetch them.
  await reserveIds(tx, ids);
}

async function makeRuns(tx: Queries, plan: Plan, now: Date): Promise<void> {
  const { series, missed, open, plannedUntil, nextDueAt } = plan;
  for (const run of missed) {
    const stored = await insertMissedRun(tx, series, run, now);
    if (run === missed.at(-1) && isNewestMissed(series, run.start, now)) plan.newest = stored;
  }
  for (const run of open) plan.created.push(await makeRun(tx, series, run, now));
  if (missed.length + open.length > 0) {
    await record(tx, systemActor(series.accountId), now, {
      type: 'series.runs_planned',
      subject: { kind: 'series', id: series.id },
      after: { made: open.length, missed: missed.length, planned_until: utc(plannedUntil) },
    });
  }
  await updatePlan(tx, series, { plannedUntil, nextDueAt });
}

const toRun = (series: Series, { start, end }: PlannedRun) => ({
  ...runDefaults(series),
  key: newKey(RUN_KEY_CHARS),
  scheduledStart: start,
  scheduledEnd: end,
});

async function makeRun(tx: Queries, series: Series, run: PlannedRun, now: Date): Promise<Maintenance> {
  return createMaintenance(tx, systemActor(series.accountId), now, {
    values: toRun(series, run),
    // Nobody is there to be asked about a freeze: the threads show it, and people skip the run, move it, or leave it.
    rules: { requesters: series.requestedBy, standing: series.standingApproval, unattended: true },
    channels: series.channels,
    series,
  });
}

async function insertMissedRun(tx: Queries, series: Series, run: PlannedRun, now: Date): Promise<Maintenance> {
  const unapproved = { approval: null, approved: null, requestedBy: series.requestedBy };
  const never = { remindedUntil: now, nextDueAt: null, ...unapproved, missed: true };
  const values = { ...toRun(series, run), ...never, run: { series, occurrence: run.start } };
  return insertMaintenance(tx, values, now);
}

/** Announces only the newest of those missed in a row, with their count, so as not to flood a channel. */
async function reportMissed(tx: Queries, plans: readonly Plan[], now: Date): Promise<void> {
  const reported = plans.flatMap(({ series, newest }) => (newest ? [{ series, newest }] : []));
  if (reported.length === 0) return;
  const counts = await countMissedInARow(
    tx,
    reported.map(({ series, newest }) => ({ seriesId: series.id, occurrence: newest.scheduledStart })),
    now,
  );
  for (const { series, newest } of reported) {
    const event = await record(tx, systemActor(series.accountId), now, {
      type: 'maintenance.missed',
      maintenanceId: newest.id,
      after: { status: newest.status, missed: true, missed_in_a_row: counts.get(series.id) ?? 1 },
    });
    await announceEverywhere(tx, newest, series.channels);
    await notifyOwner(tx, newest, 'missed', event);
  }
}

export function runDefaults(series: Series) {
  return {
    accountId: series.accountId,
    ...pick(CONTENT_FIELDS, series),
    scopeId: series.scope?.id ?? null,
    timezone: series.timezone,
    owner: series.owner,
    services: series.services.map((service) => service.id),
    checks: series.checks,
    selector: series.selector,
    limitedTo: series.limitedTo,
  } satisfies Partial<NewMaintenance>;
}

/** A locked series after some of its scheduled runs were canceled. `skipped`: their occurrences are not made again. */
export function withoutRuns(
  { series, runs, made }: LockedSeries,
  canceled: readonly Maintenance[],
  { skipped = false }: { readonly skipped?: boolean } = {},
): LockedSeries {
  const ids = new Set(canceled.map(({ id }) => id));
  const occurrences = new Set(canceled.map(({ run }) => run?.occurrence.getTime()));
  const isGone = ({ occurrence }: MadeRun) => occurrences.has(occurrence.getTime());
  return showNextRun({
    series,
    runs: runs.filter(({ id }) => !ids.has(id)),
    made: skipped
      ? made.map((run) => (isGone(run) ? { ...run, open: false } : run))
      : made.filter((run) => !isGone(run)),
  });
}

/** Cancels a scheduled run that its series takes back. Its occurrence may be made again. */
export async function withdrawRun(tx: Queries, actor: Actor, run: Maintenance, now: Date, reason: string) {
  await endMaintenance(tx, actor, run, now, 'canceled', 'maintenance.canceled', { reason, runState: 'withdrawn' });
}
