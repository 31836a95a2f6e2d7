import type { Queries } from '../store/database.ts';
import { hushPublicly } from '../store/hush.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { announceEverywhere } from './effects.ts';

/**
 * Announces maintenances again, because what they are about was changed. Of one that turned internal or public by it, what
 * has happened so far is not told in public afterwards.
 * @param before the same ones, as they were
 */
export async function announceChanged(
  tx: Queries,
  before: readonly Maintenance[],
  after: readonly Maintenance[],
): Promise<void> {
  const audiences = new Map(before.map(({ id, audience }) => [id, audience]));
  for (const maintenance of after) {
    await announceEverywhere(tx, maintenance);
    const was = audiences.get(maintenance.id);
    if (was !== undefined && was !== maintenance.audience) {
      await hushPublicly(tx, maintenance.accountId, maintenance.id);
    }
  }
}
