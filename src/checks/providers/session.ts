import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../platform/database.ts';
import { toStorable } from '../../platform/rows.ts';
import { emit } from '../../platform/telemetry.ts';
import { readCircuitError, recordCall } from '../provider-repository.ts';
import type { ListedCheck } from '../repository.ts';
import type { CheckState } from '../rules.ts';
import type { DowntimeState, Provider, Providers, SwitchResult, Target } from './provider.ts';
import { chunk, describeError, withTimeout } from './requests.ts';

export const MAX_CHECKS_PER_CALL = 1_000;
const CALL_TIMEOUT_MS = 15_000;
/** Added for each check that a call is about. */
const CHECK_TIMEOUT_MS = 45;
const LIST_TIMEOUT_MS = 60_000;
const FAILING_GRACE_MS = 500;

const NOT_CONFIGURED = 'its provider is not configured';
const NO_ANSWER = 'the provider did not answer for this check';
const UNKNOWN_CHECK = 'the provider does not know this check';

interface CallResult<T> {
  /** By Lull's id. */
  readonly answers: ReadonlyMap<string, T>;
  /** Why there is no answer for the other checks. */
  readonly error: string;
  /** Whether every call was answered. */
  readonly answered: boolean;
}

/** Records how a call ended, for the provider's health. */
type RecordCall = (outcome: 'answered' | 'refused' | 'failed', error?: string) => Promise<void>;
type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };
type Call<T> = (provider: Provider, signal: AbortSignal) => Promise<T>;
interface CallOptions<T> {
  /** What the result says is wrong with the provider as a whole; undefined: nothing. */
  readonly outage?: (value: T) => string | undefined;
  readonly stop?: AbortSignal | undefined;
}

/**
 * The calls of one run to a provider. Every call ends in time. After a call failed as a whole no other is made, and its
 * error is the answer for everything that is left.
 */
export class ProviderSession {
  readonly #provider: Provider | undefined;
  readonly #recordCall: RecordCall;
  /** Why no more calls are made. */
  #closed: string | undefined;

  constructor(provider: Provider | undefined, recordCall: RecordCall, closed: string | undefined) {
    this.#provider = provider;
    this.#recordCall = recordCall;
    this.#closed = closed ?? (provider === undefined ? NOT_CONFIGURED : undefined);
  }

  get provider(): Provider | undefined {
    return this.#provider;
  }

  get form(): Provider['form'] {
    return this.#provider?.form ?? 'switch';
  }

