import type { Task } from 'graphile-worker';
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
import { JOBS, type JobName, type Jobs, listTakenJobs, releaseJobs, type TakenJob } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { type DeliverContext, deliver } from '../webhooks/deliver.ts';
import { Runners } from './runners.ts';

/** How often jobs are looked for that nobody runs: this must be seen twice in a row. */
const TAKE_OVER_EVERY_MS = 5_000;
/** After the database was away. */
const RESTART_MS = 1_000;

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
  /** Undefined while the database is away. */
  #current: Runners | undefined;
  /** The current ones, and those that lost the database while some of their jobs still run. */
  readonly #all = new Set<Runners>();
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
    return this.#current !== undefined;
  }

  /** Takes no more jobs, and resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    clearInterval(this.#takeOverTimer);
    // Both together, or another job would be taken in between.
    await Promise.all([...[...this.#all].map((runners) => runners.stop()), this.#takingOver]);
  }

  async #start(): Promise<void> {
    const { ctx, url, log } = this.#options;
    const runners = new Runners({ database: ctx.database, url, tasks: tasksOf(this.#options), log });
    this.#all.add(runners);
    const end = () => runners.stop().finally(() => this.#all.delete(runners));
    try {
      await runners.start();
    } catch (error) {
      void end();
      throw error;
    }
    if (this.#stopped) return end();
    this.#current = runners;
    void runners.lost.then(() => {
      this.#current = undefined;
      // Others do not wait for their last jobs, which may hang.
      void end();
      if (this.#stopped) return;
      log.warn('the job queue cannot reach the database; retrying');
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
    // A process was killed, or the answer to one of this process that takes a job was lost.
    const idle = taken.filter(({ id, worker, workerLives }) => {
      const own = [...this.#all].find(({ workers }) => workers.has(worker));
      return own === undefined ? !workerLives : !own.running.has(id);
    });
    const keyOf = ({ id, worker, since }: TakenJob) => `${id} ${worker} ${since}`;
    const abandoned = idle.filter((job) => this.#suspects.has(keyOf(job)));
    this.#suspects = new Set(idle.map(keyOf));
    if (abandoned.length === 0) return;
    log.warn({ jobs: abandoned }, 'took over jobs that nobody runs');
    await releaseJobs(ctx.database, abandoned);
  }
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
