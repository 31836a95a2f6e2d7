import { EventEmitter } from 'node:events';
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import { Logger as JobLogger, type Runner, run, type Task, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import type { Client } from 'pg';
import type { Logger } from 'pino';
import { notifyApprovers } from '../approvals/commands.ts';
import { findPersonKind } from '../channels.ts';
import { verifyChecksAfterWindow } from '../checks/post-check.ts';
import type { Providers } from '../checks/providers/provider.ts';
import { pruneStaleDowntimes, reconcile } from '../checks/reconcile.ts';
import { ingestReplies } from '../comments/commands.ts';
import { announce } from '../delivery/announce.ts';
import type { Channel } from '../delivery/channel.ts';
import { sendNotices } from '../delivery/notify.ts';
import { refreshHome, refreshHomes } from '../home/refresh.ts';
import { openPool } from '../platform/database.ts';
import { findDeadWorkers, JOBS, type JobName, type Jobs, releaseJobs, WORKER_LIVENESS_LOCK } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { type DeliverContext, deliver } from '../webhooks/deliver.ts';
import { PersistentConnection } from './persistent-connection.ts';

/**
 * Which jobs share a runner, and how many of them run concurrently in one process; those of one channel or provider never
 * do. Monitoring systems have a runner of their own, so that messages are sent however many of them hang.
 */
const RUNNERS: readonly { readonly jobs: readonly JobName[]; readonly concurrency: number }[] = [
  { jobs: ['announce', 'notify', 'ask-approvers', 'home', 'homes'], concurrency: 4 },
  { jobs: ['reconcile', 'prune-downtimes', 'post-check'], concurrency: 6 },
  { jobs: ['deliver'], concurrency: 4 },
  { jobs: ['ingest-replies'], concurrency: 2 },
];
/** How often jobs of killed processes are looked for; a process that is absent twice in a row is dead. */
const TAKE_OVER_EVERY_MS = 5_000;
/** After the database was away. */
const RESTART_MS = 1_000;
/**
 * A worker looks for its next job before the queue of its last one is free again, and would then sleep until the next poll.
 * It is woken this long after: soon, and once more for a slow database.
 */
const NUDGES_MS = [10, 100] as const;
const POLL_EVERY_MS = 1_000;
/**
 * The queue removes jobs that ended within the same millisecond together, in an order of its own. A change that enqueues two
 * of them again would wait for one row while it holds the other: a deadlock, at which the runner stops. So jobs end apart.
 */
const END_APART_MS = 2;

export interface WorkerOptions {
  readonly ctx: ActionContext;
  readonly url: string;
  /** By kind. */
  readonly channels: Readonly<Record<string, Channel>>;
  readonly providers: Providers;
  readonly webhooks: DeliverContext;
  readonly log: Logger;
}

/** Runs the jobs as they are enqueued, and retries them with growing pauses. */
export class Worker {
  readonly #options: WorkerOptions;
  #runner: RunnerHandle | undefined;
  #restart: NodeJS.Timeout | undefined;
  #takeOverTimer: NodeJS.Timeout | undefined;
  #takingOver: Promise<void> | undefined;
  #suspects = new Set<string>();
  #stopped = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** @throws Error when the database cannot be reached */
  async start(): Promise<void> {
    await this.#start();
    await this.#takeOver();
    this.#takeOverTimer = setInterval(() => void this.#takeOver(), TAKE_OVER_EVERY_MS);
  }

  get ready(): boolean {
    return this.#runner !== undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    clearInterval(this.#takeOverTimer);
    // Both together, or another job would be taken in between.
    await Promise.all([this.#runner?.stop(), this.#takingOver]);
  }

  async #start(): Promise<void> {
    const runner = await startRunners(this.#options);
    if (this.#stopped) return runner.stop();
    this.#runner = runner;
    // The runner stops when the database goes away while it writes that a job is done.
    void runner.stopped.then(() => {
      this.#runner = undefined;
      if (this.#stopped) return;
      this.#options.log.warn('the job queue cannot reach the database; retrying');
      this.#startLater();
    });
  }

  #startLater(): void {
    this.#restart = setTimeout(() => {
      this.#start().catch((error: unknown) => {
        this.#options.log.debug({ error }, 'the job queue cannot be reached yet');
        if (!this.#stopped) this.#startLater();
      });
    }, RESTART_MS);
  }

  #takeOver(): Promise<void> {
    this.#takingOver ??= this.#releaseAbandoned()
      .catch((error: unknown) => this.#options.log.debug({ error }, 'abandoned jobs cannot be looked for now'))
      .finally(() => {
        this.#takingOver = undefined;
      });
    return this.#takingOver;
  }

  async #releaseAbandoned(): Promise<void> {
    const { ctx, log } = this.#options;
    const absent = await findDeadWorkers(ctx.database);
    const dead = absent.filter((name) => this.#suspects.has(name));
    this.#suspects = new Set(absent);
    if (dead.length === 0) return;
    log.warn({ workers: dead }, 'took over the jobs of a killed process');
    await releaseJobs(ctx.database, dead);
  }
}

interface RunnerHandle {
  /** Resolves when it stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

/** Starts all runners. When one of them stops, all stop, and are started again together. */
async function startRunners(options: WorkerOptions): Promise<RunnerHandle> {
  const tasks = tasksOf(options);
  const runners: RunnerHandle[] = [];
  const stop = async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
  };
  try {
    for (const { jobs, concurrency } of RUNNERS) {
      const own = Object.fromEntries(jobs.map((name) => [name, tasks[name]]));
      runners.push(await startRunner(options, own, concurrency));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stopped: Promise.race(runners.map((runner) => runner.stopped)).then(stop), stop };
}

function tasksOf({ ctx, channels, providers, webhooks, log }: WorkerOptions): Record<JobName, Task> {
  const channelOf = (kind: string | undefined): Channel => {
    const channel = kind === undefined ? undefined : channels[kind];
    if (channel === undefined) throw new Error(`there is no channel of kind ${kind}`);
    return channel;
  };
  const task =
    <Name extends JobName>(name: Name, work: (job: Jobs[Name]) => Promise<void>): Task =>
    async (payload) =>
      work(JOBS[name].parse(payload));
  return {
    announce: task('announce', (job) => announce(ctx, channelOf(job.channelKind), log, job)),
    notify: task('notify', (job) => sendNotices(ctx, channelOf(findPersonKind(job.person)), log, job)),
    'ask-approvers': task('ask-approvers', (job) => notifyApprovers(ctx, Object.values(channels), job)),
    home: task('home', (job) => refreshHome(ctx, channelOf(findPersonKind(job.person)).home, log, job)),
    homes: task('homes', (job) => refreshHomes(ctx, job)),
    reconcile: task('reconcile', (job) => reconcile(ctx, providers, log, job)),
    'post-check': task('post-check', (job) => verifyChecksAfterWindow(ctx, providers, log, job)),
    'prune-downtimes': task('prune-downtimes', (job) => pruneStaleDowntimes(ctx, providers, log, job)),
    'ingest-replies': task('ingest-replies', (job) => ingestReplies(ctx, channelOf(job.channelKind), log, job)),
    deliver: task('deliver', (job) => deliver(ctx, webhooks, log, job)),
  };
}

async function startRunner({ url, log }: WorkerOptions, tasks: Readonly<Record<string, Task>>, concurrency: number) {
  let workers: WorkerPool | undefined;
  let name: string | undefined;
  // PostgreSQL releases the lock when the connection ends, however the process did, so jobs of a name without it are abandoned.
  const showLiveness = async (client: Client | undefined) =>
    name && client?.query('select pg_advisory_lock($1, hashtext($2))', [WORKER_LIVENESS_LOCK, name]);
  const liveness = new PersistentConnection(url, {
    open: showLiveness,
    failed: (error) => log.debug({ error }, 'the liveness of this process cannot be shown yet'),
  });
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => {
    workers = workerPool;
    name = workerPool.id;
    // If the connection is lost, it is shown on the next one.
    showLiveness(liveness.client).catch(() => {});
  });
  events.on('pool:gracefulShutdown', () => {
    workers = undefined;
  });
  events.on('job:complete', () => {
    for (const pause of NUDGES_MS) setTimeout(() => workers?.nudge(1), pause);
  });
  events.on('job:failed', ({ job, error }) => {
    log.error({ job: job.task_identifier, payload: job.payload, error }, 'a job failed permanently until the sweeper');
  });
  await liveness.open();
  // The runner's own pool would have no listener for errors while it ends.
  const pool = openPool({ connectionString: url }, (error) =>
    log.debug({ error }, 'a connection of the job queue was lost'),
  );
  const close = async () => {
    await liveness.close();
    await pool.end();
  };
  let runner: Runner;
  try {
    runner = await run({
      taskList: endingApart(tasks),
      noHandleSignals: true,
      events,
      pgPool: pool,
      preset: {
        worker: {
          concurrentJobs: concurrency,
          pollInterval: POLL_EVERY_MS,
          logger: jobLogger(log),
          // Unless they are batched, a database that goes away at the end of a job ends the process.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
  } catch (error) {
    await close();
    throw error;
  }
  const stopped = runner.promise.catch(() => {}).then(close);
  return {
    stopped,
    async stop() {
      // Rejects when it is stopping already.
      await runner.stop().catch(() => {});
      await stopped;
    },
  };
}

/** The same tasks, of which no two end within `END_APART_MS`, however they end. */
function endingApart(tasks: Readonly<Record<string, Task>>): Record<string, Task> {
  let mayEnd = Promise.resolve();
  const apart =
    (task: Task): Task =>
    async (payload, context) => {
      try {
        await task(payload, context);
      } finally {
        const turn = mayEnd;
        // Not before the queue took note of this one, from which its millisecond counts.
        mayEnd = turn.then(() => nextRound()).then(() => sleep(END_APART_MS));
        await turn;
      }
    };
  return Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, apart(task)]));
}

/** The queue's own log lines: info as trace, and a failed try as a warning, because it is retried. */
function jobLogger(log: Logger): JobLogger {
  const jobs = log.child({ part: 'jobs' });
  return new JobLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') jobs.warn(message);
    else jobs.trace(message);
  });
}
