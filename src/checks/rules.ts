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
  /** When Lull was about to call the provider: since then the check may be off because of Lull. */
  readonly intendedAt: Date | null;
  /** When the maintenance no longer wanted the check muted. */
  readonly endedAt: Date | null;
  /** The planned end of the maintenance (UTC). */
  readonly until: Date;
}

export type CheckState = 'on' | 'off';

/**
 * How a provider mutes. `switch`: a check is on or off, whoever switched it. `downtime`: each maintenance and other users
 * may have their own downtime for a check; `endsAt` is the end of Lull's, null when there is none or its end is uncertain.
 */
export type Form = { readonly by: 'switch' } | { readonly by: 'downtime'; readonly endsAt: Date | null };

/** Of Lull's own downtime: it is there, somebody removed it, or the provider has no trace of it. */
export type ObservedState = CheckState | 'lost';

/** The next thing to do for one check, and the maintenances whose mutes it decides. */
export type Decision =
  | { readonly do: 'nothing' }
  /** Read the state from the provider, and decide again with it. */
  | { readonly do: 'read' }
  | {
      /**
       * - share: Lull muted it for another maintenance; these mutes count as muted, too
       * - skip: it was off before these maintenances; leave it off, also at their end
       * - off: store the intention, switch it off, store the outcome
       * - renew: it is muted, but the downtime has another end or is gone; create it again
       * - release: these mutes end while others go on, or before anything was tried; do not touch the check
       * - yield: somebody switched it on during these maintenances; leave it on
       * - on: the last mute ended; switch it on, and release these mutes
       */
      readonly do: 'share' | 'skip' | 'off' | 'renew' | 'release' | 'yield' | 'on';
      readonly mutes: readonly number[];
    };

/** The latest end of the maintenances that want the check muted; null when none does. */
export function computeDowntimeEnd(mutes: readonly MuteState[]): Date | null {
  const ends = mutes.filter(isActiveMute).map((mute) => mute.until.getTime());
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}

/** Whether a mute wants the check off. It no longer does after somebody unmuted the check by hand. */
export function isActiveMute(mute: MuteState): boolean {
  return mute.endedAt === null && mute.outcome !== 'unmuted_by_hand';
}

/** Whether it matters that somebody else may have unmuted the check, so that its state should be read. */
export function isWatched(mutes: readonly MuteState[], form: Form): boolean {
  return decide(mutes, form, 'on').do === 'yield';
}

/** Whether a decision writes to a check that is muted already, where a manual change must be read first. */
export function isOverwriting(mutes: readonly MuteState[], decision: Decision): boolean {
  return (decision.do === 'off' || decision.do === 'renew') && mutes.some(isInEffect);
}

/** Whether what a decision was made from still holds, so that it need not be made again. */
export function isUpToDate(decision: Decision, before: readonly MuteState[], now: readonly MuteState[], { by }: Form) {
  if (decision.do === 'nothing') return true;
  const active = new Set(now.filter(isActiveMute).map(({ maintenanceId }) => maintenanceId));
  const wanting =
    'mutes' in decision ? decision.mutes : before.filter(isActiveMute).map(({ maintenanceId }) => maintenanceId);
  if (decision.do === 'on') return active.size === 0;
  if (!wanting.every((id) => active.has(id))) return false;
  return by === 'switch' || computeDowntimeEnd(before)?.getTime() === computeDowntimeEnd(now)?.getTime();
}

function isInEffect(mute: MuteState): boolean {
  return mute.endedAt === null && mute.outcome === 'muted';
}

/**
 * @param mutes every mute of one check that was not released yet
 * @param state what the provider answered, if it was asked
 */
export function decide(mutes: readonly MuteState[], form: Form, state?: ObservedState): Decision {
  const groups = groupMutes(mutes);
  if (form.by === 'switch') return decideSwitch(groups, state);
  return decideDowntime(groups, form.endsAt?.getTime() === computeDowntimeEnd(mutes)?.getTime(), state);
}

/** Ids of maintenances, by what their mutes need. */
function groupMutes(mutes: readonly MuteState[]) {
  const active = mutes.filter((mute) => mute.endedAt === null);
  const idsOf = (some: readonly MuteState[]) => some.map((mute) => mute.maintenanceId);
  return {
    undecided: idsOf(active.filter((mute) => mute.outcome === 'pending' || mute.outcome === 'failed')),
    muted: idsOf(mutes.filter(isInEffect)),
    alreadyMuted: idsOf(active.filter((mute) => mute.outcome === 'already_muted')),
    ended: idsOf(mutes.filter((mute) => mute.endedAt !== null)),
    /** It may be off because of Lull, which it is not since somebody unmuted it. */
    intended: mutes.some((mute) => mute.intendedAt !== null && mute.outcome !== 'unmuted_by_hand'),
  };
}

type MuteGroups = ReturnType<typeof groupMutes>;

function decideSwitch(
  { undecided, muted, alreadyMuted, ended, intended }: MuteGroups,
  state?: ObservedState,
): Decision {
  if (undecided.length > 0) {
    if (muted.length > 0) return state === 'on' ? { do: 'yield', mutes: muted } : { do: 'share', mutes: undecided };
    // After an intention without an outcome the state is uncertain. Switching off again is harmless, and it was on before.
    if (intended) return { do: 'off', mutes: undecided };
    if (state === undefined) return { do: 'read' };
    return state === 'off' ? { do: 'skip', mutes: undecided } : { do: 'off', mutes: undecided };
  }
  if (ended.length === 0) {
    return state === 'on' && muted.length > 0 ? { do: 'yield', mutes: muted } : { do: 'nothing' };
  }
  if (!intended || muted.length > 0) return { do: 'release', mutes: ended };
  // Lull muted it, and a maintenance that found it off goes on: from now on Lull keeps it off for that one.
  if (alreadyMuted.length > 0) return { do: 'off', mutes: alreadyMuted };
  return { do: 'on', mutes: ended };
}

/** @param current whether Lull's downtime has the right end. Downtimes of others do not matter. */
function decideDowntime(groups: MuteGroups, current: boolean, state?: ObservedState): Decision {
  const { undecided, muted, ended, intended } = groups;
  if (undecided.length > 0) {
    if (muted.length > 0 && state === 'on') return { do: 'yield', mutes: muted };
    const shared = muted.length > 0 && current && state !== 'lost';
    return shared ? { do: 'share', mutes: undecided } : { do: 'off', mutes: undecided };
  }
  if (ended.length > 0) {
    return intended && muted.length === 0 ? { do: 'on', mutes: ended } : { do: 'release', mutes: ended };
  }
  if (muted.length === 0) return { do: 'nothing' };
  if (state === 'on') return { do: 'yield', mutes: muted };
  return !current || state === 'lost' ? { do: 'renew', mutes: muted } : { do: 'nothing' };
}
