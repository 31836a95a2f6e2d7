import { record } from '../../audit/record.ts';
import { insertMutes } from '../../checks/mute-repository.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type ActionContext, inTransactionOnce } from '../../platform/transactions.ts';
import { requestNextRun } from '../../series/commands/plan.ts';
import { windowOver, wrongStatus } from '../errors.ts';
import { updateMaintenance } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can, nextDue } from '../rules/lifecycle.ts';
import { startedEarly, startTimes } from '../rules/times.ts';
import { announceEverywhere, reconcileChecks, toCoverage } from './announce.ts';
import { applyRules, recordEnteredFreezes } from './apply-rules.ts';
import { findChecksToMute, resolveSelection } from './coverage.ts';
import { lockForChange } from './find.ts';
import { notifyOwner } from './notify-owner.ts';

/**
 * Starts a scheduled maintenance before its instant. It keeps its plan, and lasts as long as planned.
 * @param overrideReason why a freeze that it would begin into should not hold
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, or `conflict` when its status or a missing approval does not allow it;
 *   FreezeConflict when a freeze blocks it
 */
export async function start(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: string,
  overrideReason?: string,
): Promise<Maintenance | undefined> {
  authorize(actor, 'start');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    if (!can(maintenance.status, 'start')) {
      throw wrongStatus({ id, status: maintenance.status, action: 'start' });
    }
    if (maintenance.scheduledEnd <= now) throw windowOver({ id });
    const after = { times: { ...maintenance, ...startTimes(maintenance, now) }, coverage: toCoverage(maintenance) };
    const { entered } = await applyRules(tx, actor, now, { before: maintenance, after, overrideReason });
    await recordEnteredFreezes(tx, actor, now, id, entered);
    return startMaintenance(tx, actor, maintenance, now, 0);
  });
}

/** Moves a locked, scheduled maintenance to `in-progress`, takes its holds, and tells of it. `lateBy` in milliseconds. */
export async function startMaintenance(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  now: Date,
  lateBy: number,
): Promise<Maintenance> {
  const checks = await findChecksToMute(tx, maintenance);
  const next = { ...startTimes(maintenance, now), remindedUntil: now };
  const started = await updateMaintenance(
    tx,
    maintenance,
    { ...next, nextDueAt: nextDue({ ...maintenance, ...next }), ...(await resolveSelection(tx, maintenance)) },
    now,
  );
  await insertMutes(tx, actor.accountId, maintenance.id, checks, now);
  const event = await record(tx, actor, now, {
    type: 'maintenance.started',
    maintenanceId: maintenance.id,
    before: {
      status: maintenance.status,
      ...(startedEarly(started)
        ? {
            scheduled_start_date: utc(started.scheduledStart),
            scheduled_end_date: utc(started.scheduledEnd),
          }
        : {}),
    },
    after: {
      status: started.status,
      start_date: utc(now),
      ends_at: utc(next.endsAt),
      late_by_minutes: Math.floor(lateBy / 60_000),
      check_count: checks.length,
    },
  });
  await announceEverywhere(tx, started);
  await reconcileChecks(tx, actor.accountId, checks);
  if (lateBy > 0) await notifyOwner(tx, started, 'started-late', event);
  await requestNextRun(tx, maintenance, now);
  await wakeSchedulers(tx);
  return started;
}
