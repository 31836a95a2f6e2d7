import { sealPurpose } from '../checks/provider-repository.ts';
import type { Queries } from '../platform/database.ts';
import { UnreadableSecret, type Vault } from '../platform/vault.ts';
import { webhookSealPurpose } from '../webhooks/repository.ts';

/**
 * Seals the secrets of providers and webhooks anew that an older key sealed, so that it can be dropped. One that no key
 * opens stays as it is.
 * @param unreadable is told of each of those, in a sentence
 */
export async function resealSecrets(db: Queries, vault: Vault, unreadable: (sentence: string) => void): Promise<void> {
  const again = (sealed: string | null, purpose: string): string | undefined => {
    try {
      return sealed === null ? undefined : vault.sealAnew(sealed, purpose);
    } catch (error) {
      if (!(error instanceof UnreadableSecret)) throw error;
      unreadable(error.message);
      return undefined;
    }
  };
  const providers = await db.provider.findMany({
    where: { credentials: { not: null } },
    select: { accountId: true, name: true, credentials: true },
  });
  for (const provider of providers) {
    const credentials = again(provider.credentials, sealPurpose(provider.accountId, provider.name));
    // Unless somebody changed them meanwhile.
    if (credentials !== undefined) await db.provider.updateMany({ where: provider, data: { credentials } });
  }
  const webhooks = await db.webhook.findMany({
    select: { accountId: true, id: true, secret: true, previousSecret: true },
  });
  for (const webhook of webhooks) {
    const purpose = webhookSealPurpose(webhook.accountId);
    const secret = again(webhook.secret, purpose);
    const previousSecret = again(webhook.previousSecret, purpose);
    if (secret === undefined && previousSecret === undefined) continue;
    const data = {
      ...(secret === undefined ? {} : { secret }),
      ...(previousSecret === undefined ? {} : { previousSecret }),
    };
    await db.webhook.updateMany({ where: webhook, data });
  }
}
