import { mayBegin } from '../../approvals/rules.ts';
import { record } from '../../audit/record.ts';
import { takeHolds } from '../../checks/mutes.ts';
import { Refusal } from '../../core/errors.ts';
import { type Actor, mustBeAllowed } from '../../core/permissions.ts';
import { mindFreezes, recordPassed, windowOf } from '../../freezes/assert-not-frozen.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type Ground, transactOnce } from '../../platform/transactions.ts';
import { wantNextRun } from '../../series/commands/plan.ts';
import { can, nextDue, STANDS, startedEarly } from '../lifecycle.ts';
import { updateMaintenance } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { announceEverywhere, enforce } from './announce.ts';
import { choosing, switchedBy } from './coverage.ts';
import { lock } from './find.ts';
import { notifyOwner } from './notify-owner.ts';

/**
 * Starts a scheduled maintenance before its instant. It keeps its length (domain/lifecycle).
 * @param overrideReason why a freeze that it would begin into should not hold
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden`, `not-found`, or `conflict` when its status or a missing approval does not allow it;
 *   Frozen when a freeze blocks it
 */
export async function start(
  ground: Ground,
  actor: Actor,
  id: number,
  once?: string,
  overrideReason?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'start');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    if (!can(maintenance.status, 'start')) {
      throw new Refusal(
        'conflict',
        `Maintenance ${id} ${STANDS[maintenance.status]}; only a scheduled one can be started.`,
      );
    }
    if (!mayBegin(maintenance)) {
      const said = maintenance.approval === 'declined' ? 'was declined' : 'is not approved yet';
      throw new Refusal(
        'conflict',
        `Maintenance ${id} ${said}. A second person approves it: /maintenance approve ${id}.`,
      );
    }
    const planned = { start: maintenance.scheduledStart, end: maintenance.scheduledEnd };
    if (planned.end <= now) {
      throw new Refusal('conflict', `The window of maintenance ${id} is over already; schedule a new one.`);
    }
    // Begun early it is another window.
    const window = windowOf(maintenance);
    const passed = await mindFreezes(tx, actor, { ...window, ...startedEarly(planned, now) }, overrideReason, window);
    await recordPassed(tx, actor, now, id, passed);
    return begin(tx, actor, maintenance, now, 0);
  });
}

/** Moves a locked, scheduled maintenance to `in-progress`, takes its holds, and tells of it. `lateBy` in milliseconds. */
export async function begin(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  now: Date,
  lateBy: number,
): Promise<Maintenance> {
  const planned = { start: maintenance.scheduledStart, end: maintenance.scheduledEnd };
  const window = startedEarly(planned, now);
  const moved = window !== planned;
  const checks = await switchedBy(tx, maintenance);
  const next = {
    status: 'in-progress',
    scheduledStart: window.start,
    scheduledEnd: window.end,
    startedAt: now,
    endedAt: null,
    remindedUntil: now,
  } as const;
  const started = await updateMaintenance(
    tx,
    maintenance,
    { ...next, nextDueAt: nextDue({ ...maintenance, ...next }), ...(await choosing(tx, maintenance)) },
    now,
  );
  await takeHolds(tx, actor.accountId, maintenance.id, checks, now);
  const event = await record(tx, actor, now, {
    action: 'start',
    maintenanceId: maintenance.id,
    before: {
      status: maintenance.status,
      ...(moved
        ? { scheduled_start_date: planned.start.toISOString(), scheduled_end_date: planned.end.toISOString() }
        : {}),
    },
    after: {
      status: started.status,
      start_date: now.toISOString(),
      scheduled_end_date: window.end.toISOString(),
      late_by_minutes: Math.floor(lateBy / 60_000),
      checks: checks.length,
    },
  });
  await announceEverywhere(tx, started);
  await enforce(tx, actor.accountId, checks);
  if (lateBy > 0) await notifyOwner(tx, started, 'started-late', event);
  await wantNextRun(tx, maintenance, now);
  await wakeSchedulers(tx);
  return started;
}
