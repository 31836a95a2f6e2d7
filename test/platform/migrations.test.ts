import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyWithPrisma } from '../../prisma/schema-engine.ts';
import { StartError } from '../../src/platform/data-dir.ts';
import { type MigrateOptions, migrate, readMigrations } from '../../src/platform/migrations.ts';
import { emptyDatabase, MIGRATIONS, type TestDatabase } from '../database.ts';
import { temporaryFolder } from '../folder.ts';

const BROKEN = 'create table half (id int); create table broken (id nothing);';

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await emptyDatabase();
  folder = await temporaryFolder('migrations');
  await cp(MIGRATIONS, folder, { recursive: true });
});
afterEach(() => database.close());

function run(options: Partial<MigrateOptions> = {}) {
  return migrate({ databaseUrl: database.url, folder, ...options });
}

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

async function query<T extends object>(sql: string, url = database.url): Promise<T[]> {
  const session = new pg.Client({ connectionString: url });
  await session.connect();
  try {
    return (await session.query<T>(sql)).rows;
  } finally {
    await session.end();
  }
}

describe('migrate', () => {
  it('applies each migration once', async () => {
    const names = (await readMigrations(folder)).map(({ name }) => name);
    expect(await run()).toEqual(names);
    expect(await run()).toEqual([]);
    await addMigration('99990101000000_more', 'create table more (id int);');
    expect(await run()).toEqual(['99990101000000_more']);
    expect(await query('select * from more')).toEqual([]);
  });

  it('applies each migration once when several processes start concurrently', async () => {
    const names = (await readMigrations(folder)).map(({ name }) => name);
    const applied = await Promise.all([1, 2, 3].map(() => run()));
    expect(applied.flat()).toEqual(names);
  });

  it('waits while prisma migrate holds its lock', async () => {
    const prisma = new pg.Client({ connectionString: database.url });
    await prisma.connect();
    await prisma.query('select pg_advisory_lock(72707369)');
    let done = false;
    const migrated = run().finally(() => {
      done = true;
    });
    const attempts = `select count(*)::int as n from pg_stat_activity where application_name = 'lull' and datname = current_database() and query like '%try_advisory_lock%'`;
    await expect.poll(() => query(attempts)).toEqual([{ n: 1 }]);
    expect(done).toBe(false);
    await prisma.end();
    expect(await migrated).not.toEqual([]);
  });

  it('sends a migration to PostgreSQL in one query', async () => {
    await addMigration(
      '99990101000000_function',
      "-- one; two\ncreate function f() returns text language plpgsql as $$ begin perform 1; return 'a;b'; end $$;",
    );
    await run();
    expect(await query('select f()')).toEqual([{ f: 'a;b' }]);
  });

  it('records an interrupted migration as rolled back and applies it again', async () => {
    await addMigration('99990101000000_more', 'create table more (id int);');
    await run();
    await query(`drop table more; update _prisma_migrations set finished_at = null, applied_steps_count = 0
      where migration_name = '99990101000000_more'`);
    expect(await run()).toEqual(['99990101000000_more']);
    expect(await history('99990101000000_more')).toEqual(['rolled back', 'applied']);
  });

  it('reports the failed migration and the reason, applies nothing of it, and rejects the next start', async () => {
    await addMigration('99990101000000_broken', BROKEN);
    await expect(run()).rejects.toThrow(
      'The migration 99990101000000_broken failed: type "nothing" does not exist. Nothing of it was applied. ' +
        'Fix the cause, then run `npx prisma migrate resolve --rolled-back 99990101000000_broken` and start again, ' +
        'or start the version of Lull that ran before.',
    );
    const next = run();
    await expect(next).rejects.toThrow(StartError);
    await expect(next).rejects.toThrow(
      'The migration 99990101000000_broken failed before (ERROR: type "nothing" does not exist).',
    );
    expect(await query("select to_regclass('half') as half")).toEqual([{ half: null }]);
    expect(await history('99990101000000_broken')).toEqual(['failed']);
  });

  it('applies a failed migration again after its SQL is fixed', async () => {
    await addMigration('99990101000000_broken', BROKEN);
    await expect(run()).rejects.toThrow(StartError);
    await addMigration('99990101000000_broken', 'create table half (id int);');
    expect(await run()).toEqual(['99990101000000_broken']);
    expect(await history('99990101000000_broken')).toEqual(['failed and rolled back', 'applied']);
  });

  it('retries a failed migration in the embedded database, which no other tool can repair', async () => {
    await addMigration('99990101000000_broken', BROKEN);
    for (const start of ['first', 'second']) {
      await expect(run({ dataDir: '/data' }), start).rejects.toThrow(
        'Fix the cause, then start again, or start the version of Lull that ran before.',
      );
    }
    expect(await history('99990101000000_broken')).toEqual(['failed and rolled back', 'failed']);
  });

  it('lets an older version start after a migration of a newer one failed', async () => {
    await addMigration('99990101000000_broken', BROKEN);
    await expect(run()).rejects.toThrow(StartError);
    expect(await run({ folder: MIGRATIONS })).toEqual([]);
  });

  it('rejects a database or data folder of another version of Lull, and says how to delete it', async () => {
    await addMigration('99990101000000_more', 'create table more (id int);');
    await addMigration('99990102000000_more', 'create table even_more (id int);');
    await run();
    const refused = run({ folder: MIGRATIONS });
    await expect(refused).rejects.toThrow(StartError);
    const why = 'was created by a version of Lull with other migrations (99990101000000_more and 1 more)';
    await expect(refused).rejects.toThrow(new URL(database.url).pathname);
    await expect(refused).rejects.toThrow(
      `${why}: start that version again, or drop the database and create an empty one.`,
    );
    await expect(run({ folder: MIGRATIONS, dataDir: '/srv/lull' })).rejects.toThrow(
      `The data folder /srv/lull ${why}: start that version again, or delete the folder with \`rm -r "/srv/lull"\` to start empty.`,
    );
    expect(await query('select * from more')).toEqual([]);
  });

  it('rejects a database with tables of another program', async () => {
    await query('create table customers (id int)');
    await expect(run()).rejects.toThrow(/has tables of another program \(customers\)\. Point DATABASE_URL at an empty/);
  });

  it('rejects a migration that was changed after it was applied, except for line endings', async () => {
    await addMigration('99990101000000_more', 'create table more (\nid int);');
    await run();
    await addMigration('99990101000000_more', 'create table more (\r\nid int);');
    expect(await run()).toEqual([]);
    await addMigration('99990101000000_more', 'create table more (id int, name text);');
    await expect(run()).rejects.toThrow(
      /was created by a version of Lull with other migrations \(99990101000000_more\)/,
    );
  });

  it('reports a database that cannot be reached, without its password', async () => {
    const failure = run({ databaseUrl: 'postgresql://lull:s3cret@127.0.0.1:1/lull' });
    await expect(failure).rejects.toThrow(StartError);
    await expect(failure).rejects.toThrow(
      /^The database at postgresql:\/\/lull:\*\*\*@127\.0\.0\.1:1\/lull cannot be reached: .*ECONNREFUSED.*Check DATABASE_URL/,
    );
  });

  it('reports a database that does not exist', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    await expect(run({ databaseUrl: url.href })).rejects.toThrow(/database "nowhere" does not exist/);
  });

  /** The state of each attempt of a migration in _prisma_migrations. */
  async function history(name: string): Promise<string[]> {
    const rows = await query<{ state: string }>(`
      select concat_ws(' and ',
        case when logs <> '' then 'failed' when finished_at is not null then 'applied' end,
        case when rolled_back_at is not null then 'rolled back' end) as state
      from _prisma_migrations where migration_name = '${name}' order by started_at`);
    return rows.map(({ state }) => state);
  }
});

