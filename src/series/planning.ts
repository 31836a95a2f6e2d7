import { record } from '../audit/record.ts';
import { pick } from '../core/fields.ts';
import { newKey } from '../core/keys.ts';
import { type Actor, authorize, type Permission, systemActor } from '../core/permissions.ts';
import { nextOccurrences } from '../core/recurrence/index.ts';
import { type Interval, MAX_WINDOW_MS, utc } from '../core/time.ts';
import { describeReasons, placeRun, toNamed } from '../freezes/rules.ts';
import { announceEverywhere, notifyOwner, toCoverage } from '../maintenance/commands/announce.ts';
import { assertWithinScopes } from '../maintenance/commands/find.ts';
import { createMaintenance } from '../maintenance/commands/schedule.ts';
import { endMaintenance } from '../maintenance/commands/transitions.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import { insertMaintenance, type NewMaintenance } from '../maintenance/repository/changes.ts';
import { readLocked, readScheduledRuns } from '../maintenance/repository/locked.ts';
import { countMissedInARow, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { readAllSurroundings, readSurroundings } from '../maintenance/repository/surroundings.ts';
import { mergeNeeds, type Need, needOf, spanOf, touchedScopes } from '../maintenance/rules/coverage.ts';
import { advanceBatch, type Batch } from '../platform/batches.ts';
import type { Queries } from '../platform/database.ts';
import { reserveIds } from '../platform/ids.ts';
import { type ActionContext, type Advanced, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { seriesNotFound } from './errors.ts';
import { holdRun, recordMove, recordOverride } from './freezing.ts';
import {
  listMadeRuns,
  lockDueSeries,
  lockRuns,
  lockSeries,
  type Series,
  updatePlan,
  withdrawFrozen,
} from './repository.ts';
import {
  computePlanningDueAt,
  isNewestMissed,
  type MadeRun,
  type PlaceRun,
  type PlannedRun,
  planNextRuns,
  type Revision,
  reviseRuns,
  type StoredRun,
  unfrozen,
} from './rules.ts';

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
    const drafts = all.map((series) => draftPlan(series, made.get(series.id) ?? [], now, max));
    await prefetchPlans(tx, drafts, now);
    return decidePlans(tx, drafts, now, max);
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
  readonly made: readonly StoredRun[];
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

/** Makes the runs of a locked series that are due at `now`, revises the others, and sets when the next ones are. */
export async function planRuns(tx: Queries, { series, runs, made }: LockedSeries, now: Date): Promise<LockedSeries> {
  const draft = draftPlan(series, made, now, MAX_RUNS_OF_ONE);
  await prefetchPlans(tx, [draft], now);
  const [plan = draft] = await decidePlans(tx, [draft], now, MAX_RUNS_OF_ONE);
  await makeRuns(tx, plan, now);
  await reportMissed(tx, [plan], now);
  const { plannedUntil, nextDueAt, created } = plan;
  const revised = new Set(plan.revisions.map(({ run }) => run.id));
  const others = runs.filter(({ id }) => !revised.has(id));
  return showNextRun({
    series: { ...series, plannedUntil, nextDueAt },
    runs: [...others, ...created],
    made: plan.made,
  });
}

/** Reads what `planRuns` needs of a series as it is going to be: before anything is changed, so that all is written together. */
export async function prefetchRuns(tx: Queries, { series, made }: LockedSeries, now: Date): Promise<void> {
  await prefetchPlans(tx, [draftPlan(series, made, now, MAX_RUNS_OF_ONE)], now, { events: 2 });
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
  /** Those made before. */
  readonly before: readonly StoredRun[];
  /** The runs to make: to start, missed, or skipped because of a freeze. */
  readonly runs: readonly PlannedRun[];
  /** The runs made before that take place elsewhere now. */
  readonly revisions: readonly Revision[];
  /** The runs of those made before, and these. */
  readonly made: readonly StoredRun[];
  readonly plannedUntil: Date;
  readonly nextDueAt: Date | null;
  /** The runs that are scheduled, once they are stored. */
  readonly created: Maintenance[];
  /** The newest run that was missed, once it is stored and if it is announced. */
  newest: Maintenance | undefined;
}

/** A plan as if there were no freezes, which are read for it. @param max how many runs are made at most */
const draftPlan = (series: Series, before: readonly StoredRun[], now: Date, max: number) =>
  toPlan(series, before, [], now, max, unfrozen);

function toPlan(
  series: Series,
  before: readonly StoredRun[],
  revisions: readonly Revision[],
  now: Date,
  max: number,
  place: PlaceRun,
): Plan {
  const placements = new Map(revisions.map(({ run, placement }) => [run.id, placement]));
  const current = before.map((run): StoredRun => {
    const placement = placements.get(run.id);
    if (placement === undefined) return run;
    const { start, end, outcome } = placement;
    const skipped = outcome === 'skipped';
    return { ...run, start, end, open: !skipped, frozen: skipped, state: skipped ? 'frozen' : 'following' };
  });
  const again = revisions.flatMap(({ run: { state, occurrence }, placement }): PlannedRun[] => {
    const { start, end } = placement;
    return state === 'frozen' ? [{ occurrence, start, end, missed: false, placement }] : [];
  });
  const { runs, plannedUntil } = planNextRuns(series, current, now, max - revisions.length, place);
  const made = [...current, ...runs.map(toStored)];
  // With as many as one plan may have, there may be more to revise.
  const nextDueAt = revisions.length < max ? computePlanningDueAt({ ...series, plannedUntil }, made, now) : now;
  const all = [...again, ...runs];
  return {
    id: series.id,
    series,
    before,
    runs: all,
    revisions,
    made,
    plannedUntil,
    nextDueAt,
    created: [],
    newest: undefined,
  };
}

function toStored({ occurrence, start, end, missed, placement }: PlannedRun): StoredRun {
  const frozen = placement.outcome === 'skipped';
  const state = frozen ? 'frozen' : 'following';
  return { id: 0, occurrence, start, end, open: !missed && !frozen, frozen, state, overridden: [] };
}

/** A freeze can skip or move these runs. */
const isAhead = ({ state, open, start }: StoredRun, now: Date) =>
  start > now && (state === 'frozen' || (open && state === 'following'));

/** The window of a run, and the one that it was moved from. */
const withOwnTime = ({ occurrence, start, end }: StoredRun): Interval => ({
  start: occurrence < start ? occurrence : start,
  end,
});

/**
 * Reads together what making the runs of several series needs.
 * @param events how many are recorded besides those of the runs
 */
async function prefetchPlans(
  tx: Queries,
  all: readonly Plan[],
  now: Date,
  { events = 0 }: { readonly events?: number } = {},
): Promise<void> {
  const plans = all.filter(({ runs, before }) => runs.length > 0 || before.some((run) => isAhead(run, now)));
  if (plans.length === 0) return;
  const needs = new Map<number, Need[]>();
  for (const { series, runs, before } of plans) {
    const own = needOf(toCoverage(series));
    const all = needs.get(series.accountId) ?? [];
    const windows = [...runs, ...before.filter((run) => isAhead(run, now)).map(withOwnTime)];
    all.push(own, { channels: series.channels, between: spanOf(windows) });
    needs.set(series.accountId, all);
  }
  const runs = plans.reduce((count, plan) => count + plan.runs.length, 0);
  const ids = { audit_events: runs + plans.length + events, maintenances: runs };
  await readAllSurroundings(tx, new Map([...needs].map(([accountId, all]) => [accountId, mergeNeeds(all)])), ids);
  // If everything else was known, it did not fetch them.
  await reserveIds(tx, ids);
}

/** How far ahead freezes are read where a series has one. */
const FREEZES_AHEAD_MS = 366 * 86_400_000;

/**
 * Decides for each series which of its runs freezes skip or move, those made before included. The runs to change are locked;
 * one that another transaction works on is left to the next plan.
 * @param drafts for which everything that they need was read
 */
async function decidePlans(tx: Queries, drafts: readonly Plan[], now: Date, max: number): Promise<readonly Plan[]> {
  const needs = new Map<number, Need>();
  const isHeld = (run: StoredRun) => run.state === 'frozen' || run.start.getTime() !== run.occurrence.getTime();
  const concerned = new Set<Plan>();
  for (const draft of drafts) {
    const { series, runs, before } = draft;
    if (runs.length === 0 && !before.some((run) => isAhead(run, now))) continue;
    const need = needOf(toCoverage(series));
    const { freezes } = await readSurroundings(tx, series.accountId, need);
    const blocked = freezes.some(({ effect }) => effect === 'block');
    if (!blocked && !before.some((run) => isAhead(run, now) && isHeld(run))) continue;
    concerned.add(draft);
    if (!blocked) continue;
    const end = Math.max(now.getTime() + FREEZES_AHEAD_MS, ...runs.map((run) => run.end.getTime() + MAX_WINDOW_MS));
    const start = Math.min(now.getTime(), ...runs.map((run) => run.start.getTime()));
    const all = { ...need, between: { start: new Date(start), end: new Date(end) } };
    needs.set(series.accountId, mergeNeeds([needs.get(series.accountId) ?? {}, all]));
  }
  if (concerned.size === 0) return drafts;
  if (needs.size > 0) await readAllSurroundings(tx, needs, {});
  const revised = new Map<Plan, { readonly place: PlaceRun; readonly revisions: readonly Revision[] }>();
  for (const draft of concerned) {
    const { series, before } = draft;
    const place = await placeRunsOf(tx, series);
    revised.set(draft, { place, revisions: reviseRuns(series, before, now, place).slice(0, max) });
  }
  const ids = [...revised.values()].flatMap(({ revisions }) => revisions.map(({ run }) => run.id));
  const locked = ids.length === 0 ? new Set<number>() : await lockRuns(tx, ids);
  const plans = drafts.map((draft) => {
    const found = revised.get(draft);
    if (found === undefined) return draft;
    const { place, revisions } = found;
    const mine = revisions.filter(({ run }) => locked.has(run.id));
    const plan = toPlan(draft.series, draft.before, mine, now, max, place);
    return mine.length === revisions.length ? plan : { ...plan, nextDueAt: now };
  });
  const made = plans.reduce((count, { runs }) => count + runs.length, 0);
  await reserveIds(tx, { audit_events: 2 * made + plans.length + ids.length, maintenances: made });
  return plans;
}

const overridesOf = ({ freezeOverrides }: Series, at: Date) =>
  freezeOverrides.filter(({ occurrence }) => occurrence.getTime() === at.getTime());

/** Where runs of a series take place, by the freezes that were read. */
async function placeRunsOf(tx: Queries, series: Series): Promise<PlaceRun> {
  const { accountId, duringFreeze } = series;
  const coverage = toCoverage(series);
  const around = await readSurroundings(tx, accountId, needOf(coverage));
  const scopes = touchedScopes(around, coverage).map(({ id }) => id);
  return (window, occurrence, overridden = []) => {
    const named = overridesOf(series, occurrence);
    return placeRun({ ...window, scopes }, around.freezes, {
      duringFreeze,
      overridden: [...overridden, ...named.flatMap(({ freezes }) => freezes.map(({ id }) => id))],
      nextStart: () => nextOccurrences(series, occurrence)[0]?.start,
    });
  };
}

async function makeRuns(tx: Queries, plan: Plan, now: Date): Promise<void> {
  const { series, runs, revisions, plannedUntil, nextDueAt } = plan;
  const actor = systemActor(series.accountId);
  await reviseStored(tx, plan, now);
  const frozen = runs.filter(({ placement }) => placement.outcome === 'skipped');
  const missed = runs.filter((run) => run.missed);
  for (const run of runs) {
    if (run.placement.outcome === 'skipped') {
      await insertFrozenRun(tx, plan, run, now);
    } else if (run.missed) {
      const stored = await insertRecorded(tx, series, run, 'missed', now);
      if (run === missed.at(-1) && isNewestMissed(series, run.occurrence, now)) plan.newest = stored;
    } else plan.created.push(await makeRun(tx, series, run, now));
  }
  if (runs.length + revisions.length > 0) {
    await record(tx, actor, now, {
      type: 'series.runs_planned',
      subject: { kind: 'series', id: series.id },
      after: {
        made: runs.length - missed.length - frozen.length,
        missed: missed.length,
        ...(frozen.length > 0 && { frozen: frozen.length }),
        planned_until: utc(plannedUntil),
      },
    });
  }
  await updatePlan(tx, series, { plannedUntil, nextDueAt });
}

/** Skips, moves and withdraws the locked runs that freezes, or the end of freezes, put elsewhere. */
async function reviseStored(tx: Queries, { series, revisions, created }: Plan, now: Date): Promise<void> {
  if (revisions.length === 0) return;
  const frozen = revisions.flatMap(({ run }) => (run.state === 'frozen' ? [run.id] : []));
  await withdrawFrozen(tx, frozen, now);
  const changed = revisions.filter(({ run }) => run.state !== 'frozen');
  const placements = new Map(changed.map(({ run, placement }) => [run.id, placement]));
  for (const run of await readLocked(tx, [...placements.keys()], series.accountId)) {
    const placement = placements.get(run.id);
    if (placement === undefined || run.status !== 'scheduled' || run.run?.state !== 'following') continue;
    const overrides = overridesOf(series, run.run.occurrence);
    const overridden = overrides.flatMap(({ freezes }) => freezes.map((freeze) => freeze.id));
    const after = await holdRun(tx, run, placement, now, { channels: series.channels, overridden });
    for (const override of overrides) await recordOverride(tx, after, override, now);
    if (after.status === 'scheduled') created.push(after);
  }
}

const toRun = (series: Series, { start, end, placement }: PlannedRun) => ({
  ...runDefaults(series),
  key: newKey(RUN_KEY_CHARS),
  scheduledStart: start,
  scheduledEnd: end,
  freezeReason: describeReasons(placement.freezes),
});

async function makeRun(tx: Queries, series: Series, run: PlannedRun, now: Date): Promise<Maintenance> {
  const overrides = overridesOf(series, run.occurrence);
  const overriddenFreezes = overrides.flatMap(({ freezes }) => freezes.map(({ id }) => id));
  const actor = systemActor(series.accountId);
  const made = await createMaintenance(tx, actor, now, {
    values: { ...toRun(series, run), overriddenFreezes },
    // Nobody is there to choose another time: the series says what happens to a run in a freeze.
    rules: { requesters: series.requestedBy, standing: series.standingApproval, unattended: true },
    channels: series.channels,
    run: { series, occurrence: run.occurrence },
  });
  for (const override of overrides) await recordOverride(tx, made, override, now);
  if (run.placement.outcome === 'moved') await recordMove(tx, made, run.placement, now);
  return made;
}

async function insertRecorded(tx: Queries, series: Series, run: PlannedRun, recorded: 'missed' | 'frozen', now: Date) {
  const never = { remindedUntil: now, nextDueAt: null, approval: null, requestedBy: [], approved: null, recorded };
  const values = { ...toRun(series, run), ...never, run: { series, occurrence: run.occurrence } };
  return insertMaintenance(tx, values, now);
}

/** Records a run that a freeze skips. Of several in a row, the first is announced, so as not to flood a channel. */
async function insertFrozenRun(tx: Queries, { series, runs, made }: Plan, run: PlannedRun, now: Date): Promise<void> {
  const stored = await insertRecorded(tx, series, run, 'frozen', now);
  const sorted = made.toSorted((a, b) => a.occurrence.getTime() - b.occurrence.getTime());
  const at = sorted.findIndex(({ occurrence }) => occurrence.getTime() === run.occurrence.getTime());
  const isNew = (each: StoredRun) => runs.some(({ occurrence }) => occurrence.getTime() === each.occurrence.getTime());
  const later = sorted.slice(at + 1);
  const end = later.findIndex((each) => each.frozen !== true || !isNew(each));
  const more = end === -1 ? later.length : end;
  await record(tx, systemActor(series.accountId), now, {
    type: 'maintenance.freeze_skipped',
    maintenanceId: stored.id,
    after: { status: stored.status, freezes: toNamed(run.placement.freezes), ...(more > 0 && { more }) },
  });
  if (sorted[at - 1]?.frozen !== true) await announceEverywhere(tx, stored, series.channels);
}

/** Announces only the newest of those missed in a row, with their count, so as not to flood a channel. */
async function reportMissed(tx: Queries, plans: readonly Plan[], now: Date): Promise<void> {
  const reported = plans.flatMap(({ series, newest }) => (newest ? [{ series, newest }] : []));
  if (reported.length === 0) return;
  const counts = await countMissedInARow(
    tx,
    reported.map(({ series, newest }) => ({
      seriesId: series.id,
      occurrence: newest.run?.occurrence ?? newest.scheduledStart,
    })),
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
      ? made.map((run) => (isGone(run) ? { ...run, open: false, state: 'skipped' as const } : run))
      : made.filter((run) => !isGone(run)),
  });
}

/** Cancels a scheduled run that its series takes back. Its occurrence may be made again. */
export async function withdrawRun(tx: Queries, actor: Actor, run: Maintenance, now: Date, reason: string) {
  await endMaintenance(tx, actor, run, now, 'canceled', 'maintenance.canceled', { reason, runState: 'withdrawn' });
}
