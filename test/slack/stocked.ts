import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { parse } from 'yaml';
import { Slack } from '../../src/app/slack.ts';
import { MovableClock } from '../../src/core/clock.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { type Playground, startPlayground } from '../../src/playground/server.ts';
import { connected } from '../checks/providers/connected.ts';
import { testDatabase } from '../database.ts';
import { fillAccount } from '../stock.ts';
import { silent } from '../world.ts';

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
  const manifest = parse(await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8'));
  const playground = await startPlayground({ port: 0, manifest, messageRate: false, tierLimits: false });
  const providers = connected(database);
  const { apiUrl, botToken, appToken } = playground;
  const slack = new Slack({
    ctx: { database, clock: new MovableClock() },
    credentials: { mode: 'socket', apiUrl, botToken, appToken },
    vault: providers.vault,
    services: { list: async () => [], providers },
    publicUrl: playground.url,
    log: silent,
    defaults: { timezone: 'UTC', defaultChannel: undefined },
    missed: () => {},
  });
  const workspace = await slack.connect();
  if (workspace === undefined) throw new Error('Slack connects to no workspace');
  const session = new pg.Client({ connectionString: url });
  await session.connect();
  const accountId = workspace.account.id;
  await fillAccount(session, accountId, count);
  await session.end();
  return {
    playground,
    database,
    accountId,
    async close() {
      await slack.stop();
      await playground.close();
      await database.$disconnect();
      await close();
    },
  };
}
