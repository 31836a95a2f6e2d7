import { isDeepStrictEqual } from 'node:util';
import type { AuditEvent } from '../../audit/events.ts';
import { record } from '../../audit/record.ts';
import { type Problem, UserError } from '../../core/errors.ts';
import { pick, toRecorded } from '../../core/fields.ts';
import { difference } from '../../core/merge.ts';
import type { Actor } from '../../core/permissions.ts';
import { MAX_WINDOW_MS, utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext, Repeated } from '../../platform/transactions.ts';
import { requestNextRun } from '../../series/repository.ts';
import { detachRun } from '../../series/rules.ts';
import {
  endChanged,
  endNotAdjustable,
  endNotLater,
  extensionInvalid,
  extensionTooLong,
  maintenanceChanged,
  runWithdrawn,
  windowTooLong,
} from '../errors.ts';
import { CONTENT_FIELDS, type EditableFields, MAINTENANCE_FIELDS, type NewWindow } from '../fields.ts';
import { type MaintenanceChanges, updateMaintenance } from '../repository/changes.ts';
import { lockCoverageForRead } from '../repository/coverage.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSurroundings } from '../repository/surroundings.ts';
import { isEdit } from '../rules/change.ts';
import {
  addedScopes,
  commonScope,
  remindersOf,
  type Surroundings,
  scopeAfterEdit,
  validateReferences,
} from '../rules/coverage.ts';
import { nextDue } from '../rules/lifecycle.ts';
import { limitAfterEdit } from '../rules/limits.ts';
import { remindedUntilAfterChange } from '../rules/reminders.ts';
import { OPEN_STATUSES, type Times } from '../rules/status.ts';
import { changeEnd, currentWindow, type ExtendBy, extendedEnd } from '../rules/times.ts';
import { coversNothing, normalizeContent, validateContent, validateZone } from '../rules/validation.ts';
import { announceEverywhere, reconcileMuted, suppressEarlierPosts, toCoverage } from './announce.ts';
import { applyRules, type MaintenanceChange, overriddenBy, recordEnteredFreezes } from './apply-rules.ts';
import { resolveSelection, updateMutes } from './coverage.ts';
import { withMaintenance } from './find.ts';

interface LockedChange extends Partial<Omit<MaintenanceChange, 'before' | 'times'>> {
  /** Those that change. */
  readonly times: Partial<Times>;
  /** The other values that change. */
  readonly values?: MaintenanceChanges;
  /** Of its scope, as it will be. */
  readonly reminders?: readonly number[];
  /** Where it is announced besides the subscribed channels. */
  readonly channels?: readonly string[];
  /** Several maintenances are changed: the caller suppresses the earlier posts of all. */
  readonly several?: boolean;
  /** Absent when nothing differs: the rules are applied, and nothing is written. */
  readonly event: ((changed: Maintenance) => AuditEvent) | undefined;
}

/**
 * Changes a locked maintenance: applies the rules, writes the change, records it and announces it. A run of a series is from
 * then on left alone when its series changes, unless `values` say otherwise.
 * @throws as `applyRules` does
 */
export async function changeLocked(
  tx: Queries,
  actor: Actor,
  now: Date,
  before: Maintenance,
  { times, values = {}, reminders = before.reminders, channels, several = false, event, ...rules }: LockedChange,
): Promise<Maintenance> {
  const next = { ...before, ...times, reminders };
  const { approval, entered } = await applyRules(tx, actor, now, {
    coverage: toCoverage(before),
    ...rules,
    before,
    times: next,
    rewords: rewords(before, values),
  });
  if (event === undefined) return before;
  const remindedUntil =
    next.status === before.status ? remindedUntilAfterChange(before, currentWindow(next), now) : now;
  const nextDueAt = nextDue({ ...next, remindedUntil });
  const overridden = overriddenBy(entered, before.overriddenFreezes);
  const changes = {
    ...detachRun(before.run),
    ...values,
    ...times,
    ...approval,
    ...overridden,
    remindedUntil,
    nextDueAt,
  };
  const changed = await updateMaintenance(tx, before, changes, now);
  await record(tx, actor, now, event(changed));
  await recordEnteredFreezes(tx, actor, now, before.id, entered);
  await announceEverywhere(tx, changed, channels);
  if (!several) await suppressEarlierPosts(tx, changed.accountId, [{ before, after: changed }]);
  if (changed.endsAt?.getTime() !== before.endsAt?.getTime()) await reconcileMuted(tx, changed);
  return changed;
}

/** Whether a change alters the texts that somebody approved, such as the name. */
function rewords(before: Maintenance, values: MaintenanceChanges): boolean {
  return !isDeepStrictEqual(pick(CONTENT_FIELDS, { ...before, ...values }), pick(CONTENT_FIELDS, before));
}

