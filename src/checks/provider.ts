import type { CheckState } from '../domain/enforcement.ts';

/** A check as its provider knows it. `id` is Lull's, for the answers; `externalId` the provider's own. */
export interface Target {
  readonly id: string;
  readonly externalId: string;
}

/** What came of switching one check: done, or why not, in words for people. */
export type Switched = { readonly ok: true } | { readonly ok: false; readonly error: string };

/**
 * A monitoring system. Switching to a state that a check is in already is harmless, and an answer means the provider has
 * taken the state over, not that it will. Both calls may throw for the whole lot; then nothing is known of any check.
 */
export interface Provider {
  readonly name: string;
  /** The present states by Lull's id. A check the provider does not know is absent. */
  read(targets: readonly Target[]): Promise<ReadonlyMap<string, CheckState>>;
  /** What came of each, by Lull's id. */
  switchTo(state: CheckState, targets: readonly Target[]): Promise<ReadonlyMap<string, Switched>>;
}

export type Providers = ReadonlyMap<string, Provider>;
