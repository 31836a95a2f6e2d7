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
import { type ActionContext, inTransactionOnce } from '../../platform/transactions.ts';
import { alreadyReopened, neverStarted, nothingToReopen, reopenNeedsApproval, wrongStatus } from '../errors.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { listInternalChannels } from '../repository/announcements.ts';
import { findMaintenance, findReopening, type Maintenance } from '../repository/maintenances.ts';
import { can } from '../rules/lifecycle.ts';
import { currentWindow } from '../rules/times.ts';
import { reannounce } from './announce.ts';
import { lockForChange } from './find.ts';
import { type ScheduleInput, scheduleInTransaction } from './schedule.ts';
import { startMaintenance } from './start.ts';

/** How long a reopened window lasts (minutes); it can be extended as any other. */
export const REOPEN_MINUTES = 30;
const MARK = ' (reopened)';

/**
 * Begins a window on the same things as one that is over, now and for 30 minutes. One that was reopened already, and is open
 * still, is not opened twice: that one is answered.
 * @param once of a request that may come twice, which is answered like the first
 * @param overrideReason why a freeze that it would begin into should not hold
 * @throws UserError `forbidden`, `not-found`, or `conflict` when it is not over, never began, nothing of what it covered is
 *   left, or a second person has to approve such a window first; FreezeConflict when a freeze blocks it
 */
export async function reopen(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  once?: string,
  overrideReason?: string,
): Promise<Maintenance> {
  authorize(actor, 'schedule');
  authorize(actor, 'start');
  const opened = await inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const over = await lockForChange(tx, actor, id);
    if (over.startedAt === null) throw neverStarted({ id });
    if (can(over.status, 'extend')) throw wrongStatus({ id, status: over.status, action: 'reopen' });
    const made = (await findReopening(tx, actor.accountId, id)) ?? (await goOn(tx, actor, over, now, overrideReason));
    if (once !== undefined) await saveCreated(tx, actor.accountId, once, made.id);
    return made;
  });
  if (opened !== undefined) return opened;
  const made = once === undefined ? undefined : await findCreated(ctx.database, actor.accountId, once);
  const before = made === undefined ? undefined : await findMaintenance(ctx.database, actor.accountId, made);
  if (before === undefined) throw alreadyReopened({ id });
  return before;
}

async function goOn(
  tx: Queries,
  actor: Actor,
  over: Maintenance,
  now: Date,
  overrideReason: string | undefined,
): Promise<Maintenance> {
  const startsNow = { approvalError: reopenNeedsApproval({ id: over.id }) };
  const input = { ...(await theSame(tx, over, now)), overrideReason, startsNow };
  const scheduled = await scheduleInTransaction(tx, actor, input, now);
  const opened = await startMaintenance(tx, actor, scheduled, now, 0);
  await record(tx, actor, now, {
    type: 'maintenance.reopened',
    maintenanceId: over.id,
    internal: true,
    after: { maintenance: opened.id, ends_at: utc(currentWindow(opened).end) },
  });
  await reannounce(tx, over.accountId, over.id);
  return opened;
}

/** What it was about, as far as it is still there, from now on. */
async function theSame(tx: Queries, over: Maintenance, now: Date): Promise<ScheduleInput> {
  const { accountId, scope, selector } = over;
  const services = await listServices(tx, accountId, { ids: over.services.map((service) => service.id) });
  const checks = over.checks === null ? null : await listChecks(tx, accountId, { ids: over.checks });
  if (services.length === 0 && (checks ?? []).length === 0 && selector === null) {
    throw nothingToReopen({ id: over.id });
  }
  const name = over.name.endsWith(MARK) ? over.name : `${over.name.slice(0, MAX_NAME_CHARS - MARK.length)}${MARK}`;
  return {
    ...pick(CONTENT_FIELDS, over),
    name: name.toWellFormed(),
    start: now,
    end: new Date(now.getTime() + REOPEN_MINUTES * 60_000),
    timezone: over.timezone,
    services: services.map((service) => service.id),
    checks: checks === null ? null : checks.map((check) => check.id),
    selector: selector === null ? null : { text: selector.text, follows: selector.follows },
    scopeId: scope === null || (await findScope(tx, accountId, scope.id)) === null ? null : scope.id,
    channels: await listInternalChannels(tx, accountId, over.id),
    reopensId: over.id,
  };
}