describe('_prisma_migrations', () => {
  let other: TestDatabase;
  beforeEach(async () => {
    other = await emptyDatabase();
  });
  afterEach(() => other.close());

  it("has the same columns and rows as after prisma migrate deploy, and each accepts the other's", async () => {
    await addMigration('99990101000000_more', 'create table more (id int);');
    await addMigration('99990102000000_broken', BROKEN);
    await expect(run()).rejects.toThrow();
    await expect(applyWithPrisma(other.url, folder)).rejects.toThrow();
    expect(await definition(database.url)).toEqual(await definition(other.url));
    expect(await content(database.url)).toEqual(await content(other.url));

    await expect(applyWithPrisma(database.url, folder)).rejects.toThrow(/99990102000000_broken/);
    await expect(run({ databaseUrl: other.url })).rejects.toThrow('99990102000000_broken failed before');
    const resolve = 'update _prisma_migrations set rolled_back_at = now() where finished_at is null';
    await Promise.all([query(resolve), query(resolve, other.url)]);
    await addMigration('99990102000000_broken', 'create table half (id int);');
    expect(await applyWithPrisma(database.url, folder)).toEqual(['99990102000000_broken']);
    expect(await run({ databaseUrl: other.url })).toEqual(['99990102000000_broken']);
    expect(await content(database.url)).toEqual(await content(other.url));
  });

  async function definition(url: string) {
    return query(
      `select column_name, data_type, character_maximum_length, is_nullable, column_default, ordinal_position
       from information_schema.columns where table_name = '_prisma_migrations' order by ordinal_position`,
      url,
    );
  }

  /** All rows; of values that differ between runs (ids, instants, error messages) only the form. */
  async function content(url: string) {
    return query(
      `select id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' as uuid, checksum, migration_name,
         logs like '%type "nothing" does not exist%' as logs, applied_steps_count, started_at <= now() as started,
         finished_at >= started_at as finished, rolled_back_at >= started_at as rolled_back
       from _prisma_migrations order by started_at`,
      url,
    );
  }
});
