import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { findOnlyAccount } from '../access/accounts.ts';
import { Configuration } from '../checks/providers/configuration.ts';
import { KINDS } from '../checks/providers/kinds.ts';
import type { ProviderContext, ProviderKind } from '../checks/providers/provider.ts';
import { createLister, Registry } from '../checks/providers/registry.ts';
import type { Secrets } from '../checks/secrets.ts';
import type { Lister } from '../checks/sync.ts';
import { backfillReplies } from '../comments/ingest-replies.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Channels } from '../delivery/channel.ts';
import type { HttpServer } from '../http/server.ts';
import { toMaintenance } from '../maintenance/http/schemas.ts';
import { STATUSES } from '../maintenance/rules/status.ts';
import { StartError } from '../platform/data-dir.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { Metrics } from '../platform/metrics.ts';
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

/** While Slack or the database cannot be reached, how long until it is tried again (milliseconds). */
const TRY_AGAIN = 5_000;

export interface LullOptions {
  readonly server: HttpServer;
  /** Migrated already. */
  readonly databaseUrl: string;
  readonly adminToken: string;
  readonly edge: EdgeOptions;
  /** Seals what is secret in the database. */
  readonly vault: Vault;
  readonly credentials: SlackCredentials;
  readonly checks: {
    /** The way out to monitoring systems and webhooks. */
    readonly fetch: ProviderContext['fetch'];
    /** Where people reach Lull, without a slash at the end. */
    readonly publicUrl: string;
    readonly secrets: Secrets;
    /** All there are, unless said otherwise. */
    readonly kinds?: readonly ProviderKind[];
  };
  readonly defaults: { readonly timezone: string; readonly defaultChannel: string | undefined };
  readonly clock?: Clock;
  readonly log: Logger;
}

/** All the rooms at work, on a database that is there already. */
export class Lull {
  readonly ctx: ActionContext;
  readonly alarm: Timer;
  readonly #options: LullOptions;
  readonly #database: Database;
  readonly #sweeper: Sweeper;
  readonly #slack: Slack;
  readonly #providers: {
    readonly configuration: Configuration;
    readonly vault: Vault;
    readonly registry: Registry;
    readonly list: Lister;
  };
  readonly #metrics: Metrics;
  #worker: Worker | undefined;
  #workspace: Workspace | undefined;
  #hearing: Promise<void> | undefined;
  #stopped = false;

  constructor(options: LullOptions) {
    const { databaseUrl, clock = systemClock, credentials, defaults, log } = options;
    this.#options = options;
    this.#database = openDatabase(databaseUrl);
    const { fetch, publicUrl, secrets, kinds = KINDS } = options.checks;
    const configuration = new Configuration(kinds, secrets, httpProblemText);
    this.ctx = {
      database: this.#database,
      clock,
      validateExternalId: (kind, externalId) => configuration.validateId(kind, externalId),
    };
    this.#metrics = new Metrics(this.#database, STATUSES);
    this.alarm = new Timer(this.ctx, databaseUrl, log);
    this.#sweeper = new Sweeper(this.ctx, log);
    const { vault } = options;
    const registry = new Registry({
      database: this.#database,
      configuration,
      vault,
      context: { fetch, publicUrl, now: () => clock.now() },
    });
    const list = createLister(this.ctx, registry);
    this.#providers = { configuration, vault, registry, list };
    this.#slack = new Slack({
      ctx: this.ctx,
      credentials,
      vault,
      services: { list, providers: { configuration, vault } },
      publicUrl,
      log,
      defaults,
      missed: () => this.#hearAgain(),
    });
  }

  /**
   * Starts everything. Windows start and end, and checks are switched, whether Slack can be reached or not; what there
   * is to say is said when it is back.
   * @throws StartError when Slack refuses a token
   */
  async start(): Promise<void> {
    const { server, databaseUrl, log } = this.#options;
    this.#serve(server);
    await resealSecrets(this.#database, this.#options.vault, (sentence) => log.error(sentence));
    this.#worker = new Worker({
      ctx: this.ctx,
      url: databaseUrl,
      channels: { slack: this.#slack.channel() } satisfies Channels,
      providers: this.#providers.registry,
      webhooks: { fetch: this.#options.checks.fetch, vault: this.#options.vault, represent: toMaintenance },
      log,
    });
    await this.#worker.start();
    await this.#connect();
    await this.alarm.start();
    await this.#sweeper.start();
  }

  /** The one workspace whose token is given; undefined until Slack was reached, and where workspaces add Lull by OAuth. */
  get workspace(): Workspace | undefined {
    return this.#workspace;
  }

  /** Takes no new work and resolves when the work in hand is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#options.server.close(), this.#slack.stop(), this.alarm.stop(), this.#sweeper.stop()]);
    await this.#hearing;
    await this.#worker?.stop();
    this.#metrics.close();
    await this.#database.$disconnect();
  }

  #serve(server: HttpServer): void {
    const { adminToken, log } = this.#options;
    const app = httpApp({
      ctx: this.ctx,
      providers: this.#providers,
      edge: this.#options.edge,
      authentication: {
        ctx: this.ctx,
        adminToken,
        account: async () => this.#workspace?.account.id ?? (await findOnlyAccount(this.#database))?.id,
      },
      readiness: {
        database: () => this.#databaseAnswers(),
        scheduler: () => this.alarm.ready && this.#worker?.ready === true,
        slack: () => this.#slack.ready(),
      },
      publicUrl: this.#options.checks.publicUrl,
      readings: this.#metrics,
      log,
    });
    const hono = getRequestListener(app.fetch);
    server.serve((request, response) => {
      if (!this.#slack.handle(request, response)) void hono(request, response);
    });
  }

  async #databaseAnswers(): Promise<boolean> {
    try {
      await this.#database.$queryRaw`select 1`;
      return true;
    } catch {
      return false;
    }
  }

  /** Connects to Slack now, or in the background when it cannot be reached. */
  async #connect(): Promise<void> {
    if (await this.#tryToConnect()) return;
    void (async () => {
      while (!this.#stopped) {
        await sleep(TRY_AGAIN, undefined, { ref: false });
        if (this.#stopped || (await this.#tryToConnect())) return;
      }
    })().catch((error: unknown) => this.#options.log.fatal({ error }, 'Slack refuses the token'));
  }

  /** Has the threads read again in which something was said, perhaps, that was not heard. */
  #hearAgain(): void {
    if (this.#stopped) return;
    this.#hearing ??= backfillReplies(this.ctx)
      .catch((error: unknown) => {
        this.#options.log.warn({ error }, 'what was missed in Slack cannot be looked for yet');
        setTimeout(() => this.#hearAgain(), TRY_AGAIN).unref();
      })
      .finally(() => {
        this.#hearing = undefined;
      });
  }

  async #tryToConnect(): Promise<boolean> {
    try {
      this.#workspace = await this.#slack.connect();
      return true;
    } catch (error) {
      if (error instanceof TokenRejected) throw new StartError(error.message);
      this.#options.log.error({ error }, 'Slack cannot be reached; it is tried again every few seconds');
      return false;
    }
  }
}
