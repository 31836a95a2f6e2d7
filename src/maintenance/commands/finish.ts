import { readSettings } from '../../access/accounts.ts';
import { record } from '../../audit/record.ts';
import { endMutes, listMutes } from '../../checks/mute-repository.ts';
import { assertValid } from '../../core/errors.ts';
import { MAX_COMMENT_CHARS } from '../../core/limits.ts';
import type { Actor } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { requestNextRun } from '../../series/repository.ts';
import { detachRun, type RunState } from '../../series/rules.ts';
import { updateMaintenance } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can, computeEndedAt, computePostCheckAt, nextDue } from '../rules/lifecycle.ts';
import { validateText } from '../rules/validation.ts';
import { announceEverywhere, reconcileChecks } from './announce.ts';
import { withMaintenance } from './find.ts';
import { notifyOwner } from './notify-owner.ts';

/**
 * Ends a maintenance in progress now, as succeeded or failed.
 * @param note shown in its threads, in public channels as well
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, `invalid-request` for a note that is too long, or `wrong-status`
 */
export async function finish(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  outcome: 'succeed' | 'failed',
  once?: string,
  note = '',
): Promise<Maintenance | undefined> {
  return withMaintenance(ctx, actor, id, 'finish', once, async (tx, maintenance, now) => {
    assertValid(validateText('note', note, MAX_COMMENT_CHARS));
    const details = note.trim() === '' ? {} : { reason: note.trim() };
    return endMaintenance(tx, actor, maintenance, now, outcome, 'maintenance.finished', details);
  });
}

/** Moves a locked maintenance to its last status, and unmutes its checks. `lateBy` in milliseconds. */
export async function endMaintenance(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  now: Date,
  status: 'succeed' | 'failed' | 'canceled',
  type: 'maintenance.finished' | 'maintenance.canceled' | 'maintenance.skipped' | 'maintenance.approval_expired',
  { lateBy = 0, runState, ...details }: { reason?: string; lateBy?: number; runState?: RunState } = {},
): Promise<Maintenance> {
  const { accountId, id, endsAt } = maintenance;
  const endedAt = computeEndedAt(maintenance, now);
  const mutes = await listMutes(tx, accountId, id);
  const muted = mutes.some(({ outcome }) => outcome === 'muted');
  const postCheckAt = muted ? computePostCheckAt(endedAt, (await readSettings(tx, accountId)).postCheckAfter) : null;
  const next = { status, endedAt, endsAt: null, postCheckAt, ...(runState && { runState }) };
  const nextDueAt = nextDue({ ...maintenance, ...next });
  const ended = await updateMaintenance(tx, maintenance, { ...next, nextDueAt }, now);
  await endMutes(tx, accountId, id, now);
  const event = await record(tx, actor, now, {
    type,
    maintenanceId: id,
    before: { status: maintenance.status, ends_at: endsAt && utc(endsAt) },
    after: {
      status,
      end_date: utc(endedAt),
      ...(lateBy > 0 ? { late_by_minutes: Math.floor(lateBy / 60_000) } : {}),
      ...details,
    },
  });
  await announceEverywhere(tx, ended);
  await reconcileChecks(
    tx,
    accountId,
    mutes.map(({ checkId }) => checkId),
  );
  if (lateBy > 0) await notifyOwner(tx, ended, 'ended-late', event);
  if (type === 'maintenance.approval_expired') await notifyOwner(tx, ended, 'not-approved', event);
  await requestNextRun(tx, maintenance, now);
  await wakeSchedulers(tx);
  return ended;
}

/**
 * Cancels a maintenance that is scheduled or in progress, and unmutes its checks.
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, `invalid-request` for a reason that is too long, or `wrong-status`
 */
export async function cancel(ctx: ActionContext, actor: Actor, id: number, reason = '', once?: string) {
  return withMaintenance(ctx, actor, id, 'cancel', once, async (tx, maintenance, now) => {
    assertValid(validateText('reason', reason, MAX_COMMENT_CHARS));
    const details = { ...(reason && { reason }), ...detachRun(maintenance.run) };
    return endMaintenance(tx, actor, maintenance, now, 'canceled', 'maintenance.canceled', details);
  });
}

/**
 * Deletes a maintenance: no list or feed shows it any more. An open one is canceled first. The audit log keeps its events,
 * and Slack its messages.
 * @returns the maintenance as it was left; undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, or `not-found`, also for one that is deleted already
 */
export async function deleteMaintenance(ctx: ActionContext, actor: Actor, id: number, once?: string) {
  return withMaintenance(ctx, actor, id, 'delete', once, async (tx, maintenance, now) => {
    const { name, status, run } = maintenance;
    const over = can(status, 'cancel')
      ? await endMaintenance(tx, actor, maintenance, now, 'canceled', 'maintenance.canceled', detachRun(run))
      : maintenance;
    const deleted = await updateMaintenance(tx, over, { deletedAt: now, postCheckAt: null, nextDueAt: null }, now);
    const before = { name, status };
    await record(tx, actor, now, { type: 'maintenance.deleted', maintenanceId: id, internal: true, before });
    return deleted;
  });
}
