import { record } from '../../audit/record.ts';
import { UserError } from '../../core/errors.ts';
import { newKey } from '../../core/keys.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, authorize, toReader } from '../../core/permissions.ts';
import { MAX_WINDOW_MS } from '../../core/time.ts';
import { findUnknown } from '../../maintenance/commands/coverage.ts';
import { edit } from '../../maintenance/commands/edit.ts';
import { assertWithinScopes } from '../../maintenance/commands/find.ts';
import { scheduleInTransaction } from '../../maintenance/commands/schedule.ts';
import { cancel, finish } from '../../maintenance/commands/transitions.ts';
import { durationInvalid, maintenanceNotFound } from '../../maintenance/errors.ts';
import { listMaintenances } from '../../maintenance/repository/list.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { OPEN_STATUSES } from '../../maintenance/rules/status.ts';
import { validateContent } from '../../maintenance/rules/validation.ts';
import type { Queries } from '../../platform/database.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { enablingNeedsApproval } from './errors.ts';
import { type AdHoc, type AdHocValues, deleteAdHoc, lockAdHoc, saveAdHoc } from './repository.ts';

const MAX_OPEN_AD_HOCS = 1000;

/** An ad-hoc window that waits to be enabled, or the maintenance that it became. */
export type AdHocState = { readonly waiting: AdHoc } | { readonly open: Maintenance };

const toCoverage = (checks: readonly string[]) => ({ scopeId: null, services: [], checks, mayCoverNothing: true });

/** As events name the fields. */
const toRecorded = ({ name, durationMinutes, checks }: AdHocValues) => ({
  name,
  duration_minutes: durationMinutes,
  checks: [...checks],
});

/**
 * Adds an ad-hoc window, or starts it at once.
 * @throws UserError `forbidden`, `invalid` with every field that is wrong, or, enabled, what starting a maintenance throws
 */
export async function addAdHoc(
  ctx: ActionContext,
  actor: Actor,
  { enabled, ...input }: AdHocValues & { readonly enabled: boolean },
): Promise<AdHocState> {
  authorize(actor, 'schedule');
  return inTransaction(ctx, async (tx, now) => {
    const key = newKey(5);
    const values = await validateInput(tx, actor, input);
    if (enabled) return { open: await enable(tx, actor, key, values, now) };
    const waiting = await saveAdHoc(tx, { accountId: actor.accountId, key }, values, actor, now);
    const subject = { kind: 'ad_hoc', id: key } as const;
    await record(tx, actor, now, { type: 'ad_hoc.added', subject, after: toRecorded(values) });
    return { waiting };
  });
}

