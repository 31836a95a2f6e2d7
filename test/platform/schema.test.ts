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

  it('looks up what a row refers to by the whole key, also while its tables are new and not analyzed', async () => {
    const references = await run<{ target: string; columns: string[] }>(`
      select distinct confrelid::regclass::text as target, array(
        select attname::text from pg_attribute where attrelid = confrelid and attnum = any(confkey)) as columns
      from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`);
    expect(references.length).toBeGreaterThan(5);
    for (const { target, columns } of references) {
      const conditions = columns.map((column, index) => `${column} = $${index + 1}`).join(' and ');
      const plan = await run(
        `explain (generic_plan) select from only ${target} x where ${conditions} for key share of x`,
      );
      expect(JSON.stringify(plan), `${target} by ${columns.join()}`).not.toContain('Filter');
    }
  });

  async function run<Row extends object>(sql: string): Promise<Row[]> {
    const session = new pg.Client({ connectionString: database.url });
    await session.connect();
    const { rows } = await session.query<Row>(sql);
    await session.end();
    return rows;
  }
});
