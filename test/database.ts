import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inject } from 'vitest';

/** Folder of the project's migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export type TestDatabase = {
  /** The database URL, as in DATABASE_URL. */
  readonly url: string;
  /** Drops the database and closes any connection to it. */
  close(): Promise<void>;
};

/**
 * Creates a database for one test file on the run's PostgreSQL, with every migration and the tables of the job queue,
 * and no rows.
 *
 *     const database = await testDatabase();
 *     afterAll(() => database.close());
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { template } = inject('postgres');
  return create(`template ${template}`);
}

/** Creates a database without tables. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return create('');
}

async function create(template: string): Promise<TestDatabase> {
  const { url } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} ${template}`);
  const databaseUrl = new URL(url);
  databaseUrl.pathname = `/${name}`;
  return { url: databaseUrl.href, close: () => administer(`drop database if exists ${name} with (force)`) };
}

/** Runs a statement in the maintenance database of the run's PostgreSQL. */
export async function administer(sql: string): Promise<void> {
  const session = new pg.Client({ connectionString: inject('postgres').url });
  await session.connect();
  try {
    await session.query(sql);
  } finally {
    await session.end();
  }
}
