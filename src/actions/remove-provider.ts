import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { removeChecks } from '../store/coverage.ts';
import { abandonHolds, unreleasedOf } from '../store/holds.ts';
import { checkIdsOf, deleteProvider, lockProvider, type StoredProvider } from '../store/providers.ts';
import { type Ground, transact } from './action.ts';
import { changingCoverage } from './cover.ts';
import { noSuchProvider } from './edit-provider.ts';

/**
 * Removes a monitoring system with its checks; their past stays on record. Refused while Lull has any of them off, because
 * nobody would switch them on again.
 * @param abandon the system is gone for good: what Lull has off there is left as it is
 * @throws Refusal `forbidden`, `not-found`, or `conflict` while Lull has checks of it off
 */
export async function removeProvider(
  ground: Ground,
  actor: Actor,
  name: string,
  { abandon = false }: { readonly abandon?: boolean } = {},
): Promise<StoredProvider> {
  mustBeAllowed(actor, 'remove-provider');
  return transact(ground, async (tx, now) => {
    const { accountId } = actor;
    return changingCoverage(tx, accountId, now, async () => {
      const provider = await lockProvider(tx, accountId, name);
      if (provider === undefined) throw noSuchProvider(name);
      const held = await unreleasedOf(tx, accountId, name);
      if (held.checks > 0 && !abandon) {
        const checks = held.checks === 1 ? '1 check' : `${held.checks} checks`;
        const windows = held.maintenances.length === 1 ? 'maintenance' : 'maintenances';
        throw new Refusal(
          'conflict',
          `Lull has ${checks} of ${name} in hand, for ${windows} ${held.maintenances.join(', ')}, and nobody would switch them on again. Disable ${name} first, which does so, and remove it when that is done; or end the maintenance.`,
        );
      }
      if (held.checks > 0) await abandonHolds(tx, accountId, name, now);
      const checks = await checkIdsOf(tx, accountId, name);
      await removeChecks(tx, accountId, checks, now);
      await deleteProvider(tx, accountId, name);
      await record(tx, actor, now, {
        action: 'remove-provider',
        subject: `provider:${name}`,
        before: { kind: provider.kind, enabled: provider.enabled, settings: JSON.stringify(provider.settings) },
        after: { checks_removed: checks.length, checks_left_as_they_are: held.checks },
      });
      return provider;
    });
  });
}
