/**
 * Rule 3: a check is off if and only if some in-progress maintenance holds it, and one that was off before is left off.
 * Everything that can happen to a check (overlap, extension, early end, cancel, edit, crash) is one comparison of its
 * holds with its state; the comparison is made again until nothing is left to do.
 */
export const OUTCOMES = ['pending', 'disabled', 'skipped', 'failed', 'overridden'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface HoldState {
  readonly maintenanceId: number;
  readonly outcome: Outcome;
  /** Set before the provider was asked to switch off: since then the check may be off because of us. */
  readonly intendedAt: Date | null;
  /** Set when the maintenance wants the check no longer. */
  readonly endedAt: Date | null;
}

export type CheckState = 'on' | 'off';

/** The next thing to do for one check. The ids are of maintenances whose holds it decides. */
export type Verdict =
  /** Nothing to do. */
  | { readonly do: 'nothing' }
  /** Ask the provider for the present state, then judge again with it. */
  | { readonly do: 'read' }
  /** Lull has it off for another window in progress: count these holds as disabled too. */
  | { readonly do: 'share'; readonly holds: readonly number[] }
  /** It was off before these windows: leave it, now and at their end. */
  | { readonly do: 'skip'; readonly holds: readonly number[] }
  /** Write the intention on these holds, switch it off, write the outcome. */
  | { readonly do: 'off'; readonly holds: readonly number[] }
  /** These holds end while others go on: release them without touching the check. */
  | { readonly do: 'release'; readonly holds: readonly number[] }
  /** A person switched it on during these windows: say so, and let it be. */
  | { readonly do: 'yield'; readonly holds: readonly number[] }
  /** The last hold ended and Lull had it off: switch it on, then release these. */
  | { readonly do: 'on'; readonly holds: readonly number[] };

/** Whether somebody else may have switched the check on meanwhile: worth a look at its state, from time to time. */
export function isWatched(holds: readonly HoldState[]): boolean {
  return judge(holds).do === 'nothing' && judge(holds, 'on').do === 'yield';
}

/**
 * @param holds every hold of one check that was not released yet
 * @param state what the provider said of the check, when it was asked
 */
export function judge(holds: readonly HoldState[], state?: CheckState): Verdict {
  const active = holds.filter((hold) => hold.endedAt === null);
  const ended = holds.filter((hold) => hold.endedAt !== null);
  const ours = holds.some((hold) => hold.intendedAt !== null);
  const stillOurs = active.some((hold) => hold.outcome === 'disabled');
  const undecided = active.filter((hold) => hold.outcome === 'pending' || hold.outcome === 'failed');

  if (undecided.length > 0) {
    const ids = undecided.map((hold) => hold.maintenanceId);
    if (stillOurs) return { do: 'share', holds: ids };
    // An intention without an outcome, or a window that ended and whose check may have been switched on already: nobody
    // knows what the provider heard. Off again is harmless, and the check was on before.
    if (ours) return { do: 'off', holds: ids };
    if (state === undefined) return { do: 'read' };
    return state === 'off' ? { do: 'skip', holds: ids } : { do: 'off', holds: ids };
  }
  if (ended.length === 0) {
    const ids = active.filter((hold) => hold.outcome === 'disabled').map((hold) => hold.maintenanceId);
    return state === 'on' && ids.length > 0 ? { do: 'yield', holds: ids } : { do: 'nothing' };
  }
  const ids = ended.map((hold) => hold.maintenanceId);
  if (!ours || stillOurs) return { do: 'release', holds: ids };
  // `skipped` windows go on: somebody else had the check off before them, so it is not ours to keep off; yet a running
  // window wants it off. Keep it off for them, as ours, until the last of them ends.
  const skipped = active.filter((hold) => hold.outcome === 'skipped');
  if (skipped.length > 0) return { do: 'off', holds: skipped.map((hold) => hold.maintenanceId) };
  return { do: 'on', holds: ids };
}
