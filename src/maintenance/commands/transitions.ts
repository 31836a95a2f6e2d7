import { type Approved, canStart } from '../../approvals/rules.ts';
import { record } from '../../audit/record.ts';
import { findScope } from '../../catalogue/scopes/repository.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { endMutes, insertMutes } from '../../checks/mute-repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { assertValid, UserError } from '../../core/errors.ts';
import { pick } from '../../core/fields.ts';
import { MAX_COMMENT_CHARS, MAX_NAME_CHARS } from '../../core/limits.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { findCreated, saveCreated } from '../../platform/idempotency.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { requestNextRun } from '../../series/repository.ts';
import { detachRun, type RunState } from '../../series/rules.ts';
import {
  alreadyReopened,
  neverStarted,
  nothingToReopen,
  reopenNeedsApproval,
  statusChanged,
  windowOver,
  wrongStatus,
} from '../errors.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { listInternalChannels } from '../repository/announcements.ts';
import { setReminded, updateMaintenance } from '../repository/changes.ts';
import { findMaintenance, findReopening } from '../repository/list.ts';
import { findBelongings } from '../repository/locked.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSurroundings } from '../repository/surroundings.ts';
import { validateRecordedTimes } from '../rules/change.ts';
import { needOf } from '../rules/coverage.ts';
import { can, computePostCheckAt, nextDue } from '../rules/lifecycle.ts';
import type { Reminder } from '../rules/reminders.ts';
import type { Status } from '../rules/status.ts';
import { computeEndedAt, currentWindow, startedEarly, startTimes } from '../rules/times.ts';
import { validateText } from '../rules/validation.ts';
import { announceEverywhere, notifyOwner, reannounce, reconcileChecks, toCoverage } from './announce.ts';
import { applyRules, overriddenBy, recordEnteredFreezes } from './apply-rules.ts';
import { findChecksToMute, resolveSelection } from './coverage.ts';
import { toEditable } from './edit.ts';
import { withMaintenance } from './find.ts';
import { type ScheduleInput, scheduleInTransaction } from './schedule.ts';

/**
 * Starts a scheduled maintenance before its instant. It keeps its plan, and lasts as long as planned.
 * @param overrideReason why freezes that block are overridden
 * @throws FreezeConflict, or UserError `forbidden`, `not-found`, `wrong-status`, `window-over` or `approval-missing`
 */
export async function start(ctx: ActionContext, actor: Actor, id: number, once?: string, overrideReason?: string) {
  return withMaintenance(ctx, actor, id, 'start', once, (tx, maintenance, now) =>
    startLocked(tx, actor, maintenance, now, { overrideReason }),
  );
}

/** Starts a locked, scheduled maintenance as `start` does. @param options.startedAt when it started, if not now */
export async function startLocked(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  now: Date,
  { overrideReason, startedAt }: { overrideReason?: string | undefined; startedAt?: Date | undefined },
): Promise<Maintenance> {
  const { id, scheduledEnd } = maintenance;
  if (scheduledEnd <= now) throw windowOver({ id });
  const times = { ...maintenance, ...startTimes(maintenance, now, startedAt) };
  const { entered, approval } = await applyRules(tx, actor, now, {
    before: maintenance,
    times,
    coverage: toCoverage(maintenance),
    problems: validateRecordedTimes(times),
    overrideReason,
  });
  await recordEnteredFreezes(tx, actor, now, id, entered);
  const { overriddenFreezes } = overriddenBy(entered, maintenance.overriddenFreezes);
  const { approved } = approval;
  return startMaintenance(tx, actor, maintenance, now, { startedAt, approved, overriddenFreezes });
}

