import type { Logger } from 'pino';
import { listUnsettledProviders } from '../checks/mute-repository.ts';
import { listProvidersIdleSince } from '../checks/provider-repository.ts';
import { reportOrphans } from '../delivery/orphans.ts';
import { listDueCalendars } from '../freezes/repository.ts';
import { listUnfinishedChannels, listUnfinishedNotices } from '../maintenance/repository/announcements.ts';
import { enqueue, sweepReplacedJobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listWebhooksWithDue } from '../webhooks/repository.ts';
import { applyRetention } from './retention.ts';

/** How often the actual state is compared with the desired one. */
const SWEEP_EVERY_MS = 60_000;
/** A provider without a call for this long is called to see whether it answers. */
const PROVIDER_IDLE_MS = 300_000;

/**
 * Never stuck: at the start and every minute, each provider with an unsettled mute and each unfinished announcement, notice
 * and webhook is enqueued again, however often it failed.
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
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_EVERY_MS);
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

export async function sweep(ctx: ActionContext): Promise<void> {
  const { database, clock } = ctx;
  const again = { ifNotWaiting: true };
  for (const provider of await listUnsettledProviders(database)) await enqueue(database, 'reconcile', provider, again);
  const since = new Date(clock.now().getTime() - PROVIDER_IDLE_MS);
  for (const provider of await listProvidersIdleSince(database, since))
    await enqueue(database, 'prune-downtimes', provider, again);
  for (const channel of await listUnfinishedChannels(database, clock.now()))
    await enqueue(database, 'announce', channel, again);
  for (const notice of await listUnfinishedNotices(database)) await enqueue(database, 'notify', notice, again);
  for (const webhook of await listWebhooksWithDue(database)) await enqueue(database, 'deliver', webhook, again);
  for (const calendar of await listDueCalendars(database, clock.now()))
    await enqueue(database, 'read-calendar', calendar, again);
  await reportOrphans(ctx);
  await sweepReplacedJobs(database);
  await applyRetention(database, clock.now());
}
