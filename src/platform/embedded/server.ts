import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError, toMessage } from '../data-dir.ts';
import { type Cluster, databaseUrl, lastLines, launch, openCluster, serverPid } from './cluster.ts';

export interface EmbeddedServer {
  /** The URL of Lull's database. */
  readonly url: string;
  /** The URL of another database of the server, whether or not it exists. */
  urlOf(database: string): string;
  /** Stops the server with every connection, and releases the data folder. Can be called twice. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** False for tests only: a crash of the machine loses the database. */
  readonly durable?: boolean;
  /** Called with a sentence when the server is lost while Lull runs, and when it is back. */
  readonly report?: (sentence: string) => void;
}

/** PostgreSQL's code for a user whom `pg_hba.conf` does not admit. */
const NOT_ADMITTED = '28000';
/** "lull" in ASCII. */
const LOCK_KEY = 0x6c756c6c;

/** Enough for a slow disk that replays a long log after a crash. */
const START_TIMEOUT_MS = 120_000;

/**
 * A PostgreSQL server on a Unix socket in `<dataDir>/postgres`, created on first use; one that a killed Lull left running is
 * reused. One Lull at a time can use a data folder: the lock belongs to a session of PostgreSQL, which ends with its
 * process. A lost server is started again.
 * @throws StartError when it cannot be started or the folder is in use
 */
export async function startEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  if (process.platform === 'win32') {
    throw new StartError(
      'The embedded PostgreSQL does not run on Windows. Set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  const { durable = true, report = () => undefined } = options;
  const cluster = await openCluster(resolve(dataDir), durable);
  let stopping: Promise<void> | undefined;
  let session = await occupy(cluster, durable);

  const watch = () => {
    session.on('error', () => undefined); // followed by `end`
    session.on('end', () => {
      if (stopping === undefined) void recover();
    });
  };
  const recover = async () => {
    report('The embedded PostgreSQL is gone. Starting it again.');
    while (stopping === undefined) {
      try {
        session = await occupy(cluster, durable);
        watch();
        report('The embedded PostgreSQL is back.');
        return;
      } catch (error) {
        report(toMessage(error));
        await sleep(1000, undefined, { ref: false });
      }
    }
  };
  watch();

  return {
    url: databaseUrl(cluster, 'lull'),
    urlOf: (database) => databaseUrl(cluster, database),
    stop: () => {
      stopping ??= stopServer(cluster);
      return stopping;
    },
  };
}

async function occupy(cluster: Cluster, durable: boolean): Promise<pg.Client> {
  const session = await reach(cluster, durable);
  try {
    await lock(session, cluster);
    if (cluster.admissionChanged) await session.query('select pg_reload_conf()');
    const { rowCount } = await session.query("select from pg_database where datname = 'lull'");
    if (rowCount === 0) await session.query('create database lull');
    return session;
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

async function reach(cluster: Cluster, durable: boolean): Promise<pg.Client> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let child: Launched | undefined;
  for (;;) {
    const answer = await connect(cluster);
    if (answer instanceof pg.Client) return answer;
    if (answer === 'absent' && child === undefined) child = watchLaunch(launch(cluster, durable));
    if (child?.ended !== undefined) {
      const log = await readFile(cluster.startLog, 'utf8').catch(() => '');
      // A concurrent start was faster, or the last server is still stopping: try again.
      if (!/lock file .* already exists|pre-existing shared memory block/.test(log))
        throw cannotStart(cluster, child.ended, log);
      child = undefined;
      await sleep(200);
    }
    if (Date.now() > deadline) {
      throw new StartError(
        `The embedded PostgreSQL in ${cluster.folder} has not become ready in ${START_TIMEOUT_MS / 1000} s. ` +
          `What it said is in ${cluster.startLog} and in ${cluster.folder}/log.`,
      );
    }
    await sleep(20);
  }
}

type Launched = { ended: string | undefined };

function watchLaunch(child: ChildProcess): Launched {
  const launched: Launched = { ended: undefined };
  child.on('error', (error) => {
    launched.ended = error.message;
  });
  child.on('exit', (code, signal) => {
    launched.ended = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
  });
  return launched;
}

function cannotStart(cluster: Cluster, ended: string, log: string): StartError {
  const output = log.trim() === '' ? '' : ` It said: ${lastLines(log)}`;
  return new StartError(
    `The embedded PostgreSQL did not start in ${cluster.folder}: ${ended}.${output} ` +
      'If this cannot be put right, set DATABASE_URL to a PostgreSQL of your own.',
  );
}

/** `absent`: nobody listens. `not-yet`: a server is starting or stopping. */
async function connect(cluster: Cluster): Promise<pg.Client | 'absent' | 'not-yet'> {
  const session = new pg.Client({
    connectionString: databaseUrl(cluster, 'postgres'),
    application_name: `lull ${process.pid}`,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  session.on('error', () => undefined);
  try {
    await session.connect();
    return session;
  } catch (error) {
    await session.end().catch(() => undefined);
    const code = (error as { code?: string }).code;
    if (code === NOT_ADMITTED) {
      throw new StartError(
        `The embedded PostgreSQL in ${cluster.folder} runs for another user. Stop the Lull of that user first, or set LULL_DATA_DIR to another folder.`,
      );
    }
    return code === 'ENOENT' || code === 'ECONNREFUSED' ? 'absent' : 'not-yet';
  }
}

async function lock(session: pg.Client, cluster: Cluster): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { rows } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [LOCK_KEY]);
    if (rows[0]?.taken === true) return;
    await sleep(100); // PostgreSQL may not have noticed yet that the last process ended
  }
  const { rows } = await session.query<{ holder: string }>(
    `select application_name as holder from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and classid = 0 and objid = $1::oid`,
    [LOCK_KEY],
  );
  const holder = rows[0] === undefined ? '' : ` (process ${rows[0].holder.replace('lull ', '')})`;
  throw new StartError(
    `Lull is already running on the data folder ${cluster.dataDir}${holder}. ` +
      'Stop it first, or give this one a folder of its own with LULL_DATA_DIR.',
  );
}

/** For each of two signals. */
const STOP_TIMEOUT_MS = 4000;

async function stopServer(cluster: Cluster): Promise<void> {
  const pid = await serverPid(cluster);
  if (pid === undefined) return;
  // SIGINT ends the sessions and writes everything to disk. SIGQUIT stops immediately; the next start replays the log.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      await sleep(10);
      if (!isAlive(pid) || (await serverPid(cluster)) !== pid) return;
    }
  }
  throw new Error(`The embedded PostgreSQL (process ${pid}) does not stop.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