/** Moves a locked, scheduled maintenance to `in-progress`, and mutes its checks. `lateBy` in milliseconds. */
export async function startMaintenance(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  now: Date,
  {
    lateBy = 0,
    startedAt = now,
    approved = maintenance.approved,
    overriddenFreezes,
  }: {
    lateBy?: number;
    startedAt?: Date | undefined;
    approved?: Approved | null;
    overriddenFreezes?: readonly number[] | undefined;
  } = {},
) {
  const { accountId, id, status, scheduledStart, scheduledEnd } = maintenance;
  const checks = await findChecksToMute(tx, maintenance);
  const next = { ...startTimes(maintenance, now, startedAt), approved, remindedUntil: now };
  const nextDueAt = nextDue({ ...maintenance, ...next });
  const selection = await resolveSelection(tx, maintenance);
  const started = await updateMaintenance(
    tx,
    maintenance,
    { ...next, nextDueAt, ...selection, overriddenFreezes },
    now,
  );
  await insertMutes(tx, accountId, id, checks, now);
  const plan = { scheduled_start_date: utc(scheduledStart), scheduled_end_date: utc(scheduledEnd) };
  const event = await record(tx, actor, now, {
    type: 'maintenance.started',
    maintenanceId: id,
    before: { status, ...(startedEarly(started) ? plan : {}) },
    after: {
      status: started.status,
      start_date: utc(startedAt),
      ends_at: utc(next.endsAt),
      late_by_minutes: Math.floor(lateBy / 60_000),
      check_count: checks.length,
    },
  });
  await announceEverywhere(tx, started);
  await reconcileChecks(tx, accountId, checks);
  if (lateBy > 0) await notifyOwner(tx, started, 'started-late', event);
  await requestNextRun(tx, maintenance, now);
  return started;
}

/**
 * Ends a maintenance in progress now, as succeeded or failed.
 * @param note shown in its threads, in public channels as well
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
  type:
    | 'maintenance.finished'
    | 'maintenance.canceled'
    | 'maintenance.skipped'
    | 'maintenance.approval_expired'
    | 'maintenance.freeze_skipped',
  {
    lateBy = 0,
    runState,
    endedAt = computeEndedAt(maintenance, now),
    freezeReason,
    freezes = [],
    ...details
  }: {
    reason?: string;
    lateBy?: number;
    runState?: RunState;
    endedAt?: Date | undefined;
    freezeReason?: string | null;
    freezes?: readonly { readonly id: number; readonly reason: string }[];
  } = {},
): Promise<Maintenance> {
  const { accountId, id, endsAt } = maintenance;
  const { mutes } = await findBelongings(tx, id);
  const checks = [...mutes.keys()];
  const around = await readSurroundings(tx, accountId, { ...needOf(toCoverage(maintenance)), checks });
  const muted = [...mutes.values()].some(({ outcome }) => outcome === 'muted');
  const postCheckAt = muted ? computePostCheckAt(now, around.postCheckAfter) : null;
  const next = { status, endedAt, endsAt: null, postCheckAt, freezeReason, ...(runState && { runState }) };
  const nextDueAt = nextDue({ ...maintenance, ...next });
  const ended = await updateMaintenance(tx, maintenance, { ...next, nextDueAt }, now);
  await endMutes(tx, id, now);
  const before = { status: maintenance.status, ends_at: endsAt && utc(endsAt) };
  const after = {
    status,
    end_date: utc(endedAt),
    ...(lateBy > 0 ? { late_by_minutes: Math.floor(lateBy / 60_000) } : {}),
    ...details,
  };
  const about = { maintenanceId: id, before };
  const event = await record(
    tx,
    actor,
    now,
    type === 'maintenance.freeze_skipped'
      ? { type, ...about, after: { status, freezes: [...freezes] } }
      : { type, ...about, after },
  );
  await announceEverywhere(tx, ended);
  await reconcileChecks(tx, accountId, checks);
  if (lateBy > 0) await notifyOwner(tx, ended, 'ended-late', event);
  if (type === 'maintenance.approval_expired') await notifyOwner(tx, ended, 'not-approved', event);
  await requestNextRun(tx, maintenance, now);
  return ended;
}

/** Its status is not the one that was shown. Nothing was changed. */
export class StatusConflict extends UserError {
  readonly current: Maintenance;

  constructor(current: Maintenance) {
    super(statusChanged({ id: current.id, status: current.status }));
    this.current = current;
  }
}

/**
 * Cancels a maintenance that is scheduled or in progress, and unmutes its checks.
 * @param shown the status that was shown. If it is another one by now, nothing is changed
 * @throws StatusConflict, or UserError `forbidden`, `not-found`, `invalid-request` for a reason that is too long, or
 *   `wrong-status`
 */
