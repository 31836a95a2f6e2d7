import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { type Cluster, databaseUrl, openCluster } from '../../src/platform/embedded/cluster.ts';
import { programEnvironment } from '../../src/platform/embedded/programs.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { Random } from './random.ts';

const TEMPLATE = 'template_of_lull';
const START_TIMEOUT_MS = 60_000;

/** How a PostgreSQL is stopped: `kill` as by a power cut, `immediate` and `fast` as pg_ctl does. */
export type Stop = 'kill' | 'immediate' | 'fast';
const SIGNALS: Readonly<Record<Stop, NodeJS.Signals>> = { kill: 'SIGKILL', immediate: 'SIGQUIT', fast: 'SIGINT' };

/** A PostgreSQL that is started, killed and started again. A commit is on disk, as it is by default. */
export class Postgres {
  readonly #cluster: Cluster;
  #server: ChildProcess | undefined;
  #databases = 0;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** @param folder for its data; made if it does not exist */
  static async open(folder: string): Promise<Postgres> {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755); // PostgreSQL, started by root, runs as another user
    const server = new Postgres(await openCluster(folder, false));
    await server.start();
    await server.sql('postgres', `create database ${TEMPLATE}`);
    const url = server.urlOf(TEMPLATE);
    await migrate({ databaseUrl: url, folder: 'prisma/migrations' });
    await runMigrations({ connectionString: url });
    return server;
  }

  urlOf(database: string): string {
    return databaseUrl(this.#cluster, database);
  }

  /** Creates a database with Lull's tables. @returns its URL */
  async createDatabase(): Promise<string> {
    this.#databases++;
    const name = `lull_${this.#databases}`;
    await this.sql('postgres', `create database ${name} template ${TEMPLATE}`);
    return this.urlOf(name);
  }

  async dropDatabase(url: string): Promise<void> {
    const name = new URL(url).pathname.slice(1);
    await this.sql('postgres', `drop database if exists ${name} with (force)`);
  }

  async sql(database: string, text: string): Promise<Record<string, unknown>[]> {
    return query(this.urlOf(database), text);
  }

  async start(): Promise<void> {
    const { folder, sockets, account, programs, startLog } = this.#cluster;
    const settings = {
      listen_addresses: '',
      unix_socket_directories: `"${sockets}"`,
      timezone: 'UTC',
      log_timezone: 'UTC',
      max_connections: '300',
      shared_buffers: '16MB',
      // A crash of the machine may lose data here; a crash of PostgreSQL does not.
      fsync: 'off',
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const log = openSync(startLog, 'a', 0o600);
      const server = spawn(programs.postgres, ['-D', folder, ...flags], {
        ...account.ids,
        cwd: folder,
        env: programEnvironment,
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      this.#server = server;
      while (server.exitCode === null && server.signalCode === null) {
        const answered = await this.sql('postgres', 'select 1').catch(() => undefined);
        if (answered !== undefined) return;
        await sleep(20);
      }
      // Processes of one that was killed may still end.
      if (performance.now() > deadline) {
        throw new Error(`PostgreSQL does not start: ${(await readFile(startLog, 'utf8')).slice(-2000)}`);
      }
      await sleep(100);
    }
  }

  async startIfEnded(): Promise<void> {
    // It may be about to end.
    await sleep(500);
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) await this.start();
  }

  /** Kills a process that serves a connection to a database; PostgreSQL then ends all others, and recovers. */
  async killBackend(database: string, random: Random): Promise<void> {
    const name = new URL(database).pathname.slice(1);
    const backends = await this.sql('postgres', `select pid from pg_stat_activity where datname = '${name}'`);
    if (backends.length > 0) process.kill(Number(random.pick(backends).pid), 'SIGKILL');
  }

  async stop(how: Stop): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(SIGNALS[how]);
    await ended;
  }
}

/** Runs one statement on a connection of its own. */
export async function query<Row = Record<string, unknown>>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  client.on('error', () => undefined); // the statement reports it
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}
