import { record } from '../audit/record.ts';
import { pick } from '../core/fields.ts';
import { newKey } from '../core/keys.ts';
import { type Actor, authorize, type Permission, systemActor } from '../core/permissions.ts';
import { type Interval, utc } from '../core/time.ts';
import { announceEverywhere, notifyOwner, toCoverage } from '../maintenance/commands/announce.ts';
import { assertWithinScopes } from '../maintenance/commands/find.ts';
import { createMaintenance } from '../maintenance/commands/schedule.ts';
import { endMaintenance } from '../maintenance/commands/transitions.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import { insertMaintenance, type NewMaintenance } from '../maintenance/repository/changes.ts';
import { listMaintenances } from '../maintenance/repository/list.ts';
import { countMissedInARow, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { readAllSurroundings } from '../maintenance/repository/surroundings.ts';
import { type Need, needOf } from '../maintenance/rules/coverage.ts';
import { advanceBatch, type Batch } from '../platform/batches.ts';
import type { Queries } from '../platform/database.ts';
import { type ActionContext, type Advanced, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { seriesNotFound } from './errors.ts';
import { getById, listMadeRuns, lockDueSeries, lockSeries, type Series, updatePlan } from './repository.ts';
import { computePlanningDueAt, isNewestMissed, type PlannedRun, planNextRuns } from './rules.ts';

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
  prepare: planAll,
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
    const { accountId } = actor;
    let series = await lockSeries(tx, accountId, id);
    if (series === undefined) throw seriesNotFound({ ref: id });
    await assertWithinScopes(tx, actor, toCoverage(series), seriesNotFound({ ref: id }));
    if (series.nextDueAt !== null && series.nextDueAt <= now) series = await planRuns(tx, series, now);
    const filter = { series: [id], statuses: ['scheduled'] } as const;
    const runs = await listMaintenances(tx, accountId, filter, { limit: MAX_SCHEDULED });
    return work(tx, { series, runs }, now);
  });
}

/** Makes the runs of a locked series that are due at `now`, and sets when the next ones are. */
export async function planRuns(tx: Queries, series: Series, now: Date): Promise<Series> {
  const plans = await planAll(tx, [series], now);
  for (const plan of plans) await makeRuns(tx, plan, now);
  await reportMissed(tx, plans, now);
  return getById(tx, series.id);
}

/** What is to be done for a series that is due. */
interface Plan {
  /** Of the series. */
  readonly id: number;
  readonly series: Series;
  readonly missed: readonly PlannedRun[];
  readonly open: readonly PlannedRun[];
  readonly plannedUntil: Date;
  readonly nextDueAt: Date | null;
  /** The newest run that was missed, once it is stored and if it is announced. */
  newest: Maintenance | undefined;
}

/** Plans locked series, and reads together what making their runs needs. */
async function planAll(tx: Queries, all: readonly Series[], now: Date): Promise<readonly Plan[]> {
  const madeRuns = await listMadeRuns(tx, all, now);
  const max = Math.min(MAX_RUNS_OF_ONE, Math.ceil(MAX_RUNS / all.length));
  const plans = all.map((series): Plan => {
    const made = madeRuns.get(series.id) ?? [];
    const { runs, plannedUntil } = planNextRuns(series, made, now, max);
    const known = [...made, ...runs.map(({ start, missed }) => ({ occurrence: start, open: !missed }))];
    const missed = runs.filter((run) => run.missed);
    const open = runs.filter((run) => !run.missed);
    const nextDueAt = computePlanningDueAt({ ...series, plannedUntil }, known, now);
    return { id: series.id, series, missed, open, plannedUntil, nextDueAt, newest: undefined };
  });
  await prefetchPlans(tx, plans);
  return plans;
}

async function prefetchPlans(tx: Queries, all: readonly Plan[]): Promise<void> {
  const plans = all.filter(({ missed, open }) => missed.length + open.length > 0);
  const needs = new Map<number, Need>();
  for (const { series, open } of plans) {
    const known = needs.get(series.accountId);
    const own = needOf(toCoverage(series));
    const between = spanOf([...(known?.between ? [known.between] : []), ...open]);
    needs.set(series.accountId, {
      services: [...(known?.services ?? []), ...own.services],
      scopes: [...(known?.scopes ?? []), ...own.scopes],
      checks: [...(known?.checks ?? []), ...own.checks],
      selectors: [...(known?.selectors ?? []), ...own.selectors],
      channels: [...(known?.channels ?? []), ...series.channels],
      ...(between && { between }),
    });
  }
  const runs = plans.reduce((count, { missed, open }) => count + missed.length + open.length, 0);
  if (runs > 0) await readAllSurroundings(tx, needs, { audit_events: runs + plans.length, maintenances: runs });
}

/** From the first start to the last end. */
function spanOf(windows: readonly Interval[]): Interval | undefined {
  if (windows.length === 0) return undefined;
  return {
    start: new Date(Math.min(...windows.map(({ start }) => start.getTime()))),
    end: new Date(Math.max(...windows.map(({ end }) => end.getTime()))),
  };
}

async function makeRuns(tx: Queries, plan: Plan, now: Date): Promise<void> {
  const { series, missed, open, plannedUntil, nextDueAt } = plan;
  for (const run of missed) {
    const stored = await insertMissedRun(tx, series, run, now);
    if (run === missed.at(-1) && isNewestMissed(series, run.start, now)) plan.newest = stored;
  }
  for (const run of open) await makeRun(tx, series, run, now);
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

async function makeRun(tx: Queries, series: Series, run: PlannedRun, now: Date): Promise<void> {
  await createMaintenance(tx, systemActor(series.accountId), now, {
    values: toRun(series, run),
    // Nobody is there to be asked about a freeze: the threads show it, and people skip the run, move it, or leave it.
    rules: { requesterId: series.owner.id, unattended: true },
    channels: series.channels,
    series,
  });
}

async function insertMissedRun(tx: Queries, series: Series, run: PlannedRun, now: Date): Promise<Maintenance> {
  const never = { remindedUntil: now, nextDueAt: null, approval: null, requestedBy: [], missed: true };
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
  } satisfies Partial<NewMaintenance>;
}

/** Cancels a scheduled run that its series takes back. Its occurrence may be made again. */
export async function withdrawRun(tx: Queries, actor: Actor, run: Maintenance, now: Date, reason: string) {
  await endMaintenance(tx, actor, run, now, 'canceled', 'maintenance.canceled', { reason, runState: 'withdrawn' });
}
