import { record } from '../../audit/record.ts';
import { pick } from '../../core/fields.ts';
import { newKey } from '../../core/keys.ts';
import { type Actor, systemActor } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import { announceEverywhere, toCoverage } from '../../maintenance/commands/announce.ts';
import { applyRules, newTimes, recordEnteredFreezes } from '../../maintenance/commands/apply-rules.ts';
import { assertWithinScopes } from '../../maintenance/commands/find.ts';
import { notifyOwner } from '../../maintenance/commands/notify-owner.ts';
import { CONTENT_FIELDS } from '../../maintenance/fields.ts';
import { insertMaintenance, insertMissedRuns, type NewMaintenance } from '../../maintenance/repository/changes.ts';
import {
  countMissedInARow,
  findMaintenance,
  listMaintenances,
  type Maintenance,
} from '../../maintenance/repository/maintenances.ts';
import { nextDue } from '../../maintenance/rules/lifecycle.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type ActionContext, type AdvanceResult, advanceOneStep } from '../../platform/transactions.ts';
import { seriesNotFound } from '../errors.ts';
import { listMadeRuns, lockDueSeries, lockSeries, makeSeriesDue, type Series, updatePlan } from '../repository.ts';
import { computePlanningDueAt, isNewestMissed, type PlannedRun, planNextRuns } from '../rules.ts';

/** How many runs one transaction makes; a series with more to make stays due. */
const AT_ONCE = 50;
/** Longer than keys that people type: a series makes many, and none may be made twice. */
const KEY_LENGTH = 7;
/** More than ever wait of one series (domain/series), those moved by hand included. */
const MOST_OPEN = 1000;

/**
 * Makes the runs of one series whose instant has come, in one transaction with their effects.
 * @param except the ids to pass over: one that cannot be planned must not hold up the others
 */
export async function planDueSeries(ctx: ActionContext, except: readonly number[] = []): Promise<AdvanceResult> {
  return advanceOneStep(ctx, async (tx, now, took) => {
    const series = await lockDueSeries(tx, now, except);
    if (series === undefined) return;
    took(series.id);
    await planRuns(tx, series, now);
  });
}

/** A series to be changed, with its scheduled runs by their start; all of them locked, and what is due of it made. */
export async function lockSeriesForChange(
  tx: Queries,
  actor: Actor,
  id: number,
  now: Date,
): Promise<{ readonly series: Series; readonly runs: readonly Maintenance[] }> {
  const { accountId } = actor;
  let series = await lockSeries(tx, accountId, id);
  if (series === undefined) throw seriesNotFound({ ref: id });
  await assertWithinScopes(tx, actor, toCoverage(series), seriesNotFound({ ref: id }));
  if (series.nextDueAt !== null && series.nextDueAt <= now) series = await planRuns(tx, series, now);
  const runs = await listMaintenances(tx, accountId, { series: id, statuses: ['scheduled'] }, { limit: MOST_OPEN });
  return { series, runs };
}

/** Makes the runs of a locked series that are due at `now`, and says when to look again. */
export async function planRuns(tx: Queries, series: Series, now: Date): Promise<Series> {
  const made = await listMadeRuns(tx, series, series.plannedUntil < now ? series.plannedUntil : now);
  const { runs, plannedUntil } = planNextRuns(series, made, now, AT_ONCE);
  const missed = runs.filter((run) => run.missed);
  const open = runs.filter((run) => !run.missed);
  await recordMissed(tx, series, missed, now);
  for (const run of open) await makeRun(tx, series, run, now);
  if (runs.length > 0) {
    await record(tx, systemActor(series.accountId), now, {
      type: 'series.runs_planned',
      subject: { kind: 'series', id: series.id },
      after: { made: open.length, missed: missed.length, planned_until: utc(plannedUntil) },
    });
  }
  const known = [...made, ...runs.map(({ start, missed }) => ({ occurrence: start, open: !missed }))];
  const nextDueAt = computePlanningDueAt({ ...series, plannedUntil }, known, now);
  await wakeSchedulers(tx);
  return updatePlan(tx, series, { plannedUntil, nextDueAt });
}

/** A run that was open ahead is no longer: its series may have to make the next one sooner. */
export async function requestNextRun(tx: Queries, { accountId, run, status }: Maintenance, now: Date): Promise<void> {
  if (run !== null && status === 'scheduled' && run.occurrence > now) {
    await makeSeriesDue(tx, accountId, run.series.id, now);
  }
}

async function makeRun(tx: Queries, series: Series, { start, end }: PlannedRun, now: Date): Promise<void> {
  const times = newTimes({ start, end });
  const lifecycle = {
    ...times,
    reminders: series.reminders,
    remindedUntil: now,
    run: { series, occurrence: start },
  };
  const values = runDefaults(series);
  // Nobody is there to be asked about a freeze: the threads show it, and people skip the run, move it, or leave it.
  const { approval, entered } = await applyRules(tx, systemActor(series.accountId), now, {
    before: null,
    after: { times, coverage: values },
    requesterId: series.owner.id,
    unattended: true,
  });
  const run = await insertMaintenance(
    tx,
    {
      ...values,
      key: newKey(KEY_LENGTH),
      scheduledStart: start,
      scheduledEnd: end,
      nextDueAt: nextDue(lifecycle),
      remindedUntil: now,
      ...approval,
      run: { seriesId: series.id, occurrence: start },
    },
    now,
  );
  await record(tx, systemActor(series.accountId), now, {
    type: 'maintenance.scheduled',
    maintenanceId: run.id,
    after: {
      name: run.name,
      scheduled_start_date: utc(start),
      scheduled_end_date: utc(end),
      series: series.key,
    },
  });
  await recordEnteredFreezes(tx, systemActor(series.accountId), now, run.id, entered);
  await announceEverywhere(tx, run, series.channels);
}

/** Only the newest of those missed in a row is announced, and says how many: a channel must not be flooded. */
async function recordMissed(tx: Queries, series: Series, missed: readonly PlannedRun[], now: Date): Promise<void> {
  const last = missed.at(-1);
  if (last === undefined) return;
  const { accountId } = series;
  const windows = missed.map(({ start, end }) => ({ key: newKey(KEY_LENGTH), start, end }));
  const id = (await insertMissedRuns(tx, runDefaults(series), series.id, windows, now)).at(-1);
  if (id === undefined || !isNewestMissed(series, last.start, now)) return;
  const newest = await findMaintenance(tx, accountId, id);
  if (newest === undefined) throw new Error(`maintenance ${id} was made and is not there`);
  const event = await record(tx, systemActor(accountId), now, {
    type: 'maintenance.missed',
    maintenanceId: id,
    after: {
      status: newest.status,
      missed: true,
      missed_in_a_row: await countMissedInARow(tx, accountId, series.id, last.start, now),
    },
  });
  await announceEverywhere(tx, newest, series.channels);
  await notifyOwner(tx, newest, 'missed', event);
}

/** What every run takes from its series. */
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
