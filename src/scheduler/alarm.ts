import type { Logger } from 'pino';
import type { Queries } from '../platform/database.ts';
import { findNextRunAt } from '../platform/jobs.ts';

/** How long to wait for further reasons before the next delayed job is looked up. */
const LOOK_AHEAD_AFTER_MS = 20;
const MAX_SLEEP_MS = 3_600_000;

/** Wakes the runners when the next delayed job is due, as the queue itself would find it only at its next poll. */
export class Alarm {
  readonly #database: Queries;
  readonly #log: Logger;
  readonly #wakes = new Set<() => void>();
  #looking: NodeJS.Timeout | undefined;
  #ringing: NodeJS.Timeout | undefined;
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
  lookAhead(): void {
    if (this.#stopped) return;
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      this.#set().catch((error: unknown) => this.#log.debug({ error }, 'the next delayed job is not known'));
    }, LOOK_AHEAD_AFTER_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#looking);
    clearTimeout(this.#ringing);
  }

  async #set(): Promise<void> {
    const inMs = await findNextRunAt(this.#database);
    if (this.#stopped) return;
    clearTimeout(this.#ringing);
    if (inMs === undefined) return;
    this.#ringing = setTimeout(
      () => {
        for (const wake of this.#wakes) wake();
        this.lookAhead();
      },
      Math.min(Math.max(Math.ceil(inMs), 1), MAX_SLEEP_MS),
    );
  }
}