export type MaintenanceEdit = Partial<EditableFields> &
  Pick<NewWindow, 'mayCoverNothing'> & {
    /** Null: that of its services. Absent: one that was named stays. */
    readonly scopeId?: number | null;
  };

/** Another version was saved since the one that was edited. Nothing was changed. */
export class VersionConflict extends UserError {
  readonly current: Maintenance;

  constructor(current: Maintenance, version: number) {
    super(maintenanceChanged({ id: current.id, version, currentVersion: current.version }));
    this.current = current;
  }
}

/**
 * Changes an open maintenance. The mutes of a running one follow what it covers.
 * @param options.version that was edited; when the maintenance has another one by now, nothing is changed
 * @param options.overrideReason why freezes that block are overridden
 * @throws VersionConflict, FreezeConflict, or UserError `forbidden`, `not-found`, `wrong-status`, or `invalid-request` with
 *   every wrong field
 */
export async function edit(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  requested: MaintenanceEdit | ((current: Maintenance) => MaintenanceEdit),
  {
    version,
    once,
    overrideReason,
  }: { version?: number | undefined; once?: string | undefined; overrideReason?: string | undefined } = {},
): Promise<Maintenance | undefined> {
  return withMaintenance(ctx, actor, id, 'edit', once, async (tx, maintenance, now) => {
    if (version !== undefined && version !== maintenance.version) throw new VersionConflict(maintenance, version);
    const edit = typeof requested === 'function' ? requested(maintenance) : requested;
    return editLocked(tx, actor, now, maintenance, edit, { overrideReason });
  });
}

/**
 * Changes a locked maintenance. The mutes of a running one follow what it covers.
 * @param options.recorded the status and times of a corrected record; absent: the status stays, and the edit has the times
 * @throws as `applyRules` does
 */
export async function editLocked(
  tx: Queries,
  actor: Actor,
  now: Date,
  before: Maintenance,
  edit: MaintenanceEdit,
  { recorded, overrideReason }: { readonly recorded?: Times; readonly overrideReason?: string | undefined },
): Promise<Maintenance> {
  const { accountId, id, status } = before;
  const times = recorded ?? editedTimes(before, edit);
  const current = toEditable(before);
  const { wanted, scopeId, around } = await applyEdit(tx, before, current, edit, times);
  const limitedTo = limitAfterEdit(
    before.limitedTo,
    actor.scopes,
    current,
    wanted,
    addedScopes(around, current, wanted),
  );
  const { start: _start, end: _end, endsAt: _endsAt, ...values } = wanted;
  const toRecord = (fields: EditableFields, scope: number | null, { status, startedAt, endedAt }: Times) => ({
    ...toRecorded(MAINTENANCE_FIELDS, fields),
    ...(edit.scopeId === undefined ? {} : { scope }),
    status,
    start_date: startedAt && utc(startedAt),
    end_date: endedAt && utc(endedAt),
  });
  const change = difference(toRecord(current, before.scope?.id ?? null, before), toRecord(wanted, scopeId, times));
  const fields = change?.after ?? {};
  const type = isEdit(status, fields) ? 'maintenance.changed' : 'maintenance.corrected';
  const isRunning = times.status === 'in-progress';
  const begins = isRunning && status !== 'in-progress';
  if (begins) await lockCoverageForRead(tx, accountId);
  const selects = begins || (isRunning && 'selector' in fields);
  const changed = await changeLocked(tx, actor, now, before, {
    times,
    values: {
      ...values,
      scopeId,
      limitedTo,
      ...(recorded && correctedFlags(before, recorded)),
      ...(selects && (await resolveSelection(tx, { accountId, selector: values.selector, limitedTo }))),
    },
    coverage: { ...values, scopeId, limitedTo },
    reminders: remindersOf(around, scopeId),
    problems: validateEdit(around, before, { current, wanted }, edit, times, actor.scopes),
    corrects: recorded !== undefined,
    overrideReason,
    event: change && (() => ({ type, maintenanceId: id, ...change })),
  });
  if (change === undefined) {
    if (isDeepStrictEqual(wanted.checks, current.checks)) return before;
    // Nothing that is recorded changes when checks are only put in another order.
    return updateMaintenance(tx, before, { checks: wanted.checks }, now);
  }
  const coverage = ['services', 'checks', 'selector', 'selector_follows'];
  const covers = isRunning && coverage.some((field) => field in fields);
  if (covers || 'status' in fields) await updateMutes(tx, changed, now);
  if ('status' in fields) await requestNextRun(tx, before, now);
  return changed;
}

