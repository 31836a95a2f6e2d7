import type { DowntimeState, Provider, SwitchResult, Target } from '../../src/checks/providers/provider.ts';
import type { CheckState } from '../../src/checks/rules.ts';

/** What may go wrong with one call, whatever it is about. */
export type Fault =
  | 'none'
  /** Nothing is done, and the whole call fails. */
  | 'fails'
  /** All is done, and the whole call fails, as when time runs out. */
  | 'done, but fails'
  /** Every other check is refused, and not switched. */
  | 'refuses some'
  /** Every other check is switched, and not answered for. */
  | 'silent on some'
  /** All is done, and refused in words. */
  | 'done, but refuses';

/** A monitoring system of either form, that fails as it is told to. */
export class System implements Provider {
  readonly form: Provider['form'];
  /** Of a system with switches: the checks that are off, by Lull's id. */
  readonly off = new Set<string>();
  /** Of a system of downtimes: until when Lull's own lie (milliseconds), by Lull's id of the check. */
  readonly downtimes = new Map<string, number>();
  /** One for each call to come. */
  faults: Fault[] = [];
  /** How often it was asked to switch. */
  switches = 0;

  constructor(form: Provider['form']) {
    this.form = form;
  }

  /** What lies there now: `off` or `on`, or until when. */
  state(id: string): CheckState | number {
    return this.form === 'switch' ? (this.off.has(id) ? 'off' : 'on') : (this.downtimes.get(id) ?? 'on');
  }

  /** A person switches a check on, or takes Lull's downtime away. */
  handOn(id: string): void {
    this.off.delete(id);
    if (this.downtimes.delete(id)) this.#taken.add(id);
  }

  /** The checks whose downtime a hand took away. */
  readonly #taken = new Set<string>();

  async read(targets: readonly Target[]): Promise<ReadonlyMap<string, CheckState>> {
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'fails' || fault.startsWith('done')) throw new Error('no connection');
    const known = targets.filter((_, index) => fault === 'none' || index % 2 === 0);
    if (this.form === 'switch') return new Map(known.map(({ id }) => [id, this.off.has(id) ? 'off' : 'on']));
    // Of one that it has no trace of it says nothing, so what it does not answer for is put again.
    return new Map(
      targets.flatMap(({ id }): [string, CheckState][] => {
        if (this.downtimes.has(id)) return [[id, 'off']];
        return this.#taken.has(id) ? [[id, 'on']] : [];
      }),
    );
  }

  switchOff(targets: readonly DowntimeState[]): Promise<ReadonlyMap<string, SwitchResult>> {
    return this.#switch(targets, ({ id, until }) => {
      if (this.form === 'switch') this.off.add(id);
      else this.downtimes.set(id, until.getTime());
      this.#taken.delete(id);
    });
  }

  switchOn(targets: readonly Target[]): Promise<ReadonlyMap<string, SwitchResult>> {
    return this.#switch(targets, ({ id }) => {
      this.off.delete(id);
      this.downtimes.delete(id);
    });
  }

  async #switch<T extends Target>(
    targets: readonly T[],
    apply: (target: T) => void,
  ): Promise<ReadonlyMap<string, SwitchResult>> {
    this.switches++;
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'fails') throw new Error('no connection');
    const answers = new Map<string, SwitchResult>();
    for (const [index, target] of targets.entries()) {
      const spared = index % 2 === 0;
      const refused = fault === 'done, but refuses' || (fault === 'refuses some' && !spared);
      if (!(fault === 'refuses some' && !spared)) apply(target);
      if (fault === 'silent on some' && !spared) continue;
      answers.set(target.id, refused ? { ok: false, error: 'busy' } : { ok: true });
    }
    if (fault === 'done, but fails') throw new Error('time is over');
    return answers;
  }
}
