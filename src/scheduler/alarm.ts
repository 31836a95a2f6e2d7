import type { Logger } from 'pino';
import type { Queries } from '../platform/database.ts';
import { findNextRunAt } from '../platform/jobs.ts';

/** How long jobs have to be taken before they are looked at; doubled as long as some are left. */
const MIN_LOOK_AFTER_MS = 20;
const MAX_LOOK_AFTER_MS = 1_000;
const MAX_SLEEP_MS = 3_600_000;

/**
 * Wakes the runners for jobs that they would find only at their next poll: delayed ones when they are due, and those whose
 * queue another worker had locked for a moment while it looked for a job of its own.
 */
export class Alarm {
  readonly #database: Queries;
  readonly #log: Logger;
  readonly #wakes = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;
  #lookAfter = MIN_LOOK_AFTER_MS;
  #stopped = false;

  constructor(database: Queries, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** @returns removes it */
  add(wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  /** Jobs may have been enqueued, or postponed. */
  look(): void {
    this.#lookAfter = MIN_LOOK_AFTER_MS;
    this.#lookIn(MIN_LOOK_AFTER_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#stopped || at >= this.#at) return;
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = setTimeout(() => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#look().catch((error: unknown) => {
        this.#log.debug({ error }, 'the next job cannot be looked up now');
        this.#lookIn(MAX_LOOK_AFTER_MS);
      });
    }, ms);
  }

  async #look(): Promise<void> {
    const inMs = await findNextRunAt(this.#database);
    if (inMs === undefined) return;
    if (inMs > 0) {
      this.#lookAfter = MIN_LOOK_AFTER_MS;
      return this.#lookIn(Math.min(Math.ceil(inMs), MAX_SLEEP_MS));
    }
    for (const wake of this.#wakes) wake();
    this.#lookAfter = Math.min(this.#lookAfter * 2, MAX_LOOK_AFTER_MS);
    this.#lookIn(this.#lookAfter);
  }
}
