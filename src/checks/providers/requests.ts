import { setTimeout as sleep } from 'node:timers/promises';
import { OutboundError } from '../../platform/outbound/client.ts';
import type { SwitchResult, Target } from './provider.ts';

/** How many requests of one call are in flight, unless a provider says otherwise. */
const MAX_CONCURRENT_REQUESTS = 8;
const MAX_TRIES = 3;
/** The longest first pause, doubled each time. */
const FIRST_PAUSE_MS = 300;
/** How much longer than its timeout a call may take to notice that it ended. */
const TIMEOUT_GRACE_MS = 5_000;
/** How long requests in flight are waited for once a call is stopped. Aborted, they might take effect late. */
const STOP_GRACE_MS = 5_000;

/** A failure that a retry may fix: no connection, too many requests, a gateway without its server. */
export class TransientError extends Error {
  /** How long the system asked to wait (milliseconds). */
  readonly pause: number | undefined;

  constructor(message: string, { pause, cause }: { pause?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.pause = pause;
  }
}

/**
 * Sends a request that is harmless when it arrives twice, and retries after a TransientError. Pauses are random up to
 * their length (full jitter), so that many processes do not retry at the same instant.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param stop after it there are no more retries
 * @throws the last error, or the reason of the signal
 */
export async function withRetries<T>(signal: AbortSignal, send: () => Promise<T>, stop?: AbortSignal): Promise<T> {
  const ending = stop === undefined ? signal : AbortSignal.any([signal, stop]);
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      if (tries === MAX_TRIES || !(error instanceof TransientError)) throw error;
      const pause = error.pause ?? Math.random() * FIRST_PAUSE_MS * 2 ** (tries - 1);
      await sleep(pause, undefined, { signal: ending }).catch(() => {
        signal.throwIfAborted();
        throw error;
      });
    }
  }
}

/** Splits a list into parts of this size; the last one may be shorter. */
export function chunk<T>(all: readonly T[], size: number): (readonly T[])[] {
  const parts = Array.from({ length: Math.ceil(all.length / size) });
  return parts.map((_, index) => all.slice(index * size, (index + 1) * size));
}

type Settled<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown };

/** How many items are worked on concurrently, and when no more are begun. */
export interface Pace {
  readonly concurrency?: number | undefined;
  readonly stop?: AbortSignal | undefined;
}

class NotBegun extends Error {}

/**
 * Calls `work` for each item, a few concurrently. After the signal, or `stop`, nothing more begins.
 * @returns a result for each item in their order; an error for work that failed or did not begin
 */
export async function forEachCheck<T, R>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => Promise<R>,
  { concurrency = MAX_CONCURRENT_REQUESTS, stop }: Pace = {},
): Promise<Settled<R>[]> {
  const results: Settled<R>[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) {
      try {
        signal.throwIfAborted();
        if (stop?.aborted) throw new NotBegun('it is no longer wanted');
        results[index] = { ok: true, value: await work(item) };
      } catch (error) {
        results[index] = { ok: false, error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}

/**
 * Switches checks one by one, a few concurrently, with retries.
 * @param work switches one, and throws an error for people
 * @returns results by Lull's id
 */
export async function switchEach<T extends Target>(
  targets: readonly T[],
  signal: AbortSignal,
  work: (target: T) => Promise<void>,
  pace: Pace = {},
): Promise<Map<string, SwitchResult>> {
  const tryWork = (target: T) => withRetries(signal, () => work(target), pace.stop);
  const results = await forEachCheck(targets, signal, tryWork, pace);
  return new Map(targets.map(({ id }, index) => [id, toSwitchResult(results[index])]));
}

/**
 * Reads checks one by one, a few concurrently. Checks that cannot be read, or without an answer, are left out.
 * @returns answers by Lull's id
 * @throws the first error when no check could be read
 */
export async function readEach<R>(
  targets: readonly Target[],
  signal: AbortSignal,
  read: (target: Target) => Promise<R | undefined>,
  pace: Pace = {},
): Promise<Map<string, R>> {
  const results = await forEachCheck(targets, signal, read, pace);
  const [first] = results;
  if (first?.ok === false && results.every(({ ok }) => !ok)) throw first.error;
  return new Map(
    targets.flatMap(({ id }, index): [string, R][] => {
      const result = results[index];
      return result?.ok && result.value !== undefined ? [[id, result.value]] : [];
    }),
  );
}

export function toSwitchResult(result: Settled<unknown> | undefined): SwitchResult {
  if (result?.ok) return { ok: true };
  const error = result?.error;
  if (error instanceof NotBegun) return { ok: false, error: error.message, notBegun: true };
  const unanswered = error instanceof TransientError || error instanceof OutboundError || isTimeout(error);
  return { ok: false, error: describeError(error), ...(unanswered ? { unanswered } : {}) };
}

class TimeoutError extends Error {}

function isTimeout(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isTimeout(error) && !(error instanceof TimeoutError) ? 'it did not answer in time' : error.message;
}

/**
 * Makes a call that ends in time: its signal is aborted, and if it does not end then, it is abandoned.
 * @param options.stop after it the call has little time left
 * @throws TimeoutError, or what the call throws
 */
export async function withTimeout<T>(
  timeoutMs: number,
  call: (signal: AbortSignal) => Promise<T>,
  { stop, graceMs = TIMEOUT_GRACE_MS }: { readonly stop?: AbortSignal | undefined; readonly graceMs?: number } = {},
): Promise<T> {
  const controller = new AbortController();
  const timeoutError = () => new TimeoutError(`it did not answer within ${Math.round(timeoutMs / 1000)} seconds`);
  const timeout = setTimeout(() => controller.abort(timeoutError()), timeoutMs);
  let grace: NodeJS.Timeout | undefined;
  let stopping: NodeJS.Timeout | undefined;
  stop?.addEventListener(
    'abort',
    () => {
      stopping = setTimeout(() => controller.abort(timeoutError()), STOP_GRACE_MS);
    },
    { once: true },
  );
  const abandoned = new Promise<never>((_, reject) => {
    grace = setTimeout(() => reject(timeoutError()), timeoutMs + graceMs);
  });
  try {
    return await Promise.race([call(controller.signal), abandoned]);
  } catch (error) {
    throw controller.signal.aborted && !(error instanceof TimeoutError) ? timeoutError() : error;
  } finally {
    clearTimeout(timeout);
    clearTimeout(grace);
    clearTimeout(stopping);
  }
}
