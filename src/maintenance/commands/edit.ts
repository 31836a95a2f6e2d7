import { record } from '../../audit/record.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { endMutes, listMutes } from '../../checks/mute-repository.ts';
import { UserError } from '../../core/errors.ts';
import { pick, toRecorded } from '../../core/fields.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type ActionContext, inTransaction, inTransactionOnce } from '../../platform/transactions.ts';
import { detachRun } from '../../series/rules.ts';
import { endNotAdjustable, maintenanceChanged, wrongStatus } from '../errors.ts';
import { CONTENT_FIELDS, type EditableFields, MAINTENANCE_FIELDS } from '../fields.ts';
import { updateMaintenance } from '../repository/changes.ts';
import { findReminders } from '../repository/due.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can, nextDue } from '../rules/lifecycle.ts';
import { remindedUntilAfterChange } from '../rules/reminders.ts';
import { changeEnd, currentWindow } from '../rules/times.ts';
import { validateContent } from '../rules/validation.ts';
import { announceChanged, announceEverywhere, reconcileChecks, reconcileMuted, toCoverage } from './announce.ts';
import { applyRules, recordEnteredFreezes } from './apply-rules.ts';
import { muteCoveredChecks, resolveSelection, validateReferences } from './coverage.ts';
import { lockForChange } from './find.ts';
import { resolveTimes } from './reschedule.ts';
import { findCommonScope } from './schedule.ts';

/** What is not named stays as it is. */
export type MaintenanceEdit = { readonly [K in keyof EditableFields]?: EditableFields[K] } & {
  /** Named, or taken from its services when null; where it is not given, one that was named stays. */
  readonly scopeId?: number | null;
};

/** Somebody else changed the maintenance since the one who edits looked at it. Nothing was overwritten. */
export class VersionConflict extends UserError {
  readonly current: Maintenance;

  constructor(current: Maintenance, version: number) {
    super(maintenanceChanged({ id: current.id, version, currentVersion: current.version }));
    this.current = current;
  }
}

export interface EditRequest {
  /** The version the edit was made on; when the maintenance has another one by now, nothing is changed. */
  readonly version?: number | undefined;
  /** The key of a request that may come twice. */
  readonly once?: string | undefined;
  /** Why a freeze that blocks should not hold. */
  readonly overrideReason?: string | undefined;
}

/**
 * Changes an open maintenance. The holds of a running one follow what it covers; a run of a series is from then on left
 * alone when its series changes.
 * @returns the maintenance as it is now; undefined when the request `once` was acted upon before
 * @throws VersionConflict, FreezeConflict when a freeze blocks it, or UserError `forbidden`, `not-found`, `conflict` when it is over, or `invalid` with every wrong field
 */
export async function edit(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  asked: MaintenanceEdit | ((current: Maintenance) => MaintenanceEdit),
  { version, once, overrideReason }: EditRequest = {},
): Promise<Maintenance | undefined> {
  authorize(actor, 'edit');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    if (!can(maintenance.status, 'edit')) {
      throw wrongStatus({ id, status: maintenance.status, action: 'edit' });
    }
    if (version !== undefined && version !== maintenance.version) throw new VersionConflict(maintenance, version);

    const { scopeId: named, ...changes } = typeof asked === 'function' ? asked(maintenance) : asked;
    const is = toEditable(maintenance);
    const input: EditableFields = { ...is, ...changes };
    const wanted: EditableFields = {
      ...input,
      ...newTimes(maintenance, changes),
      name: input.name.trim(),
      services: [...new Set(input.services)],
      checks: input.checks === null ? null : [...new Set(input.checks)],
    };
    const problems = [
      ...(maintenance.status !== 'in-progress' && wanted.endsAt !== null
        ? [endNotAdjustable.at('ends_at', { id })]
        : []),
      ...validateContent(wanted),
      ...(await validateReferences(tx, actor.accountId, { ...wanted, scopeId: named ?? null })),
    ];
    const scopeId =
      named === undefined
        ? await scopeAfter(tx, maintenance, wanted.services)
        : (named ?? (await scopeOf(tx, actor, wanted)));
    const other = named !== undefined && scopeId !== (maintenance.scope?.id ?? null);
    const change = difference(
      { ...toRecorded(MAINTENANCE_FIELDS, is), ...(other ? { scope: maintenance.scope?.id ?? null } : {}) },
      { ...toRecorded(MAINTENANCE_FIELDS, wanted), ...(other ? { scope: scopeId } : {}) },
    );

    const { start: scheduledStart, end: scheduledEnd, ...values } = wanted;
    const { endsAt } = values;
    const times = { ...maintenance, scheduledStart, scheduledEnd, endsAt };
    const window = currentWindow(times);
    const after = { times, coverage: { ...wanted, scopeId } };
    const { approval, entered } = await applyRules(tx, actor, now, {
      before: maintenance,
      after,
      problems,
      overrideReason,
    });
    if (change === undefined) return maintenance;
    const remindedUntil = remindedUntilAfterChange(maintenance, window, now);
    const reminders = await findReminders(tx, actor.accountId, scopeId);
    const edited = await updateMaintenance(
      tx,
      maintenance,
      {
        ...values,
        scheduledStart,
        scheduledEnd,
        scopeId,
        remindedUntil,
        nextDueAt: nextDue({ ...maintenance, scheduledStart, scheduledEnd, endsAt, remindedUntil, reminders }),
        ...detachRun(maintenance.run),
        ...approval,
        ...(maintenance.status === 'in-progress' && 'selector' in change.after
          ? await resolveSelection(tx, { ...actor, selector: wanted.selector ?? null })
          : {}),
      },
      now,
    );
    await record(tx, actor, now, { type: 'maintenance.changed', maintenanceId: id, ...change });
    await recordEnteredFreezes(tx, actor, now, id, entered);
    const covers = ['services', 'checks', 'selector', 'selector_follows'].some((field) => field in change.after);
    if (edited.status === 'in-progress' && covers) await muteCoveredChecks(tx, edited, now);
    if ('ends_at' in change.after) await reconcileMuted(tx, edited);
    await announceChanged(tx, [maintenance], [edited]);
    await wakeSchedulers(tx);
    return edited;
  });
}

