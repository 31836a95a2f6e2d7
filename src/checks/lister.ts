import type { Clock } from '../clock.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Listed } from '../domain/sync.ts';
import type { Database } from '../store/database.ts';
import { converse } from './conversation.ts';
import type { Providers } from './provider.ts';

/** Asks providers which checks they have; what keeps one from saying so is a refusal in words for people. */
export function listerOf(
  ground: { readonly database: Database; readonly clock: Clock },
  providers: Providers,
): (accountId: number, name: string) => Promise<readonly Listed[]> {
  return async (accountId, name) => {
    const said = await (await converse(ground, providers, accountId, name)).list();
    if (!said.ok) throw new Refusal('conflict', `${name} did not say which checks it has: ${said.error}`);
    if (said.value === null) {
      const each = 'Add each check that windows should switch: POST /api/v1/checks.';
      throw new Refusal('conflict', `${name} is of a kind that cannot say which checks it has. ${each}`);
    }
    return said.value;
  };
}
