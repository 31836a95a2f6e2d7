/**
 * A process that holds the embedded PostgreSQL of a data folder, as Lull does. Says `ready <url>` when it runs, ends with
 * code 1 and the sentence when it does not. Asks the database once more after a Ctrl-C, and says what it heard.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../../../src/platform/data-dir.ts';
import { startEmbedded } from '../../../src/platform/embedded/server.ts';

try {
  const server = await startEmbedded(process.argv[2] ?? '', { durable: false });
  process.once('SIGINT', async () => {
    await sleep(200); // long enough for a server that the Ctrl-C had reached to be gone
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