async function validateInput(tx: Queries, actor: Actor, input: AdHocValues): Promise<AdHocValues> {
  const values = { ...input, name: input.name.trim(), checks: [...new Set(input.checks)] };
  const { name, durationMinutes: minutes, checks } = values;
  const max = MAX_WINDOW_MS / 60_000;
  const isPossible = Number.isInteger(minutes) && minutes >= 1 && minutes <= max;
  const problems = [
    ...validateContent({ name, timezone: 'UTC', ...toCoverage(checks) }),
    ...(isPossible ? [] : [durationInvalid.at('duration', { minutes, max })]),
    ...(await findUnknown(tx, actor, { checks })),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
  await assertWithinScopes(tx, actor, toCoverage(checks));
  return values;
}

/** Turns an ad-hoc window into an internal maintenance that starts now. */
async function enable(
  tx: Queries,
  actor: Actor,
  key: string,
  { name, durationMinutes, checks }: AdHocValues,
  now: Date,
): Promise<Maintenance> {
  authorize(actor, 'start');
  const input = {
    start: now,
    end: new Date(now.getTime() + durationMinutes * 60_000),
    ...toCoverage(checks),
    name,
    timezone: 'UTC',
    visibility: 'internal',
    channels: [],
    adHocKey: key,
    startsNow: { approvalError: enablingNeedsApproval({}) },
  } as const;
  return scheduleInTransaction(tx, actor, input, now);
}

/** Fields that are absent stay unchanged. */
type AdHocEdit = Partial<AdHocValues> & {
  /** True: it starts now. False: the maintenance that it became ends now, whatever its duration. */
  readonly enabled?: boolean;
};

/**
 * Changes an ad-hoc window, or the maintenance that it became. A new duration counts from its start.
 * @throws UserError `forbidden`, `not-found` when there is none or it is over, `invalid` with every field that is wrong, or
 *   what starting, editing and ending a maintenance throw
 */
export async function editAdHoc(ctx: ActionContext, actor: Actor, key: string, input: AdHocEdit): Promise<AdHocState> {
  authorize(actor, 'edit');
  const edited = await editWaiting(ctx, actor, key, input);
  if (edited !== undefined) return edited;
  const maintenance = await getOpenAdHoc(ctx, actor, key);
  const { id } = maintenance;
  const { name, checks, enabled } = input;
  const durationMinutes = enabled === false ? undefined : input.durationMinutes;
  return inTransaction(ctx, async (tx) => {
    const within = { ...ctx, within: tx };
    const edited = await edit(within, actor, id, ({ scheduledStart }) => ({
      ...(name === undefined ? {} : { name }),
      ...(checks === undefined ? {} : { checks, mayCoverNothing: true }),
      ...(durationMinutes === undefined ? {} : { end: new Date(scheduledStart.getTime() + durationMinutes * 60_000) }),
    }));
    const changed = edited ?? maintenance;
    if (enabled !== false) return { open: changed };
    const ended =
      changed.status === 'scheduled' ? cancel(within, actor, id, undefined) : finish(within, actor, id, 'succeed');
    return { open: (await ended) ?? changed };
  });
}

/** @returns undefined when no window with this key waits */
function editWaiting(ctx: ActionContext, actor: Actor, key: string, input: AdHocEdit): Promise<AdHocState | undefined> {
  return inTransaction(ctx, async (tx, now) => {
    const waiting = await lockWaiting(tx, actor, key);
    if (waiting === undefined) return undefined;
    const { enabled, ...changes } = input;
    const { name, durationMinutes, checks } = { ...waiting, ...changes };
    const values = await validateInput(tx, actor, { name, durationMinutes, checks });
    if (enabled === true) {
      await deleteAdHoc(tx, waiting);
      return { open: await enable(tx, actor, key, values, now) };
    }
    const change = difference(toRecorded(waiting), toRecorded(values));
    if (change === undefined) return { waiting };
    await record(tx, actor, now, { type: 'ad_hoc.changed', subject: { kind: 'ad_hoc', id: key }, ...change });
    return { waiting: await saveAdHoc(tx, waiting, values, actor, now) };
  });
}

/** @returns undefined when no window with this key waits */
async function lockWaiting(tx: Queries, actor: Actor, key: string) {
  const waiting = await lockAdHoc(tx, actor.accountId, key);
  if (waiting) await assertWithinScopes(tx, actor, toCoverage(waiting.checks), maintenanceNotFound({ ref: key }));
  return waiting;
}

/** The open maintenances that ad-hoc windows became, as far as the actor may see them, by their start. */
export async function listOpenAdHocs({ database }: ActionContext, actor: Actor): Promise<Maintenance[]> {
  const open = { adHoc: true, statuses: OPEN_STATUSES, reader: toReader(actor) } as const;
  return listMaintenances(database, actor.accountId, open, { limit: MAX_OPEN_AD_HOCS });
}

/** @throws UserError `not-found`, also for one that is over */
export async function getOpenAdHoc(ctx: ActionContext, actor: Actor, key: string): Promise<Maintenance> {
  const found = (await listOpenAdHocs(ctx, actor)).find((maintenance) => maintenance.key === key);
  if (found === undefined) throw maintenanceNotFound({ ref: key });
  return found;
}

/**
 * Removes an ad-hoc window. A maintenance that it became is canceled, which unmutes its checks.
 * @throws UserError `forbidden`, or `not-found` when there is none or it is over
 */
export async function removeAdHoc(ctx: ActionContext, actor: Actor, key: string): Promise<void> {
  authorize(actor, 'cancel');
  const removed = await inTransaction(ctx, async (tx, now) => {
    const waiting = await lockWaiting(tx, actor, key);
    if (waiting === undefined) return false;
    await deleteAdHoc(tx, waiting);
    const subject = { kind: 'ad_hoc', id: key } as const;
    await record(tx, actor, now, { type: 'ad_hoc.removed', subject, before: toRecorded(waiting) });
    return true;
  });
  if (!removed) await cancel(ctx, actor, (await getOpenAdHoc(ctx, actor, key)).id, undefined);
}
