/**
 * The union rule: a check is muted if and only if some in-progress maintenance mutes it, and one that was off before stays
 * off. Whatever happens to a check (overlap, extension, early end, cancel, edit, crash) is one comparison of its mutes
 * with its state, repeated until nothing is left to do.
 */
export const OUTCOMES = ['pending', 'muted', 'already_muted', 'failed', 'unmuted_by_hand'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface MuteState {
  readonly maintenanceId: number;
  readonly outcome: Outcome;
  /** Set before the provider was asked to switch off: since then the check may be off because of us. */
  readonly intendedAt: Date | null;
  /** Set when the maintenance wants the check no longer. */
  readonly endedAt: Date | null;
  /** The planned end of the maintenance (UTC). */
  readonly until: Date;
}

export type CheckState = 'on' | 'off';

/**
 * How a monitoring system has a check off. `switch`: it is off or not, whoever switched it. `downtime`: windows lie over it
 * side by side, of which one is Lull's, with an end; `told` is the end that the system was told last, null when none of
 * Lull's should lie there, and while nobody knows what it heard.
 */
export type Form = { readonly by: 'switch' } | { readonly by: 'downtime'; readonly told: Date | null };

/** What a system of downtimes says of Lull's own: it lies there, a hand took it away, or there is no trace of it. */
export type ObservedState = CheckState | 'lost';

/** The next thing to do for one check. The ids are of maintenances whose holds it decides. */
export type Decision =
  /** Nothing to do. */
  | { readonly do: 'nothing' }
  /** Ask the provider for the present state, then judge again with it. */
  | { readonly do: 'read' }
  /** Lull has it off for another window in progress: count these holds as disabled too. */
  | { readonly do: 'share'; readonly mutes: readonly number[] }
  /** It was off before these windows: leave it, now and at their end. */
  | { readonly do: 'skip'; readonly mutes: readonly number[] }
  /** Write the intention on these holds, switch it off, write the outcome. */
  | { readonly do: 'off'; readonly mutes: readonly number[] }
  /** Off for these windows, but not until the end they have now, or no longer: put the downtime again. */
  | { readonly do: 'renew'; readonly mutes: readonly number[] }
  /** These holds end while others go on: release them without touching the check. */
  | { readonly do: 'release'; readonly mutes: readonly number[] }
  /** A person switched it on during these windows: say so, and let it be. */
  | { readonly do: 'yield'; readonly mutes: readonly number[] }
  /** The last hold ended and Lull had it off: switch it on, then release these. */
  | { readonly do: 'on'; readonly mutes: readonly number[] };

/** Until when a check should be off: the latest end of the windows that want it so. Null when none does. */
export function computeDowntimeEnd(mutes: readonly MuteState[]): Date | null {
  const ends = mutes.filter(isActiveMute).map((mute) => mute.until.getTime());
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}

/** Whether a hold wants the check off: a window for which a person switched it on meanwhile does not any more. */
export function isActiveMute(mute: MuteState): boolean {
  return mute.endedAt === null && mute.outcome !== 'unmuted_by_hand';
}

/** Whether somebody else may have switched the check on meanwhile: worth a look at its state, from time to time. */
export function isWatched(mutes: readonly MuteState[], form: Form): boolean {
  return decide(mutes, form).do === 'nothing' && decide(mutes, form, 'on').do === 'yield';
}

/**
 * @param holds every hold of one check that was not released yet
 * @param seen what the provider said of the check, when it was asked
 */
export function decide(mutes: readonly MuteState[], form: Form, seen?: ObservedState): Decision {
  return form.by === 'switch' ? judgeSwitch(mutes, seen) : judgeDowntime(mutes, form.told, seen);
}

function parts(mutes: readonly MuteState[]) {
  const active = mutes.filter((mute) => mute.endedAt === null);
  return {
    undecided: ids(active.filter((mute) => mute.outcome === 'pending' || mute.outcome === 'failed')),
    disabled: ids(active.filter((mute) => mute.outcome === 'muted')),
    skipped: ids(active.filter((mute) => mute.outcome === 'already_muted')),
    ended: ids(mutes.filter((mute) => mute.endedAt !== null)),
    ours: mutes.some((mute) => mute.intendedAt !== null),
  };
}

function ids(mutes: readonly MuteState[]): number[] {
  return mutes.map((mute) => mute.maintenanceId);
}

function judgeSwitch(mutes: readonly MuteState[], state: ObservedState | undefined): Decision {
  const { undecided, disabled, skipped, ended, ours } = parts(mutes);
  if (undecided.length > 0) {
    if (disabled.length > 0) return { do: 'share', mutes: undecided };
    // An intention without an outcome, or a window that ended and whose check may have been switched on already: nobody
    // knows what the provider heard. Off again is harmless, and the check was on before.
    if (ours) return { do: 'off', mutes: undecided };
    if (state === undefined) return { do: 'read' };
    return state === 'off' ? { do: 'skip', mutes: undecided } : { do: 'off', mutes: undecided };
  }
  if (ended.length === 0) {
    return state === 'on' && disabled.length > 0 ? { do: 'yield', mutes: disabled } : { do: 'nothing' };
  }
  if (!ours || disabled.length > 0) return { do: 'release', mutes: ended };
  // `skipped` windows go on: somebody else had the check off before them, so it is not ours to keep off; yet a running
  // window wants it off. Keep it off for them, as ours, until the last of them ends.
  if (skipped.length > 0) return { do: 'off', mutes: skipped };
  return { do: 'on', mutes: ended };
}

/** What others put over the check is no matter: Lull's own downtime is to lie there until the windows end, and then not. */
function judgeDowntime(mutes: readonly MuteState[], told: Date | null, seen: ObservedState | undefined): Decision {
  const { undecided, disabled, ended, ours } = parts(mutes);
  const right = told?.getTime() === computeDowntimeEnd(mutes)?.getTime();
  if (undecided.length > 0) {
    return disabled.length > 0 && right ? { do: 'share', mutes: undecided } : { do: 'off', mutes: undecided };
  }
  if (ended.length > 0) {
    return ours && disabled.length === 0 ? { do: 'on', mutes: ended } : { do: 'release', mutes: ended };
  }
  if (disabled.length === 0) return { do: 'nothing' };
  if (!right || seen === 'lost') return { do: 'renew', mutes: disabled };
  return seen === 'on' ? { do: 'yield', mutes: disabled } : { do: 'nothing' };
}