export async function cancel(ctx: ActionContext, actor: Actor, id: number, reason = '', once?: string, shown?: Status) {
  return withMaintenance(ctx, actor, id, 'cancel', once, async (tx, maintenance, now) => {
    if (shown !== undefined && shown !== maintenance.status) throw new StatusConflict(maintenance);
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

/** Posts a reminder in the threads of a locked maintenance. Public threads get no reminder of the end. */
export async function remind(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  { of, minutes }: Reminder,
  now: Date,
): Promise<void> {
  const { accountId, id, name } = maintenance;
  const { start, end } = currentWindow(maintenance);
  await setReminded(tx, maintenance, { remindedUntil: now });
  await record(tx, actor, now, {
    type: 'maintenance.reminded',
    maintenanceId: id,
    internal: of === 'end',
    after: {
      maintenance: id,
      name,
      minutes,
      ...(canStart(maintenance) ? {} : { awaits_approval: true }),
      ...(of === 'start' ? { scheduled_start_date: utc(start) } : { ends_at: utc(end) }),
    },
  });
  await reannounce(tx, accountId, id);
}

export const REOPEN_MINUTES = 30;
const REOPENED_SUFFIX = ' (reopened)';

/**
 * Starts a window of 30 minutes on what one that is over covered. If it was reopened already and that window is still open,
 * returns that one.
 * @param once the idempotency key; a repeated request gets the answer of the first
 * @param overrideReason why freezes that block are overridden
 * @throws FreezeConflict, or UserError `forbidden`, `not-found`, `wrong-status`, `never-started`, `nothing-to-reopen` or
 *   `reopen-needs-approval`
 */
export async function reopen(ctx: ActionContext, actor: Actor, id: number, once?: string, overrideReason?: string) {
  authorize(actor, 'start');
  const reopened = await withMaintenance(ctx, actor, id, 'schedule', once, async (tx, over, now) => {
    if (over.startedAt === null) throw neverStarted({ id });
    if (can(over.status, 'extend')) throw wrongStatus({ id, status: over.status, action: 'reopen' });
    const existing = await findReopening(tx, actor.accountId, id);
    const created = existing ?? (await startReopened(tx, actor, over, now, overrideReason));
    if (once !== undefined) await saveCreated(tx, actor.accountId, once, created.id);
    return created;
  });
  if (reopened !== undefined) return reopened;
  const createdId = once === undefined ? undefined : await findCreated(ctx.database, actor.accountId, once);
  const created = createdId === undefined ? undefined : await findMaintenance(ctx.database, actor.accountId, createdId);
  if (created === undefined) throw alreadyReopened({ id });
  return created;
}

async function startReopened(
  tx: Queries,
  actor: Actor,
  over: Maintenance,
  now: Date,
  overrideReason: string | undefined,
): Promise<Maintenance> {
  const startsNow = { approvalError: reopenNeedsApproval({ id: over.id }) };
  const input = { ...(await toReopenInput(tx, over, now)), overrideReason, startsNow };
  const reopened = await startMaintenance(tx, actor, await scheduleInTransaction(tx, actor, input, now), now);
  await record(tx, actor, now, {
    type: 'maintenance.reopened',
    maintenanceId: over.id,
    internal: true,
    after: { maintenance: reopened.id, ends_at: utc(currentWindow(reopened).end) },
  });
  await reannounce(tx, over.accountId, over.id);
  return reopened;
}

/** What a maintenance covered, as far as it still exists, from now on. */
async function toReopenInput(tx: Queries, over: Maintenance, now: Date): Promise<ScheduleInput> {
  const { accountId, id, name, scope, timezone } = over;
  const { services: serviceIds, checks: checkIds, selector } = toEditable(over);
  const services = await listServices(tx, accountId, { ids: serviceIds });
  const checks = checkIds && (await listChecks(tx, accountId, { ids: checkIds }));
  if (services.length === 0 && (checks ?? []).length === 0 && selector === null) throw nothingToReopen({ id });
  const base = name.endsWith(REOPENED_SUFFIX) ? name.slice(0, -REOPENED_SUFFIX.length) : name;
  return {
    ...pick(CONTENT_FIELDS, over),
    name: `${base.slice(0, MAX_NAME_CHARS - REOPENED_SUFFIX.length)}${REOPENED_SUFFIX}`.toWellFormed(),
    start: now,
    end: new Date(now.getTime() + REOPEN_MINUTES * 60_000),
    timezone,
    services: services.map((service) => service.id),
    checks: checks?.map((check) => check.id) ?? null,
    selector,
    limitedTo: over.limitedTo,
    scopeId: scope && (await findScope(tx, accountId, scope.id)) && scope.id,
    channels: await listInternalChannels(tx, accountId, id),
    reopensId: id,
  };
}
