import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { CheckState } from '../rules.ts';
import { Health, storable } from './health.ts';
import type { DowntimeState, FoundState, Provider, Providers, SwitchResult, Target } from './provider.ts';
import { describeError, withTimeout } from './requests.ts';

/** The most checks that one call is about: between two calls it is looked whether they are still wanted. */
export const MAX_CHECKS_PER_CALL = 1_000;
/** The time of a call (milliseconds): to be answered at all, and for each check. */
const CALL_TAKES = 15_000;
const CHECK_TAKES = 45;
/** The time to say which checks there are (milliseconds). */
const LIST_TAKES = 60_000;

/** What came of a call. */
export interface CallResult<T> {
  /** By Lull's id. */
  readonly answers: ReadonlyMap<string, T>;
  /** Why there is no answer for the others. */
  readonly error: string;
  /** Whether the call was answered at all. */
  readonly whole: boolean;
}

/** What came of a call that is about no check in particular. */
export type CallOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

const NOBODY = 'its provider is not configured';
const NO_ANSWER = 'the provider did not answer for this check';
const NOT_KNOWN = 'the provider does not know this check';

/**
 * What one run asks of a provider. Every call ends in time, and once one failed as a whole no other is made: what is wrong
 * with it is the answer for all that is left.
 */
export class ProviderSession {
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

  /** Whether it cannot say which checks are off. */
  get blind(): boolean {
    return this.#provider?.blind === true;
  }

  /** Whether it is asked at all. */
  get open(): boolean {
    return this.#silent === undefined;
  }

  /** Every check there is over there; null when it cannot say. */
  async list(): Promise<CallOutcome<readonly FoundState[] | null>> {
    if (this.#cannot('list')) return { ok: true, value: null };
    return this.#call(LIST_TAKES, async (provider, signal) => (await provider.list?.(signal)) ?? null);
  }

  /** Lull's ids of the checks over which a downtime of its own lies; none where there are no downtimes. */
  async present(): Promise<CallOutcome<ReadonlySet<string>>> {
    if (this.#cannot('present')) return { ok: true, value: new Set() };
    return this.#call(CALL_TAKES, async (provider, signal) => (await provider.present?.(signal)) ?? new Set());
  }

  /** Whether it is not asked, as it has no answer: that says nothing of how it is. */
  #cannot(question: 'list' | 'present'): boolean {
    return this.open && this.#provider?.[question] === undefined;
  }

  /** Lull's ids of those that are in trouble; none where the provider does not say, or may not: it is well all the same. */
  async failing(targets: readonly Target[]): Promise<ReadonlySet<string>> {
    const provider = this.#provider;
    if (targets.length === 0 || provider?.failing === undefined || !this.open) return new Set();
    const ask = provider.failing.bind(provider);
    return withTimeout(CALL_TAKES + CHECK_TAKES * targets.length, (signal) => ask(targets, signal)).catch(
      () => new Set(),
    );
  }

  async read(targets: readonly Target[]): Promise<CallResult<CheckState>> {
    const provider = this.#provider;
    if (this.open && provider?.blind === true) {
      return { answers: await provider.read(targets, new AbortController().signal), error: NOT_KNOWN, whole: true };
    }
    return this.#ask(targets, NOT_KNOWN, (provider, signal) => provider.read(targets, signal));
  }

  async switchOff(targets: readonly DowntimeState[]): Promise<CallResult<SwitchResult>> {
    return this.#switch(targets, (provider, signal) => provider.switchOff(targets, signal));
  }

  async switchOn(targets: readonly Target[]): Promise<CallResult<SwitchResult>> {
    return this.#switch(targets, (provider, signal) => provider.switchOn(targets, signal));
  }

  async #switch(
    targets: readonly Target[],
    call: (provider: Provider, signal: AbortSignal) => Promise<ReadonlyMap<string, SwitchResult>>,
  ): Promise<CallResult<SwitchResult>> {
    const answered = await this.#ask(targets, NO_ANSWER, call, silence);
    const refused = [...answered.answers.values()].find((answer) => !answer.ok);
    if (refused !== undefined && !refused.ok && this.open) await this.#health.refused(refused.error);
    return answered;
  }

  async #ask<T>(
    targets: readonly Target[],
    missing: string,
    call: (provider: Provider, signal: AbortSignal) => Promise<ReadonlyMap<string, T>>,
    failed?: (answers: ReadonlyMap<string, T>) => string | undefined,
  ): Promise<CallResult<T>> {
    if (targets.length === 0) return { answers: new Map(), error: missing, whole: true };
    const said = await this.#call(CALL_TAKES + CHECK_TAKES * targets.length, call, failed);
    if (!said.ok) return { answers: new Map(), error: said.error, whole: false };
    return { answers: said.value, error: missing, whole: true };
  }

  /**
   * @param time milliseconds
   * @param failed what was wrong with the provider as a whole by what came of the call; undefined: nothing
   */
  async #call<T>(
    time: number,
    call: (provider: Provider, signal: AbortSignal) => Promise<T>,
    failed: (value: T) => string | undefined = () => undefined,
  ): Promise<CallOutcome<T>> {
    const provider = this.#provider;
    if (provider === undefined || this.#silent !== undefined) return { ok: false, error: this.#silent ?? NOBODY };
    try {
      const value = await withTimeout(time, (signal) => call(provider, signal));
      this.#silent = failed(value);
      if (this.#silent === undefined) await this.#health.answered();
      else await this.#health.failed(this.#silent);
      return { ok: true, value };
    } catch (fault) {
      const error = describeError(fault);
      this.#silent = error;
      await this.#health.failed(error);
      return { ok: false, error };
    }
  }
}

/** Why a provider did not answer for any of these checks; undefined when it did for one. */
function silence(answers: ReadonlyMap<string, SwitchResult>): string | undefined {
  const all = [...answers.values()];
  const [first] = all;
  return first?.ok === false && all.every((each) => !each.ok && each.unanswered === true) ? first.error : undefined;
}

/** Begins to talk to the provider of this name, unless it is left alone at the moment. */
export async function openSession(
  ctx: { readonly database: Database; readonly clock: Clock },
  providers: Providers,
  accountId: number,
  name: string,
): Promise<ProviderSession> {
  const health = new Health(ctx, accountId, name);
  try {
    const provider = await providers.provider(accountId, name);
    return new ProviderSession(provider, health, provider && (await health.shunned()));
  } catch (fault) {
    const error = storable(describeError(fault));
    await health.refused(error);
    return new ProviderSession(undefined, health, error);
  }
}
