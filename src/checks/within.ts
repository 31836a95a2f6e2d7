/** How long after its time a call may take to notice that it is over (milliseconds). */
const GRACE = 5_000;

/** The time of a call was over before it ended. */
export class OutOfTime extends Error {}

/**
 * Makes a call that ends in time, whatever it does: it is given a signal, and left alone when it does not heed it.
 * @param time milliseconds
 * @throws OutOfTime, or what the call throws
 */
export async function within<T>(time: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = () => new OutOfTime(`it did not answer within ${Math.round(time / 1000)} seconds`);
  const ends = setTimeout(() => over.abort(late()), time);
  let left: NodeJS.Timeout | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    left = setTimeout(() => reject(late()), time + GRACE);
  });
  try {
    return await Promise.race([call(over.signal), abandoned]);
  } catch (error) {
    throw over.signal.aborted && !(error instanceof OutOfTime) ? late() : error;
  } finally {
    clearTimeout(ends);
    clearTimeout(left);
  }
}
