/**
 * Loaded into a measured process before its own code: answers what only the process itself can know. Its parent sends
 * `watch` to begin, and `read` for the longest block of the event loop since then; `record` to begin, and `recorded` for
 * the statements that were sent to PostgreSQL since then.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pg from 'pg';

if (process.send !== undefined) {
  const { query } = pg.Client.prototype;
  let delay;
  let statements = [];
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
      process.send({ probe: { longestBlockMs: (delay?.max ?? Number.NaN) / 1e6 } });
      delay?.disable();
    }
    if (message === 'record') {
      statements = [];
      pg.Client.prototype.query = function (config, values, ...rest) {
        const text = config.text ?? config;
        if (typeof text === 'string') statements.push({ text, values: config.values ?? values ?? [] });
        return query.call(this, config, values, ...rest);
      };
      process.send({ probe: {} });
    }
    if (message === 'recorded') {
      pg.Client.prototype.query = query;
      process.send({ probe: { statements } });
    }
  });
  // The channel alone must not keep the process alive.
  process.channel.unref();
}