async function applyEdit(
  tx: Queries,
  before: Maintenance,
  current: EditableFields,
  edit: MaintenanceEdit,
  times: Times,
) {
  const { scopeId: named, mayCoverNothing: _, ...changes } = edit;
  const plan = { start: times.scheduledStart, end: times.scheduledEnd, endsAt: times.endsAt };
  const wanted = normalizeContent({ ...current, ...changes, ...plan });
  const { services, checks } = wanted;
  const scopes = [before.scope?.id, named].filter((id) => id != null);
  const need = {
    services: [...current.services, ...services],
    checks: [...(current.checks ?? []), ...(checks ?? [])],
    scopes,
  };
  const around = await readSurroundings(tx, before.accountId, need);
  const scopeId =
    named === undefined ? scopeAfterEdit(around, before, services) : (named ?? commonScope(around, services));
  return { wanted, scopeId, around };
}

function validateEdit(
  around: Surroundings,
  { id }: Maintenance,
  { current, wanted }: { readonly current: EditableFields; readonly wanted: EditableFields },
  { scopeId = null, mayCoverNothing = coversNothing(current) }: MaintenanceEdit,
  { status }: Times,
  limit: readonly number[] | undefined,
): Problem[] {
  return [
    ...(status === 'in-progress' || wanted.endsAt === null ? [] : [endNotAdjustable.at('ends_at', { id })]),
    // One that covers nothing already may stay so.
    ...validateContent({ ...wanted, mayCoverNothing }),
    ...validateReferences(
      around,
      {
        services: wanted.services.filter((service) => !current.services.includes(service)),
        checks: wanted.checks?.filter((check) => !current.checks?.includes(check)) ?? [],
        scope: scopeId === null ? [] : [scopeId],
      },
      limit,
    ),
  ];
}

/** What changes beside the status. A run that another one has replaced stays canceled. */
function correctedFlags({ id, missed, run }: Maintenance, { status, startedAt }: Times): MaintenanceChanges {
  if (run?.state === 'withdrawn' && status !== 'canceled') throw runWithdrawn({ id });
  return {
    missed: missed && status === 'failed' && startedAt === null,
    ...(OPEN_STATUSES.includes(status) ? { postCheckAt: null } : {}),
    ...((run?.state === 'skipped' || run?.state === 'frozen') && status !== 'canceled' ? { runState: 'detached' } : {}),
  };
}

export function toEditable(maintenance: Maintenance): EditableFields {
  const { services, selector, scheduledStart, scheduledEnd, endsAt, checks, timezone } = maintenance;
  return {
    ...pick(CONTENT_FIELDS, maintenance),
    services: services.map(({ id }) => id),
    checks,
    selector: selector && { text: selector.text, follows: selector.follows },
    start: scheduledStart,
    end: scheduledEnd,
    endsAt,
    timezone,
  };
}

const toSecond = (instant: Date) => Math.floor(instant.getTime() / 1000);

/**
 * The times after an edit. While the maintenance is in progress, another planned end means when it ends. Interfaces show
 * instants to the second, so one that is sent back within the same second is unchanged.
 */
function editedTimes(maintenance: Maintenance, edit: MaintenanceEdit): Times {
  const { status, scheduledStart, scheduledEnd, startedAt, endsAt, endedAt } = maintenance;
  const changed = (current: Date | null, wanted: Date | null | undefined) =>
    wanted && (current === null || toSecond(wanted) !== toSecond(current)) ? wanted : undefined;
  const newEnd = changed(scheduledEnd, edit.end);
  const newEndsAt = changed(endsAt, edit.endsAt);
  const times = { status, scheduledStart: changed(scheduledStart, edit.start) ?? scheduledStart, startedAt, endedAt };
  if (status !== 'in-progress') return { ...times, scheduledEnd: newEnd ?? scheduledEnd, endsAt: newEndsAt ?? null };
  const end = newEndsAt ?? newEnd;
  return { ...times, scheduledEnd, endsAt, ...(end && changeEnd(maintenance, end)) };
}

export interface RescheduleInput {
  readonly start: Date;
  /** Absent: it keeps its length. */
  readonly end?: Date | undefined;
  /** The IANA zone that the times were written in; absent: it stays as it is. */
  readonly timezone?: string | undefined;
  /** Why freezes that block are overridden. */
  readonly overrideReason?: string | undefined;
}

/**
 * Moves a scheduled maintenance to another window; one that is there already stays as it is. A run of a series still stands
 * for its occurrence, so that one is not made again.
 * @throws FreezeConflict, or UserError `forbidden`, `not-found`, `wrong-status`, or `invalid-request` for impossible times
 */
