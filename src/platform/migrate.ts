import { join } from 'node:path';
import pg from 'pg';
import { StartError } from './data-dir.ts';
import { type Migration, prismaDir, readMigrations } from './migrations.ts';

/** Prisma's table of what was applied. One migration may have several rows: attempts that were rolled back stay. */
type Attempt = { name: string; checksum: string; finished: boolean; rolled_back: boolean };

/** Any number will do, as long as every Lull takes the same: "migr" in ASCII. */
const lockKey = 0x6d696772;

/**
 * Brings a database up to date with `prisma/migrations`, as `prisma migrate deploy` does, and answers the names of the
 * migrations applied now. Several Lulls may start at once: one applies, the others wait for it.
 *
 * @throws StartError when the database cannot be reached, a migration fails, or the database has migrations that
 *   this Lull does not know.
 */
export async function migrate(databaseUrl: string, folder = join(prismaDir, 'migrations')): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const session = await connect(databaseUrl);
  try {
    if (pending(migrations, await attempts(session)).length === 0) return [];
    await session.query('select pg_advisory_lock($1)', [lockKey]);
    const missing = pending(migrations, await attempts(session));
    if (missing.length === 0) return []; // another Lull has applied them meanwhile
    await apply(session, databaseUrl, folder, migrations);
    return missing;
  } finally {
    await session.end(); // and the lock with it
  }
}

/**
 * Checks, before anything is written, that a database has no account besides that of one Slack team and its sub-accounts.
 * @throws StartError when it has another one, or the database cannot be reached
 */
export async function assertOnlyTeam(databaseUrl: string, teamId: string): Promise<void> {
  const session = await connect(databaseUrl);
  try {
    const table = await session.query<{ found: string | null }>("select to_regclass('accounts') as found");
    if (table.rows[0]?.found == null) return;
    const { rows } = await session.query<{ name: string }>(
      'select name from accounts where parent_id is null and slack_team_id is distinct from $1 order by id limit 1',
      [teamId],
    );
    if (rows[0] === undefined) return;
    throw new StartError(
      `The playground does not start on this database: it has the account ${JSON.stringify(rows[0].name)} of a real workspace. ` +
        'Set SLACK_BOT_TOKEN and either SLACK_APP_TOKEN or SLACK_SIGNING_SECRET to connect to Slack. ' +
        'For the playground set DATABASE_URL or LULL_DATA_DIR to a database of its own.',
    );
  } finally {
    await session.end();
  }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const session = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'lull',
    connectionTimeoutMillis: 10_000,
  });
  session.on('error', () => undefined);
  try {
    await session.connect();
  } catch (error) {
    throw unreachable(databaseUrl, error);
  }
  return session;
}

async function attempts(session: pg.Client): Promise<readonly Attempt[]> {
  const table = await session.query<{ found: string | null }>("select to_regclass('_prisma_migrations') as found");
  if (table.rows[0]?.found == null) return [];
  const { rows } = await session.query<Attempt>(
    `select migration_name as name, checksum, finished_at is not null as finished, rolled_back_at is not null as rolled_back
     from _prisma_migrations`,
  );
  return rows;
}

/**
 * The names of the migrations still to be applied, in order. One that was begun and not finished is among them:
 * PostgreSQL takes a migration that fails back whole.
 */
function pending(migrations: readonly Migration[], attempts: readonly Attempt[]): readonly string[] {
  const standing = attempts.filter((attempt) => attempt.finished && !attempt.rolled_back);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const foreign = standing.filter((attempt) => !known.has(attempt.name)).map((attempt) => attempt.name);
  if (foreign.length > 0) {
    throw new StartError(
      `The database has migrations that this Lull does not know (${foreign.join(', ')}): a newer Lull has used it. ` +
        'Start that version, restore a backup made before it, or point DATABASE_URL (or LULL_DATA_DIR) at another database.',
    );
  }
  const edited = standing.find((attempt) => known.get(attempt.name)?.checksum !== attempt.checksum);
  if (edited !== undefined) {
    throw new StartError(
      `The migration ${edited.name} was applied to the database with another text than prisma/migrations has now. ` +
        'Put the file back as it was released, and make a new migration for the change.',
    );
  }
  const applied = new Set(standing.map((attempt) => attempt.name));
  return migrations.map((migration) => migration.name).filter((name) => !applied.has(name));
}

async function apply(
  session: pg.Client,
  databaseUrl: string,
  folder: string,
  migrations: readonly Migration[],
): Promise<void> {
  // Loaded only here: 5 MB that a start with nothing to do does not need.
  const { withSchemaEngine, migrationList, noFilter } = await import('./schema-engine.ts');
  const migrationsList = await migrationList(folder, migrations);
  const unfinished = new Set(begun(await attempts(session)));
  try {
    await withSchemaEngine(databaseUrl, async (engine) => {
      for (const migrationName of unfinished) await engine.markMigrationRolledBack({ migrationName });
      await engine.applyMigrations({ migrationsList, filters: noFilter });
    });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const [failed] = begun(await attempts(session));
    throw new StartError(
      `The database could not be brought up to date: ${failed === undefined ? '' : `the migration ${failed} failed. `}` +
        `${/ERROR: .*/.exec(said)?.[0] ?? said.trim()}. Nothing of it was kept. ` +
        'Put the cause right and start again, or go back to the version of Lull that last ran.',
    );
  }
}

/** The migrations that were begun and never finished. */
function begun(attempts: readonly Attempt[]): readonly string[] {
  return attempts.filter((attempt) => !attempt.finished && !attempt.rolled_back).map((attempt) => attempt.name);
}

function unreachable(databaseUrl: string, error: unknown): StartError {
  const said =
    error instanceof Error && error.message !== '' ? error.message : String((error as { code?: string }).code);
  return new StartError(
    `The database at ${withoutPassword(databaseUrl)} cannot be reached: ${said}. ` +
      'Check DATABASE_URL and that PostgreSQL runs there, or leave DATABASE_URL out to use the embedded one.',
  );
}

function withoutPassword(databaseUrl: string): string {
  try {
    const url = new URL(databaseUrl);
    if (url.password !== '') url.password = '***';
    url.searchParams.delete('password');
    return url.href;
  } catch {
    return 'DATABASE_URL';
  }
}
