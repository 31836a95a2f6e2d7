import { record } from '../../audit/record.ts';
import { insertMutes } from '../../checks/mute-repository.ts';
import type { Actor } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { requestNextRun } from '../../series/repository.ts';
import { windowOver } from '../errors.ts';
import { updateMaintenance } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { nextDue } from '../rules/lifecycle.ts';
import { startedEarly, startTimes } from '../rules/times.ts';
import { announceEverywhere, reconcileChecks, toCoverage } from './announce.ts';
import { applyRules, recordEnteredFreezes } from './apply-rules.ts';
import { findChecksToMute, resolveSelection } from './coverage.ts';
import { withMaintenance } from './find.ts';
import { notifyOwner } from './notify-owner.ts';

/**
 * Starts a scheduled maintenance before its instant. It keeps its plan, and lasts as long as planned.
 * @param overrideReason why freezes that block are overridden
 * @returns undefined when the request `once` was acted upon before
 * @throws FreezeConflict, or UserError `forbidden`, `not-found`, `wrong-status`, `window-over` or `approval-missing`
 */
export async function start(ctx: ActionContext, actor: Actor, id: number, once?: string, overrideReason?: string) {
  return withMaintenance(ctx, actor, id, 'start', once, async (tx, maintenance, now) => {
    if (maintenance.scheduledEnd <= now) throw windowOver({ id });
    const { entered } = await applyRules(tx, actor, now, {
      before: maintenance,
      times: { ...maintenance, ...startTimes(maintenance, now) },
      coverage: toCoverage(maintenance),
      overrideReason,
    });
    await recordEnteredFreezes(tx, actor, now, id, entered);
    return startMaintenance(tx, actor, maintenance, now);
  });
}

/** Moves a locked, scheduled maintenance to `in-progress`, and mutes its checks. `lateBy` in milliseconds. */
export async function startMaintenance(tx: Queries, actor: Actor, maintenance: Maintenance, now: Date, lateBy = 0) {
  const { accountId, id, status, scheduledStart, scheduledEnd } = maintenance;
  const checks = await findChecksToMute(tx, maintenance);
  const next = { ...startTimes(maintenance, now), remindedUntil: now };
  const nextDueAt = nextDue({ ...maintenance, ...next });
  const selection = await resolveSelection(tx, maintenance);
  const started = await updateMaintenance(tx, maintenance, { ...next, nextDueAt, ...selection }, now);
  await insertMutes(tx, accountId, id, checks, now);
  const plan = { scheduled_start_date: utc(scheduledStart), scheduled_end_date: utc(scheduledEnd) };
  const event = await record(tx, actor, now, {
    type: 'maintenance.started',
    maintenanceId: id,
    before: { status, ...(startedEarly(started) ? plan : {}) },
    after: {
      status: started.status,
      start_date: utc(now),
      ends_at: utc(next.endsAt),
      late_by_minutes: Math.floor(lateBy / 60_000),
      check_count: checks.length,
    },
  });
  await announceEverywhere(tx, started);
  await reconcileChecks(tx, accountId, checks);
  if (lateBy > 0) await notifyOwner(tx, started, 'started-late', event);
  await requestNextRun(tx, maintenance, now);
  await wakeSchedulers(tx);
  return started;
}
