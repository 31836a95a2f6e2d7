import { setImmediate as nextRound } from 'node:timers/promises';

/** How long work may run before it lets other work run. */
const MAX_RUN_MS = 10;

/** Pauses of long work, so that it does not keep others waiting. */
export class Pauses {
  #since = performance.now();

  /** To be called between two short pieces of work. */
  async pause(): Promise<void> {
    if (performance.now() - this.#since < MAX_RUN_MS) return;
    await nextRound();
    this.#since = performance.now();
  }
}
