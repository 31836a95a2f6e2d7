import { sealPurpose } from '../checks/provider-repository.ts';
import { freezeSealPurpose } from '../freezes/repository.ts';
import type { Queries } from '../platform/database.ts';
import { UnreadableSecret, type Vault } from '../platform/vault.ts';
import { webhookSealPurpose } from '../webhooks/repository.ts';

/**
 * Seals the secrets of providers, webhooks and calendars with the current key where an older one sealed them, so that the older one
 * can be dropped. A secret that no key opens stays as it is.
 * @param onUnreadable receives a sentence about each of those
 */
export async function resealSecrets(db: Queries, vault: Vault, onUnreadable: (sentence: string) => void) {
  const reseal = (sealed: string | null, purpose: string): string | undefined => {
    try {
      return sealed === null ? undefined : vault.sealAnew(sealed, purpose);
    } catch (error) {
      if (!(error instanceof UnreadableSecret)) throw error;
      onUnreadable(error.message);
      return undefined;
    }
  };
  const provided = { accountId: true, name: true, credentials: true };
  for (const provider of await db.provider.findMany({ where: { credentials: { not: null } }, select: provided })) {
    const credentials = reseal(provider.credentials, sealPurpose(provider.accountId, provider.name));
    // The condition on the old value keeps a concurrent change.
    if (credentials !== undefined) await db.provider.updateMany({ where: provider, data: { credentials } });
  }
  const secrets = { accountId: true, id: true, sealedUrl: true, secret: true, previousSecret: true };
  for (const webhook of await db.webhook.findMany({ select: secrets })) {
    const purpose = webhookSealPurpose(webhook.accountId);
    const secret = reseal(webhook.secret, purpose);
    const previousSecret = reseal(webhook.previousSecret, purpose);
    const sealedUrl = reseal(webhook.sealedUrl, purpose);
    if (secret === undefined && previousSecret === undefined && sealedUrl === undefined) continue;
    const data = {
      ...(sealedUrl && { sealedUrl }),
      ...(secret && { secret }),
      ...(previousSecret && { previousSecret }),
    };
    await db.webhook.updateMany({ where: webhook, data });
  }
  const calendars = { where: { sealedUrl: { not: null } }, select: { accountId: true, id: true, sealedUrl: true } };
  for (const calendar of await db.freeze.findMany(calendars)) {
    const sealedUrl = reseal(calendar.sealedUrl, freezeSealPurpose(calendar.accountId));
    if (sealedUrl !== undefined) await db.freeze.updateMany({ where: calendar, data: { sealedUrl } });
  }
}
