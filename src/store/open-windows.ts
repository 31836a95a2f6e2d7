import { OPEN } from '../domain/maintenance.ts';
import type { Queries } from './database.ts';
import { type Maintenance, readMaintenances } from './maintenances.ts';

const NOT_OVER = { status: { in: [...OPEN] }, deletedAt: null };
const orderBy = { id: 'asc' } as const;

/** The maintenances on any of these services that are scheduled or in progress. */
export async function openOfServices(
  db: Queries,
  accountId: number,
  services: readonly number[],
): Promise<Maintenance[]> {
  const where = { accountId, ...NOT_OVER, services: { some: { serviceId: { in: [...services] } } } };
  return readMaintenances(db, { where, orderBy });
}

/** The maintenances in a scope, or on a service in it, that are scheduled or in progress. */
export async function openOfScope(db: Queries, accountId: number, scopeId: number): Promise<Maintenance[]> {
  const within = [{ scopeId }, { services: { some: { service: { scopeId } } } }];
  return readMaintenances(db, { where: { accountId, ...NOT_OVER, OR: within }, orderBy });
}
