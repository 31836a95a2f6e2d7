import { addScope } from '../catalogue/scopes/commands.ts';
import { addService } from '../catalogue/services/commands.ts';
import { countServices } from '../catalogue/services/repository.ts';
import { addCheck } from '../checks/commands.ts';
import { type Audience, systemActor } from '../core/permissions.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { subscribe } from '../subscriptions/commands.ts';

const SERVICES: readonly { name: string; checks: readonly { name: string; enabled?: boolean }[] }[] = [
  // Off from the start, to show that a window leaves such checks off.
  { name: 'api', checks: [{ name: 'api health' }, { name: 'api latency' }, { name: 'api canary', enabled: false }] },
  { name: 'web', checks: [{ name: 'web home page' }, { name: 'web certificate' }] },
  { name: 'postgres', checks: [{ name: 'postgres replication' }, { name: 'postgres disk' }] },
];

/** Creates a small catalogue on the first start in the playground. */
export async function createDemoCatalogue(
  ctx: ActionContext,
  accountId: number,
  channels: readonly { channel: string; audience: Audience }[],
): Promise<void> {
  if ((await countServices(ctx.database, accountId)) > 0) return;
  const actor = systemActor(accountId);
  const scope = await addScope(ctx, actor, { name: 'Production' });
  for (const { name, checks } of SERVICES) {
    const service = await addService(ctx, actor, { name, scopeId: scope.id });
    for (const { name: check, enabled } of checks) {
      await addCheck(ctx, actor, {
        name: check,
        services: [service.id],
        provider: 'builtin',
        externalId: null,
        enabled: enabled ?? true,
        tags: ['demo'],
      });
    }
  }
  for (const channel of channels) await subscribe(ctx, actor, channel);
}
