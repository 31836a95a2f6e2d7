import { record } from '../../audit/record.ts';
import { UserError } from '../../core/errors.ts';
import { newKey } from '../../core/keys.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, authorize, toReader } from '../../core/permissions.ts';
import { validateReferences } from '../../maintenance/commands/coverage.ts';
import { edit } from '../../maintenance/commands/edit.ts';
import { assertWithinScopes } from '../../maintenance/commands/find.ts';
import { cancel, finish } from '../../maintenance/commands/finish.ts';
import { scheduleInTransaction } from '../../maintenance/commands/schedule.ts';
import { maintenanceNotFound } from '../../maintenance/errors.ts';
import { listMaintenances, type Maintenance } from '../../maintenance/repository/maintenances.ts';
import { OPEN_STATUSES } from '../../maintenance/rules/status.ts';
import type { Queries } from '../../platform/database.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { validateAdHoc, windowFrom } from './ad-hoc-rules.ts';
import { enablingNeedsApproval } from './errors.ts';
import { type AdHoc, type AdHocValues, deleteAdHoc, insertAdHoc, lockAdHoc, updateAdHoc } from './repository.ts';

/** A one-off window that waits, or the maintenance that it has become. */
export type AdHocState = { readonly waiting: AdHoc } | { readonly begun: Maintenance };

/** What it covers, for the rules that ask: checks alone. */
const onChecks = (checks: readonly string[]) => ({ scopeId: null, services: [], checks });

/**
 * Keeps a one-off window that waits until somebody enables it, or begins it at once.
 * @throws UserError `forbidden`, `invalid` with every field that is wrong, or, enabled, what `enableAdHoc` throws
 */
export async function addAdHoc(
  ctx: ActionContext,
  actor: Actor,
  { enabled, ...input }: AdHocValues & { readonly enabled: boolean },
): Promise<AdHocState> {
  authorize(actor, 'schedule');
  return inTransaction(ctx, async (tx, now) => {
    const key = newKey(5);
    const values = await validateAdHocInput(tx, actor, input);
    if (enabled) return { begun: await enableAdHoc(tx, actor, key, values, now) };
    const waiting = await insertAdHoc(tx, actor.accountId, key, values, actor.name, now);
    const { name, durationMinutes: duration_minutes, checks } = values;
    await record(tx, actor, now, {
      type: 'ad_hoc.added',
      subject: { kind: 'ad_hoc', id: key },
      after: { name, duration_minutes, checks: [...checks] },
    });
    return { waiting };
  });
}

/** @throws UserError `invalid` with every field that is wrong, or `forbidden` to somebody who is limited to other scopes */
export async function validateAdHocInput(tx: Queries, actor: Actor, input: AdHocValues): Promise<AdHocValues> {
  const values = { ...input, name: input.name.trim(), checks: [...new Set(input.checks)] };
  const problems = [
    ...validateAdHoc(values),
    ...(await validateReferences(tx, actor.accountId, onChecks(values.checks))),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
  await assertWithinScopes(tx, actor, onChecks(values.checks));
  return values;
}

/**
 * Makes it a maintenance that begins now, in the caller's transaction. It is internal, as what monitors are told is.
 * @throws UserError `forbidden`, or `conflict` when a second person has to approve it; FreezeConflict when a freeze blocks it
 */
export async function enableAdHoc(
  tx: Queries,
  actor: Actor,
  key: string,
  { name, durationMinutes, checks }: AdHocValues,
  now: Date,
): Promise<Maintenance> {
  authorize(actor, 'start');
  const window = {
    ...windowFrom(now, { durationMinutes }),
    ...onChecks(checks),
    name,
    timezone: 'UTC',
    visibility: 'internal',
    channels: [],
    adHocKey: key,
    startsNow: { approvalError: enablingNeedsApproval({}) },
  } as const;
  return scheduleInTransaction(tx, actor, window, now);
}

/** What is not named stays as it is. */
export type AdHocEdit = { readonly [K in keyof AdHocValues]?: AdHocValues[K] } & {
  /** True: it begins now. False: one that has begun ends now. */
  readonly enabled?: boolean;
};

/**
 * Changes a one-off window that waits, or the maintenance it has become. A longer or shorter duration counts from its start.
 * @throws UserError `forbidden`, `not-found` when there is none or it is over, `invalid` with every field that is wrong, or what
 *   enabling, editing and ending a maintenance throw
 */
export async function editAdHoc(ctx: ActionContext, actor: Actor, key: string, asked: AdHocEdit): Promise<AdHocState> {
  authorize(actor, 'edit');
  const edited = await editWaiting(ctx, actor, key, asked);
  if (edited !== undefined) return edited;
  const maintenance = await findOpenAdHoc(ctx, actor, key);
  if (maintenance === undefined) throw maintenanceNotFound({ ref: key });
  const { id, status } = maintenance;
  if (asked.enabled === false) {
    const ended = status === 'scheduled' ? cancel(ctx, actor, id, undefined) : finish(ctx, actor, id, 'succeed');
    return { begun: (await ended) ?? maintenance };
  }
  const { durationMinutes } = asked;
  const changed = await edit(ctx, actor, id, ({ scheduledStart }) => ({
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.checks === undefined ? {} : { checks: asked.checks }),
    ...(durationMinutes === undefined ? {} : { end: new Date(scheduledStart.getTime() + durationMinutes * 60_000) }),
  }));
  return { begun: changed ?? maintenance };
}

