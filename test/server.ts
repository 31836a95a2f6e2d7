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
    /** A folder that is removed after the run. */
    folder: string;
    /** The run's PostgreSQL: the URL of its maintenance database, and the template for new databases. */
    postgres: { readonly url: string; readonly template: string };
  }
}

const prefix = 'lull-test-';

/**
 * Starts one PostgreSQL for the run, in the system's temporary folder. A database with all migrations is the template
 * for those of the test files. Returns the function that stops and removes it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await chmod(folder, 0o755); // PostgreSQL, started by root, runs as another user
  const abandon = () => removeWithServers(folder);
  process.once('exit', abandon); // also after Ctrl-C
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

/** Removes the folders of earlier runs that were killed. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) removeWithServers(join(tmpdir(), name));
  }
}

/**
 * Stops every PostgreSQL that runs below a folder, and removes the folder. Synchronous, because it runs while the process
 * exits. Retries, because files may still be created in the folder.
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
      // the server had stopped, or its folder was removed during the search
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
