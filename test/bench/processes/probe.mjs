/**
 * Loaded into a measured process before its own code: answers what only the process itself can know. Its parent sends
 * `watch` to begin, and `read` for the longest block of the event loop since then.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

if (process.send !== undefined) {
  let delay;
  process.on('message', (message) => {
    if (message === 'watch') {
      delay?.disable();
      delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      // The first interval would begin with whatever ran before.
      setTimeout(() => {
        delay.reset();
        process.send({ probe: {} });
      }, 20);
    }
    if (message === 'read') {
      const { heapUsed, external, arrayBuffers } = process.memoryUsage();
      process.send({ probe: { longestBlockMs: (delay?.max ?? Number.NaN) / 1e6, heapUsed, external, arrayBuffers } });
      delay?.disable();
    }
    if (message === 'gc') {
      globalThis.gc?.();
      process.send({ probe: {} });
    }
  });
  // The channel alone must not keep the process alive.
  process.channel.unref();
}
