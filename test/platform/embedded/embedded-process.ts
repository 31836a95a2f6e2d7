/**
 * Runs the embedded PostgreSQL of a data folder, as Lull does. Prints `ready <url>` when it runs, or the error and exits
 * with code 1. After a Ctrl-C it queries the database once more and prints the result.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../../../src/platform/data-dir.ts';
import { startEmbedded } from '../../../src/platform/embedded/server.ts';

try {
  const server = await startEmbedded(process.argv[2] ?? '', { durable: false });
  process.once('SIGINT', async () => {
    await sleep(200); // long enough for the server to exit if it also received the Ctrl-C
    const session = new pg.Client({ connectionString: server.url });
    await session.connect();
    const { rows } = await session.query<{ answer: string }>("select 'still served' as answer");
    await session.end();
    await server.stop();
    console.log(rows[0]?.answer);
    process.exit(0);
  });
  console.log(`ready ${server.url}`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exit(1);
}
