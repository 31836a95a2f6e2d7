import { Refusal } from '../../core/errors.ts';
import { type Actor, mustBeAllowed, mustBeWithinScopes } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import type { Ground } from '../../platform/transactions.ts';
import { touchedScopes } from '../repository/coverage.ts';
import { findMaintenance, lockMaintenance, type Maintenance } from '../repository/maintenances.ts';
import { type Coverage, coverageOf } from './announce.ts';

export function noSuchMaintenance(id: number | string): Refusal {
  return new Refusal('not-found', `There is no maintenance ${id}. \`/maintenance list\` shows those there are.`);
}

/**
 * A maintenance to be changed, locked.
 * @throws Refusal of kind `not-found`, or `forbidden` to somebody who is limited to other scopes
 */
export async function lock(tx: Queries, actor: Actor, id: number): Promise<Maintenance> {
  const maintenance = await lockMaintenance(tx, actor.accountId, id);
  if (maintenance === undefined) throw noSuchMaintenance(id);
  await holdToScopes(tx, actor, coverageOf(maintenance), noSuchMaintenance(id));
  return maintenance;
}

/**
 * Holds somebody who is limited to scopes to windows that touch those alone.
 * @param unseen what there is to say of a window that they may not even know of
 * @throws Refusal of kind `forbidden`, or `unseen`
 */
export async function holdToScopes(
  tx: Queries,
  actor: Actor,
  coverage: Pick<Coverage, 'scopeId' | 'services' | 'checks' | 'selector'>,
  unseen?: Refusal,
): Promise<void> {
  const { scopes } = actor;
  if (scopes === undefined) return;
  const touched = (await touchedScopes(tx, actor.accountId, coverage)).map(({ id }) => id);
  if (unseen !== undefined && !touched.some((id) => scopes.includes(id))) throw unseen;
  mustBeWithinScopes(actor, touched);
}

/**
 * One maintenance, for somebody who may see it.
 * @throws Refusal of kind `not-found` or `forbidden`
 */
export async function find(ground: Ground, actor: Actor, id: number): Promise<Maintenance> {
  mustBeAllowed(actor, 'read');
  const maintenance = await findMaintenance(ground.database, actor.accountId, id);
  if (maintenance === undefined) throw noSuchMaintenance(id);
  return maintenance;
}
