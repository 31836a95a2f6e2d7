import { accountFlag, retryFlag } from '../platform/jobs.ts';

/** Of the slots that an account may take, this part is for jobs that failed before. */
const RETRY_SHARE = 1 / 4;

/**
 * Shares the slots of a runner among accounts. Systems that hang keep slots for long, so an account can take only a part of
 * them, which is smaller the fewer are left: others always find one. Jobs that failed before can take a part of that, so that
 * an account's dead systems do not keep its others waiting.
 */
export class Slots {
  readonly #count: number;
  readonly #perAccount: number;
  /** By the ids of the jobs that have them. */
  readonly #taken = new Map<string, { readonly accountId: number; readonly isRetry: boolean }>();

  constructor(count: number, perAccount: number) {
    this.#count = count;
    this.#perAccount = perAccount;
  }

  /** @param isRetry the job failed before */
  enter(job: string, accountId: number, isRetry: boolean): void {
    this.#taken.set(job, { accountId, isRetry });
  }

  leave(job: string): void {
    this.#taken.delete(job);
  }

  /** The flags of jobs that have to wait. */
  forbidden(): string[] {
    const limit = this.#limit();
    const accounts = new Map<number, { jobs: number; retries: number }>();
    for (const { accountId, isRetry } of this.#taken.values()) {
      const { jobs, retries } = accounts.get(accountId) ?? { jobs: 0, retries: 0 };
      accounts.set(accountId, { jobs: jobs + 1, retries: retries + (isRetry ? 1 : 0) });
    }
    return [...accounts].flatMap(([accountId, { jobs, retries }]) => {
      if (jobs >= limit) return [accountFlag(accountId)];
      return retries >= Math.max(1, Math.floor(limit * RETRY_SHARE)) ? [retryFlag(accountId)] : [];
    });
  }

  #limit(): number {
    const used = this.#taken.size / this.#count;
    if (used < 1 / 2) return this.#perAccount;
    return used < 3 / 4 ? Math.ceil(this.#perAccount / 2) : 1;
  }
}

/** Lets one at a time through. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /** Resolves when it is the caller's turn, which `end` ends. */
  async begin(): Promise<void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
  }

  end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
