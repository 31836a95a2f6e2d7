import { readSettings } from '../../access/accounts.ts';
import { record } from '../../audit/record.ts';
import { endMutes, listMutes } from '../../checks/mute-repository.ts';
import { assertValid } from '../../core/errors.ts';
import { MAX_COMMENT_CHARS } from '../../core/limits.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type ActionContext, inTransactionOnce } from '../../platform/transactions.ts';
import { requestNextRun } from '../../series/commands/plan.ts';
import { detachRun, type RunState } from '../../series/rules.ts';
import { wrongStatus } from '../errors.ts';
import { updateMaintenance } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can, computeEndedAt, computePostCheckAt, nextDue } from '../rules/lifecycle.ts';
import { validateText } from '../rules/validation.ts';
import { announceEverywhere, reconcileChecks } from './announce.ts';
import { lockForChange } from './find.ts';
import { notifyOwner } from './notify-owner.ts';

/**
 * Ends a maintenance in progress now, as succeeded or failed.
 * @param note what its threads say of it, in public channels as well
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, `invalid` for an endless note, or `conflict` when it is not in progress
 */
export async function finish(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  outcome: 'succeed' | 'failed',
  once?: string,
  note = '',
): Promise<Maintenance | undefined> {
  authorize(actor, 'finish');
  const problems = validateText('note', note, MAX_COMMENT_CHARS);
  assertValid(problems);
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    if (!can(maintenance.status, 'finish')) {
      throw wrongStatus({ id, status: maintenance.status, action: 'finish' });
    }
    return endMaintenance(
      tx,
      actor,
      maintenance,
      now,
      outcome,
      'maintenance.finished',
      note.trim() === '' ? {} : { reason: note.trim() },
    );
  });
}

/** Moves a locked maintenance to its last status, ends its holds, and tells of it. `lateBy` in milliseconds. */
export async function endMaintenance(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  now: Date,
  status: 'succeed' | 'failed' | 'canceled',
  type: 'maintenance.finished' | 'maintenance.canceled' | 'maintenance.skipped' | 'maintenance.approval_expired',
  { lateBy = 0, runState, ...details }: { reason?: string; lateBy?: number; runState?: RunState } = {},
): Promise<Maintenance> {
  const end = computeEndedAt(maintenance, now);
  const mutes = await listMutes(tx, actor.accountId, maintenance.id);
  const switched = mutes.some(({ outcome }) => outcome === 'muted');
  const postCheckAt = switched
    ? computePostCheckAt(end, (await readSettings(tx, actor.accountId)).postCheckAfter)
    : null;
  const over = { status, endedAt: end, endsAt: null, postCheckAt };
  const ended = await updateMaintenance(
    tx,
    maintenance,
    { ...over, nextDueAt: nextDue({ ...maintenance, ...over }), ...(runState === undefined ? {} : { runState }) },
    now,
  );
  await endMutes(tx, actor.accountId, maintenance.id, now);
  const event = await record(tx, actor, now, {
    type,
    maintenanceId: maintenance.id,
    before: { status: maintenance.status, ends_at: maintenance.endsAt && utc(maintenance.endsAt) },
    after: {
      status,
      end_date: utc(end),
      ...(lateBy > 0 ? { late_by_minutes: Math.floor(lateBy / 60_000) } : {}),
      ...details,
    },
  });
  await announceEverywhere(tx, ended);
  await reconcileChecks(
    tx,
    actor.accountId,
    mutes.map((mute) => mute.checkId),
  );
  if (lateBy > 0) await notifyOwner(tx, ended, 'ended-late', event);
  if (type === 'maintenance.approval_expired') await notifyOwner(tx, ended, 'not-approved', event);
  await requestNextRun(tx, maintenance, now);
  await wakeSchedulers(tx);
  return ended;
}

/**
 * Cancels a maintenance that is scheduled or in progress; its checks go on again at once.
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, `invalid` for an endless reason, or `conflict` when it is over already
 */
export async function cancel(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  reason: string | undefined,
  once?: string,
): Promise<Maintenance | undefined> {
  authorize(actor, 'cancel');
  const problems = validateText('reason', reason ?? '', MAX_COMMENT_CHARS);
  assertValid(problems);
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    if (!can(maintenance.status, 'cancel')) {
      throw wrongStatus({ id, status: maintenance.status, action: 'cancel' });
    }
    const details = { ...(reason ? { reason } : {}), ...detachRun(maintenance.run) };
    return endMaintenance(tx, actor, maintenance, now, 'canceled', 'maintenance.canceled', details);
  });
}

/**
 * Deletes a maintenance: no list, feed or door shows it any more. One that is scheduled or in progress is canceled first,
 * its channels are told, and its checks go on again at once. What is in the audit stays, as do the messages in Slack.
 * @returns the maintenance as it was left; undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, or `not-found`, also for one that is deleted already
 */
export async function deleteMaintenance(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: string,
): Promise<Maintenance | undefined> {
  authorize(actor, 'delete');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    const over = can(maintenance.status, 'cancel')
      ? await endMaintenance(
          tx,
          actor,
          maintenance,
          now,
          'canceled',
          'maintenance.canceled',
          detachRun(maintenance.run),
        )
      : maintenance;
    const deleted = await updateMaintenance(tx, over, { deletedAt: now, postCheckAt: null, nextDueAt: null }, now);
    await record(tx, actor, now, {
      type: 'maintenance.deleted',
      maintenanceId: id,
      internal: true,
      before: { name: maintenance.name, status: maintenance.status },
    });
    return deleted;
  });
}
