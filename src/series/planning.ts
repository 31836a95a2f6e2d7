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
import { insertMissedRuns, type NewMaintenance } from '../maintenance/repository/changes.ts';
import { listMaintenances } from '../maintenance/repository/list.ts';
import { countMissedInARow, findMaintenance, type Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Queries } from '../platform/database.ts';
import {
  type ActionContext,
  type Advanced,
  inTransaction,
  inTransactionOnce,
  nothingDue,
  type Repeated,
} from '../platform/transactions.ts';
import { seriesNotFound } from './errors.ts';
import { listMadeRuns, lockDueSeries, lockSeries, type Series, updatePlan } from './repository.ts';
import { computePlanningDueAt, isNewestMissed, type PlannedRun, planNextRuns } from './rules.ts';

/** Max runs made in one transaction; a series with more to make stays due. */
const MAX_RUNS_AT_ONCE = 50;
/** Longer than keys that people type: a series makes many, and none may be made twice. */
const RUN_KEY_CHARS = 7;
/** More than a series ever has scheduled, those moved by hand included. */
const MAX_SCHEDULED = 1000;

/**
 * Makes the due runs of one series, in one transaction with their effects.
 * @param except the ids to skip: a series that cannot be planned must not hold up the others
 */
export async function planDueSeries(ctx: ActionContext, except: readonly number[] = []): Promise<Advanced> {
  let id: number | undefined;
  try {
    await inTransaction(ctx, async (tx, now) => {
      id = undefined;
      const series = await lockDueSeries(tx, now, except);
      if (series === undefined) return;
      id = series.id;
      await planRuns(tx, series, now);
    });
  } catch (error) {
    // Without an id, the database itself failed, and the scheduler waits for it.
    if (id === undefined) throw error;
    return { ...nothingDue, failed: [{ id, error }] };
  }
  return id === undefined ? nothingDue : { ...nothingDue, moved: [id] };
}

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
  const made = await listMadeRuns(tx, series, series.plannedUntil < now ? series.plannedUntil : now);
  const { runs, plannedUntil } = planNextRuns(series, made, now, MAX_RUNS_AT_ONCE);
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
  return updatePlan(tx, series, { plannedUntil, nextDueAt });
}

async function makeRun(tx: Queries, series: Series, { start, end }: PlannedRun, now: Date): Promise<void> {
  await createMaintenance(tx, systemActor(series.accountId), now, {
    values: { ...runDefaults(series), key: newKey(RUN_KEY_CHARS), scheduledStart: start, scheduledEnd: end },
    // Nobody is there to be asked about a freeze: the threads show it, and people skip the run, move it, or leave it.
    rules: { requesterId: series.owner.id, unattended: true },
    channels: series.channels,
    series,
  });
}

/** Announces only the newest of those missed in a row, with their count, so as not to flood a channel. */
async function recordMissed(tx: Queries, series: Series, missed: readonly PlannedRun[], now: Date): Promise<void> {
  const last = missed.at(-1);
  if (last === undefined) return;
  const { accountId } = series;
  const windows = missed.map(({ start, end }) => ({ key: newKey(RUN_KEY_CHARS), start, end }));
  const id = (await insertMissedRuns(tx, runDefaults(series), series.id, windows, now)).at(-1);
  if (id === undefined || !isNewestMissed(series, last.start, now)) return;
  const newest = await findMaintenance(tx, accountId, id);
  if (newest === undefined) throw new Error(`maintenance ${id} was inserted but not found`);
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
