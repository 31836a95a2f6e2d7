import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations.ts';
import { MIGRATIONS } from './database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder of the run, removed at its end with all it holds. */
    folder: string;
    /** The run's PostgreSQL: the address of its maintenance database, and the template for new ones. */
    postgres: { readonly url: string; readonly template: string };
  }
}

const prefix = 'lull-test-';

/**
 * One PostgreSQL for the run, in the system's temporary folder, with a database that has all migrations as the template
 * for those of the test files. Gone at the end, whatever happened.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await chmod(folder, 0o755); // PostgreSQL, started by root, runs as another user
  const abandon = () => removeWithServers(folder);
  process.once('exit', abandon); // the way of a Ctrl-C
  const server = await startEmbedded(folder, { durable: false });
  const end = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    process.removeListener('exit', abandon);
  };
  try {
    await migrate({ databaseUrl: server.url, folder: MIGRATIONS });
    await runMigrations({ connectionString: server.url });
  } catch (error) {
    await end();
    throw error;
  }
  project.provide('folder', folder);
  project.provide('postgres', { url: server.urlOf('postgres'), template: 'lull' });
  return end;
}

/** Removes what runs have left behind that were killed before they could. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) removeWithServers(join(tmpdir(), name));
  }
}

/**
 * Ends every PostgreSQL that runs below a folder, and removes the folder. All at once: a process on its way out cannot
 * wait. What is still being made there (a cluster, say) may take a few attempts.
 */
function removeWithServers(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; existsSync(folder) && attempt < 50; attempt++) {
    try {
      for (const file of serverFiles(folder)) {
        process.kill(Number.parseInt(readFileSync(file, 'utf8'), 10), 'SIGQUIT');
        for (let waited = 0; existsSync(file) && waited < 3000; waited += 10) Atomics.wait(pause, 0, 0, 10);
      }
    } catch {
      // it had ended, or its folder went away under the search
    }
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      Atomics.wait(pause, 0, 0, 50);
    }
  }
}

function serverFiles(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter(({ name }) => name === 'postmaster.pid').map(({ name, parentPath }) => join(parentPath, name));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
