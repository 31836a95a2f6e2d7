import type { Providers } from '../../src/checks/providers/provider.ts';
import type { Channel } from '../../src/delivery/channel.ts';
import { Vault } from '../../src/platform/vault.ts';
import { Worker } from '../../src/scheduler/worker.ts';
import { silent, type World } from '../world.ts';

/** Creates a worker on the database of a world, as in another process. It is not started yet. */
export function aWorker({ ctx, url }: World, channel: Channel, providers: Providers, log = silent): Worker {
  return new Worker({
    ctx,
    url,
    channels: { slack: channel },
    providers,
    webhooks: { fetch, vault: new Vault(['the encryption key of the tests']), represent: (maintenance) => maintenance },
    log,
  });
}
