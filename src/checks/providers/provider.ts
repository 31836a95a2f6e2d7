import type { z } from 'zod';
import type { Problem } from '../../core/errors.ts';
import type { Fetch } from '../../platform/outbound/client.ts';
import type { ListedCheck } from '../repository.ts';
import type { CheckState } from '../rules.ts';

/** A check: `id` is Lull's, `externalId` the provider's. */
export interface Target {
  readonly id: string;
  readonly externalId: string;
}

/** A check to be muted. */
export interface DowntimeState extends Target {
  /** The latest planned end of the maintenances that mute it (UTC). */
  readonly until: Date;
  /** The maintenances that mute it, at least one. */
  readonly windows: readonly { readonly id: number; readonly name: string }[];
}

/**
 * The error is a text for people, without secrets. `unanswered`: it says nothing about the check, as the system could not
 * be reached, did not answer in time, or failed inside. `notBegun`: nothing was sent about the check.
 */
export type SwitchResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: string; readonly unanswered?: boolean; readonly notBegun?: boolean };

/**
 * A monitoring system, as an account has it configured. Every provider guarantees:
 * - Idempotent: switching to the present state is harmless, as is creating or removing a downtime twice.
 * - Honest: `ok` means that the system is in the state now. Where its answers cannot be trusted, the state is read back. A
 *   check that is missing from an answer counts as not switched.
 * - Bounded: each call ends soon after its signal, with few requests in flight. It may throw; then nothing is known.
 * - Stoppable: after `stop`, as the rest is no longer wanted, a call begins no more requests and waits for those in flight.
 * - Discreet: no error and no log line shows a credential.
 * It retries only what is harmless twice, within the signal; the job queue retries the rest.
 */
export interface Provider {
  /**
   * - `switch`: a check is on or off, whoever switched it. One that was off before a maintenance stays off after it.
   * - `downtime`: a check can have several downtimes. Lull creates one of its own for each check, which ends by itself some
   *   time after `until`, should Lull be down then; replaces it when `until` changes; and touches no other. `read` is
   *   about Lull's own: `off` while it is there, `on` when somebody removed or edited it, absent when there is no trace of it, as
   *   Alertmanager forgets the silences of its last minutes when it is killed.
   */
  readonly form: 'switch' | 'downtime';
  /** `read` answers what this process was told, as the system cannot be asked. */
  readonly writeOnly?: boolean;
  /** Every check. Absent: the system has no such list. */
  list?(signal: AbortSignal): Promise<readonly ListedCheck[]>;
  /** States by Lull's id. Checks that the system does not know are absent. */
  read(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlyMap<string, CheckState>>;
  /**
   * Whether checks fail now, by Lull's id, outside every downtime where the system distinguishes that. Those of which it
   * shows nothing are absent. Called for checks that are on. Without this method: the system does not show it at little cost.
   */
  failing?(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlyMap<string, boolean>>;
  /** Results by Lull's id. */
  switchOff(
    targets: readonly DowntimeState[],
    signal: AbortSignal,
    stop?: AbortSignal,
  ): Promise<ReadonlyMap<string, SwitchResult>>;
  switchOn(
    targets: readonly Target[],
    signal: AbortSignal,
    stop?: AbortSignal,
  ): Promise<ReadonlyMap<string, SwitchResult>>;
  /** `downtime` only: Lull's ids of all checks that have a downtime of Lull's, to remove those that are stale. */
  present?(signal: AbortSignal): Promise<ReadonlySet<string>>;
}

export interface Providers {
  /**
   * The provider of this name as it is configured now, enabled or not; undefined when the account has none.
   * @throws Error for people when it cannot be connected, such as for a secret that is not set
   */
  provider(accountId: number, name: string): Promise<Provider | undefined>;
}

export interface ProviderContext {
  /** Guards addresses and redirects, and limits the size of answers. */
  readonly fetch: Fetch;
  /** Where people reach Lull, without a slash at the end. */
  readonly publicUrl: string;
  readonly now: () => Date;
}

/**
 * A kind of monitoring system. Settings are shown and audited; credentials are sealed and never shown. Both are objects
 * with fields that people fill in: `.describe()` each in one sentence.
 */
export interface ProviderKind<S extends z.ZodObject = z.ZodObject, C extends z.ZodObject = z.ZodObject> {
  /** As stored: `nodeping`. */
  readonly kind: string;
  /** For people: `NodePing`. */
  readonly title: string;
  /** The documentation it was implemented from, if it was never tried live. */
  readonly writtenFrom?: readonly string[];
  readonly settings: S;
  readonly credentials: C;
  /** Every address that requests are sent to. A secret of the environment must be bound to their hosts. */
  addresses(settings: z.output<S>): readonly string[];
  /** Problems of settings and credentials together. */
  validateBoth?(settings: z.output<S>, credentials: z.output<C>): readonly Problem[];
  /** @throws InvalidId when the system can have no check with this id */
  parseId?(externalId: string): unknown;
  /** Without I/O. */
  connect(settings: z.output<S>, credentials: z.output<C>, context: ProviderContext): Provider;
}

/** An external id that no check can have. The message is for people, and says what is expected. */
export class InvalidId extends Error {}

/** The states that a system was told that cannot be asked. What earlier processes told it is told again. */
export class SentStates {
  readonly #off = new Set<string>();

  read(targets: readonly Target[]): ReadonlyMap<string, CheckState> {
    return new Map(targets.filter(({ id }) => this.#off.has(id)).map(({ id }) => [id, 'off']));
  }

  save(results: ReadonlyMap<string, SwitchResult>, state: CheckState): void {
    for (const [id, { ok }] of results) {
      if (ok && state === 'off') this.#off.add(id);
      else if (ok) this.#off.delete(id);
    }
  }
}
