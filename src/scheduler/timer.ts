import pg from 'pg';
import type { Logger } from 'pino';
import { findNextDueAt } from '../maintenance/repository/due.ts';
import { DUE_CHANNEL } from '../platform/jobs.ts';
import { emit } from '../platform/telemetry.ts';
import type { ActionContext, AdvanceResult } from '../platform/transactions.ts';
import { planDueSeries } from '../series/planning.ts';
import { advanceDueMaintenance } from './advance.ts';

/** The alarm looks at least this often (milliseconds), whatever it was told: a missed notification costs no more. */
const LOOK_AGAIN = 30_000;
/** After a fault: the database is away, or a row could not be moved (milliseconds). */
const TRY_AGAIN = 2_000;
/** When one is due that another process is moving at the moment (milliseconds). */
const LEAVE_TO_OTHERS = 200;

/** What could not be moved in this round, by id, so that it does not hold up the rest. */
interface Failed {
  readonly maintenances: number[];
  readonly series: number[];
}

/**
 * Sleeps until the next due instant of any maintenance or series, moves what is due, and sleeps again. Several processes
 * may do so on one database: each row is moved by one of them.
 */
export class Timer {
  readonly #ctx: ActionContext;
  readonly #url: string;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #listening: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #healthy = false;
  #listener: pg.Client | undefined;

  /** @param url of the database, for a connection of its own that listens for changes of due instants */
  constructor(ctx: ActionContext, url: string, log: Logger) {
    this.#ctx = ctx;
    this.#url = url;
    this.#log = log;
  }

  /** Resolves once everything that came due while nothing ran has been moved. */
  async start(): Promise<void> {
    await this.#listen();
    await this.wake();
  }

  /** Whether the last look at the database went well and changes elsewhere are heard of. */
  get ready(): boolean {
    return this.#healthy && this.#listener !== undefined;
  }

  /** Looks now. Resolves when all that was due has been moved. */
  wake(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#again = true;
    this.#round ??= this.#look().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  /** Takes no new work and resolves when the work in hand is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#listening);
    await this.#round;
    const listener = this.#listener;
    this.#listener = undefined;
    await listener?.end();
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    let wait = LOOK_AGAIN;
    try {
      const failed: Failed = { maintenances: [], series: [] };
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#moveAllDue(failed);
        const allMoved = failed.maintenances.length === 0 && failed.series.length === 0;
        wait = allMoved ? await this.#untilNext() : TRY_AGAIN;
      }
      this.#healthy = true;
    } catch (error) {
      this.#healthy = false;
      wait = TRY_AGAIN;
      this.#log.error({ error }, 'the scheduler cannot reach the database; it tries again');
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.wake(), wait);
  }

  /** Windows go first: a series with much to catch up on keeps none of them waiting. */
  async #moveAllDue(failed: Failed): Promise<void> {
    while (!this.#stopped) {
      if (this.#moved('maintenance', await advanceDueMaintenance(this.#ctx, failed.maintenances), failed.maintenances))
        continue;
      if (this.#moved('series', await planDueSeries(this.#ctx, failed.series), failed.series)) continue;
      return;
    }
  }

  /** Whether there was one to move. The id of one that could not be is added to `failed`. */
  #moved(what: 'maintenance' | 'series', advance: AdvanceResult, failed: number[]): boolean {
    if (advance.outcome === 'failed') {
      failed.push(advance.id);
      this.#log.error({ error: advance.error, [what]: advance.id }, `a ${what} could not be moved`);
    }
    if (advance.outcome === 'moved' && advance.transition !== undefined) emit('transition', advance.transition);
    return advance.outcome !== 'idle';
  }

  /** How long to sleep (milliseconds). */
  async #untilNext(): Promise<number> {
    const due = await findNextDueAt(this.#ctx.database);
    if (due === null) return LOOK_AGAIN;
    const left = due.getTime() - this.#ctx.clock.now().getTime();
    return Math.min(LOOK_AGAIN, left > 0 ? left : LEAVE_TO_OTHERS);
  }

  async #listen(): Promise<void> {
    const listener = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: 5_000, keepAlive: true });
    const lost = () => {
      if (this.#listener !== listener || this.#stopped) return;
      this.#listener = undefined;
      this.#relisten();
    };
    listener.on('notification', () => void this.wake());
    listener.on('error', lost);
    listener.on('end', lost);
    try {
      await listener.connect();
      await listener.query(`listen ${DUE_CHANNEL}`);
    } catch (error) {
      listener.end().catch(() => {});
      throw error;
    }
    if (this.#stopped) return listener.end();
    this.#listener = listener;
  }

  #relisten(): void {
    this.#listening = setTimeout(() => {
      this.#listen().then(
        () => this.wake(),
        (error: unknown) => {
          if (this.#stopped) return;
          this.#log.error({ error }, 'the scheduler cannot listen to the database; it tries again');
          this.#relisten();
        },
      );
    }, TRY_AGAIN);
  }
}
