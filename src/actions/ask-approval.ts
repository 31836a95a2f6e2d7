import { type Approvable, askedAgain } from '../domain/approval.ts';
import type { Actor } from '../domain/permissions.ts';
import type { Queries } from '../store/database.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { touchedScopes } from '../store/touched.ts';
import type { Coverage } from './effects.ts';

/** Whether any scope that a window touches wants a second person's approval. */
export async function needsApproval(
  db: Queries,
  accountId: number,
  about: Pick<Coverage, 'scopeId' | 'services' | 'checks'>,
): Promise<boolean> {
  return (await touchedScopes(db, accountId, about)).some(({ requiresApproval }) => requiresApproval);
}

/** How a changed maintenance stands with those who approve. @param about what it touches from now on */
export async function askAgain(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  about: Pick<Coverage, 'scopeId' | 'services' | 'checks'>,
): Promise<Approvable> {
  return askedAgain(maintenance, await needsApproval(tx, actor.accountId, about), actor.id);
}
