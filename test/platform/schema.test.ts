import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diffSchema } from '../../prisma/schema-engine.ts';
import { type TestDatabase, testDatabase } from '../database.ts';

describe('the migrated database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.close());

  const difference = () => diffSchema(database.url, 'prisma/schema.prisma');

  it('matches prisma/schema.prisma', async () => {
    // If this fails, run npm run migration NAME.
    expect(await difference()).toBeUndefined();
  });

  it('may have check constraints, expression indexes and partial indexes', async () => {
    await run(`
      alter table accounts add constraint not_empty check (name <> '');
      create unique index by_lower_name on accounts (lower(name));
      create index some_names on accounts (name) where name > 'm';
    `);
    expect(await difference()).toBeUndefined();
  });

  it('does not match when a column differs', async () => {
    await run('alter table accounts alter column name drop not null; alter table accounts add column extra int');
    expect(await difference()).toMatch(/DROP COLUMN "extra",\s+ALTER COLUMN "name" SET NOT NULL/);
  });

  async function run(sql: string): Promise<void> {
    const session = new pg.Client({ connectionString: database.url });
    await session.connect();
    await session.query(sql);
    await session.end();
  }
});
