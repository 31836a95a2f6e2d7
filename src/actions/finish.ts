import { can, endedAt, lookAgainAt, nextDue, STANDS } from '../domain/lifecycle.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import type { RunState } from '../domain/series.ts';
import { LONGEST_COMMENT, problemsOfText } from '../domain/window.ts';
import { lookAfter } from '../store/aftermath.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { endHolds, holdsOf } from '../store/holds.ts';
import { wakeSchedulers } from '../store/jobs.ts';
import { updateMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, lock, transactOnce } from './action.ts';
import { announceEverywhere, enforce } from './effects.ts';
import { notifyOwner } from './notify-owner.ts';
import { wantNextRun } from './plan-runs.ts';

/**
 * Ends a maintenance in progress now, as succeeded or failed.
 * @param note what its threads say of it, in public channels as well
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden`, `not-found`, `invalid` for an endless note, or `conflict` when it is not in progress
 */
export async function finish(
  ground: Ground,
  actor: Actor,
  id: number,
  outcome: 'succeed' | 'failed',
  once?: string,
  note = '',
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'finish');
  const problems = problemsOfText('note', note, LONGEST_COMMENT);
  if (problems.length > 0) throw Refusal.invalid(problems);
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    if (!can(maintenance.status, 'finish')) {
      throw new Refusal(
        'conflict',
        `Maintenance ${id} ${STANDS[maintenance.status]}; only one in progress can be ended.`,
      );
    }
    return end(tx, actor, maintenance, now, outcome, 'finish', note.trim() === '' ? {} : { reason: note.trim() });
  });
}

/** Moves a locked maintenance to its last status, ends its holds, and tells of it. `lateBy` in milliseconds. */
export async function end(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  now: Date,
  status: 'succeed' | 'failed' | 'canceled',
  action: 'finish' | 'cancel' | 'skip' | 'lapse',
  { lateBy = 0, runState, ...details }: { reason?: string; lateBy?: number; runState?: RunState } = {},
): Promise<Maintenance> {
  const end = endedAt(maintenance, now);
  const holds = await holdsOf(tx, actor.accountId, maintenance.id);
  const switched = holds.some(({ outcome }) => outcome === 'disabled');
  const lookAt = switched ? lookAgainAt(end, await lookAfter(tx, actor.accountId)) : null;
  const over = { status, endedAt: end, lookAt };
  const ended = await updateMaintenance(
    tx,
    maintenance,
    { ...over, nextDueAt: nextDue({ ...maintenance, ...over }), ...(runState === undefined ? {} : { runState }) },
    now,
  );
  await endHolds(tx, actor.accountId, maintenance.id, now);
  const event = await record(tx, actor, now, {
    action,
    maintenanceId: maintenance.id,
    before: { status: maintenance.status, scheduled_end_date: maintenance.scheduledEnd.toISOString() },
    after: {
      status,
      end_date: end.toISOString(),
      ...(lateBy > 0 ? { late_by_minutes: Math.floor(lateBy / 60_000) } : {}),
      ...details,
    },
  });
  await announceEverywhere(tx, ended);
  await enforce(
    tx,
    actor.accountId,
    holds.map((hold) => hold.checkId),
  );
  if (lateBy > 0) await notifyOwner(tx, ended, 'ended-late', event);
  if (action === 'lapse') await notifyOwner(tx, ended, 'not-approved', event);
  await wantNextRun(tx, maintenance, now);
  await wakeSchedulers(tx);
  return ended;
}
