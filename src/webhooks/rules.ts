const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The pauses between tries: soon at first, and a day in all. */
const PAUSES = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
  10 * HOUR,
] as const;

/** When nothing was delivered for so long, a webhook is disabled (milliseconds). */
export const DISABLE_AFTER_MS = 24 * HOUR;

/** For how long messages are signed with the secret before, too, after it was changed (milliseconds). */
export const SECRET_OVERLAP_MS = 24 * HOUR;

/**
 * How long to wait before a message is tried again; undefined: it was tried for a day and is given up.
 * @param attempts how often it was tried, at least once
 * @param chance from 0 to 1: the pause is up to a tenth longer, so that many do not come back at once
 */
export function retryDelay(attempts: number, chance: number): number | undefined {
  const pause = PAUSES[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 + chance / 10));
}
