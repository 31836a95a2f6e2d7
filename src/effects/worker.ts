import { Logger as JobLogger, type Runner, run, type Task } from 'graphile-worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Ground } from '../actions/action.ts';
import type { Providers } from '../checks/provider.ts';
import type { EffectName } from '../store/jobs.ts';
import { announce, type Poster } from './announce.ts';
import { enforce } from './enforce.ts';

/** How many effects run at the same time in one process. Those of one channel or provider never do. */
const AT_ONCE = 4;

const announceJob = z.object({ accountId: z.number(), maintenanceId: z.number(), channel: z.string() });
const enforceJob = z.object({ accountId: z.number(), provider: z.string() });

export interface WorkerOptions {
  readonly ground: Ground;
  readonly url: string;
  readonly poster: Poster;
  readonly providers: Providers;
  readonly log: Logger;
}

/**
 * Runs the effects as they are enqueued, and again with growing pauses when they fail.
 * @returns the runner; its `stop` waits for the effects in hand
 */
export async function startWorker({ ground, url, poster, providers, log }: WorkerOptions): Promise<Runner> {
  const tasks: Record<EffectName, Task> = {
    announce: (payload) => announce(ground, poster, log, announceJob.parse(payload)),
    enforce: (payload) => enforce(ground, providers, log, enforceJob.parse(payload)),
  };
  const runner = await run({
    connectionString: url,
    concurrency: AT_ONCE,
    noHandleSignals: true,
    taskList: { ...tasks },
    logger: jobLogger(log),
  });
  runner.events.on('job:failed', ({ job, error }) => {
    log.error({ job: job.task_identifier, payload: job.payload, error }, 'an effect was given up on until the sweeper');
  });
  return runner;
}

/** The queue's own lines: what it calls info is detail here, and a failed try is a warning, for another one follows. */
function jobLogger(log: Logger): JobLogger {
  const jobs = log.child({ part: 'effects' });
  return new JobLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') jobs.warn(message);
    else jobs.trace(message);
  });
}
