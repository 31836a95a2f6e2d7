import type { UserError } from '../../core/errors.ts';
import { type Actor, authorize, authorizeScopes } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { maintenanceNotFound } from '../errors.ts';
import { listTouchedScopes } from '../repository/coverage.ts';
import { findMaintenance, lockMaintenance, type Maintenance } from '../repository/maintenances.ts';
import { type Coverage, toCoverage } from './announce.ts';

/**
 * A maintenance to be changed, locked.
 * @throws UserError of kind `not-found`, or `forbidden` to somebody who is limited to other scopes
 */
export async function lockForChange(tx: Queries, actor: Actor, id: number): Promise<Maintenance> {
  const maintenance = await lockMaintenance(tx, actor.accountId, id);
  if (maintenance === undefined) throw maintenanceNotFound({ ref: id });
  await assertWithinScopes(tx, actor, toCoverage(maintenance), maintenanceNotFound({ ref: id }));
  return maintenance;
}

/**
 * Holds somebody who is limited to scopes to windows that touch those alone.
 * @param unseen what there is to say of a window that they may not even know of
 * @throws UserError of kind `forbidden`, or `unseen`
 */
export async function assertWithinScopes(
  tx: Queries,
  actor: Actor,
  coverage: Pick<Coverage, 'scopeId' | 'services' | 'checks' | 'selector'>,
  unseen?: UserError,
): Promise<void> {
  const { scopes } = actor;
  if (scopes === undefined) return;
  const touched = (await listTouchedScopes(tx, actor.accountId, coverage)).map(({ id }) => id);
  if (unseen !== undefined && !touched.some((id) => scopes.includes(id))) throw unseen;
  authorizeScopes(actor, touched);
}

/**
 * One maintenance, for somebody who may see it.
 * @throws UserError of kind `not-found` or `forbidden`
 */
export async function getMaintenance(ctx: ActionContext, actor: Actor, id: number): Promise<Maintenance> {
  authorize(actor, 'read');
  const maintenance = await findMaintenance(ctx.database, actor.accountId, id);
  if (maintenance === undefined) throw maintenanceNotFound({ ref: id });
  return maintenance;
}
