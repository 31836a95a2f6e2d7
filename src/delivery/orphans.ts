import { record } from '../audit/record.ts';
import { systemActor } from '../core/permissions.ts';
import { notifyResponsible, reannounce } from '../maintenance/commands/announce.ts';
import { lockMaintenances } from '../maintenance/repository/locked.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { listOrphans, ORPHAN_REASON } from './repository.ts';

/**
 * Notifies whoever can act of open maintenances whose owner was deactivated: once for each owner, about the one that starts
 * first, and again for another one once that is over.
 */
export async function reportOrphans(ctx: ActionContext): Promise<void> {
  for (const { accountId, id, open, owner, name } of await listOrphans(ctx.database)) {
    await inTransaction(ctx, async (tx, now) => {
      await lockMaintenances(tx, accountId, [id]);
      const event = await record(tx, systemActor(accountId), now, {
        type: 'maintenance.owner_deactivated',
        maintenanceId: id,
        internal: true,
        after: { owner, name, open },
      });
      await reannounce(tx, accountId, id);
      await notifyResponsible(tx, { accountId, id }, ORPHAN_REASON, event);
    });
  }
}
