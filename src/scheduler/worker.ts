import { EventEmitter } from 'node:events';
import { Logger as JobLogger, run, type Task, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import type { Client, Pool } from 'pg';
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
import { readCalendar } from '../freezes/read-calendar.ts';
import { refreshHome, refreshHomes } from '../home/refresh.ts';
import { countLostConnections, type Database, openPool } from '../platform/database.ts';
import {
  accountOf,
  endJob,
  JOBS,
  type JobEnd,
  type JobName,
  type Jobs,
  listTakenJobs,
  PROVIDER_FLAGS,
  releaseJobs,
  retryFlag,
  type TakenJob,
  WAKE_WORKERS,
  WORKER_LIVENESS_LOCK,
} from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { type DeliverContext, deliver } from '../webhooks/deliver.ts';
import { Alarm } from './alarm.ts';
import { PersistentConnection } from './persistent-connection.ts';
import { Slots, Turns } from './slots.ts';

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
/** How many idle workers of a runner are woken together. Each looks for more jobs when it is done. */
const MAX_WOKEN = 8;
/** How often jobs are looked for that nobody runs: this must be seen twice in a row. */
const TAKE_OVER_EVERY_MS = 5_000;
/** After the database was away. */
const RESTART_MS = 1_000;
/** New jobs are notified; this finds those whose notification was lost. */
const POLL_EVERY_MS = 60_000;

interface RunnerOptions {
  readonly jobs: readonly JobName[];
  readonly concurrency: number;
  readonly perAccount: number;
  /** The flag of jobs that it leaves to another runner. */
  readonly without?: string;
}

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
  #runner: RunnersHandle | undefined;
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
    const taken = await listTakenJobs(ctx.database);
    const runner = this.#runner;
    // A process was killed, or the answer to one of this process that takes a job was lost.
    const idle = taken.filter(({ id, worker, workerLives }) =>
      runner?.workers.has(worker) ? !runner.running.has(id) : !workerLives,
    );
    const keyOf = ({ id, worker, since }: TakenJob) => `${id} ${worker} ${since}`;
    const abandoned = idle.filter((job) => this.#suspects.has(keyOf(job)));
    this.#suspects = new Set(idle.map(keyOf));
    if (abandoned.length === 0) return;
    log.warn({ jobs: abandoned }, 'took over jobs that nobody runs');
    await releaseJobs(ctx.database, abandoned);
  }
}

interface RunnerHandle {
  /** Resolves when it stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

interface RunnersHandle extends RunnerHandle {
  /** Their names in the queue. */
  readonly workers: ReadonlySet<string>;
  /** The ids of the jobs that they run. */
  readonly running: ReadonlySet<string>;
}

