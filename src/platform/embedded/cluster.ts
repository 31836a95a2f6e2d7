import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chown, lstat, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataDir, isAlreadyThere, StartError, toMessage } from '../data-dir.ts';
import { type Account, canAccess, chooseAccount, findInaccessibleFolder } from './account.ts';
import { admitOnlyThisUser } from './admission.ts';
import { findPrograms, type Programs, programEnvironment, run } from './programs.ts';

/** PostgreSQL's superuser in the cluster. */
const SUPERUSER = 'lull';
const PORT = 5432;

/** A PostgreSQL data folder and what a server on it needs. */
export interface Cluster {
  /** Lull's data folder, absolute. */
  readonly dataDir: string;
  /** PostgreSQL's own folder within it. */
  readonly folder: string;
  /** The folder of the server's Unix socket. */
  readonly sockets: string;
  readonly account: Account;
  /** Whether a server that runs already admits others than it should. */
  readonly admissionChanged: boolean;
  readonly programs: Programs;
  /** The log of the start of the server; later entries are in `log/` in its folder. */
  readonly startLog: string;
}

/** Opens or creates the cluster of a data folder; not `durable` for tests. @throws StartError when it is unusable */
export async function openCluster(dataDir: string, durable: boolean): Promise<Cluster> {
  await createDataDir(dataDir);
  const folder = join(dataDir, 'postgres');
  const account = await chooseAccount(folder);
  if (!(await canAccess(account, dataDir))) {
    throw new StartError(
      `PostgreSQL runs as the user ${account.name}, who cannot reach the data folder ${dataDir}: ` +
        `${await findInaccessibleFolder(account, dataDir)} is closed to them. Set LULL_DATA_DIR to a folder that every user may ` +
        'enter (such as /var/lib/lull), set DATABASE_URL to a PostgreSQL of your own, or start Lull as another user than root.',
    );
  }
  const programs = await findPrograms(account, dataDir);
  const version = await readVersion(folder);
  if (version === undefined) await initialise(dataDir, folder, account, programs, durable);
  else if (version !== programs.major) {
    throw new StartError(
      `The database in ${folder} was made by PostgreSQL ${version}, and this Lull brings PostgreSQL ${programs.major}, which ` +
        `cannot read it. Start the Lull that made it and move its data with pg_dump, set DATABASE_URL to a PostgreSQL ` +
        `${version} that serves it, or set LULL_DATA_DIR to a new folder.`,
    );
  }
  const admissionChanged = await admitOnlyThisUser(folder, account, SUPERUSER);
  const sockets = await socketFolder(folder, account);
  return { dataDir, folder, sockets, account, admissionChanged, programs, startLog: join(dataDir, 'postgres.log') };
}

export function databaseUrl(cluster: Cluster, database: string): string {
  const url = new URL(`postgresql://${SUPERUSER}@localhost:${PORT}`);
  url.pathname = `/${encodeURIComponent(database)}`;
  url.searchParams.set('host', cluster.sockets);
  url.searchParams.set('sslmode', 'disable');
  return url.href;
}

/** Starts the server as a process that outlives this one and that a Ctrl-C does not reach. */
export function launch(cluster: Cluster, durable: boolean): ChildProcess {
  const settings = {
    listen_addresses: '',
    port: String(PORT),
    // Quoted, as the value is a list and the path may contain a comma or a space.
    unix_socket_directories: `"${cluster.sockets.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable
      ? {
          // One file for each day of the week, so that the log cannot fill the disk.
          logging_collector: 'on',
          log_filename: 'postgresql-%a.log',
          log_truncate_on_rotation: 'on',
          log_rotation_age: '1d',
          log_rotation_size: '0',
        }
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }),
  };
  const log = openSync(cluster.startLog, 'w', 0o600);
  try {
    const child = spawn(
      cluster.programs.postgres,
      ['-D', cluster.folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        ...cluster.account.ids,
        cwd: cluster.folder,
        env: programEnvironment,
        detached: true,
        stdio: ['ignore', log, log],
      },
    );
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The process id of the server, from its own file; undefined when it does not run. */
export async function serverPid(cluster: Cluster): Promise<number | undefined> {
  const text = await readFile(join(cluster.folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

async function readVersion(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const there = await stat(folder).catch(() => undefined);
    if (code === 'ENOENT' && there === undefined) return undefined;
    if (code === 'ENOENT' && there?.isDirectory() && (await readdir(folder)).length === 0) return undefined;
    throw new StartError(
      code === 'EACCES'
        ? `The database in ${folder} belongs to another user. Start Lull as that user (or as root), or set LULL_DATA_DIR to another folder.`
        : `${folder} is in the way: it is not a PostgreSQL data folder (${toMessage(error)}). Move it away, or set LULL_DATA_DIR to another folder.`,
    );
  }
}

/** Created under another name and moved when complete, so that an interrupted start leaves nothing behind. */
async function initialise(dataDir: string, folder: string, account: Account, programs: Programs, durable: boolean) {
  const unfinished = join(dataDir, `.postgres-${process.pid}`);
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    if (account.ids !== undefined) await chown(unfinished, account.ids.uid, account.ids.gid);
    const { code, output } = await run(
      programs.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${SUPERUSER}`,
        '--auth-local=peer',
        '--auth-host=reject',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      account,
      unfinished,
    );
    if (code !== 0) {
      throw new StartError(
        `The database could not be made in ${dataDir}. initdb ended with code ${code}: ${lastLines(output)}`,
      );
    }
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof StartError) throw error;
    if (isAlreadyThere(error)) return; // a concurrent start was faster: the lock decides between the two
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === 'EACCES' || code === 'EROFS'
        ? `The data folder ${dataDir} cannot be written to (${toMessage(error)}). Set LULL_DATA_DIR to a folder that can.`
        : `The database could not be made in ${dataDir} (${toMessage(error)}).`,
    );
  }
}

/** The folder of the cluster or, if its path is too long for a Unix socket, a short one in the temporary folder. */
async function socketFolder(folder: string, account: Account): Promise<string> {
  // 107 bytes on Linux and 103 on macOS, with the socket's name and the suffix of its lock file.
  if (fits(folder)) return folder;
  const name = `lull-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  const short = [join(tmpdir(), name), join('/tmp', name)].find(fits) ?? join('/tmp', name);
  const uid = account.ids?.uid ?? process.getuid?.();
  await mkdir(short, { mode: 0o700 }).then(
    async () => {
      if (account.ids !== undefined) await chown(short, account.ids.uid, account.ids.gid);
    },
    () => undefined, // exists already, from an earlier start if it is ours
  );
  const found = await lstat(short).catch(() => undefined);
  if (!found?.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new StartError(
      `The path of ${folder} is too long for a Unix socket, and ${short}, which would serve in its place, is not a private ` +
        `folder of the user ${account.name}. Remove ${short}, or set LULL_DATA_DIR to a shorter path.`,
    );
  }
  return short;
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}.lock`)) <= 103;
}

export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join(' / ');
}
