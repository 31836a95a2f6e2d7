import type { Providers } from '../../src/checks/providers/provider.ts';
import type { Poster } from '../../src/delivery/announce.ts';
import { Vault } from '../../src/platform/vault.ts';
import { Worker } from '../../src/scheduler/worker.ts';
import { silent, type World } from '../world.ts';

/** The effects of one more process on the database of a world, not started yet. */
export function aWorker({ ctx, url, ana }: World, poster: Poster, providers: Providers): Worker {
  return new Worker({
    ctx,
    url,
    poster,
    approvers: { of: async () => [] },
    threads: { hear: async () => undefined },
    homes: { person: async () => ({ actor: ana, timezone: 'UTC' }), publish: async () => {} },
    providers,
    webhooks: { fetch, vault: new Vault(['the encryption key of the tests']), represent: (maintenance) => maintenance },
    log: silent,
  });
}