  get writeOnly(): boolean {
    return this.#provider?.writeOnly === true;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  /** Every check of the provider; null when it has no such list. */
  async list(): Promise<Outcome<readonly ListedCheck[] | null>> {
    if (this.isOpen && this.#provider?.list === undefined) return { ok: true, value: null };
    return this.#call(LIST_TIMEOUT_MS, async (provider, signal) => (await provider.list?.(signal)) ?? null);
  }

  /** Lull's ids of the checks that have a downtime of Lull's. */
  async present(): Promise<Outcome<ReadonlySet<string>>> {
    if (this.isOpen && this.#provider?.present === undefined) return { ok: true, value: new Set() };
    return this.#call(CALL_TIMEOUT_MS, async (provider, signal) => (await provider.present?.(signal)) ?? new Set());
  }

  /**
   * Whether checks fail, by Lull's id. Those are absent of which the provider does not say so in time, which does not count
   * as a failed call.
   */
  async failing(targets: readonly Target[], timeoutMs = timeoutFor(targets)): Promise<ReadonlyMap<string, boolean>> {
    const provider = this.#provider;
    if (!this.isOpen || targets.length === 0 || provider?.failing === undefined) return new Map();
    const until = performance.now() + timeoutMs;
    const failing = new Map<string, boolean>();
    for (const some of chunk(targets, MAX_CHECKS_PER_CALL)) {
      const call = async (signal: AbortSignal) => (await provider.failing?.(some, signal)) ?? [];
      const answers = await withTimeout(until - performance.now(), call, { graceMs: FAILING_GRACE_MS }).catch(() => []);
      for (const [id, fails] of answers) failing.set(id, fails);
    }
    return failing;
  }

  /** @param stop once nobody needs the answers any more */
  async read(targets: readonly Target[], stop?: AbortSignal): Promise<CallResult<CheckState>> {
    const provider = this.#provider;
    if (this.isOpen && provider?.writeOnly === true) {
      // It answers from memory, which does not show whether the system is up.
      const answers = await provider.read(targets, new AbortController().signal);
      return { answers, error: UNKNOWN_CHECK, answered: true };
    }
    const read = (each: Provider, some: readonly Target[], signal: AbortSignal) =>
      each.read(some, stop === undefined ? signal : AbortSignal.any([signal, stop]));
    return this.#callForChecks(targets, UNKNOWN_CHECK, read, { stop });
  }

  /** @param stop once the rest is no longer wanted: what was not begun is answered as such */
  switchOff(targets: readonly DowntimeState[], stop?: AbortSignal): Promise<CallResult<SwitchResult>> {
    return this.#switch(targets, (provider, some, signal) => provider.switchOff(some, signal, stop), stop);
  }

  switchOn(targets: readonly Target[], stop?: AbortSignal): Promise<CallResult<SwitchResult>> {
    return this.#switch(targets, (provider, some, signal) => provider.switchOn(some, signal, stop), stop);
  }

  async #switch<T extends Target>(
    targets: readonly T[],
    call: (provider: Provider, some: readonly T[], signal: AbortSignal) => Promise<ReadonlyMap<string, SwitchResult>>,
    stop: AbortSignal | undefined,
  ): Promise<CallResult<SwitchResult>> {
    const result = await this.#callForChecks(targets, NO_ANSWER, call, { outage: outageError, stop });
    const errors = [...result.answers.values()].flatMap((each) => (each.ok || each.notBegun ? [] : [each.error]));
    if (errors[0] !== undefined && this.isOpen) await this.#recordCall('refused', errors[0]);
    return result;
  }

  async #callForChecks<T extends Target, R>(
    targets: readonly T[],
    missing: string,
    call: (provider: Provider, some: readonly T[], signal: AbortSignal) => Promise<ReadonlyMap<string, R>>,
    options?: CallOptions<ReadonlyMap<string, R>>,
  ): Promise<CallResult<R>> {
    const answers = new Map<string, R>();
    for (const some of chunk(targets, MAX_CHECKS_PER_CALL)) {
      const result = await this.#call(timeoutFor(some), (provider, signal) => call(provider, some, signal), options);
      if (!result.ok) return { answers, error: result.error, answered: false };
      for (const [id, answer] of result.value) answers.set(id, answer);
    }
    return { answers, error: missing, answered: true };
  }

  async #call<T>(
    timeoutMs: number,
    call: Call<T>,
    { outage = () => undefined, stop }: CallOptions<T> = {},
  ): Promise<Outcome<T>> {
    const provider = this.#provider;
    if (provider === undefined || this.#closed !== undefined) {
      return { ok: false, error: this.#closed ?? NOT_CONFIGURED };
    }
    try {
      const value = await withTimeout(timeoutMs, (signal) => call(provider, signal), { stop });
      this.#closed = outage(value);
      if (this.#closed === undefined) await this.#recordCall('answered');
      else await this.#recordCall('failed', this.#closed);
      return { ok: true, value };
    } catch (error) {
      if (stop?.aborted) return { ok: false, error: describeError(error) };
      this.#closed = describeError(error);
      await this.#recordCall('failed', this.#closed);
      return { ok: false, error: this.#closed };
    }
  }
}

function timeoutFor(targets: readonly Target[]): number {
  return CALL_TIMEOUT_MS + CHECK_TIMEOUT_MS * targets.length;
}

/** The error of a provider that did not answer for any of these checks; undefined when it did for one. */
function outageError(answers: ReadonlyMap<string, SwitchResult>): string | undefined {
  const all = [...answers.values()].filter((each) => each.ok || each.notBegun !== true);
  const [first] = all;
  return first?.ok === false && all.every((each) => !each.ok && each.unanswered === true) ? first.error : undefined;
}

/** Opens a session with the provider of this name. No calls are made while its circuit is open. */
export async function openSession(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  providers: Providers,
  accountId: number,
  name: string,
): Promise<ProviderSession> {
  const record: RecordCall = async (outcome, error = '') => {
    emit('provider-call', { provider: name, outcome });
    await recordCall(database, accountId, name, outcome, toStorable(error), clock.now());
  };
  try {
    const provider = await providers.provider(accountId, name);
    const error = provider && (await readCircuitError(database, accountId, name));
    return new ProviderSession(provider, record, error && `it does not answer: ${error}`);
  } catch (error) {
    const message = toStorable(describeError(error));
    await record('refused', message);
    return new ProviderSession(undefined, record, message);
  }
}
