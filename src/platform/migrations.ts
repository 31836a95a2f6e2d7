import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from './data-dir.ts';

/** One folder of `prisma/migrations`. `checksum` is the SHA-256 of its SQL in hexadecimal. */
export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

export type MigrateOptions = {
  readonly databaseUrl: string;
  /** The folder with the migrations, laid out as Prisma does: `<timestamp>_<name>/migration.sql`. */
  readonly folder: string;
  /** The data folder, when the database is the embedded one. */
  readonly dataDir?: string;
};

/** A row of `_prisma_migrations` that was not rolled back. */
type AppliedMigration = Omit<Migration, 'sql'> & { id: string; finished: boolean; logs: string | null };

/** The advisory lock of `prisma migrate`: one process migrates at a time, whichever tool it uses. */
const LOCK_KEY = 72707369;
const LOCK_TIMEOUT_MS = 120_000;

/** As Prisma creates it. */
const CREATE_TABLE = `
  create table _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

/**
 * Applies the migrations that the database does not have yet and returns their names. It keeps `_prisma_migrations` as
 * `prisma migrate deploy` does, so either can be used. Concurrent starts wait for each other.
 *
 * Each migration runs in one transaction, so a failed or interrupted one leaves nothing behind.
 *
 * @throws StartError when the database cannot be reached, a migration fails or has failed before, or the database was
 *   migrated by a version of Lull with other migrations.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder);
  const session = await connect(options.databaseUrl);
  try {
    await acquireLock(session);
    await initialize(session, options);
    const pending = await findPending(session, migrations, options);
    for (const migration of pending) await apply(session, migration, options);
    return pending.map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new StartError(
      `The database at ${withoutPassword(options.databaseUrl)} cannot be migrated: ${error.message}.`,
    );
  } finally {
    await session.end(); // releases the lock
  }
}

/**
 * Checks, before anything is written, that a database has no account except that of one Slack team and its sub-accounts.
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

export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: sha256(sql) };
    }),
  );
}

/** Polls instead of waiting in PostgreSQL: a statement that waits would block `create index concurrently` elsewhere. */
async function acquireLock(session: pg.Client): Promise<void> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    const { rows } = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [LOCK_KEY]);
    if (rows[0]?.locked === true) return;
    if (Date.now() > deadline) {
      throw new StartError(
        `Another process has been migrating the database for more than ${LOCK_TIMEOUT_MS / 1000} s. ` +
          'Wait for it or stop it, then start again.',
      );
    }
    await sleep(100);
  }
}

async function initialize(session: pg.Client, { databaseUrl }: MigrateOptions): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
     and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e') order by relname`,
  );
  const tables = rows.map(({ name }) => name);
  if (tables.includes('_prisma_migrations')) return;
  if (tables.length > 0) {
    throw new StartError(
      `The database at ${withoutPassword(databaseUrl)} has tables of another program (${abbreviate(tables)}). ` +
        'Point DATABASE_URL at an empty database.',
    );
  }
  await session.query(CREATE_TABLE);
}

async function findPending(session: pg.Client, migrations: readonly Migration[], options: MigrateOptions) {
  const { rows } = await session.query<AppliedMigration>(
    `select id, migration_name as name, checksum, finished_at is not null as finished, logs
     from _prisma_migrations where rolled_back_at is null order by started_at`,
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = rows.filter(({ finished }) => finished);
  const foreign = applied.filter(({ name, checksum }) => {
    const migration = known.get(name);
    return migration === undefined || !matches(migration, checksum);
  });
  if (foreign.length > 0) throw otherVersion(foreign, options);
  for (const { id, name, checksum, logs } of rows.filter(({ finished }) => !finished)) {
    const migration = known.get(name);
    if (migration === undefined) continue; // left nothing behind, so an older version can start
    // No other tool reaches the embedded database, so it is never refused for good.
    if (logs && options.dataDir === undefined && matches(migration, checksum)) throw failedBefore(name, logs);
    await session.query('update _prisma_migrations set rolled_back_at = now() where id = $1', [id]);
  }
  const names = new Set(applied.map(({ name }) => name));
  return migrations.filter(({ name }) => !names.has(name));
}

async function apply(session: pg.Client, { name, sql, checksum }: Migration, options: MigrateOptions): Promise<void> {
  const id = randomUUID();
  const values = [id, checksum, name];
  await session.query('insert into _prisma_migrations (id, checksum, migration_name) values ($1, $2, $3)', values);
  try {
    await session.query('begin');
    await session.query(sql);
    await session.query(
      `update _prisma_migrations set applied_steps_count = applied_steps_count + 1, finished_at = clock_timestamp()
       where id = $1`,
      [id],
    );
    await session.query('commit');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error; // the connection is gone, and the transaction with it
    await session.query('rollback');
    const { code, severity, message } = error;
    const logs = `Migration name: ${name}\n\nDatabase error code: ${code}\n\nDatabase error:\n${severity}: ${message}`;
    await session.query('update _prisma_migrations set logs = $2 where id = $1', [id, logs]);
    throw new StartError(`The migration ${name} failed: ${message}. ${AFTER_FAILURE} ${recovery(name, options)}`);
  }
}

const AFTER_FAILURE = 'Nothing of it was applied.';

function recovery(name: string, { dataDir }: Pick<MigrateOptions, 'dataDir'>): string {
  const resolve = dataDir === undefined ? `run \`npx prisma migrate resolve --rolled-back ${name}\` and ` : '';
  return `Fix the cause, then ${resolve}start again, or start the version of Lull that ran before.`;
}

function failedBefore(name: string, logs: string): StartError {
  const reason = logs.trim().split('\n').at(-1) ?? '';
  return new StartError(`The migration ${name} failed before (${reason}). ${AFTER_FAILURE} ${recovery(name, {})}`);
}

function otherVersion(foreign: readonly AppliedMigration[], { databaseUrl, dataDir }: MigrateOptions): StartError {
  const names = abbreviate(foreign.map(({ name }) => name));
  const why = `was created by a version of Lull with other migrations (${names})`;
  return new StartError(
    dataDir === undefined
      ? `The database at ${withoutPassword(databaseUrl)} ${why}: start that version again, ` +
          'or drop the database and create an empty one.'
      : `The data folder ${dataDir} ${why}: start that version again, ` +
          `or delete the folder with \`rm -r "${dataDir}"\` to start empty.`,
  );
}

/** Git may have changed the line ends of the file since it was applied. */
function matches({ sql, checksum }: Migration, applied: string): boolean {
  const lf = sql.replaceAll('\r\n', '\n');
  return [checksum, sha256(lf), sha256(lf.replaceAll('\n', '\r\n'))].includes(applied);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function abbreviate(names: readonly string[]): string {
  const [first, ...rest] = names;
  return rest.length === 0 ? `${first}` : `${first} and ${rest.length} more`;
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const session = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'lull',
    connectionTimeoutMillis: 10_000,
  });
  session.on('error', () => undefined); // the running query reports it
  try {
    await session.connect();
  } catch (error) {
    const reason = (error instanceof Error && error.message) || String((error as { code?: string }).code);
    throw new StartError(
      `The database at ${withoutPassword(databaseUrl)} cannot be reached: ${reason}. ` +
        'Check DATABASE_URL and that PostgreSQL runs there, or leave DATABASE_URL out to use the embedded one.',
    );
  }
  return session;
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
