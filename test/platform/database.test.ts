import pg from 'pg';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/platform/database.ts';
import { testDatabase } from '../database.ts';

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
