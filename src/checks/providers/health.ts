import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../platform/database.ts';
import { emit } from '../../platform/telemetry.ts';
import { readCircuitOpenMs, recordFailure, recordRefusal, recordSuccess } from '../provider-repository.ts';

/** After so many calls in a row that failed as a whole, a provider is left alone for a while (milliseconds). */
const FAILS_BEFORE_SHUNNED = 3;
const SHUNNED_FOR = 30_000;
/** Of what a provider says went wrong, this much is kept (characters). */
const LONGEST_ERROR = 500;

/**
 * How one provider is, for all processes that ask it. One that failed several times is not asked for a while, and then
 * once: what it answers decides whether it is asked as before (a circuit breaker, with its state in the database).
 * https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
 */
export class Health {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #accountId: number;
  readonly #name: string;

  constructor({ database, clock }: { database: Database; clock: Clock }, accountId: number, name: string) {
    this.#database = database;
    this.#clock = clock;
    this.#accountId = accountId;
    this.#name = name;
  }

  /** Why it is not to be asked now; undefined when it may be. */
  async shunned(): Promise<string | undefined> {
    const error = await readCircuitOpenMs(this.#database, this.#accountId, this.#name);
    return error === undefined ? undefined : `it does not answer: ${error}`;
  }

  async answered(): Promise<void> {
    emit('provider-call', { provider: this.#name, outcome: 'answered' });
    await recordSuccess(this.#database, this.#accountId, this.#name, this.#clock.now());
  }

  /** It answered, and did not do what it was asked for. */
  async refused(error: string): Promise<void> {
    emit('provider-call', { provider: this.#name, outcome: 'refused' });
    await recordRefusal(this.#database, this.#accountId, this.#name, storable(error), this.#clock.now());
  }

  /** A call failed as a whole. */
  async failed(error: string): Promise<void> {
    emit('provider-call', { provider: this.#name, outcome: 'failed' });
    await recordFailure(this.#database, this.#accountId, this.#name, storable(error), this.#clock.now(), {
      most: FAILS_BEFORE_SHUNNED,
      pause: SHUNNED_FOR,
    });
  }
}

/** A provider may answer with a page of anything; what the database cannot store must not keep the rest from it. */
export function storable(error: string): string {
  return error.slice(0, LONGEST_ERROR).replaceAll('\0', '').toWellFormed();
}
