import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MovableClock } from '../core/clock.ts';
import { findNextDueAt, findNextStartOrEnd } from '../maintenance/repository/due.ts';
import type { Database } from '../platform/database.ts';
import { countActiveJobs } from '../platform/jobs.ts';

/** The movable clock of an earlier start, so that what happened "tomorrow" stays in the past after a restart. */
export async function keptClock(file: string): Promise<MovableClock> {
  const offset = Number(await readFile(file, 'utf8').catch(() => '0'));
  return new MovableClock(Number.isFinite(offset) ? offset : 0);
}

/** How long the effects of one instant are waited for before the clock moves on (milliseconds). */
const SETTLED_WITHIN = 10_000;

/** The part of Lull that a moved clock concerns. */
export interface Timed {
  readonly database: Database;
  /** Has the scheduler look now, and resolves when it has moved what was due. */
  wake(): Promise<void>;
}

/** Moves Lull's clock for the playground, as if the time had passed: what comes due on the way happens at its instant. */
export class DemoClock {
  readonly #clock: MovableClock;
  readonly #file: string;
  #timed: Timed | undefined;
  #moving: Promise<void> = Promise.resolve();

  constructor(clock: MovableClock, file: string) {
    this.#clock = clock;
    this.#file = file;
  }

  /** The playground is there before Lull is, which connects to it. */
  attach(timed: Timed): void {
    this.#timed = timed;
  }

  now(): Date {
    return this.#clock.now();
  }

  /** When the next window starts or ends. */
  async nextEvent(): Promise<Date | undefined> {
    return (this.#timed && (await findNextStartOrEnd(this.#timed.database))) ?? undefined;
  }

  /** One move after another, however often the button is pressed. */
  moveTo(instant: Date): Promise<void> {
    this.#moving = this.#moving.catch(() => {}).then(() => this.#moveTo(instant));
    return this.#moving;
  }

  async #moveTo(instant: Date): Promise<void> {
    const timed = this.#timed;
    // Reminders and runs to be made lie on the way as well.
    const nextDue = async () => (timed && (await findNextDueAt(timed.database))) ?? undefined;
    for (let due = await nextDue(); timed !== undefined && due !== undefined && due <= instant; ) {
      if (due > this.#clock.now()) this.#clock.moveTo(due);
      await timed.wake();
      await settled(timed.database);
      const next = await nextDue();
      // Not moved: the scheduler's log says why. The clock goes on all the same.
      if (next?.getTime() === due.getTime()) break;
      due = next;
    }
    if (instant > this.#clock.now()) this.#clock.moveTo(instant);
    await this.#keep();
    await timed?.wake();
  }

  async #keep(): Promise<void> {
    await writeFile(`${this.#file}.new`, String(this.#clock.offset), { mode: 0o600 });
    await rename(`${this.#file}.new`, this.#file);
  }
}

async function settled(database: Database): Promise<void> {
  const until = performance.now() + SETTLED_WITHIN;
  while (performance.now() < until && (await countActiveJobs(database)) > 0) await sleep(20);
}
