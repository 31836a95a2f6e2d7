import { Logger, run } from 'graphile-worker';

/** graphile-worker with jobs that do nothing. */
const [connectionString = ''] = process.argv.slice(2);
await run({
  connectionString,
  concurrency: 4,
  noHandleSignals: true,
  logger: new Logger(() => () => undefined),
  taskList: { empty: async () => undefined },
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
