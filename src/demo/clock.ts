import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MovableClock } from '../core/clock.ts';
import { findNextDueAt, findNextStartOrEnd } from '../maintenance/repository/changes.ts';
import type { Database } from '../platform/database.ts';
import { countActiveJobs } from '../platform/jobs.ts';

/** Loads the clock as it was before a restart, so that its past stays the past. */
export async function loadClock(file: string): Promise<MovableClock> {
  const offset = Number(await readFile(file, 'utf8').catch(() => '0'));
  return new MovableClock(Number.isFinite(offset) ? offset : 0);
}

/** For the jobs of one instant, before the clock moves on. */
const JOBS_TIMEOUT_MS = 10_000;
const POLL_EVERY_MS = 20;

interface ClockedApp {
  readonly database: Database;
  /** Runs the scheduler now; resolves when everything due is processed. */
  wake(): Promise<void>;
}

/** Moves Lull's clock for the playground. Everything due on the way happens at its own instant. */
export class DemoClock {
  readonly #clock: MovableClock;
  readonly #file: string;
  #app: ClockedApp | undefined;
  #moving: Promise<void> = Promise.resolve();

  constructor(clock: MovableClock, file: string) {
    this.#clock = clock;
    this.#file = file;
  }

  /** Called once Lull runs. The playground needs the clock before that. */
  attach(app: ClockedApp): void {
    this.#app = app;
  }

  now(): Date {
    return this.#clock.now();
  }

  async nextEvent(): Promise<Date | undefined> {
    return (this.#app && (await findNextStartOrEnd(this.#app.database))) ?? undefined;
  }

  /** Moves run one after another. */
  moveTo(instant: Date): Promise<void> {
    this.#moving = this.#moving.catch(() => {}).then(() => this.#moveTo(instant));
    return this.#moving;
  }

  async #moveTo(instant: Date): Promise<void> {
    const app = this.#app;
    const findNextDue = async () => (app && (await findNextDueAt(app.database))) ?? undefined;
    for (let due = await findNextDue(); app !== undefined && due !== undefined && due <= instant; ) {
      if (due > this.#clock.now()) this.#clock.moveTo(due);
      await app.wake();
      await waitForJobs(app.database);
      const next = await findNextDue();
      // The scheduler could not process it, and has logged why. The clock moves on.
      if (next?.getTime() === due.getTime()) break;
      due = next;
    }
    if (instant > this.#clock.now()) this.#clock.moveTo(instant);
    await this.#save();
    await app?.wake();
  }

  async #save(): Promise<void> {
    await writeFile(`${this.#file}.new`, String(this.#clock.offset), { mode: 0o600 });
    await rename(`${this.#file}.new`, this.#file);
  }
}

async function waitForJobs(database: Database): Promise<void> {
  const deadline = performance.now() + JOBS_TIMEOUT_MS;
  while (performance.now() < deadline && (await countActiveJobs(database)) > 0) await sleep(POLL_EVERY_MS);
}
