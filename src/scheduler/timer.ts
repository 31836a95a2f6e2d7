import type { Logger } from 'pino';
import { findNextDueAt } from '../maintenance/repository/changes.ts';
import { DUE_CHANNEL } from '../platform/jobs.ts';
import { emit } from '../platform/telemetry.ts';
import type { ActionContext, Advanced } from '../platform/transactions.ts';
import { planDueSeries } from '../series/planning.ts';
import { advanceDueMaintenances, BATCH } from './advance.ts';
import { PersistentConnection } from './persistent-connection.ts';

/** The longest sleep, so that a missed notification delays nothing for longer. */
const MAX_SLEEP_MS = 30_000;
/** After a fault: the database is away, or a row could not be advanced. */
const RETRY_MS = 2_000;
/** While another process works on a due row. */
const OTHERS_MS = 50;
/** How many transactions advance what is due, once there is more than one can take. */
const CONCURRENT = 3;

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
  /** When it wakes: an instant of Lull's clock, in milliseconds. */
  #wakesAt = Number.POSITIVE_INFINITY;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #healthy = false;

  constructor(ctx: ActionContext, url: string, log: Logger) {
    this.#ctx = ctx;
    this.#log = log;
    this.#listener = new PersistentConnection(url, {
      open: (client) => client.on('notification', ({ payload }) => this.#note(payload)).query(`listen ${DUE_CHANNEL}`),
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

  /** @param due when something is due, in ISO 8601; empty: perhaps now */
  #note(due: string | undefined): void {
    const at = due ? Date.parse(due) : Number.NEGATIVE_INFINITY;
    if (at > this.#now()) this.#wakeAt(Math.min(at, this.#wakesAt));
    else void this.wake();
  }

  #now(): number {
    return this.#ctx.clock.now().getTime();
  }

  #wakeAt(at: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#wakesAt = at;
    const sleep = Math.min(MAX_SLEEP_MS, Math.max(0, at - this.#now()));
    this.#timer = setTimeout(() => {
      // A timer can fire a millisecond early.
      if (sleep < MAX_SLEEP_MS && this.#now() < at) this.#wakeAt(at);
      else void this.wake();
    }, sleep);
  }

  async #advance(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const failed: Failed = { maintenances: [], series: [] };
      while (this.#again && !this.#stopped) {
        this.#again = false;
        // Notifications during the round lower it again.
        this.#wakesAt = Number.POSITIVE_INFINITY;
        const lookedAt = await this.#advanceAllDue(failed);
        const next = await this.#findNext(lookedAt, failed);
        const allAdvanced = failed.maintenances.length === 0 && failed.series.length === 0;
        const retry = allAdvanced ? Number.POSITIVE_INFINITY : this.#now() + RETRY_MS;
        this.#wakeAt(Math.min(next, retry, this.#wakesAt));
      }
      this.#healthy = true;
    } catch (error) {
      this.#healthy = false;
      this.#wakeAt(this.#now() + RETRY_MS);
      this.#log.error({ error }, 'the scheduler cannot reach the database; it tries again');
    }
  }

  /**
   * Maintenances go first, so that a series with many runs to plan delays none of them.
   * @returns an instant at which nothing was due that another process does not work on
   */
  async #advanceAllDue({ maintenances, series }: Failed): Promise<number> {
    for (;;) {
      const lookedAt = this.#now();
      if (this.#stopped) return lookedAt;
      const advanced = this.#handle('maintenance', await advanceDueMaintenances(this.#ctx, maintenances), maintenances);
      if (advanced === BATCH) await this.#advanceMany(maintenances);
      if (advanced > 0) continue;
      if (this.#handle('series', await planDueSeries(this.#ctx, series), series) === 0) return lookedAt;
    }
  }

  async #advanceMany(failed: number[]): Promise<void> {
    const advance = async () => {
      while (
        !this.#stopped &&
        this.#handle('maintenance', await advanceDueMaintenances(this.#ctx, failed), failed) === BATCH
      );
    };
    await Promise.all(Array.from({ length: CONCURRENT }, advance));
  }

  /** @returns how many there were to advance; the ids of those that failed are added to `all` */
  #handle(kind: 'maintenance' | 'series', { moved, failed, transitions }: Advanced, all: number[]): number {
    for (const { id, error } of failed) {
      all.push(id);
      this.#log.error({ error, [kind]: id }, `a ${kind} could not be moved`);
    }
    for (const transition of transitions) emit('transition', transition);
    return moved.length + failed.length;
  }

  /** @param lookedAt what was due then, and did not fail, is left to another process */
  async #findNext(lookedAt: number, failed: Failed): Promise<number> {
    const due = await findNextDueAt(this.#ctx.database, failed);
    if (due === null) return Number.POSITIVE_INFINITY;
    return due.getTime() > lookedAt ? due.getTime() : this.#now() + OTHERS_MS;
  }
}
