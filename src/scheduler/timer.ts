import type { Logger } from 'pino';
import { findNextDueAt } from '../maintenance/repository/changes.ts';
import { DUE_CHANNEL } from '../platform/jobs.ts';
import { emit } from '../platform/telemetry.ts';
import type { ActionContext, AdvanceResult } from '../platform/transactions.ts';
import { planDueSeries } from '../series/planning.ts';
import { advanceDueMaintenance } from './advance.ts';
import { PersistentConnection } from './persistent-connection.ts';

/** The longest sleep, so that a missed notification delays nothing for longer. */
const MAX_SLEEP_MS = 30_000;
/** After a fault: the database is away, or a row could not be advanced. */
const RETRY_MS = 2_000;
/** While another process advances a due row. */
const OTHERS_MS = 200;

/** The ids that could not be advanced in this round, so that they do not hold up the others. */
type Failed = { readonly maintenances: number[]; readonly series: number[] };

/**
 * Sleeps until the next due instant of any maintenance or series, advances what is due, and sleeps again. Several processes
 * can do so on one database: each row is advanced by one of them.
 */
export class Timer {
  readonly #ctx: ActionContext;
  readonly #log: Logger;
  readonly #listener: PersistentConnection;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #healthy = false;

  constructor(ctx: ActionContext, url: string, log: Logger) {
    this.#ctx = ctx;
    this.#log = log;
    this.#listener = new PersistentConnection(url, {
      open: (client) => client.on('notification', () => void this.wake()).query(`listen ${DUE_CHANNEL}`),
      reopened: () => void this.wake(),
      failed: (error) => log.error({ error }, 'the scheduler cannot listen to the database; it tries again'),
    });
  }

  /** Resolves once everything that came due while Lull was down is advanced. */
  async start(): Promise<void> {
    await this.#listener.open();
    await this.wake();
  }

  get ready(): boolean {
    return this.#healthy && this.#listener.client !== undefined;
  }

  /** Starts a round now. Resolves when everything due is advanced. */
  wake(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#again = true;
    this.#round ??= this.#advance().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await this.#listener.close();
  }

  async #advance(): Promise<void> {
    clearTimeout(this.#timer);
    let sleep = MAX_SLEEP_MS;
    try {
      const failed: Failed = { maintenances: [], series: [] };
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#advanceAllDue(failed);
        const allAdvanced = failed.maintenances.length === 0 && failed.series.length === 0;
        sleep = allAdvanced ? await this.#untilNext() : RETRY_MS;
      }
      this.#healthy = true;
    } catch (error) {
      this.#healthy = false;
      sleep = RETRY_MS;
      this.#log.error({ error }, 'the scheduler cannot reach the database; it tries again');
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.wake(), sleep);
  }

  /** Maintenances go first, so that a series with many runs to plan delays none of them. */
  async #advanceAllDue({ maintenances, series }: Failed): Promise<void> {
    while (!this.#stopped) {
      const maintenance = await advanceDueMaintenance(this.#ctx, maintenances);
      if (this.#handle('maintenance', maintenance, maintenances)) continue;
      if (!this.#handle('series', await planDueSeries(this.#ctx, series), series)) return;
    }
  }

  /** Returns whether there was one to advance. The id of one that failed is added to `failed`. */
  #handle(kind: 'maintenance' | 'series', result: AdvanceResult, failed: number[]): boolean {
    if (result.outcome === 'failed') {
      failed.push(result.id);
      this.#log.error({ error: result.error, [kind]: result.id }, `a ${kind} could not be moved`);
    }
    if (result.outcome === 'moved' && result.transition !== undefined) emit('transition', result.transition);
    return result.outcome !== 'idle';
  }

  async #untilNext(): Promise<number> {
    const due = await findNextDueAt(this.#ctx.database);
    if (due === null) return MAX_SLEEP_MS;
    const left = due.getTime() - this.#ctx.clock.now().getTime();
    return Math.min(MAX_SLEEP_MS, left > 0 ? left : OTHERS_MS);
  }
}
