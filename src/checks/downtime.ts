import type { Covered } from './provider.ts';

/** The author of every downtime of Lull's. */
export const AUTHOR = 'Lull';

/** So many windows are named in the comment of a downtime; there may be more. */
const NAMED = 3;
/** So much of a window's name (characters). */
const LONGEST_NAME = 100;

/** What a downtime of Lull's says of itself at the end of its comment, so that it is known again without any memory. */
export interface Mark {
  /** Lull's id of the check. */
  readonly check: string;
  /** When it was to end, or null: Lull has taken it away. */
  readonly ends: Date | null;
}

/**
 * When a downtime ends by itself: a margin after the windows, so that it passes even if Lull does not live to end it.
 * @param margin minutes
 */
export function endOf({ until }: Covered, now: Date, margin: number): Date {
  return new Date(Math.max(until.getTime(), now.getTime()) + margin * 60_000);
}

/**
 * The comment of a downtime, for people and for Lull.
 * @param publicUrl of this installation: another one with a copy of the database must not take these for its own
 */
export function commentOf(check: Covered, ends: Date, publicUrl: string): string {
  const windows = check.windows.slice(0, NAMED).map(({ id, name }) => {
    return `Planned maintenance ${id}, ${name.slice(0, LONGEST_NAME)}: ${publicUrl}/maintenances/${id}`;
  });
  const more = check.windows.length - windows.length;
  if (more > 0) windows.push(`and ${more} more`);
  const mark = `put by ${AUTHOR} for check ${check.id} of ${publicUrl}, ends ${ends.toISOString()}`;
  return `${windows.join('; ')} (${mark})`;
}

/** The comment of one that Lull takes away, where its system shows it ever after. */
export function takenAway(id: string, publicUrl: string): string {
  return `The planned maintenance is over (put by ${AUTHOR} for check ${id} of ${publicUrl}, taken away)`;
}

const MARK = /\(put by Lull for check (\S+) of (\S+), (?:ends (\S+)|taken away)\)$/;

/** Undefined: it is not one of this installation's. Who wrote it is for the caller to compare with AUTHOR. */
export function readMark(comment: string, publicUrl: string): Mark | undefined {
  const [, check, installation, ends] = MARK.exec(comment) ?? [];
  if (check === undefined || installation !== publicUrl) return undefined;
  return { check, ends: ends === undefined ? null : new Date(ends) };
}
