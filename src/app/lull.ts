import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { findOnlyAccount } from '../access/accounts.ts';
import { OwnerChecks } from '../access/owner-checks.ts';
import { Configuration } from '../checks/providers/configuration.ts';
import { KINDS } from '../checks/providers/kinds.ts';
import type { ProviderContext, ProviderKind } from '../checks/providers/provider.ts';
import { createLister, Registry } from '../checks/providers/registry.ts';
import type { Secrets } from '../checks/secrets.ts';
import { backfillReplies } from '../comments/commands.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Channels } from '../delivery/channel.ts';
import type { HttpServer } from '../http/server.ts';
import { toMaintenance } from '../maintenance/http/schemas.ts';
import { STATUSES } from '../maintenance/rules/status.ts';
import { StartError } from '../platform/data-dir.ts';
import { type Database, findProblem, openDatabase } from '../platform/database.ts';
import { watchEventLoop } from '../platform/event-loop.ts';
import { Metrics } from '../platform/metrics.ts';
import { type Quotas, storeQuotas } from '../platform/quotas.ts';
import type { ActionContext } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import { Sweeper } from '../scheduler/sweeper.ts';
import { Timer } from '../scheduler/timer.ts';
import { Worker } from '../scheduler/worker.ts';
import { resealSecrets } from '../settings/reseal.ts';
import { TokenRejected, type Workspace } from '../slack/connection/workspace.ts';
import { httpProblemText } from '../texts/http-errors.ts';
import { type EdgeOptions, httpApp } from './http.ts';
import { Slack, type SlackCredentials } from './slack.ts';

/** While Slack or the database cannot be reached. */
const RETRY_MS = 5_000;

export interface LullOptions {
  readonly server: HttpServer;
  readonly databaseUrl: string;
  readonly adminToken: string;
  readonly edge: EdgeOptions;
  readonly vault: Vault;
  readonly credentials: SlackCredentials;
  readonly checks: {
    readonly fetch: ProviderContext['fetch'];
    /** Where people reach Lull, without a slash at the end. */
    readonly publicUrl: string;
    readonly secrets: Secrets;
    /** All by default. */
    readonly kinds?: readonly ProviderKind[];
  };
  readonly defaults: { readonly timezone: string; readonly defaultChannel: string | undefined };
  /** Of each account; without one, the default applies. */
  readonly quotas?: Quotas;
  readonly clock?: Clock;
  readonly log: Logger;
}

/** Composition root: everything that runs on a database. */
export class Lull {
  readonly ctx: ActionContext;
  readonly timer: Timer;
  readonly #options: LullOptions;
  readonly #database: Database;
  readonly #metrics: Metrics;
  #stopWatching: (() => void) | undefined;
  readonly #providers: Parameters<typeof httpApp>[0]['providers'];
  readonly #slack: Slack;
  readonly #sweeper: Sweeper;
  readonly #worker: Worker;
  #workspace: Workspace | undefined;
  #backfill: Promise<void> | undefined;
  #stopped = false;

  constructor(options: LullOptions) {
    const { databaseUrl, clock = systemClock, credentials, defaults, log, vault } = options;
    const { fetch, publicUrl, secrets, kinds = KINDS } = options.checks;
    this.#options = options;
    const database = openDatabase(databaseUrl, (problem) =>
      log.error({ problem }, 'PostgreSQL stores nothing; everything is tried again until it does'),
    );
    this.#database = database;
    const configuration = new Configuration(kinds, secrets, httpProblemText);
    this.ctx = {
      database,
      clock,
      validateExternalId: (kind, externalId) => configuration.validateId(kind, externalId),
    };
    const context = { fetch, publicUrl, now: () => clock.now() };
    const registry = new Registry({ database, configuration, vault, context });
    const list = createLister(this.ctx, registry);
    this.#metrics = new Metrics(database, STATUSES);
    this.#slack = new Slack({
      ctx: this.ctx,
      credentials,
      vault,
      services: { list, providers: { configuration, vault } },
      publicUrl,
      proxies: options.edge.proxies,
      log,
      defaults,
      missed: () => this.#startBackfill(),
    });
    this.#worker = new Worker({
      ctx: this.ctx,
      url: databaseUrl,
      channels: { slack: this.#slack.channel() } satisfies Channels,
      providers: registry,
      webhooks: { fetch, vault, represent: toMaintenance },
      log,
    });
    this.timer = new Timer(this.ctx, databaseUrl, log);
    this.#sweeper = new Sweeper(this.ctx, log);
    this.#providers = { configuration, vault, list };
  }

  /** While Slack cannot be reached, windows start and end all the same. @throws StartError when Slack rejects a token */
  async start(): Promise<void> {
    const { log, vault, quotas = {} } = this.#options;
    this.#serve();
    await storeQuotas(this.#database, quotas);
    await resealSecrets(this.#database, vault, (sentence) => log.error(sentence));
    await this.#worker.start();
    if (!(await this.#connect())) void this.#connectLater();
    await this.timer.start();
    await this.#sweeper.start();
    this.#stopWatching = watchEventLoop(log);
  }

  /** Single-workspace mode: the workspace, once Slack was reached. */
  get workspace(): Workspace | undefined {
    return this.#workspace;
  }

  /** Takes no new work and resolves when the work in progress is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#options.server.close(), this.#slack.stop(), this.timer.stop(), this.#sweeper.stop()]);
    await this.#backfill;
    await this.#worker.stop();
    this.#stopWatching?.();
    this.#metrics.close();
    await this.#database.$disconnect();
  }

  #serve(): void {
    const { adminToken, edge, checks, log, server } = this.#options;
    const app = httpApp({
      ctx: this.ctx,
      providers: this.#providers,
      edge,
      authentication: {
        ctx: this.ctx,
        adminToken,
        account: async () => this.#workspace?.account.id ?? (await findOnlyAccount(this.#database))?.id,
        owners: new OwnerChecks((accountId, personId) => this.#slack.refreshPerson(accountId, personId), log),
      },
      readiness: {
        database: () => findProblem(this.#database),
        scheduler: () => this.timer.ready && this.#worker.ready,
        slack: () => this.#slack.ready(),
      },
      publicUrl: checks.publicUrl,
      readings: this.#metrics,
      log,
    });
    const hono = getRequestListener(app.fetch);
    server.serve((request, response) => {
      if (!this.#slack.handle(request, response)) void hono(request, response);
    });
  }

  async #connect(): Promise<boolean> {
    try {
      this.#workspace = await this.#slack.connect();
      return true;
    } catch (error) {
      if (error instanceof TokenRejected) throw new StartError(error.message);
      this.#options.log.error({ error }, 'Slack cannot be reached; it is tried again every few seconds');
      return false;
    }
  }

  async #connectLater(): Promise<void> {
    try {
      do await sleep(RETRY_MS, undefined, { ref: false });
      while (!this.#stopped && !(await this.#connect()));
    } catch (error) {
      this.#options.log.fatal({ error }, 'Slack refuses the token');
    }
  }

  /** Reads the threads again in which people may have written what Lull did not receive. */
  #startBackfill(): void {
    if (this.#stopped) return;
    this.#backfill ??= backfillReplies(this.ctx)
      .catch((error: unknown) => {
        this.#options.log.warn({ error }, 'what was missed in Slack cannot be looked for yet');
        setTimeout(() => this.#startBackfill(), RETRY_MS).unref();
      })
      .finally(() => {
        this.#backfill = undefined;
      });
  }
}
