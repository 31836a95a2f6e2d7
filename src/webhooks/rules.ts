const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The pauses between attempts: short at first, a day in total. */
const RETRY_DELAYS_MS = [
  5_000,
  30_000,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  6 * HOUR_MS,
  10 * HOUR_MS,
];

/** A webhook that nothing could be delivered to for this long is disabled. */
export const DISABLE_AFTER_MS = 24 * HOUR_MS;

/** After a rotation, messages are also signed with the previous secret for this long. */
export const SECRET_OVERLAP_MS = 24 * HOUR_MS;

/**
 * The pause (ms) before the next attempt; undefined: no more attempts.
 * @param attempts so far, at least one
 * @param random from 0 to 1; makes the pause up to a tenth longer, so that many deliveries do not return together
 */
export function retryDelay(attempts: number, random: number): number | undefined {
  const pause = RETRY_DELAYS_MS[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 + random / 10));
}
