import type { Provider, Providers, SwitchResult, Target } from '../../src/checks/providers/provider.ts';
import type { CheckState } from '../../src/checks/rules.ts';

/** A monitoring system of the kind Lull has to live with. Its checks are on until told otherwise. */
export class Monitoring implements Provider {
  readonly form = 'switch';
  readonly off = new Set<string>();
  /** Every call, in order: `read`, `off` or `on`, and how many checks it was about. */
  readonly calls: [what: 'read' | CheckState, checks: number][] = [];
  /** Fails the whole call; with `after`, only a switch and after it was applied, as a timeout does. */
  broken: { error: string; after?: boolean } | undefined;
  /** Refuses these checks, by Lull's id, and says why. */
  readonly refuses = new Map<string, string>();
  /** Answers nothing for these checks, which it may have switched or not. */
  readonly silent = new Set<string>();
  /** What these watch is in trouble, by Lull's id. */
  readonly troubled = new Set<string>();
  /** Is called while a request is in hand, applied already. */
  meanwhile: () => Promise<void> = async () => {};

  state(id: string): CheckState {
    return this.off.has(id) ? 'off' : 'on';
  }

  async read(targets: readonly Target[]): Promise<ReadonlyMap<string, CheckState>> {
    this.calls.push(['read', targets.length]);
    if (this.broken && !this.broken.after) throw new Error(this.broken.error);
    const known = targets.filter(({ id }) => !this.silent.has(id));
    return new Map(known.map(({ id }) => [id, this.state(id)]));
  }

  /** It does not show whether checks fail. */
  mysterious = false;

  async failing(targets: readonly Target[]): Promise<ReadonlyMap<string, boolean>> {
    // Nobody watches what is off.
    const shown = this.mysterious ? [] : targets.filter(({ id }) => !this.off.has(id));
    return new Map(shown.map(({ id }) => [id, this.troubled.has(id)]));
  }

  switchOff(targets: readonly Target[]): Promise<ReadonlyMap<string, SwitchResult>> {
    return this.#switchTo('off', targets);
  }

  switchOn(targets: readonly Target[]): Promise<ReadonlyMap<string, SwitchResult>> {
    return this.#switchTo('on', targets);
  }

  async #switchTo(state: CheckState, targets: readonly Target[]): Promise<ReadonlyMap<string, SwitchResult>> {
    this.calls.push([state, targets.length]);
    if (this.broken && !this.broken.after) throw new Error(this.broken.error);
    const answers = new Map<string, SwitchResult>();
    for (const { id } of targets) {
      const error = this.refuses.get(id);
      if (error === undefined) {
        if (state === 'off') this.off.add(id);
        else this.off.delete(id);
      }
      if (!this.silent.has(id)) answers.set(id, error === undefined ? { ok: true } : { ok: false, error });
    }
    await this.meanwhile();
    if (this.broken) throw new Error(this.broken.error);
    return answers;
  }
}

/** An account with this provider, under the name of the register or another, and no other one. */
export function only(provider: Provider | undefined, name = 'builtin'): Providers {
  return { provider: async (_account, asked) => (asked === name ? provider : undefined) };
}
