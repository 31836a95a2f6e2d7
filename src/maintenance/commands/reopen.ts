import { record } from '../../audit/record.ts';
import { findScope } from '../../catalogue/scopes/repository.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { pick } from '../../core/fields.ts';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { findCreated, saveCreated } from '../../platform/idempotency.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { alreadyReopened, neverStarted, nothingToReopen, reopenNeedsApproval, wrongStatus } from '../errors.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { listInternalChannels } from '../repository/announcements.ts';
import { findMaintenance, findReopening, type Maintenance } from '../repository/maintenances.ts';
import { can } from '../rules/lifecycle.ts';
import { currentWindow } from '../rules/times.ts';
import { reannounce } from './announce.ts';
import { toEditable } from './edit.ts';
import { withMaintenance } from './find.ts';
import { type ScheduleInput, scheduleInTransaction } from './schedule.ts';
import { startMaintenance } from './start.ts';

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
    scopeId: scope && (await findScope(tx, accountId, scope.id)) && scope.id,
    channels: await listInternalChannels(tx, accountId, id),
    reopensId: id,
  };
}
