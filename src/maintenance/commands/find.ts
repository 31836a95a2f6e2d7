import type { UserError } from '../../core/errors.ts';
import { type Actor, authorize, authorizeScopes, type Permission } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { type ActionContext, inTransactionOnce, type Repeated } from '../../platform/transactions.ts';
import { maintenanceNotFound, wrongStatus } from '../errors.ts';
import { findIdByKey, findMaintenance } from '../repository/list.ts';
import { lockMaintenance } from '../repository/locked.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import type { Touching } from '../rules/coverage.ts';
import { can, TRANSITIONS } from '../rules/lifecycle.ts';
import { isWithinLimit } from '../rules/limits.ts';
import { toCoverage } from './announce.ts';
import { listTouchedScopes } from './apply-rules.ts';

/**
 * Runs a command on one maintenance in one transaction, with the maintenance locked.
 * @param permission that the command needs; where it is also a transition, the status must allow it
 * @returns undefined when the request `once` was acted upon before
 * @throws UserError `forbidden`, `not-found`, or `wrong-status`
 */
export async function withMaintenance<T, Once extends string | undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  permission: Permission,
  once: Once | undefined,
  work: (tx: Queries, maintenance: Maintenance, now: Date) => Promise<T>,
): Promise<T | Repeated<Once>> {
  authorize(actor, permission);
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await lockForChange(tx, actor, id, { starts: permission === 'start' });
    const { status } = maintenance;
    const action = TRANSITIONS.find((transition) => transition === permission);
    if (action !== undefined && !can(status, action)) throw wrongStatus({ id, status, action });
    return work(tx, maintenance, now);
  });
}

/**
 * A maintenance to be changed, locked.
 * @throws UserError `not-found`, or `forbidden` to somebody who is limited to other scopes
 */
export async function lockForChange(
  tx: Queries,
  actor: Actor,
  id: number,
  options?: { readonly starts: boolean },
): Promise<Maintenance> {
  const maintenance = await lockMaintenance(tx, actor.accountId, id, options);
  if (maintenance === undefined) throw maintenanceNotFound({ ref: id });
  await assertWithinScopes(tx, actor, toCoverage(maintenance), maintenanceNotFound({ ref: id }));
  return maintenance;
}

/**
 * Limits somebody with scopes to windows that touch only those, and to those that are limited to them, whatever these touch
 * by now: what somebody could begin they can end.
 * @param invisible the error for a stored window that they cannot see
 * @throws UserError `forbidden`, or `invisible`
 */
export async function assertWithinScopes(tx: Queries, actor: Actor, coverage: Touching, invisible?: UserError) {
  const { scopes } = actor;
  if (scopes === undefined) return;
  if (invisible !== undefined) {
    const { limitedTo } = coverage;
    if (limitedTo != null && isWithinLimit(limitedTo, scopes)) return;
    // As queries decide it: they do not know what a selector chooses.
    const shown = await listTouchedScopes(tx, actor.accountId, { ...coverage, selector: null });
    if (!shown.some(({ id }) => scopes.includes(id))) throw invisible;
  }
  const touched = (await listTouchedScopes(tx, actor.accountId, coverage)).map(({ id }) => id);
  authorizeScopes(actor, touched);
}

/** @throws UserError `not-found` or `forbidden` */
export async function getMaintenance(ctx: ActionContext, actor: Actor, id: number): Promise<Maintenance> {
  authorize(actor, 'read');
  const maintenance = await findMaintenance(ctx.database, actor.accountId, id);
  if (maintenance === undefined) throw maintenanceNotFound({ ref: id });
  return maintenance;
}

/**
 * The maintenance that somebody names by its id or its key.
 * @throws UserError `not-found` or `forbidden`
 */
export async function resolveMaintenance(ctx: ActionContext, actor: Actor, ref = ''): Promise<Maintenance> {
  if (/^\d+$/.test(ref) && Number.isSafeInteger(Number(ref))) return getMaintenance(ctx, actor, Number(ref));
  authorize(actor, 'read');
  const id = await findIdByKey(ctx.database, actor.accountId, ref);
  if (id === undefined) throw maintenanceNotFound({ ref });
  return getMaintenance(ctx, actor, id);
}