/** Starts all runners. When one of them stops, all stop, and are started again together. */
async function startRunners(options: WorkerOptions): Promise<RunnersHandle> {
  const { ctx, url, log } = options;
  const tasks = tasksOf(options);
  const workers = new Set<string>();
  const running = new Set<string>();
  // PostgreSQL releases the locks when the connection ends, however the process did, so jobs of a name without it are
  // abandoned. They are shared, so that the next connection does not wait for a lost one that PostgreSQL still has.
  const showLiveness = async (client: Client | undefined) =>
    client?.query('select pg_advisory_lock_shared($1, hashtext(name)) from unnest($2::text[]) as name', [
      WORKER_LIVENESS_LOCK,
      [...workers],
    ]);
  const liveness = new PersistentConnection(url, {
    open: showLiveness,
    failed: (error) => log.debug({ error }, 'the liveness of this process cannot be shown yet'),
  });
  // The runners' own pools would have no listener for errors while they end.
  const pool = openPool(url, RUNNERS.length + 10, (error) =>
    log.debug({ error }, 'a connection of the job queue was lost'),
  );
  // Otherwise each of them would wait for an answer on the connection that it listens on, one after the other.
  const failed = () => {
    pool.abandonConnections();
    liveness.client?.connection.stream.destroy();
  };
  const alarm = new Alarm(ctx.database, log);
  const runners: RunnerHandle[] = [];
  const stop = async () => {
    alarm.stop();
    await Promise.all(runners.map((runner) => runner.stop()));
    // Jobs that waited behind those that ended here, and were not taken any more, are for other processes.
    await pool.query(WAKE_WORKERS).catch(() => {});
    await liveness.close();
    if (!pool.ending) await pool.end();
  };
  try {
    await liveness.open();
    for (const { jobs, concurrency, perAccount, without } of RUNNERS) {
      const slots = new Slots(concurrency, perAccount);
      const own = Object.fromEntries(jobs.map((name) => [name, ending(tasks[name], ctx.database, running, slots)]));
      const created = async ({ id }: WorkerPool) => {
        workers.add(id);
        // If the connection is lost, it is shown on the next one.
        await showLiveness(liveness.client).catch(() => {});
      };
      runners.push(await startRunner({ pool, tasks: own, alarm, log, created, failed, concurrency, slots, without }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { workers, running, stopped: Promise.race(runners.map((runner) => runner.stopped)).then(stop), stop };
}

function tasksOf({ ctx, channels, providers, webhooks, log }: WorkerOptions): Record<JobName, Task> {
  const channelOf = (kind: string | undefined): Channel => {
    const channel = kind === undefined ? undefined : channels[kind];
    if (channel === undefined) throw new Error(`there is no channel of kind ${kind}`);
    return channel;
  };
  /** Where nobody can be reached by this id, as it is that of a token, whoever can act is in any kind of channel. */
  const channelFor = (person: string) => channelOf(findPersonKind(person) ?? Object.keys(channels)[0]);
  const task =
    <Name extends JobName>(name: Name, work: (job: Jobs[Name]) => Promise<void>): Task =>
    async (payload) =>
      work(JOBS[name].parse(payload));
  return {
    announce: task('announce', (job) => announce(ctx, channelOf(job.channelKind), log, job)),
    notify: task('notify', (job) => sendNotices(ctx, channelFor(job.person), log, job)),
    'ask-approvers': task('ask-approvers', (job) => notifyApprovers(ctx, Object.values(channels), job)),
    home: task('home', (job) => refreshHome(ctx, channelOf(findPersonKind(job.person)).home, log, job)),
    homes: task('homes', (job) => refreshHomes(ctx, job)),
    reconcile: task('reconcile', (job) => reconcile(ctx, providers, log, job)),
    'post-check': task('post-check', (job) => verifyChecksAfterWindow(ctx, providers, log, job)),
    'prune-downtimes': task('prune-downtimes', (job) => pruneStaleDowntimes(ctx, providers, log, job)),
    'ingest-replies': task('ingest-replies', (job) => ingestReplies(ctx, channelOf(job.channelKind), log, job)),
    'read-calendar': task('read-calendar', (job) => readCalendar(ctx, webhooks, log, job)),
    deliver: task('deliver', (job) => deliver(ctx, webhooks, log, job)),
  };
}

async function startRunner({
  pool,
  tasks,
  alarm,
  log,
  created,
  failed,
  concurrency,
  slots,
  without,
}: {
  readonly concurrency: number;
  readonly without: string | undefined;
  readonly pool: Pool;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly alarm: Alarm;
  readonly log: Logger;
  readonly created: (workers: WorkerPool) => Promise<void>;
  /** Called when it stops because of the database. */
  readonly failed: () => void;
  readonly slots: Slots;
}): Promise<RunnerHandle> {
  const events: WorkerEvents = new EventEmitter();
  let shown = Promise.resolve();
  let forget = () => {};
  events.on('pool:create', ({ workerPool }) => {
    shown = created(workerPool);
    forget = alarm.add(() => workerPool.nudge(Math.min(concurrency, MAX_WOKEN)));
  });
  events.on('pool:gracefulShutdown', () => forget());
  events.on('pool:fatalError', () => failed());
  events.on('pool:listen:success', () => alarm.look());
  events.on('pool:listen:notification', () => alarm.look());
  events.on('job:error', () => alarm.look());
  events.on('job:failed', ({ job, error }) => {
    log.error({ job: job.task_identifier, payload: job.payload, error }, 'a job failed permanently until the sweeper');
  });
  const turns = new Turns();
  events.on('worker:getJob:empty', () => turns.end());
  events.on('worker:getJob:error', () => turns.end());
  events.on('job:start', ({ job }) => {
    turns.end();
    const accountId = accountOf(job.payload);
    slots.enter(job.id, accountId, job.flags?.[retryFlag(accountId)] === true);
  });
  const runner = await run({
    taskList: tasks,
    // Called before each look for a job. One at a time looks, so that it knows of every job that was taken.
    forbiddenFlags: async () => {
      await turns.begin();
      return [...(without === undefined ? [] : [without]), ...slots.forbidden()];
    },
    noHandleSignals: true,
    events,
    pgPool: pool,
    preset: {
      worker: {
        concurrentJobs: concurrency,
        pollInterval: POLL_EVERY_MS,
        logger: jobLogger(log),
        // Not its local queue, which would take two jobs of one queue at once.
        // Unless they are batched, a database that goes away at the end of a job ends the process.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  await shown;
  return {
    stopped: runner.promise.catch(() => {}),
    async stop() {
      // Rejects when it is stopping already.
      await runner.stop().catch(() => {});
      await runner.promise.catch(() => {});
    },
  };
}

/**
 * The same task, which also removes its job, or postpones it after an error. The queue would do so for all jobs that ended
 * within a millisecond, in an order of its own: a change that enqueues two of them again would wait for one row while it
 * holds the other, and the runner stops at a deadlock. It would also look for its next job before the last one is removed,
 * and sleep although a job waits behind it. The queue finds nothing left to do.
 */
function ending(task: Task, database: Database, running: Set<string>, slots: Slots): Task {
  return async (payload, helpers) => {
    const { id } = helpers.job;
    const lostBefore = countLostConnections(database);
    const end = (how: JobEnd) =>
      helpers
        .withPgClient((client) => endJob(client, helpers.job, how))
        .catch(() => {
          // The database is away, so the queue cannot do it either, and the runner stops.
        });
    running.add(id);
    try {
      await task(payload, helpers);
      await end({ how: 'done' });
    } catch (error) {
      await end({ how: countLostConnections(database) > lostBefore ? 'interrupted' : 'failed', error });
      throw error;
    } finally {
      running.delete(id);
      slots.leave(id);
    }
  };
}

/**
 * The queue's own log lines: info as trace, and a failed try as a warning, because it is retried. That there are fewer
 * connections than workers is intended: a worker has none while a job runs.
 */
function jobLogger(log: Logger): JobLogger {
  const jobs = log.child({ part: 'jobs' });
  return new JobLogger(() => (level, message, meta) => {
    const comparesSizes = meta?.max !== undefined && meta.concurrency !== undefined;
    if (level === 'error' || (level === 'warning' && !comparesSizes)) jobs.warn(message);
    else jobs.trace(message);
  });
}
