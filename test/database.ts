import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inject } from 'vitest';

/** The project's migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export type TestDatabase = {
  /** The address of the database, in the form DATABASE_URL takes. */
  readonly url: string;
  /** Drops the database, with whatever connections are left to it. */
  close(): Promise<void>;
};

/**
 * A database of its own for a test file, on the run's PostgreSQL: with every migration and the job queue's tables, and
 * without a row.
 *
 *     const database = await testDatabase();
 *     afterAll(() => database.close());
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { template } = inject('postgres');
  return create(`template ${template}`);
}

/** A database with nothing in it, for what brings its own tables. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return create('');
}

async function create(template: string): Promise<TestDatabase> {
  const { url } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} ${template}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, close: () => administer(`drop database if exists ${name} with (force)`) };
}

/** Runs a statement on the run's PostgreSQL, outside the databases of the tests. */
export async function administer(sql: string): Promise<void> {
  const session = new pg.Client({ connectionString: inject('postgres').url });
  await session.connect();
  try {
    await session.query(sql);
  } finally {
    await session.end();
  }
}