/** What people may change of it, as it is. */
export function toEditable(maintenance: Maintenance): EditableFields {
  return {
    ...pick(CONTENT_FIELDS, maintenance),
    services: maintenance.services.map((service) => service.id),
    checks: maintenance.checks,
    selector: maintenance.selector && { text: maintenance.selector.text, follows: maintenance.selector.follows },
    start: maintenance.scheduledStart,
    end: maintenance.scheduledEnd,
    endsAt: maintenance.endsAt,
    timezone: maintenance.timezone,
  };
}

/**
 * The times that an edit asks for. While it is in progress, another planned end means when it ends. Instants are answered to
 * the second, so one that is sent back within the same second is unchanged.
 */
function newTimes(maintenance: Maintenance, { start, end, endsAt }: MaintenanceEdit): Pick<EditableFields, Times> {
  const { scheduledStart, scheduledEnd } = maintenance;
  const unless = <T extends Date | null>(is: T, asked: Date | null | undefined) =>
    asked == null || (is !== null && isSameSecond(asked, is)) ? undefined : asked;
  const [newStart, newEnd, newEndsAt] = [
    unless(scheduledStart, start),
    unless(scheduledEnd, end),
    unless(maintenance.endsAt, endsAt),
  ];
  if (maintenance.status !== 'in-progress') {
    return { start: newStart ?? scheduledStart, end: newEnd ?? scheduledEnd, endsAt: newEndsAt ?? null };
  }
  const ends = newEndsAt ?? newEnd;
  const changed = ends === undefined ? {} : changeEnd(maintenance, ends);
  return {
    start: newStart ?? scheduledStart,
    end: changed.scheduledEnd ?? scheduledEnd,
    endsAt: changed.endsAt ?? maintenance.endsAt,
  };
}

type Times = 'start' | 'end' | 'endsAt';

const isSameSecond = (a: Date, b: Date) => Math.floor(a.getTime() / 1000) === Math.floor(b.getTime() / 1000);

async function scopeOf(tx: Queries, { accountId }: Actor, { services }: EditableFields): Promise<number | null> {
  return findCommonScope(await listServices(tx, accountId, { ids: services }));
}

/** A scope that was taken from the services changes with them; one that was named stays. */
async function scopeAfter(
  tx: Queries,
  { accountId, scope, services: before }: Maintenance,
  services: readonly number[],
): Promise<number | null> {
  const named = scope?.id ?? null;
  const taken = findCommonScope(await listServices(tx, accountId, { ids: before.map(({ id }) => id) }));
  return named === taken ? findCommonScope(await listServices(tx, accountId, { ids: services })) : named;
}

/**
 * Makes a maintenance in progress a scheduled one again, in a window to come: it began by mistake. Its checks go on again at
 * once.
 * @throws UserError `forbidden`, `not-found`, `invalid` for times that cannot be, or `conflict` when it is not in progress; FreezeConflict
 *   when a freeze blocks it
 */
export async function revertToScheduled(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  window: Interval,
): Promise<Maintenance> {
  authorize(actor, 'reschedule');
  return inTransaction(ctx, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id);
    if (maintenance.status !== 'in-progress') {
      throw wrongStatus({ id, status: maintenance.status, action: 'revert' });
    }
    const next = {
      status: 'scheduled',
      scheduledStart: window.start,
      scheduledEnd: window.end,
      startedAt: null,
      endedAt: null,
      endsAt: null,
      remindedUntil: now,
    } as const;
    const after = { times: next, coverage: toCoverage(maintenance) };
    const { approval, entered } = await applyRules(tx, actor, now, { before: maintenance, after });
    const scheduled = await updateMaintenance(
      tx,
      maintenance,
      {
        ...next,
        nextDueAt: nextDue({ ...maintenance, ...next }),
        ...detachRun(maintenance.run),
        ...approval,
      },
      now,
    );
    const mutes = await listMutes(tx, actor.accountId, id);
    await endMutes(tx, actor.accountId, id, now);
    await record(tx, actor, now, {
      type: 'maintenance.rescheduled',
      maintenanceId: id,
      before: stateOf(maintenance),
      after: stateOf(scheduled),
    });
    await recordEnteredFreezes(tx, actor, now, id, entered);
    await announceEverywhere(tx, scheduled);
    await reconcileChecks(
      tx,
      actor.accountId,
      mutes.map(({ checkId }) => checkId),
    );
    await wakeSchedulers(tx);
    return scheduled;
  });
}

function stateOf(maintenance: Maintenance) {
  return { status: maintenance.status, ...resolveTimes(maintenance) };
}
