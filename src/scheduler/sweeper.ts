import type { Logger } from 'pino';
import { unsettledProviders } from '../checks/mutes.ts';
import { unaskedSince } from '../checks/provider-repository.ts';
import { unfinishedAnnouncements } from '../delivery/announcements.ts';
import { unfinishedNotices } from '../delivery/notices.ts';
import { sweepDrafts } from '../maintenance/drafts.ts';
import { sweepReceipts } from '../platform/idempotency.ts';
import { enqueue, sweepReplaced } from '../platform/jobs.ts';
import type { Ground } from '../platform/transactions.ts';
import { dueDeliveries, sweepDeliveries } from '../webhooks/repository.ts';

/** How often the sweeper compares what is with what should be (milliseconds). */
const EVERY = 60_000;
/** A provider that nothing was asked of for so long is looked at (milliseconds). */
const LOOK_AT_PROVIDERS = 300_000;

/**
 * Never stuck (rule 4): at start and every minute, every provider with a hold that is not settled, every announcement and
 * every person that has something left to be told is looked at again, however often it failed before.
 */
export class Sweeper {
  readonly #ground: Ground;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(ground: Ground, log: Logger) {
    this.#ground = ground;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#sweep();
    if (this.#stopped) return;
    this.#timer = setInterval(() => void this.#sweep(), EVERY);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#round;
  }

  #sweep(): Promise<void> {
    this.#round ??= sweep(this.#ground)
      .catch((error: unknown) => this.#log.error({ error }, 'the sweeper could not look; it tries again in a minute'))
      .finally(() => {
        this.#round = undefined;
      });
    return this.#round;
  }
}

/** One look of the sweeper. */
export async function sweep({ database, clock }: Ground): Promise<void> {
  const again = { ifNotWaiting: true };
  for (const provider of await unsettledProviders(database)) await enqueue(database, 'enforce', provider, again);
  const since = new Date(clock.now().getTime() - LOOK_AT_PROVIDERS);
  for (const provider of await unaskedSince(database, since)) await enqueue(database, 'tend', provider, again);
  for (const announcement of await unfinishedAnnouncements(database, clock.now())) {
    await enqueue(database, 'announce', announcement, again);
  }
  for (const notice of await unfinishedNotices(database)) await enqueue(database, 'notify', notice, again);
  for (const messages of await dueDeliveries(database)) await enqueue(database, 'deliver', messages, again);
  await sweepReplaced(database);
  await sweepDrafts(database, clock.now());
  await sweepReceipts(database, clock.now());
  await sweepDeliveries(database, clock.now());
}
