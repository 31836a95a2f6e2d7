import { authorize } from '../../core/permissions.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { getMaintenance } from '../commands/find.ts';
import { maintenanceNotFound } from '../errors.ts';
import { findIdByKey, type Maintenance } from '../repository/maintenances.ts';

/**
 * The maintenance that a command names by its id or its key.
 * @throws UserError of kind `not-found` or `forbidden`
 */
export async function resolveMaintenance({ ctx }: SlackContext, { actor }: Person, ref = ''): Promise<Maintenance> {
  if (/^\d+$/.test(ref) && Number.isSafeInteger(Number(ref))) return getMaintenance(ctx, actor, Number(ref));
  authorize(actor, 'read');
  const id = await findIdByKey(ctx.database, actor.accountId, ref);
  if (id === undefined) throw maintenanceNotFound({ ref });
  return getMaintenance(ctx, actor, id);
}
