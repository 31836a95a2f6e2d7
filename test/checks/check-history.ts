import {
  type CheckState,
  computeDowntimeEnd,
  decide,
  type Form,
  isOverwriting,
  isWatched,
  type MuteState,
  type ObservedState,
} from '../../src/checks/rules.ts';

/** What may go wrong with one call of the provider, or with the process that makes it. */
export type Fault = 'none' | 'refused' | 'applied but timed out' | 'killed before the call' | 'killed after the call';

export type Deed =
  /** The window begins, or ends when it is in progress. */
  | { readonly do: 'turn'; readonly window: number }
  | { readonly do: 'person'; readonly to: CheckState }
  /** The end of a window is moved, by minutes later (or sooner). */
  | { readonly do: 'move'; readonly window: number; readonly by: number }
  /** The system forgets what Lull put there, as one that was killed may. */
  | { readonly do: 'forget' }
  /** One run of the enforcement: a fault for each call it makes, and a window that turns while it is at its first one. */
  | {
      readonly do: 'run';
      readonly faults: readonly Fault[];
      readonly meanwhile?: { readonly window: number; readonly when: 'before the call' | 'after the call' };
    };

type Mute = { -readonly [Key in keyof MuteState]: MuteState[Key] };

class Killed extends Error {}

const NOW = new Date('2026-11-22T02:00:00Z');

/**
 * One check and its holds in memory, lived through as domain/enforcement asks: what it says is carried out to the
 * letter, with the faults of the world in between.
 */
export class History {
  readonly #form: Form['by'];
  /** Of a switch: its state. Of a downtime: whether one of Lull's lies over it. */
  check: CheckState;
  /** Until when Lull's downtime lies over it; null when none does. */
  lying: Date | null = null;
  /** The end that the system was told last, as it is on record. */
  told: Date | null = null;
  #taken = false;
  mutes: Mute[] = [];
  readonly inProgress = new Set<number>();
  /** How often the provider was asked to switch. */
  calls = 0;

  constructor(check: CheckState, form: Form['by'] = 'switch') {
    this.check = check;
    this.#form = form;
  }

  live(deed: Deed): void {
    if (deed.do === 'turn') this.#turn(deed.window);
    else if (deed.do === 'person') this.person(deed.to);
    else if (deed.do === 'move') this.#move(deed.window, deed.by);
    else if (deed.do === 'forget') this.#forget();
    else this.#run([...deed.faults], deed.meanwhile);
  }

  begin(id: number): void {
    this.inProgress.add(id);
    const until = new Date(NOW.getTime() + id * 3_600_000);
    this.mutes.push({ maintenanceId: id, outcome: 'pending', intendedAt: null, endedAt: null, until });
  }

  end(id: number): void {
    this.inProgress.delete(id);
    for (const mute of this.mutes) if (mute.maintenanceId === id) mute.endedAt = NOW;
  }

  person(to: CheckState): void {
    if (this.#form === 'switch') this.check = to;
    else if (to === 'on' && this.lying !== null) {
      this.#lie(null);
      this.#taken = true;
    }
    // What others put over it is no matter.
  }

  /** The latest end of the windows in progress. */
  get latestEnd(): Date | null {
    const running = this.mutes.filter((mute) => this.inProgress.has(mute.maintenanceId));
    return running.length === 0 ? null : new Date(Math.max(...running.map((mute) => mute.until.getTime())));
  }

  /** Runs without faults. */
  settle(): void {
    this.#run([]);
  }

  #move(id: number, by: number): void {
    const mute = this.mutes.find((each) => each.maintenanceId === id && this.inProgress.has(id));
    if (mute !== undefined) mute.until = new Date(mute.until.getTime() + by * 60_000);
  }

  #forget(): void {
    if (this.#form === 'downtime') this.#lie(null);
  }

  #lie(until: Date | null): void {
    this.lying = until;
    this.check = until === null ? 'on' : 'off';
    this.#taken = false;
  }

  /** What there is to be judged by. */
  get #state(): Form {
    return this.#form === 'switch' ? { by: 'switch' } : { by: 'downtime', endsAt: this.told };
  }

  #read(): ObservedState {
    return this.#form === 'downtime' && this.lying === null && !this.#taken ? 'lost' : this.check;
  }

  #turn(id: number): void {
    if (this.inProgress.has(id)) this.end(id);
    // A maintenance never begins twice, so its hold is gone before its number stands for another one here.
    else if (!this.mutes.some((mute) => mute.maintenanceId === id)) this.begin(id);
  }

  #run(faults: Fault[], meanwhile?: { window: number; when: 'before the call' | 'after the call' }): void {
    const change = (when: string) => {
      if (meanwhile?.when !== when) return;
      this.#turn(meanwhile.window);
      meanwhile = undefined;
    };
    try {
      for (let steps = 0; ; steps++) {
        if (steps > 20) throw new Error(`never at rest: ${JSON.stringify(this.mutes)}`);
        let verdict = decide(this.mutes, this.#state);
        const isUnknown = steps === 0 || isOverwriting(this.mutes, verdict);
        if (verdict.do === 'read' || (isUnknown && isWatched(this.mutes, this.#state))) {
          verdict = decide(this.mutes, this.#state, this.#read());
        }
        if (verdict.do === 'nothing' || verdict.do === 'read') return;
        const decided = this.mutes.filter((mute) => 'mutes' in verdict && verdict.mutes.includes(mute.maintenanceId));
        switch (verdict.do) {
          case 'share':
            for (const mute of decided) Object.assign(mute, { outcome: 'muted', intendedAt: NOW });
            break;
          case 'skip':
            for (const mute of decided) mute.outcome = 'already_muted';
            break;
          case 'yield':
            for (const mute of decided) mute.outcome = 'unmuted_by_hand';
            this.told = null;
            break;
          case 'release':
            this.mutes = this.mutes.filter((mute) => !decided.includes(mute));
            break;
          case 'off':
          case 'renew':
          case 'on': {
            if (verdict.do === 'off') for (const mute of decided) mute.intendedAt = NOW;
            if (verdict.do !== 'on') this.told = null;
            change('before the call');
            const until = verdict.do === 'on' ? null : computeDowntimeEnd(this.mutes);
            const done = this.#switch(verdict.do === 'on' ? 'on' : 'off', until, faults.shift() ?? 'none');
            change('after the call');
            if (!done) {
              if (verdict.do === 'off') for (const mute of decided) mute.outcome = 'failed';
              return;
            }
            this.told = until;
            if (verdict.do === 'off') for (const mute of decided) mute.outcome = 'muted';
            if (verdict.do === 'on') this.mutes = this.mutes.filter((mute) => !decided.includes(mute));
          }
        }
      }
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }

  #switch(to: CheckState, until: Date | null, fault: Fault): boolean {
    this.calls++;
    if (fault === 'killed before the call') throw new Killed();
    if (fault !== 'refused') {
      if (this.#form === 'switch') this.check = to;
      else this.#lie(until);
    }
    if (fault === 'killed after the call') throw new Killed();
    return fault === 'none';
  }
}