export async function reschedule<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  requested: RescheduleInput | ((current: Maintenance) => RescheduleInput),
  once?: Once,
): Promise<Maintenance | Repeated<Once>> {
  return withMaintenance(ctx, actor, id, 'reschedule', once, async (tx, maintenance, now) => {
    const input = typeof requested === 'function' ? requested(maintenance) : requested;
    const { start, timezone = maintenance.timezone, overrideReason } = input;
    const { scheduledStart, scheduledEnd } = maintenance;
    const end = input.end ?? new Date(start.getTime() + scheduledEnd.getTime() - scheduledStart.getTime());
    const isSame =
      toSecond(start) === toSecond(scheduledStart) &&
      toSecond(end) === toSecond(scheduledEnd) &&
      timezone === maintenance.timezone;
    return changeLocked(tx, actor, now, maintenance, {
      times: { scheduledStart: start, scheduledEnd: end },
      values: { timezone },
      problems: validateZone(timezone),
      overrideReason,
      event: isSame
        ? undefined
        : (moved) => ({
            type: 'maintenance.rescheduled',
            maintenanceId: id,
            before: recordedPlan(maintenance),
            after: recordedPlan(moved),
          }),
    });
  });
}

function recordedPlan({ scheduledStart, scheduledEnd, timezone }: Maintenance) {
  return { scheduled_start_date: utc(scheduledStart), scheduled_end_date: utc(scheduledEnd), timezone };
}

/** Somebody else changed the end since it was shown. Nothing was changed. */
export class EndConflict extends UserError {
  readonly current: Maintenance;

  constructor(current: Maintenance) {
    super(endChanged({ id: current.id, end: currentWindow(current).end }));
    this.current = current;
  }
}

/** Whether a maintenance ends at this instant, to the second. */
export function endsAt(maintenance: Maintenance, instant: Date): boolean {
  return toSecond(currentWindow(maintenance).end) === toSecond(instant);
}

export interface ExtendOptions {
  /** The key of a request that may come twice. */
  readonly once?: string | undefined;
  /** Why freezes that block are overridden. */
  readonly overrideReason?: string | undefined;
  /** The end that was shown. If it is another one by now, nothing is changed. */
  readonly shownEnd?: Date | undefined;
}

/** `extended` is false when the maintenance ended at the requested time already. */
export type Extended = { readonly maintenance: Maintenance; readonly extended: boolean };

/**
 * Moves the end of an open maintenance later: to an instant, or by minutes from its present end. A window that started early
 * keeps its plan. An instant is absolute: several who ask for the same one get it, and only the first changes anything.
 * @returns undefined when the request `once` was acted upon before
 * @throws EndConflict, FreezeConflict, or UserError `forbidden`, `not-found`, `wrong-status`, or `invalid-request` for
 *   impossible minutes or an earlier end
 */
export async function extend(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  requested: ExtendBy | ((current: Maintenance) => ExtendBy),
  { once, overrideReason, shownEnd }: ExtendOptions = {},
): Promise<Extended | undefined> {
  return withMaintenance(ctx, actor, id, 'extend', once, async (tx, maintenance, now) => {
    if (shownEnd !== undefined && !endsAt(maintenance, shownEnd)) throw new EndConflict(maintenance);
    const by = typeof requested === 'function' ? requested(maintenance) : requested;
    const max = MAX_WINDOW_MS / 60_000;
    if (typeof by === 'number' && !(Number.isSafeInteger(by) && by >= 1 && by <= max)) {
      throw UserError.invalid([extensionInvalid.at('minutes', { minutes: by, max })]);
    }
    const { start, end } = currentWindow(maintenance);
    const later = extendedEnd(end, by);
    if (by instanceof Date && endsAt(maintenance, by)) return { maintenance, extended: false };
    const field = by instanceof Date ? 'until' : 'minutes';
    if (later <= end) throw UserError.invalid([endNotLater.at(field, { id, end })]);
    const minutes = Math.ceil((later.getTime() - end.getTime()) / 60_000);
    const length = (later.getTime() - start.getTime()) / 60_000;
    const recorded = ({ scheduledEnd, endsAt }: Maintenance) => ({
      scheduled_end_date: utc(scheduledEnd),
      ends_at: endsAt && utc(endsAt),
    });
    const changed = await changeLocked(tx, actor, now, maintenance, {
      times: changeEnd(maintenance, later),
      mapTimesProblem: (problem) =>
        problem.code === windowTooLong.code
          ? extensionTooLong.at(field, { minutes, length, max })
          : { ...problem, field },
      overrideReason,
      event: (extended) => ({
        type: 'maintenance.extended',
        maintenanceId: id,
        before: recorded(maintenance),
        after: recorded(extended),
      }),
    });
    return { maintenance: changed, extended: true };
  });
}
