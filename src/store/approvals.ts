import type { Queries } from './database.ts';
import { findMaintenance, type Maintenance } from './maintenances.ts';

/** The scheduled maintenances that are not approved, locked until the transaction ends. */
export async function lockUnapproved(tx: Queries, accountId: number): Promise<Maintenance[]> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    select id from maintenances
    where account_id = ${accountId} and status = 'scheduled' and approval in ('pending', 'declined')
    order by id for update`;
  const found: Maintenance[] = [];
  for (const { id } of rows) {
    const maintenance = await findMaintenance(tx, accountId, id);
    if (maintenance !== undefined) found.push(maintenance);
  }
  return found;
}

export async function setRequiresApproval(tx: Queries, scopeId: number, requiresApproval: boolean): Promise<void> {
  await tx.scope.update({ where: { id: scopeId }, data: { requiresApproval } });
}
