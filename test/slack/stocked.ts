import pg from 'pg';
import { MovableClock } from '../../src/core/clock.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import type { Playground } from '../../src/playground/server.ts';
import { testDatabase } from '../database.ts';
import { fillAccount } from '../stock.ts';
import { connectPlayground } from './playground.ts';

export interface Workspace {
  readonly playground: Playground;
  readonly database: Database;
  readonly accountId: number;
  readonly close: () => Promise<void>;
}

/** Lull in a workspace of its own, without the jobs and the scheduler, which send statements of their own. */
export async function stocked(count: number): Promise<Workspace> {
  const { url, close } = await testDatabase();
  const database = openDatabase(url);
  const { playground, account, ...slack } = await connectPlayground({ database, clock: new MovableClock() });
  const session = new pg.Client({ connectionString: url });
  await session.connect();
  const accountId = account.id;
  await fillAccount(session, accountId, count);
  await session.end();
  return {
    playground,
    database,
    accountId,
    async close() {
      await slack.close();
      await database.$disconnect();
      await close();
    },
  };
}
