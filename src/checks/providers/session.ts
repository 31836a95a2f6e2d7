import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../platform/database.ts';
import { toStorable } from '../../platform/rows.ts';
import { emit } from '../../platform/telemetry.ts';
import { readCircuitError, recordCall } from '../provider-repository.ts';
import type { ListedCheck } from '../repository.ts';
import type { CheckState } from '../rules.ts';
import type { DowntimeState, Provider, Providers, SwitchResult, Target } from './provider.ts';
import { chunk, describeError, withTimeout } from './requests.ts';

/** Between two calls of a batch, `reconcile` checks whether the rest is still wanted. */
export const MAX_CHECKS_PER_CALL = 1_000;
const CALL_TIMEOUT_MS = 15_000;
/** Added for each check that a call is about. */
const CHECK_TIMEOUT_MS = 45;
const LIST_TIMEOUT_MS = 60_000;

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

  /** Lull's ids of the checks that fail; none when the provider does not say, which does not count as a failed call. */
  async failing(targets: readonly Target[]): Promise<ReadonlySet<string>> {
    const failing = new Set<string>();
    for (const some of chunk(targets, MAX_CHECKS_PER_CALL)) {
      if (!this.isOpen) break;
      const call = async (signal: AbortSignal) => (await this.#provider?.failing?.(some, signal)) ?? [];
      for (const id of await withTimeout(timeoutFor(some), call).catch(() => [])) failing.add(id);
    }
    return failing;
  }

  async read(targets: readonly Target[]): Promise<CallResult<CheckState>> {
    const provider = this.#provider;
    if (this.isOpen && provider?.writeOnly === true) {
      // It answers from memory, which does not show whether the system is up.
      const answers = await provider.read(targets, new AbortController().signal);
      return { answers, error: UNKNOWN_CHECK, answered: true };
    }
    return this.#callForChecks(targets, UNKNOWN_CHECK, (provider, some, signal) => provider.read(some, signal));
  }

  switchOff(targets: readonly DowntimeState[]): Promise<CallResult<SwitchResult>> {
    return this.#switch(targets, (provider, some, signal) => provider.switchOff(some, signal));
  }

  switchOn(targets: readonly Target[]): Promise<CallResult<SwitchResult>> {
    return this.#switch(targets, (provider, some, signal) => provider.switchOn(some, signal));
  }

  async #switch<T extends Target>(
    targets: readonly T[],
    call: (provider: Provider, some: readonly T[], signal: AbortSignal) => Promise<ReadonlyMap<string, SwitchResult>>,
  ): Promise<CallResult<SwitchResult>> {
    const result = await this.#callForChecks(targets, NO_ANSWER, call, outageError);
    const errors = [...result.answers.values()].flatMap((answer) => (answer.ok ? [] : [answer.error]));
    if (errors[0] !== undefined && this.isOpen) await this.#recordCall('refused', errors[0]);
    return result;
  }

  async #callForChecks<T extends Target, R>(
    targets: readonly T[],
    missing: string,
    call: (provider: Provider, some: readonly T[], signal: AbortSignal) => Promise<ReadonlyMap<string, R>>,
    outage?: (answers: ReadonlyMap<string, R>) => string | undefined,
  ): Promise<CallResult<R>> {
    const answers = new Map<string, R>();
    for (const some of chunk(targets, MAX_CHECKS_PER_CALL)) {
      const result = await this.#call(timeoutFor(some), (provider, signal) => call(provider, some, signal), outage);
      if (!result.ok) return { answers, error: result.error, answered: false };
      for (const [id, answer] of result.value) answers.set(id, answer);
    }
    return { answers, error: missing, answered: true };
  }

  /** @param outage what the result says is wrong with the provider as a whole; undefined: nothing */
  async #call<T>(
    timeoutMs: number,
    call: Call<T>,
    outage: (value: T) => string | undefined = () => undefined,
  ): Promise<Outcome<T>> {
    const provider = this.#provider;
    if (provider === undefined || this.#closed !== undefined) {
      return { ok: false, error: this.#closed ?? NOT_CONFIGURED };
    }
    try {
      const value = await withTimeout(timeoutMs, (signal) => call(provider, signal));
      this.#closed = outage(value);
      if (this.#closed === undefined) await this.#recordCall('answered');
      else await this.#recordCall('failed', this.#closed);
      return { ok: true, value };
    } catch (error) {
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
  const all = [...answers.values()];
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
