import { sealPurpose } from '../checks/provider-repository.ts';
import type { Queries } from '../platform/database.ts';
import { UnreadableSecret, type Vault } from '../platform/vault.ts';
import { webhookSealPurpose } from '../webhooks/repository.ts';

/**
 * Seals the secrets of providers and webhooks with the current key where an older one sealed them, so that the older one
 * can be dropped. A secret that no key opens stays as it is.
 * @param onUnreadable receives a sentence about each of those
 */
export async function resealSecrets(
  db: Queries,
  vault: Vault,
  onUnreadable: (sentence: string) => void,
): Promise<void> {
  const reseal = (sealed: string | null, purpose: string): string | undefined => {
    try {
      return sealed === null ? undefined : vault.sealAnew(sealed, purpose);
    } catch (error) {
      if (!(error instanceof UnreadableSecret)) throw error;
      onUnreadable(error.message);
      return undefined;
    }
  };
  const providers = await db.provider.findMany({
    where: { credentials: { not: null } },
    select: { accountId: true, name: true, credentials: true },
  });
  for (const provider of providers) {
    const credentials = reseal(provider.credentials, sealPurpose(provider.accountId, provider.name));
    // The condition on the old value keeps a concurrent change.
    if (credentials !== undefined) await db.provider.updateMany({ where: provider, data: { credentials } });
  }
  const webhooks = await db.webhook.findMany({
    select: { accountId: true, id: true, secret: true, previousSecret: true },
  });
  for (const webhook of webhooks) {
    const purpose = webhookSealPurpose(webhook.accountId);
    const secret = reseal(webhook.secret, purpose);
    const previousSecret = reseal(webhook.previousSecret, purpose);
    if (secret === undefined && previousSecret === undefined) continue;
    const data = {
      ...(secret === undefined ? {} : { secret }),
      ...(previousSecret === undefined ? {} : { previousSecret }),
    };
    await db.webhook.updateMany({ where: webhook, data });
  }
}
