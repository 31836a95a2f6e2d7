import { type CheckState, type Form, type HoldState, isWatched, judge } from '../../src/domain/enforcement.ts';

/** What may go wrong with one call of the provider, or with the process that makes it. */
export type Fault = 'none' | 'refused' | 'applied but timed out' | 'killed before the call' | 'killed after the call';

export type Deed =
  /** The window begins, or ends when it is in progress. */
  | { readonly do: 'turn'; readonly window: number }
  | { readonly do: 'person'; readonly to: CheckState }
  /** One run of the enforcement: a fault for each call it makes, and a window that turns while it is at its first one. */
  | {
      readonly do: 'run';
      readonly faults: readonly Fault[];
      readonly meanwhile?: { readonly window: number; readonly when: 'before the call' | 'after the call' };
    };

type Hold = { -readonly [Key in keyof HoldState]: HoldState[Key] };

class Killed extends Error {}

const NOW = new Date('2026-11-22T02:00:00Z');
const SWITCH: Form = { by: 'switch' };

/**
 * One check and its holds in memory, lived through as domain/enforcement asks: what it says is carried out to the
 * letter, with the faults of the world in between.
 */
export class History {
  check: CheckState;
  holds: Hold[] = [];
  readonly inProgress = new Set<number>();
  /** How often the provider was asked to switch. */
  calls = 0;

  constructor(check: CheckState) {
    this.check = check;
  }

  live(deed: Deed): void {
    if (deed.do === 'turn') this.#turn(deed.window);
    else if (deed.do === 'person') this.person(deed.to);
    else this.#run([...deed.faults], deed.meanwhile);
  }

  begin(id: number): void {
    this.inProgress.add(id);
    this.holds.push({ maintenanceId: id, outcome: 'pending', intendedAt: null, endedAt: null, until: NOW });
  }

  end(id: number): void {
    this.inProgress.delete(id);
    for (const hold of this.holds) if (hold.maintenanceId === id) hold.endedAt = NOW;
  }

  person(to: CheckState): void {
    this.check = to;
  }

  /** Runs without faults. */
  settle(): void {
    this.#run([]);
  }

  #turn(id: number): void {
    if (this.inProgress.has(id)) this.end(id);
    // A maintenance never begins twice, so its hold is gone before its number stands for another one here.
    else if (!this.holds.some((hold) => hold.maintenanceId === id)) this.begin(id);
  }

  #run(faults: Fault[], meanwhile?: { window: number; when: 'before the call' | 'after the call' }): void {
    const change = (when: string) => {
      if (meanwhile?.when !== when) return;
      this.#turn(meanwhile.window);
      meanwhile = undefined;
    };
    try {
      for (let steps = 0; ; steps++) {
        if (steps > 20) throw new Error(`never at rest: ${JSON.stringify(this.holds)}`);
        let verdict = judge(this.holds, SWITCH);
        if (verdict.do === 'read' || (steps === 0 && isWatched(this.holds, SWITCH)))
          verdict = judge(this.holds, SWITCH, this.check);
        if (verdict.do === 'nothing' || verdict.do === 'read') return;
        const decided = this.holds.filter((hold) => 'holds' in verdict && verdict.holds.includes(hold.maintenanceId));
        switch (verdict.do) {
          case 'share':
            for (const hold of decided) Object.assign(hold, { outcome: 'disabled', intendedAt: NOW });
            break;
          case 'skip':
            for (const hold of decided) hold.outcome = 'skipped';
            break;
          case 'yield':
            for (const hold of decided) hold.outcome = 'overridden';
            break;
          case 'release':
            this.holds = this.holds.filter((hold) => !decided.includes(hold));
            break;
          case 'off':
          case 'on': {
            if (verdict.do === 'off') for (const hold of decided) hold.intendedAt = NOW;
            change('before the call');
            const done = this.#switch(verdict.do, faults.shift() ?? 'none');
            change('after the call');
            if (!done) {
              if (verdict.do === 'off') for (const hold of decided) hold.outcome = 'failed';
              return;
            }
            if (verdict.do === 'off') for (const hold of decided) hold.outcome = 'disabled';
            else this.holds = this.holds.filter((hold) => !decided.includes(hold));
          }
        }
      }
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }

  #switch(to: CheckState, fault: Fault): boolean {
    this.calls++;
    if (fault === 'killed before the call') throw new Killed();
    if (fault !== 'refused') this.check = to;
    if (fault === 'killed after the call') throw new Killed();
    return fault === 'none';
  }
}
