import type { z } from 'zod';
import type { ListedCheck } from '../repository.ts';
import type { CheckState } from '../rules.ts';

/** A check as its provider knows it. `id` is Lull's, for the answers; `externalId` the provider's own. */
export interface Target {
  readonly id: string;
  readonly externalId: string;
}

/** A check to be off, with what the people and the system over there want to know of it. */
export interface DowntimeState extends Target {
  /** The latest planned end of the windows that hold it (UTC). */
  readonly until: Date;
  /** The windows that hold it, at least one, by id. */
  readonly windows: readonly { readonly id: number; readonly name: string }[];
}

/**
 * What came of switching one check: done, or why not, in words for people and without a secret in them. `unanswered`: that
 * says nothing of the check, as the system could not be reached, did not answer in time, or failed inside.
 */
export type SwitchResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: string; readonly unanswered?: boolean };

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
  readonly writeOnly?: boolean;
  /** Every check there is. Absent: this system cannot say. */
  list?(signal: AbortSignal): Promise<readonly ListedCheck[]>;
  /** The present states by Lull's id. A check the provider does not know is absent. */
  read(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlyMap<string, CheckState>>;
  /**
   * Lull's ids of those whose subject is in trouble now, as this system sees it, and outside every downtime where it tells
   * them apart. Asked of checks that are on. Absent: this system does not say so at little cost.
   */
  failing?(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** What came of each, by Lull's id. */
  switchOff(targets: readonly DowntimeState[], signal: AbortSignal): Promise<ReadonlyMap<string, SwitchResult>>;
  /**
   * `downtime` alone: Lull's ids of the checks over which one of its own lies, wanted or not. What nobody wants any more is
   * taken away: a system that came back in an older state (Alertmanager after a crash) brings back what had gone.
   */
  present?(signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** What came of each, by Lull's id. */
  switchOn(targets: readonly Target[], signal: AbortSignal): Promise<ReadonlyMap<string, SwitchResult>>;
}

/** Where the providers of checks are found. */
export interface Providers {
  /**
   * The provider of this name as an account has it configured now, disabled or not; undefined when it has none.
   * @throws Error with a sentence for people when it cannot be connected: a secret that is not readable or not set
   */
  provider(accountId: number, name: string): Promise<Provider | undefined>;
}

/** The author of every downtime of Lull's. */
export const AUTHOR = 'Lull';

/** So many windows are named in the comment of a downtime; there may be more. */
const NAMED = 3;
/** So much of a window's name (characters). */
const LONGEST_NAME = 100;

/** What a downtime of Lull's says of itself at the end of its comment, so that it is known again without any memory. */
export interface DowntimeMark {
  /** Lull's id of the check. */
  readonly check: string;
  /** When it was to end, or null: Lull has taken it away. */
  readonly ends: Date | null;
}

/**
 * When a downtime ends by itself: a margin after the windows, so that it passes even if Lull does not live to end it.
 * @param margin minutes
 */
export function downtimeEnd({ until }: DowntimeState, now: Date, margin: number): Date {
  return new Date(Math.max(until.getTime(), now.getTime()) + margin * 60_000);
}

/**
 * The comment of a downtime, for people and for Lull.
 * @param publicUrl of this installation: another one with a copy of the database must not take these for its own
 */
export function downtimeComment(check: DowntimeState, ends: Date, publicUrl: string): string {
  const windows = check.windows.slice(0, NAMED).map(({ id, name }) => {
    return `Planned maintenance ${id}, ${name.slice(0, LONGEST_NAME)}: ${publicUrl}/maintenances/${id}`;
  });
  const more = check.windows.length - windows.length;
  if (more > 0) windows.push(`and ${more} more`);
  const mark = `put by ${AUTHOR} for check ${check.id} of ${publicUrl}, ends ${ends.toISOString()}`;
  return `${windows.join('; ')} (${mark})`;
}

/** The comment of one that Lull takes away, where its system shows it ever after. */
export function removedByHand(id: string, publicUrl: string): string {
  return `The planned maintenance is over (put by ${AUTHOR} for check ${id} of ${publicUrl}, taken away)`;
}

const MARK = /\(put by Lull for check (\S+) of (\S+), (?:ends (\S+)|taken away)\)$/;

/** Undefined: it is not one of this installation's. Who wrote it is for the caller to compare with AUTHOR. */
export function readMark(comment: string, publicUrl: string): DowntimeMark | undefined {
  const [, check, installation, ends] = MARK.exec(comment) ?? [];
  if (check === undefined || installation !== publicUrl) return undefined;
  return { check, ends: ends === undefined ? null : new Date(ends) };
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is expected of a field, where its kind does not say it in its own words. In a sentence, without the value. */
export function expected(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${NOUNS[issue.expected] ?? issue.expected}.`;
    case 'invalid_format':
      return issue.format === 'url'
        ? 'Expected an address, such as https://monitoring.example.com.'
        : 'It is not written as it should be.';
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'It is empty.'
        : `Expected ${issue.minimum} or more.`;
    case 'too_big':
      return `Expected ${issue.maximum} or less.`;
    case 'invalid_value':
      return `Expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}.`;
    case 'invalid_key':
      return 'One of the names in it is not written as it should be.';
    default:
      return 'It is not what can stand here.';
  }
}

/**
 * What a system was told that cannot be asked. It is a system of downtimes, for Lull: what it was told holds until it is
 * told otherwise. What was told before this process began is not known here, and is told once more.
 */
export class ProviderMessage {
  readonly #off = new Set<string>();

  /** By Lull's id, those that were told to be off. */
  states(targets: readonly Target[]): ReadonlyMap<string, CheckState> {
    return new Map(targets.filter(({ id }) => this.#off.has(id)).map(({ id }) => [id, 'off']));
  }

  /** Notes what came of telling them. */
  note(answers: ReadonlyMap<string, SwitchResult>, state: CheckState): void {
    for (const [id, { ok }] of answers) {
      if (ok && state === 'off') this.#off.add(id);
      else if (ok) this.#off.delete(id);
    }
  }
}
