import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/migrate.ts';
import { differenceFromSchema } from '../../src/platform/schema-engine.ts';
import { emptyDatabase, type TestDatabase } from '../database.ts';

describe('prisma/migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await emptyDatabase();
    await migrate(database.url);
  });
  afterEach(() => database.close());

  it('make exactly what prisma/schema.prisma says', async () => {
    // Otherwise: npm run migration NAME
    expect(await differenceFromSchema(database.url)).toBeUndefined();
  });

  it('may add what Prisma cannot say: checks on values, indexes on expressions and on a part of the rows', async () => {
    await run(`
      alter table accounts add constraint not_empty check (name <> '');
      create unique index by_lower_name on accounts (lower(name));
      create index some_names on accounts (name) where name > 'm';
    `);
    expect(await differenceFromSchema(database.url)).toBeUndefined();
  });

  it('are behind when a column differs', async () => {
    await run('alter table accounts alter column name drop not null; alter table accounts add column extra int');
    expect(await differenceFromSchema(database.url)).toMatch(/DROP COLUMN "extra",\s+ALTER COLUMN "name" SET NOT NULL/);
  });

  async function run(sql: string): Promise<void> {
    const session = new pg.Client({ connectionString: database.url });
    await session.connect();
    await session.query(sql);
    await session.end();
  }
});
