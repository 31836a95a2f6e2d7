import type { Logger } from 'pino';
import { listUnsettledProviders } from '../checks/mutes.ts';
import { listProvidersIdleSince } from '../checks/provider-repository.ts';
import { listUnfinishedAnnouncements } from '../delivery/announcements.ts';
import { listUnfinishedNotices } from '../delivery/notices.ts';
import { sweepDrafts } from '../maintenance/drafts.ts';
import { sweepProcessedRequests } from '../platform/idempotency.ts';
import { enqueue, sweepReplacedJobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listDueDeliveries, sweepDeliveries } from '../webhooks/repository.ts';

/** How often the sweeper compares what is with what should be (milliseconds). */
const EVERY = 60_000;
/** A provider that nothing was asked of for so long is looked at (milliseconds). */
const LOOK_AT_PROVIDERS = 300_000;

/**
 * Never stuck (rule 4): at start and every minute, every provider with a hold that is not settled, every announcement and
 * every person that has something left to be told is looked at again, however often it failed before.
 */
export class Sweeper {
  readonly #ctx: ActionContext;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(ctx: ActionContext, log: Logger) {
    this.#ctx = ctx;
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
    this.#round ??= sweep(this.#ctx)
      .catch((error: unknown) => this.#log.error({ error }, 'the sweeper could not look; it tries again in a minute'))
      .finally(() => {
        this.#round = undefined;
      });
    return this.#round;
  }
}

/** One look of the sweeper. */
export async function sweep({ database, clock }: ActionContext): Promise<void> {
  const again = { ifNotWaiting: true };
  for (const provider of await listUnsettledProviders(database)) await enqueue(database, 'enforce', provider, again);
  const since = new Date(clock.now().getTime() - LOOK_AT_PROVIDERS);
  for (const provider of await listProvidersIdleSince(database, since))
    await enqueue(database, 'tend', provider, again);
  for (const announcement of await listUnfinishedAnnouncements(database, clock.now())) {
    await enqueue(database, 'announce', announcement, again);
  }
  for (const notice of await listUnfinishedNotices(database)) await enqueue(database, 'notify', notice, again);
  for (const messages of await listDueDeliveries(database)) await enqueue(database, 'deliver', messages, again);
  await sweepReplacedJobs(database);
  await sweepDrafts(database, clock.now());
  await sweepProcessedRequests(database, clock.now());
  await sweepDeliveries(database, clock.now());
}