/** More than anybody has begun at once. */
const MOST_OPEN = 1000;

/** The maintenances that enabled ones have become, that are not over, and that somebody may know of, by their start. */
export async function listOpenAdHocs({ database }: ActionContext, actor: Actor): Promise<Maintenance[]> {
  const open = { adHoc: true, statuses: OPEN_STATUSES, reader: toReader(actor) } as const;
  return listMaintenances(database, actor.accountId, open, { limit: MOST_OPEN });
}

/** The one with this key; undefined when there is none or it is over. */
export async function findOpenAdHoc(ctx: ActionContext, actor: Actor, key: string): Promise<Maintenance | undefined> {
  return (await listOpenAdHocs(ctx, actor)).find((maintenance) => maintenance.key === key);
}

/** Undefined when none waits. */
function editWaiting(ctx: ActionContext, actor: Actor, key: string, asked: AdHocEdit): Promise<AdHocState | undefined> {
  return inTransaction(ctx, async (tx, now) => {
    const waiting = await lockAdHoc(tx, actor.accountId, key);
    if (waiting === undefined) return undefined;
    const about = { scopeId: null, services: [], checks: waiting.checks };
    await assertWithinScopes(tx, actor, about, maintenanceNotFound({ ref: key }));
    const values = await validateAdHocInput(tx, actor, {
      name: asked.name ?? waiting.name,
      durationMinutes: asked.durationMinutes ?? waiting.durationMinutes,
      checks: asked.checks ?? waiting.checks,
    });
    if (asked.enabled === true) {
      await deleteAdHoc(tx, waiting);
      return { begun: await enableAdHoc(tx, actor, key, values, now) };
    }
    const change = difference(fieldsOf(waiting), fieldsOf(values));
    if (change === undefined) return { waiting };
    await record(tx, actor, now, { type: 'ad_hoc.changed', subject: { kind: 'ad_hoc', id: key }, ...change });
    return { waiting: await updateAdHoc(tx, waiting, values, actor.name, now) };
  });
}

/** As the HTTP interface names them. */
function fieldsOf({ name, durationMinutes, checks }: AdHocValues) {
  return { name, duration_minutes: durationMinutes, checks: checks.toSorted() };
}

/**
 * Forgets a one-off window that waits. One that was enabled is canceled, so that its checks go on again; its record stays.
 * @throws UserError `forbidden`, or `not-found` when there is none or it is over
 */
export async function removeAdHoc(ctx: ActionContext, actor: Actor, key: string): Promise<void> {
  authorize(actor, 'cancel');
  const waited = await inTransaction(ctx, async (tx, now) => {
    const waiting = await lockAdHoc(tx, actor.accountId, key);
    if (waiting === undefined) return false;
    const about = { scopeId: null, services: [], checks: waiting.checks };
    await assertWithinScopes(tx, actor, about, maintenanceNotFound({ ref: key }));
    await deleteAdHoc(tx, waiting);
    const { name, durationMinutes: duration_minutes, checks } = waiting;
    await record(tx, actor, now, {
      type: 'ad_hoc.removed',
      subject: { kind: 'ad_hoc', id: key },
      before: { name, duration_minutes, checks: [...checks] },
    });
    return true;
  });
  if (waited) return;
  const maintenance = await findOpenAdHoc(ctx, actor, key);
  if (maintenance === undefined) throw maintenanceNotFound({ ref: key });
  await cancel(ctx, actor, maintenance.id, undefined);
}
