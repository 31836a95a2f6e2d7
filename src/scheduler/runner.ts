import { EventEmitter } from 'node:events';
import { Logger as JobLogger, run, type Task, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { countLostConnections, type Database } from '../platform/database.ts';
import { accountOf, endJob, type JobEnd, type JobName, retryFlag } from '../platform/jobs.ts';
import type { Alarm } from './alarm.ts';
import { Slots, Turns } from './slots.ts';

/** How many idle workers of a runner are woken together. Each looks for more jobs when it is done. */
const MAX_WOKEN = 8;
/** New jobs are notified; this finds those whose notification was lost. */
const POLL_EVERY_MS = 60_000;

export interface RunnerOptions {
  readonly jobs: readonly JobName[];
  readonly concurrency: number;
  readonly perAccount: number;
  /** The flag of jobs that it leaves to another runner. */
  readonly without?: string;
}

/** What the runners share. */
interface Shared {
  readonly database: Database;
  /** The connections of the queue. */
  readonly pool: Pool;
  readonly tasks: Readonly<Record<JobName, Task>>;
  readonly alarm: Alarm;
  readonly log: Logger;
  /** The jobs that run, by id; each resolves when it has ended. */
  readonly running: Map<string, Promise<unknown>>;
  /** Called with the name of the workers, before they take the first job. */
  readonly created: (workers: string) => Promise<void>;
}

export interface Runner {
  /** Resolves when it takes no more jobs, for whatever reason. */
  readonly ended: Promise<void>;
  /** Takes no more jobs, and resolves when its workers have stopped. */
  stop(): Promise<void>;
}

/** @throws Error when the database cannot be reached */
export async function startRunner(
  { jobs, concurrency, perAccount, without }: RunnerOptions,
  { database, pool, tasks, alarm, log, running, created }: Shared,
): Promise<Runner> {
  const slots = new Slots(concurrency, perAccount);
  const turns = new Turns();
  const events: WorkerEvents = new EventEmitter();
  const failed = new Promise<void>((resolve) => events.once('pool:fatalError', () => resolve()));
  let hasLooked = false;
  // The first look reads what the jobs are called. The queue keeps its error, and then never finds a job.
  const blinded = new Promise<void>((resolve) => {
    events.on('worker:getJob:error', () => {
      if (!hasLooked) resolve();
    });
  });
  let workers = 0;
  events.on('worker:create', () => workers++);
  const stopped = new Promise<void>((resolve) => {
    events.on('worker:stop', () => {
      if (--workers === 0) resolve();
    });
  });
  let shown = Promise.resolve();
  let forget = () => {};
  events.on('pool:create', ({ workerPool }) => {
    shown = created(workerPool.id);
    forget = alarm.add(() => workerPool.nudge(Math.min(concurrency, MAX_WOKEN)));
  });
  events.on('pool:gracefulShutdown', () => forget());
  events.on('pool:listen:success', () => alarm.look());
  events.on('pool:listen:notification', () => alarm.look());
  events.on('job:error', () => alarm.look());
  events.on('job:failed', ({ job, error }) => {
    log.error({ job: job.task_identifier, payload: job.payload, error }, 'a job failed permanently until the sweeper');
  });
  events.on('worker:getJob:empty', () => {
    hasLooked = true;
    turns.end();
  });
  events.on('worker:getJob:error', () => {
    alarm.look();
    turns.end();
  });
  events.on('job:start', ({ job }) => {
    hasLooked = true;
    turns.end();
    const accountId = accountOf(job.payload);
    slots.enter(job.id, accountId, job.flags?.[retryFlag(accountId)] === true);
  });
  const runner = await run({
    taskList: Object.fromEntries(jobs.map((name) => [name, ending(tasks[name], database, running, slots)])),
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
  const finished = runner.promise.catch(() => {});
  return {
    ended: Promise.race([finished, failed, blinded]),
    async stop() {
      // Rejects when it is stopping already.
      const stopping = runner.stop().catch(() => {});
      // After an error of the database, the queue may wait for another batch to succeed, and there may be none.
      await Promise.race([stopping.then(() => finished), failed.then(() => stopped)]);
    },
  };
}

/**
 * The same task, which also removes its job, or postpones it after an error. The queue would do so for all jobs that ended
 * within a millisecond, in an order of its own: a change that enqueues two of them again would wait for one row while it
 * holds the other, and the runner stops at a deadlock. It would also look for its next job before the last one is removed,
 * and sleep although a job waits behind it. The queue finds nothing left to do.
 */
function ending(task: Task, database: Database, running: Shared['running'], slots: Slots): Task {
  return (payload, helpers) => {
    const { id } = helpers.job;
    const lostBefore = countLostConnections(database);
    const end = (how: JobEnd) =>
      helpers
        .withPgClient((client) => endJob(client, helpers.job, how))
        .catch(() => {
          // The database is away, so the queue cannot do it either, and the runner stops.
        });
    const work = async () => {
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
    const job = work();
    running.set(
      id,
      job.catch(() => {}),
    );
    return job;
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
