import type { CheckState } from '../domain/enforcement.ts';
import type { Health } from './health.ts';
import type { Covered, Provider, Switched, Target } from './provider.ts';
import { inWords } from './requests.ts';
import { within } from './within.ts';

/** The most checks that one call is about: between two calls it is looked whether they are still wanted. */
export const MOST_AT_ONCE = 1_000;
/** The time of a call (milliseconds): to be answered at all, and for each check. */
const CALL_TAKES = 15_000;
const CHECK_TAKES = 45;

/** What came of a call. */
export interface Answered<T> {
  /** By Lull's id. */
  readonly answers: ReadonlyMap<string, T>;
  /** Why there is no answer for the others. */
  readonly error: string;
  /** Whether the call was answered at all. */
  readonly whole: boolean;
}

const NOBODY = 'its provider is not configured';
const NO_ANSWER = 'the provider did not answer for this check';
const NOT_KNOWN = 'the provider does not know this check';

/**
 * What one run asks of a provider. Every call ends in time, and once one failed as a whole no other is made: what is wrong
 * with it is the answer for all that is left.
 */
export class Conversation {
  readonly #provider: Provider | undefined;
  readonly #health: Health;
  #silent: string | undefined;

  /**
   * @param provider undefined when there is none
   * @param silent why it is not to be asked at all
   */
  constructor(provider: Provider | undefined, health: Health, silent?: string) {
    this.#provider = provider;
    this.#health = health;
    this.#silent = provider === undefined ? (silent ?? NOBODY) : silent;
  }

  get form(): Provider['form'] {
    return this.#provider?.form ?? 'switch';
  }

  /** Whether it is asked at all. */
  get open(): boolean {
    return this.#silent === undefined;
  }

  async read(targets: readonly Target[]): Promise<Answered<CheckState>> {
    return this.#ask(targets, NOT_KNOWN, (provider, signal) => provider.read(targets, signal));
  }

  async switchOff(targets: readonly Covered[]): Promise<Answered<Switched>> {
    return this.#switch(targets, (provider, signal) => provider.switchOff(targets, signal));
  }

  async switchOn(targets: readonly Target[]): Promise<Answered<Switched>> {
    return this.#switch(targets, (provider, signal) => provider.switchOn(targets, signal));
  }

  async #switch(
    targets: readonly Target[],
    call: (provider: Provider, signal: AbortSignal) => Promise<ReadonlyMap<string, Switched>>,
  ): Promise<Answered<Switched>> {
    const answered = await this.#ask(targets, NO_ANSWER, call);
    const refused = [...answered.answers.values()].find((answer) => !answer.ok);
    if (refused !== undefined && !refused.ok) await this.#health.refused(refused.error);
    return answered;
  }

  async #ask<T>(
    targets: readonly Target[],
    missing: string,
    call: (provider: Provider, signal: AbortSignal) => Promise<ReadonlyMap<string, T>>,
  ): Promise<Answered<T>> {
    const provider = this.#provider;
    if (targets.length === 0) return { answers: new Map(), error: missing, whole: true };
    if (provider === undefined || this.#silent !== undefined) {
      return { answers: new Map(), error: this.#silent ?? NOBODY, whole: false };
    }
    try {
      const answers = await within(CALL_TAKES + CHECK_TAKES * targets.length, (signal) => call(provider, signal));
      await this.#health.answered();
      return { answers, error: missing, whole: true };
    } catch (fault) {
      const error = inWords(fault);
      this.#silent = error;
      await this.#health.failed(error);
      return { answers: new Map(), error, whole: false };
    }
  }
}
