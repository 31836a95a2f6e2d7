import pg from 'pg';
import { expect, test } from 'vitest';
import { findProblem, openDatabase, openPool } from '../../src/platform/database.ts';
import { queryRows, sql } from '../../src/platform/sql.ts';
import { runTransaction } from '../../src/platform/transaction.ts';
import { administer, testDatabase } from '../database.ts';
import { cutConnections } from '../faults/chance.ts';
import { Wire } from './wire.ts';

test('an instant is stored without loss in any time zone of the server', async () => {
  const own = await testDatabase();
  const session = new pg.Client({ connectionString: own.url });
  await session.connect();
  const name = new URL(own.url).pathname.slice(1);
  await session.query(`alter database ${name} set timezone = 'America/New_York'`);
  await session.end();

  const database = openDatabase(own.url);
  const { id } = await database.account.create({ data: { name: 'Zones' } });
  // Within the hour that New York skips.
  const at = new Date('2026-03-08T02:30:00Z');
  await database.draft.create({
    data: { id: crypto.randomUUID(), accountId: id, personId: 'U1', content: {}, createdAt: at },
  });
  const stored = await database.draft.findFirstOrThrow({ where: { accountId: id } });
  expect(stored.createdAt).toEqual(at);
  const [raw] = await database.$queryRaw<
    { text: string }[]
  >`select to_char(created_at at time zone 'UTC', 'HH24:MI') as text from drafts`;
  expect(raw?.text).toBe('02:30');
  await database.$disconnect();
  await own.close();
});

test('a server that is gone without a word costs the statements that wait for it, and no later ones', async () => {
  const own = await testDatabase();
  const wire = await Wire.open(own.url);
  // The answer is awaited for a minute otherwise.
  const url = new URL(wire.url);
  url.searchParams.set('query_timeout', '500');
  const database = openDatabase(url.href);
  const answered = () => queryRows<{ one: number }>(database, sql`select 1 as one`);
  expect(await answered()).toEqual([{ one: 1 }]);
  wire.silence();
  await expect(answered()).rejects.toThrow('timeout');
  expect(await answered()).toEqual([{ one: 1 }]);
  await expect(
    runTransaction(database, async (tx) => {
      expect(await queryRows(tx, sql`select 1 as one`)).toEqual([{ one: 1 }]);
      wire.silence();
      return queryRows(tx, sql`select 2`);
    }),
  ).rejects.toThrow('timeout');
  expect(await answered()).toEqual([{ one: 1 }]);
  await database.$disconnect();
  await wire.close();
  await own.close();
});

test('PostgreSQL itself ends what a vanished process left there after a minute', async () => {
  const own = await testDatabase();
  const database = openDatabase(own.url);
  expect(
    await queryRows(
      database,
      sql`select name, setting from pg_settings where name like '%statement_timeout' or name like 'idle_in_tr%' order by 1`,
    ),
  ).toEqual([
    { name: 'idle_in_transaction_session_timeout', setting: '60000' },
    { name: 'statement_timeout', setting: '60000' },
  ]);
  await database.$disconnect();
  await own.close();
});

test('a job queue that tries to listen again after it stopped does not end the process', async () => {
  const pool = openPool('postgresql://127.0.0.1:1/none', 1, () => {});
  await pool.end();
  const given = await new Promise<unknown>((resolve) => {
    pool.connect((error, _client, done) => {
      done();
      resolve(error);
    });
  });
  expect(given).toBeInstanceOf(Error);
});

test('a connection that the job queue stops to listen on while it is lost does not end the process', async () => {
  const own = await testDatabase();
  const pool = openPool(own.url, 2, () => {});
  const released = await new Promise<unknown>((resolve) => {
    pool.connect((error, _client, done) => {
      if (error) return resolve(error);
      // It gives it back when it stops, and again when its last statement fails.
      done();
      try {
        resolve(done());
      } catch (problem) {
        resolve(problem);
      }
    });
  });
  expect(released).toBeUndefined();
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
  await own.close();
});

test('a database that answers and stores nothing is reported until it stores again', async () => {
  const own = await testDatabase();
  const problems: string[] = [];
  const database = openDatabase(own.url, (problem) => problems.push(problem));
  const name = new URL(own.url).pathname.slice(1);
  const store = () =>
    runTransaction(database, async (tx) => {
      await tx.account.create({ data: { name: 'Stored' } });
    });
  await store();
  expect(await findProblem(database)).toBeUndefined();
  await administer(`alter database ${name} set default_transaction_read_only = on`);
  await cutConnections(own.url, 1);
  // The first statements find that their connections are gone.
  await expect.poll(() => store().catch(String)).toContain('read-only');
  expect(await findProblem(database)).toBe('read-only');
  await expect(store()).rejects.toThrow('read-only');
  expect(problems).toEqual(['read-only']);
  await administer(`alter database ${name} set default_transaction_read_only = off`);
  await cutConnections(own.url, 1);
  await expect.poll(() => findProblem(database)).toBeUndefined();
  await store();
  expect(await database.account.count()).toBe(2);
  await database.$disconnect();
  await own.close();
});
