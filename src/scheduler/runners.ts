import type { Task } from 'graphile-worker';
import type { Client } from 'pg';
import type { Logger } from 'pino';
import { type Database, openPool, type QueuePool } from '../platform/database.ts';
import { type JobName, PROVIDER_FLAGS, WAKE_WORKERS, WORKER_LIVENESS_LOCK } from '../platform/jobs.ts';
import { Alarm } from './alarm.ts';
import { PersistentConnection } from './persistent-connection.ts';
import { type Runner, type RunnerOptions, startRunner } from './runner.ts';

const OF_PROVIDERS: readonly JobName[] = ['reconcile', 'prune-downtimes', 'post-check'];

/** Which jobs share a runner, and how many of them run concurrently in one process; those of one queue never do. */
const RUNNERS: readonly RunnerOptions[] = [
  { jobs: ['announce', 'notify', 'ask-approvers'], concurrency: 8, perAccount: 4 },
  // Apart, so that messages are sent however many people look at their Home, and however many monitoring systems hang.
  { jobs: ['home', 'homes'], concurrency: 4, perAccount: 2 },
  { jobs: OF_PROVIDERS, concurrency: 24, perAccount: 6, without: PROVIDER_FLAGS.register },
  // It is in the database, so that it waits for no system.
  { jobs: OF_PROVIDERS, concurrency: 4, perAccount: 2, without: PROVIDER_FLAGS.system },
  { jobs: ['deliver'], concurrency: 24, perAccount: 8 },
  { jobs: ['read-calendar'], concurrency: 4, perAccount: 2 },
  { jobs: ['ingest-replies'], concurrency: 4, perAccount: 2 },
];

export interface RunnersOptions {
  readonly database: Database;
  /** PostgreSQL connection URL. */
  readonly url: string;
  readonly tasks: Readonly<Record<JobName, Task>>;
  readonly log: Logger;
}

/** The runners of all jobs, with connections of their own, until one of them loses the database. */
export class Runners {
  /** Resolves when the database was lost, or they were stopped: they take no more jobs. */
  readonly lost: Promise<void>;
  readonly #options: RunnersOptions;
  readonly #workers = new Set<string>();
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #alarm: Alarm;
  readonly #pool: QueuePool;
  readonly #liveness: PersistentConnection;
  readonly #runners: Runner[] = [];
  #lose = () => {};
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: RunnersOptions) {
    const { database, url, log } = options;
    this.#options = options;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    this.#alarm = new Alarm(database, log);
    // The runners' own pools would have no listener for errors while they end.
    this.#pool = openPool(url, RUNNERS.length + 10, (error) =>
      log.debug({ error }, 'a connection of the job queue was lost'),
    );
    this.#liveness = new PersistentConnection(url, {
      open: (client) => this.#showLiveness(client),
      failed: (error) => log.debug({ error }, 'the liveness of this process cannot be shown yet'),
    });
  }

  /** Their names in the queue. */
  get workers(): ReadonlySet<string> {
    return this.#workers;
  }

  /** The jobs that they run, by id. */
  get running(): ReadonlyMap<string, unknown> {
    return this.#running;
  }

  /** @throws Error when the database cannot be reached; then they have to be stopped all the same */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    await this.#liveness.open();
    const { database, tasks, log } = this.#options;
    const shared = { database, tasks, log, pool: this.#pool, alarm: this.#alarm, running: this.#running };
    const created = async (workers: string) => {
      this.#workers.add(workers);
      // If the connection is lost, it is shown on the next one.
      await this.#showLiveness(this.#liveness.client).catch(() => {});
    };
    for (const options of RUNNERS) {
      if (this.#stopping !== undefined) return;
      const runner = await startRunner(options, { ...shared, created });
      this.#runners.push(runner);
      void runner.ended.then(() => this.#fail());
    }
  }

  /** Resolves when the jobs that run have ended. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#alarm.stop();
    await this.#starting?.catch(() => {});
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    await Promise.all(this.#running.values());
    // Jobs that waited behind those that ended here, and were not taken any more, are for other processes.
    await this.#pool.query(WAKE_WORKERS).catch(() => {});
    await this.#liveness.close();
    await this.#pool.end();
    this.#lose();
  }

  #fail(): void {
    if (this.#stopping !== undefined) return;
    // Otherwise each of them would wait for an answer on the connection that it listens on, one after the other.
    this.#pool.abandonConnections();
    this.#liveness.client?.connection.stream.destroy();
    this.#lose();
  }

  /**
   * PostgreSQL releases the locks when the connection ends, however the process did, so jobs of a name without it are
   * abandoned. They are shared, so that the next connection does not wait for a lost one that PostgreSQL still has.
   */
  async #showLiveness(client: Client | undefined): Promise<void> {
    await client?.query('select pg_advisory_lock_shared($1, hashtext(name)) from unnest($2::text[]) as name', [
      WORKER_LIVENESS_LOCK,
      [...this.#workers],
    ]);
  }
}
