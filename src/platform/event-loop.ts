import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { emit } from './telemetry.ts';

/** Nothing that Lull does should take longer without letting other work run. */
const MAX_BLOCKED_MS = 50;
/** More is what a person or another tool notices; less is for the metric alone, as a busy machine causes it too. */
const WARN_ABOVE_MS = 200;
const CHECK_EVERY_MS = 1_000;
const RESOLUTION_MS = 20;

/** Reports the longest time of each second for which other work had to wait, if it is too long. @returns stops it */
export function watchEventLoop(log: Logger): () => void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const timer = setInterval(() => {
    // In nanoseconds, from one tick of its own timer to the next.
    const blockedMs = Math.round(delays.max / 1_000_000 - RESOLUTION_MS);
    delays.reset();
    if (blockedMs <= MAX_BLOCKED_MS) return;
    emit('event-loop-blocked', { seconds: blockedMs / 1_000 });
    if (blockedMs > WARN_ABOVE_MS)
      log.warn({ blockedMs }, 'the event loop was blocked, so that everything else waited');
  }, CHECK_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    delays.disable();
  };
}
