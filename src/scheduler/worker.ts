import { EventEmitter } from 'node:events';
import { setImmediate as nextRound, setTimeout as pause } from 'node:timers/promises';
import { Logger as JobLogger, type Runner, run, type Task, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import { notifyApprovers } from '../approvals/request.ts';
import { findPersonKind } from '../channels.ts';
import { verifyChecksAfterWindow } from '../checks/post-check.ts';
import type { Providers } from '../checks/providers/provider.ts';
import { pruneStaleDowntimes, reconcile } from '../checks/reconcile.ts';
import { ingestReplies } from '../comments/ingest-replies.ts';
import { announce } from '../delivery/announce.ts';
import type { Channel } from '../delivery/channel.ts';
import { sendNotices } from '../delivery/notify.ts';
import { refreshHome, refreshHomes } from '../home/refresh.ts';
import { openPool } from '../platform/database.ts';
import { findDeadWorkers, type JobName, releaseJobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { type DeliverContext, deliver } from '../webhooks/deliver.ts';
import { WorkerLiveness } from './worker-liveness.ts';

/**
 * How many jobs run at the same time in one process. Those of one channel or provider never do. Monitoring systems are
 * asked apart from the rest: however many of them hang, what there is to tell is told.
 */
const AT_ONCE = 4;
const PROVIDERS_AT_ONCE = 6;
const WEBHOOKS_AT_ONCE = 4;
/** Threads are read again when there is time: of several workspaces at once, of each one after another. */
const THREADS_AT_ONCE = 2;
/** How often it is looked for jobs that a killed process left behind; who is absent twice in a row is gone (milliseconds). */
const LOOK_FOR_ABANDONED = 5_000;
/** After the database was away (milliseconds). */
const RUN_AGAIN = 1_000;
/**
 * A worker looks for its next job before the queue of its last one is free again, and would then sleep for seconds. It
 * is woken this long after (milliseconds): soon, and once more for a database that is slow.
 */
const QUEUE_IS_FREE = [10, 100] as const;
/** And however slow it is, it looks this often (milliseconds). */
const POLL = 1_000;
/**
 * The queue takes what ended within the same millisecond off together, row after row in an order of its own. A change that
 * asks for two of these jobs again would wait for one row while it holds the other: a deadlock, at which the runner
 * gives up. So jobs end this far apart (milliseconds).
 */
const END_APART = 2;

const announceJob = z.object({
  accountId: z.number(),
  maintenanceId: z.number(),
  channelKind: z.string(),
  channel: z.string(),
});
const notifyJob = z.object({ accountId: z.number(), person: z.string() });
const approversJob = z.object({ accountId: z.number(), maintenanceId: z.number() });
const homesJob = z.object({ accountId: z.number() });
const homeJob = z.object({ accountId: z.number(), person: z.string() });
const hearJob = z.object({
  accountId: z.number(),
  maintenanceId: z.number(),
  channelKind: z.string(),
  channel: z.string(),
  thread: z.string(),
  cursor: z.string(),
  after: z.string().nullable(),
});
const deliverJob = z.object({ accountId: z.number(), webhookId: z.number(), about: z.number() });
const lookJob = z.object({
  accountId: z.number(),
  provider: z.string(),
  maintenanceId: z.number(),
  until: z.iso.datetime(),
});
const providerJob = z.object({ accountId: z.number(), provider: z.string() });

export interface WorkerOptions {
  readonly ctx: ActionContext;
  readonly url: string;
  /** By kind. */
  readonly channels: Readonly<Record<string, Channel>>;
  readonly providers: Providers;
  readonly webhooks: DeliverContext;
  readonly log: Logger;
}

/** Runs the jobs as they are enqueued, and again with growing pauses when they fail. */
export class Worker {
  readonly #options: WorkerOptions;
  #shift: Shift | undefined;
  #again: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #suspects = new Set<string>();
  #stopped = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** @throws Error when the database cannot be reached */
  async start(): Promise<void> {
    await this.#begin();
    await this.#takeOver();
    this.#looking = setInterval(() => void this.#takeOver(), LOOK_FOR_ABANDONED);
  }

  /** Whether jobs are run now. */
  get ready(): boolean {
    return this.#shift !== undefined;
  }

  /** Takes no new jobs and resolves when those in hand are finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#again);
    clearInterval(this.#looking);
    // At once: while it waited for the look, another job would be taken.
    await Promise.all([this.#shift?.end(), this.#look]);
  }

  async #begin(): Promise<void> {
    const shift = await begin(this.#options);
    if (this.#stopped) return shift.end();
    this.#shift = shift;
    // The runner gives up when the database goes away while it writes that a job is done.
    void shift.over.then(() => {
      this.#shift = undefined;
      if (this.#stopped) return;
      this.#options.log.warn('the job queue cannot reach the database; retrying');
      this.#beginAgain();
    });
  }

  #beginAgain(): void {
    this.#again = setTimeout(() => {
      this.#begin().catch((error: unknown) => {
        this.#options.log.debug({ error }, 'the job queue cannot be reached yet');
        if (!this.#stopped) this.#beginAgain();
      });
    }, RUN_AGAIN);
  }

  #takeOver(): Promise<void> {
    this.#look ??= this.#releaseAbandoned()
      .catch((error: unknown) => this.#options.log.debug({ error }, 'abandoned jobs cannot be looked for now'))
      .finally(() => {
        this.#look = undefined;
      });
    return this.#look;
  }

  async #releaseAbandoned(): Promise<void> {
    const { ctx, log } = this.#options;
    const absent = await findDeadWorkers(ctx.database);
    const gone = absent.filter((name) => this.#suspects.has(name));
    this.#suspects = new Set(absent);
    if (gone.length === 0) return;
    log.warn({ workers: gone }, 'took over the jobs of a killed process');
    await releaseJobs(ctx.database, gone);
  }
}

/** One run of the job queue's runner, under a name that shows whether it is still there. */
interface Shift {
  /** Resolves when it ended, whoever ended it. */
  readonly over: Promise<void>;
  end(): Promise<void>;
}

async function begin(options: WorkerOptions): Promise<Shift> {
  const { ctx, channels, providers, webhooks, log } = options;
  const channelOf = (kind: string | undefined): Channel => {
    const channel = kind === undefined ? undefined : channels[kind];
    if (channel === undefined) throw new Error(`there is no channel of kind ${kind}`);
    return channel;
  };
  const tasks: Record<JobName, Task> = {
    announce: async (payload) => {
      const job = announceJob.parse(payload);
      await announce(ctx, channelOf(job.channelKind), log, job);
    },
    notify: async (payload) => {
      const job = notifyJob.parse(payload);
      await sendNotices(ctx, channelOf(findPersonKind(job.person)), log, job);
    },
    'ask-approvers': (payload) => notifyApprovers(ctx, Object.values(channels), approversJob.parse(payload)),
    home: async (payload) => {
      const job = homeJob.parse(payload);
      await refreshHome(ctx, channelOf(findPersonKind(job.person)).home, log, job);
    },
    homes: (payload) => refreshHomes(ctx, homesJob.parse(payload)),
    reconcile: (payload) => reconcile(ctx, providers, log, providerJob.parse(payload)),
    'post-check': (payload) => verifyChecksAfterWindow(ctx, providers, log, lookJob.parse(payload)),
    'prune-downtimes': (payload) => pruneStaleDowntimes(ctx, providers, log, providerJob.parse(payload)),
    'ingest-replies': async (payload) => {
      const job = hearJob.parse(payload);
      await ingestReplies(ctx, channelOf(job.channelKind), log, job);
    },
    deliver: (payload) => deliver(ctx, webhooks, log, deliverJob.parse(payload)),
  };
  const {
    reconcile: toChecks,
    'prune-downtimes': prune,
    'post-check': postCheck,
    deliver: toWebhooks,
    'ingest-replies': ingest,
    ...toPeople
  } = tasks;
  const shifts = [await runTasks(options, toPeople, AT_ONCE)];
  try {
    shifts.push(
      await runTasks(
        options,
        { reconcile: toChecks, 'prune-downtimes': prune, 'post-check': postCheck },
        PROVIDERS_AT_ONCE,
      ),
    );
    shifts.push(await runTasks(options, { deliver: toWebhooks }, WEBHOOKS_AT_ONCE));
    shifts.push(await runTasks(options, { 'ingest-replies': ingest }, THREADS_AT_ONCE));
  } catch (error) {
    await Promise.all(shifts.map((shift) => shift.end()));
    throw error;
  }
  const end = async () => {
    await Promise.all(shifts.map((shift) => shift.end()));
  };
  // When one of them gave up, all are taken up again together.
  return { over: Promise.race(shifts.map((shift) => shift.over)).then(end), end };
}

async function runTasks(
  { url, log }: WorkerOptions,
  tasks: Readonly<Record<string, Task>>,
  atOnce: number,
): Promise<Shift> {
  const presence = await WorkerLiveness.open(url, log);
  const events: WorkerEvents = new EventEmitter();
  let workers: WorkerPool | undefined;
  events.on('pool:create', ({ workerPool }) => {
    workers = workerPool;
    presence.as(workerPool.id);
  });
  events.on('pool:gracefulShutdown', () => {
    workers = undefined;
  });
  events.on('job:complete', () => {
    for (const pause of QUEUE_IS_FREE) setTimeout(() => workers?.nudge(1), pause);
  });
  events.on('job:failed', ({ job, error }) => {
    log.error({ job: job.task_identifier, payload: job.payload, error }, 'a job failed permanently until the sweeper');
  });
  // Its own pool would be left without a listener for errors while it ends.
  const pool = openPool({ connectionString: url }, (error) =>
    log.debug({ error }, 'a connection of the job queue was lost'),
  );
  let runner: Runner;
  try {
    runner = await run({
      taskList: endingApart(tasks),
      noHandleSignals: true,
      events,
      pgPool: pool,
      preset: {
        worker: {
          concurrentJobs: atOnce,
          pollInterval: POLL,
          logger: jobLogger(log),
          // Unless they are batched, a database that goes away at the end of a job ends the process.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
  } catch (error) {
    await presence.end();
    await pool.end();
    throw error;
  }
  const over = runner.promise
    .catch(() => {})
    .then(async () => {
      await presence.end();
      await pool.end();
    });
  return {
    over,
    async end() {
      // Refused when it is ending already, which is as good.
      await runner.stop().catch(() => {});
      await over;
    },
  };
}

/** The same tasks, of which no two end within `END_APART`, however they end. */
function endingApart(tasks: Readonly<Record<string, Task>>): Record<string, Task> {
  let mayEnd = Promise.resolve();
  const turn = () => {
    const mine = mayEnd;
    // Not before the queue has taken note of this one, from which its millisecond counts.
    mayEnd = mine.then(() => nextRound()).then(() => pause(END_APART));
    return mine;
  };
  const apart =
    (task: Task): Task =>
    async (payload, context) => {
      try {
        await task(payload, context);
      } finally {
        await turn();
      }
    };
  return Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, apart(task)]));
}

/** The queue's own lines: what it calls info is detail here, and a failed try is a warning, for another one follows. */
function jobLogger(log: Logger): JobLogger {
  const jobs = log.child({ part: 'jobs' });
  return new JobLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') jobs.warn(message);
    else jobs.trace(message);
  });
}
