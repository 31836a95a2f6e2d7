import type { CheckState } from '../domain/enforcement.ts';

/** A check as its provider knows it. `id` is Lull's, for the answers; `externalId` the provider's own. */
export interface Target {
  readonly id: string;
  readonly externalId: string;
}

/** A check to be off, with what the people and the system over there want to know of it. */
export interface Covered extends Target {
  /** The latest planned end of the windows that hold it (UTC). */
  readonly until: Date;
  /** The windows that hold it, at least one, by id. */
  readonly windows: readonly { readonly id: number; readonly name: string }[];
}

/**
 * What came of switching one check: done, or why not, in words for people and without a secret in them. `unanswered`: that
 * says nothing of the check, as the system could not be reached, did not answer in time, or failed inside.
 */
export type Switched =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: string; readonly unanswered?: boolean };

/** A check that a provider has, for the import. */
export interface Found {
  readonly externalId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/**
 * A monitoring system, as one account has it configured.
 *
 * Its promises:
 * - Idempotent: switching to a state that a check is in already is harmless, and so is a downtime put or taken away twice.
 * - Honest: `ok` means that the provider has taken the state over, not that it will; where its answers cannot be trusted,
 *   it is read back. A check missing from the answer counts as not switched.
 * - Bounded: each call ends soon after its `signal` does, whatever the network does, and has no more than a few requests
 *   in flight. It may throw for the whole lot; then nothing is known of any check.
 * - Silent about secrets: no error, log line or answer shows a credential.
 * It tries again by itself only what is safe to do twice and only within the signal; the job queue tries the rest.
 */
export interface Provider {
  /**
   * `switch`: a check is on or off, whoever switched it. One that was off before a window stays off after it.
   * `downtime`: windows lie over a check side by side, Lull's own and those of others. Lull puts one of its own for each
   * check, ended a margin after `until` so that it passes even if Lull does not live to end it; puts it again with another
   * end when `until` changes; takes it away at the end; and touches no other. `read` tells of Lull's own alone: `off` while it lies over the check,
   * `on` when a hand took it away before its end. Where there is no trace of one the check is absent: it was never put,
   * or the system lost it (Alertmanager forgets the silences of its last minutes when it is killed), and is put again.
   */
  readonly form: 'switch' | 'downtime';
  /** Cannot be asked: what `read` answers is what this process told it, and says nothing of how the system is. */
  readonly blind?: boolean;
  /** Every check there is. Absent: this system cannot say. */
  list?(signal: AbortSignal): Promise<readonly Found[]>;
  /** The present states by Lull's id. A check the provider does not know is absent. */
  read(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlyMap<string, CheckState>>;
  /**
   * Lull's ids of those whose subject is in trouble now, as this system sees it, and outside every downtime where it tells
   * them apart. Asked of checks that are on. Absent: this system does not say so at little cost.
   */
  failing?(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** What came of each, by Lull's id. */
  switchOff(targets: readonly Covered[], signal: AbortSignal): Promise<ReadonlyMap<string, Switched>>;
  /**
   * `downtime` alone: Lull's ids of the checks over which one of its own lies, wanted or not. What nobody wants any more is
   * taken away: a system that came back in an older state (Alertmanager after a crash) brings back what had gone.
   */
  present?(signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** What came of each, by Lull's id. */
  switchOn(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlyMap<string, Switched>>;
}

/** Where the providers of checks are found. */
export interface Providers {
  /**
   * The provider of this name as an account has it configured now, disabled or not; undefined when it has none.
   * @throws Error with a sentence for people when it cannot be connected: a secret that is not readable or not set
   */
  provider(accountId: number, name: string): Promise<Provider | undefined>;
}
