import type { CheckState } from '../domain/enforcement.ts';
import type { Switched, Target } from './provider.ts';

/**
 * What a system was told that cannot be asked. It is a system of downtimes, for Lull: what it was told holds until it is
 * told otherwise. What was told before this process began is not known here, and is told once more.
 */
export class Told {
  readonly #off = new Set<string>();

  /** By Lull's id, those that were told to be off. */
  states(targets: readonly Target[]): ReadonlyMap<string, CheckState> {
    return new Map(targets.filter(({ id }) => this.#off.has(id)).map(({ id }) => [id, 'off']));
  }

  /** Notes what came of telling them. */
  note(answers: ReadonlyMap<string, Switched>, state: CheckState): void {
    for (const [id, { ok }] of answers) {
      if (ok && state === 'off') this.#off.add(id);
      else if (ok) this.#off.delete(id);
    }
  }
}
