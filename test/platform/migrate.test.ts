import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from '../../src/platform/data-dir.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { prismaDir, readMigrations } from '../../src/platform/migrations.ts';
import { emptyDatabase, type TestDatabase } from '../database.ts';
import { temporaryFolder } from '../folder.ts';

describe('migrating at start', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await emptyDatabase();
  });
  afterEach(() => database.close());

  it('applies every migration once, and records them as Prisma does', async () => {
    const migrations = await readMigrations(join(prismaDir, 'migrations'));
    expect(await migrate(database.url)).toEqual(migrations.map(({ name }) => name));
    expect(await migrate(database.url)).toEqual([]);
    const rows = await query(
      'select migration_name as name, checksum, applied_steps_count as steps, finished_at is not null as finished from _prisma_migrations order by 1',
    );
    expect(rows).toEqual(migrations.map(({ name, checksum }) => ({ name, checksum, steps: 1, finished: true })));
  });

  it('applies each once when several start at the same moment', async () => {
    const names = await readdir(join(prismaDir, 'migrations'));
    const answers = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
    expect(answers.flat().sort()).toEqual(names.filter((name) => /^\d/.test(name)).sort());
  });

  it('adds what is new to a database of an older Lull', async () => {
    const folder = await someMigrations();
    await migrate(database.url, folder);
    await addMigration(folder, '99990101000000_more', 'create table more (id int);');
    expect(await migrate(database.url, folder)).toEqual(['99990101000000_more']);
    expect(await query('select * from more')).toEqual([]);
  });

  it('takes a migration as PostgreSQL reads it, semicolons and all', async () => {
    const folder = await someMigrations();
    await addMigration(
      folder,
      '99990101000000_function',
      "-- one; two\ncreate function f() returns text language plpgsql as $$ begin perform 1; return 'a;b'; end $$;",
    );
    await migrate(database.url, folder);
    expect(await query('select f()')).toEqual([{ f: 'a;b' }]);
  });

  it('refuses a database that a newer Lull has used', async () => {
    const folder = await someMigrations();
    await addMigration(folder, '99990101000000_more', 'create table more (id int);');
    await migrate(database.url, folder);
    const refusal = migrate(database.url);
    await expect(refusal).rejects.toThrow(StartError);
    await expect(refusal).rejects.toThrow(
      /migrations that this Lull does not know \(99990101000000_more\): a newer Lull has used it\. Start that version/,
    );
  });

  it('refuses a migration whose text was changed after it was applied', async () => {
    const folder = await someMigrations();
    await addMigration(folder, '99990101000000_more', 'create table more (id int);');
    await migrate(database.url, folder);
    await addMigration(folder, '99990101000000_more', 'create table more (id int, name text);');
    await expect(migrate(database.url, folder)).rejects.toThrow(/99990101000000_more was applied .* with another text/);
  });

  it('says which migration failed and why, keeps nothing of it, and tries again at the next start', async () => {
    const folder = await someMigrations();
    await addMigration(folder, '99990101000000_wrong', 'create table half (id int); create table wrong (id nothing);');
    for (const start of ['first', 'second']) {
      const failure = migrate(database.url, folder);
      await expect(failure, start).rejects.toThrow(StartError);
      await expect(failure, start).rejects.toThrow(
        /the migration 99990101000000_wrong failed\. ERROR: type "nothing" does not exist\. Nothing of it was kept/,
      );
      expect(await query("select to_regclass('half') as half")).toEqual([{ half: null }]);
    }
    await addMigration(folder, '99990101000000_wrong', 'create table half (id int);');
    expect(await migrate(database.url, folder)).toEqual(['99990101000000_wrong']);
    expect(await migrate(database.url, folder)).toEqual([]);
  });

  it('says that the database cannot be reached, without its password', async () => {
    const failure = migrate('postgresql://lull:s3cret@127.0.0.1:1/lull');
    await expect(failure).rejects.toThrow(StartError);
    await expect(failure).rejects.toThrow(
      /^The database at postgresql:\/\/lull:\*\*\*@127\.0\.0\.1:1\/lull cannot be reached: .*ECONNREFUSED.*Check DATABASE_URL/,
    );
  });

  it('says that the database does not exist', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    await expect(migrate(url.href)).rejects.toThrow(/database "nowhere" does not exist/);
  });

  async function query(sql: string): Promise<unknown[]> {
    const session = new pg.Client({ connectionString: database.url });
    await session.connect();
    try {
      return (await session.query(sql)).rows;
    } finally {
      await session.end();
    }
  }
});

/** A copy of the project's migrations, to add to. */
async function someMigrations(): Promise<string> {
  const folder = await temporaryFolder('migrations');
  await cp(join(prismaDir, 'migrations'), folder, { recursive: true });
  return folder;
}

async function addMigration(folder: string, name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}
