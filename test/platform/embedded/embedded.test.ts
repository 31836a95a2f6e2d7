import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StartError } from '../../../src/platform/data-dir.ts';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../../../src/platform/embedded/server.ts';
import { temporaryFolder } from '../../folder.ts';

const isRoot = process.getuid?.() === 0;
const dist = fileURLToPath(new URL('../../../dist', import.meta.url));

describe('the embedded PostgreSQL', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function start(dataDir: string, options: EmbeddedOptions = { durable: false }): Promise<EmbeddedServer> {
    const server = await startEmbedded(dataDir, options);
    ends.push(async () => {
      await server.stop();
      // If the path is too long for a socket, the socket is in another folder, which is kept between starts.
      const socketFolder = new URL(server.url).searchParams.get('host') ?? '';
      if (!socketFolder.startsWith(dataDir)) await rm(socketFolder, { recursive: true, force: true });
    });
    return server;
  }

  // A bundle for Node in dist/, from where the packages can be imported.
  let program = '';
  beforeAll(async () => {
    await mkdir(dist, { recursive: true });
    program = join(await mkdtemp(join(dist, '.test-')), 'process.mjs');
    await chmod(dirname(program), 0o755);
    const entryPoints = [fileURLToPath(new URL('embedded-process.ts', import.meta.url))];
    await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile: program });
  });
  afterAll(() => rm(dirname(program), { recursive: true, force: true }));

  /** Who may connect, as the server has read it. */
  async function admission(server: EmbeddedServer) {
    const session = new pg.Client({ connectionString: server.url });
    await session.connect();
    const { rows } = await session.query(
      'select type, user_name, auth_method, error from pg_hba_file_rules order by rule_number',
    );
    await session.end();
    return rows;
  }
  const ONLY_ITS_USER = [{ type: 'local', user_name: ['lull'], auth_method: 'peer', error: null }];

  it('admits only the user that runs Lull, in an older data folder, too', async () => {
    const folder = await temporaryFolder();
    if (isRoot) await chmod(folder, 0o755);
    const server = await start(folder);
    expect(await admission(server)).toEqual(ONLY_ITS_USER);
    if (isRoot) {
      // Even PostgreSQL's own user, who can enter the folder of the socket.
      const { uid, gid } = statSync(join(folder, 'postgres'));
      const program = `
        const { Client } = require('pg');
        const client = new Client({ connectionString: process.argv[1] });
        client.connect().then(() => console.log('admitted'), (error) => console.log(error.code)).finally(() => process.exit());`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, server.url], { uid, gid });
      expect(stdout.trim()).toBe('28000');
    }
    await server.stop();
    await writeFile(join(folder, 'postgres/pg_hba.conf'), 'local all all trust\nhost all all 127.0.0.1/32 trust\n');
    expect(await admission(await start(folder))).toEqual(ONLY_ITS_USER);
  });

  /** Starts the server from a child process in a new process group. Resolves when it is ready or has exited. */
  async function startElsewhere(dataDir: string) {
    const child = spawn(process.execPath, [program, dataDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    ends.push(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        await once(child, 'exit');
      }
    });
    const said: string[] = [];
    createInterface(child.stdout).on('line', (line) => said.push(line));
    createInterface(child.stderr).on('line', (line) => said.push(line));
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    return { child, said };
  }

  it('keeps its data between starts', async () => {
    const dataDir = await temporaryFolder();
    const first = await startEmbedded(dataDir);
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await first.stop();
    expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
    const second = await start(dataDir);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('listens only on a socket in a private folder, and uses UTC, UTF-8 and checksums', async () => {
    const dataDir = await temporaryFolder();
    const server = await start(dataDir);
    const settings = ['listen_addresses', 'server_encoding', 'TimeZone', 'data_checksums'];
    const rows = await query(server.url, `select ${settings.map((name) => `current_setting('${name}') as "${name}"`)}`);
    expect(rows).toEqual([{ listen_addresses: '', server_encoding: 'UTF8', TimeZone: 'UTC', data_checksums: 'on' }]);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(await query(server.url, "select lower('ÄÖÜ') as lower")).toEqual([{ lower: 'äöü' }]);
  });

  it('keeps running when its process is killed, and is taken over by the next', async () => {
    const dataDir = await temporaryFolder();
    const { child, said } = await startElsewhere(dataDir);
    const url = said[0]?.replace('ready ', '') ?? '';
    await query(url, 'create table kept as select 42 as answer');
    const pid = serverPid(dataDir);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const server = await start(dataDir);
    expect(serverPid(dataDir)).toBe(pid);
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await server.stop();
    expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('rejects a second Lull on the same data folder, and keeps serving the first', async () => {
    const dataDir = await temporaryFolder();
    const server = await start(dataDir);
    const { said, child } = await startElsewhere(dataDir);
    expect(said.join('\n')).toBe(
      `Lull is already running on the data folder ${dataDir} (process ${process.pid}). ` +
        'Stop it first, or give this one a folder of its own with LULL_DATA_DIR.',
    );
    expect(child.exitCode).toBe(1);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('gives a new folder to one of two processes that start concurrently', async () => {
    const dataDir = await temporaryFolder();
    const both = await Promise.all([startElsewhere(dataDir), startElsewhere(dataDir)]);
    const words = both.map(({ said }) =>
      said
        .join('\n')
        .split(' ')
        .slice(0, 3)
        .join(' ')
        .replace(/ post.*/, ''),
    );
    expect(words.sort()).toEqual(['Lull is already', 'ready']);
  });

  it('does not receive a Ctrl-C in the terminal of Lull', async () => {
    const dataDir = await temporaryFolder();
    const { child, said } = await startElsewhere(dataDir);
    process.kill(-(child.pid ?? 0), 'SIGINT'); // like a terminal, to the whole process group
    await once(child, 'close');
    expect(said.at(-1)).toBe('still served');
    expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('restarts if it is killed while Lull runs', async () => {
    const dataDir = await temporaryFolder();
    const reports: string[] = [];
    const server = await start(dataDir, { report: (sentence) => reports.push(sentence) });
    await query(server.url, 'create table kept as select 42 as answer');
    process.kill(serverPid(dataDir), 'SIGKILL');
    await expect.poll(() => reports.at(-1), { timeout: 20_000 }).toBe('The embedded PostgreSQL is back.');
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('starts if the path is too long for a socket', async () => {
    const dataDir = join(await temporaryFolder(), 'long'.repeat(30));
    const server = await start(dataDir);
    const host = new URL(server.url).searchParams.get('host') ?? '';
    expect(host.length).toBeLessThan(80);
    expect(statSync(host).mode & 0o777).toBe(0o700);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts if the path has spaces, quotes and non-ASCII letters', async () => {
    const server = await start(join(await temporaryFolder(), `it's Lull, données 100%`));
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('explains what to do if the folder has data of another version', async () => {
    const dataDir = await temporaryFolder();
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres/PG_VERSION'), '17\n');
    await expect(start(dataDir)).rejects.toThrow(/was made by PostgreSQL 17, and this Lull brings PostgreSQL \d+/);
  });

  it('leaves files of other programs alone', async () => {
    const dataDir = await temporaryFolder();
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres/letters.txt'), 'dear');
    await expect(start(dataDir)).rejects.toThrow(/postgres is in the way: it is not a PostgreSQL data folder/);
    expect(readFileSync(join(dataDir, 'postgres/letters.txt'), 'utf8')).toBe('dear');
  });

  it('explains what to do if the data folder cannot be created', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const refusal = start(join(file, 'data'));
    await expect(refusal).rejects.toThrow(StartError);
    await expect(refusal).rejects.toThrow(/cannot be made .* Set LULL_DATA_DIR/);
  });

  describe.runIf(isRoot)('started by root', () => {
    it('explains what to do if the user postgres cannot access the data folder', async () => {
      const closed = await temporaryFolder('closed');
      await chmod(closed, 0o700);
      const refusal = start(join(closed, 'data'));
      await expect(refusal).rejects.toThrow(StartError);
      await expect(refusal).rejects.toThrow(
        `PostgreSQL runs as the user postgres, who cannot reach the data folder ${closed}/data: ${closed} is closed to them. ` +
          'Set LULL_DATA_DIR to a folder that every user may enter (such as /var/lib/lull), set DATABASE_URL to a ' +
          'PostgreSQL of your own, or start Lull as another user than root.',
      );
    });

    it('runs as the owner of the data if that is not root', async () => {
      const nobody = 65_534;
      const dataDir = await temporaryFolder();
      await (await startEmbedded(dataDir, { durable: false })).stop();
      await promisify(execFile)('chown', ['-R', `${nobody}:${nobody}`, dataDir]);
      const server = await start(dataDir);
      expect(statSync(`/proc/${serverPid(dataDir)}`).uid).toBe(nobody);
      expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    });
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const session = new pg.Client({ connectionString: url });
  await session.connect();
  try {
    return (await session.query(sql)).rows;
  } finally {
    await session.end();
  }
}

function serverPid(dataDir: string): number {
  return Number.parseInt(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10);
}
