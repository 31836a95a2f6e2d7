import { setTimeout as sleep } from 'node:timers/promises';
import { OutboundError } from '../../platform/outbound/client.ts';
import type { SwitchResult, Target } from './provider.ts';

/** How many requests of one call are in flight at once, unless a provider says otherwise. */
export const MAX_CONCURRENT_REQUESTS = 8;
/** How often a request is sent that fails in passing, and the longest first pause (milliseconds), doubled each time. */
const TRIES = 3;
const FIRST_PAUSE = 300;

/** A failure that may well be over in a moment: no connection, too many requests, a gateway without its server. */
export class TransientError extends Error {
  /** What the system itself asked to wait (milliseconds), as in `Retry-After`. */
  readonly pause: number | undefined;

  constructor(message: string, { pause, cause }: { pause?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.pause = pause;
  }
}

/**
 * Sends a request that is harmless when it arrives twice, and again after a pause when it failed with `Passing`. The pauses
 * are random up to their length (full jitter), so that many processes do not come back at one instant.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @throws what the last try threw, or the signal's reason
 */
export async function withRetries<T>(signal: AbortSignal, send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      if (tries === TRIES || !(error instanceof TransientError)) throw error;
      await sleep(error.pause ?? Math.random() * FIRST_PAUSE * 2 ** (tries - 1), undefined, { signal });
    }
  }
}

/**
 * Does `work` for each of many, a few at a time. Once the signal ends nothing more is begun.
 * @returns what came of each, in the order of `all`; an error stands for work that failed or was not begun
 */
export async function forEachCheck<T, R>(
  all: readonly T[],
  signal: AbortSignal,
  work: (one: T) => Promise<R>,
  atOnce = MAX_CONCURRENT_REQUESTS,
): Promise<({ readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown })[]> {
  const results: ({ ok: true; value: R } | { ok: false; error: unknown })[] = [];
  const waiting = all.entries();
  const hand = async () => {
    // Each takes the next one that nobody has taken.
    for (const [index, one] of waiting) {
      try {
        signal.throwIfAborted();
        results[index] = { ok: true, value: await work(one) };
      } catch (error) {
        results[index] = { ok: false, error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, hand));
  return results;
}

/**
 * Switches checks one by one where the system has nothing better: a few at a time, each again when it failed in passing.
 * @param work switches one; what it throws is what came of that one, in words for people
 * @returns what came of each, by Lull's id
 */
export async function switchEach<T extends Target>(
  targets: readonly T[],
  signal: AbortSignal,
  work: (target: T) => Promise<void>,
  atOnce = MAX_CONCURRENT_REQUESTS,
): Promise<Map<string, SwitchResult>> {
  const results = await forEachCheck(targets, signal, (target) => withRetries(signal, () => work(target)), atOnce);
  return new Map(
    targets.map(({ id }, index): [string, SwitchResult] => {
      const result = results[index];
      if (result?.ok) return [id, { ok: true }];
      return [id, refusedResult(result?.error)];
    }),
  );
}

/**
 * Reads checks one by one, a few at a time. One that cannot be read keeps the others from nothing.
 * @param read what there is to say of one; undefined: nothing
 * @returns by Lull's id, without those of which nothing is known
 * @throws what the first threw, when none could be read
 */
export async function readEach<R>(
  targets: readonly Target[],
  signal: AbortSignal,
  read: (target: Target) => Promise<R | undefined>,
  atOnce = MAX_CONCURRENT_REQUESTS,
): Promise<Map<string, R>> {
  const found = await forEachCheck(targets, signal, read, atOnce);
  const [failed] = found.filter((each) => !each.ok);
  if (failed?.ok === false && found.every((each) => !each.ok)) throw failed.error;
  return new Map(
    targets.flatMap(({ id }, index): [string, R][] => {
      const each = found[index];
      return each?.ok && each.value !== undefined ? [[id, each.value]] : [];
    }),
  );
}

/** What came of switching a check where that failed with this error. */
export function refusedResult(error: unknown): SwitchResult {
  const unanswered = error instanceof TransientError || error instanceof OutboundError || isLate(error);
  return { ok: false, error: describeError(error), ...(unanswered ? { unanswered } : {}) };
}

function isLate(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

/** An error in words for people. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isLate(error) && !(error instanceof TimeoutError) ? 'it did not answer in time' : error.message;
}

/** How long after its time a call may take to notice that it is over (milliseconds). */
const GRACE = 5_000;

/** The time of a call was over before it ended. */
export class TimeoutError extends Error {}

/**
 * Makes a call that ends in time, whatever it does: it is given a signal, and left alone when it does not heed it.
 * @param time milliseconds
 * @throws OutOfTime, or what the call throws
 */
export async function withTimeout<T>(time: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = () => new TimeoutError(`it did not answer within ${Math.round(time / 1000)} seconds`);
  const ends = setTimeout(() => over.abort(late()), time);
  let left: NodeJS.Timeout | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    left = setTimeout(() => reject(late()), time + GRACE);
  });
  try {
    return await Promise.race([call(over.signal), abandoned]);
  } catch (error) {
    throw over.signal.aborted && !(error instanceof TimeoutError) ? late() : error;
  } finally {
    clearTimeout(ends);
    clearTimeout(left);
  }
}
