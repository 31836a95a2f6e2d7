import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { type EmbeddedServer, startEmbedded } from '../../src/platform/embedded/server.ts';
import { freePort } from '../port.ts';

const ADMIN_TOKEN = 'a-token-for-the-benchmarks';
export const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
/** On a machine that has other things to do. */
const START_TIMEOUT_MS = 120_000;
const PROBE = pathToFileURL('test/bench/processes/probe.mjs').href;
const MB = 1024 * 1024;

/** What Lull's process needs to know of its Slack. */
export interface SlackAccess {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly signingSecret: string;
}

export interface LullOptions {
  /** A new one by default. */
  readonly databaseUrl?: string;
  readonly env?: Record<string, string>;
  /** Returns the Slack that sends its events to this URL; by default one in its own process. */
  readonly slack?: (eventsUrl: string) => Promise<SlackAccess>;
}

/** How much a benchmark does: everything, or just enough to see that it works. */
export interface Scale {
  readonly smoke: boolean;
  /** The length of one measurement. */
  readonly seconds: number;
  readonly rounds: number;
  /** @returns `full`, or `smoke` in a smoke run */
  size(full: number, smoke: number): number;
}

export const FULL: Scale = { smoke: false, seconds: 3, rounds: 3, size: (full) => full };
export const SMOKE: Scale = { smoke: true, seconds: 0.3, rounds: 1, size: (_full, smoke) => smoke };

/** What benchmarks run in: a PostgreSQL, Lulls, and processes that they are compared with. All end with it. */
export class Lab {
  readonly folder: string;
  readonly scale: Scale;
  readonly #server: EmbeddedServer;
  readonly #children = new Set<ChildProcess>();
  readonly #ending = new WeakSet<ChildProcess>();
  #databases = 0;

  private constructor(folder: string, scale: Scale, server: EmbeddedServer) {
    this.folder = folder;
    this.scale = scale;
    this.#server = server;
  }

  static async open(scale: Scale): Promise<Lab> {
    // By this name the next run of the tests finds and removes it if this process is killed.
    const folder = await mkdtemp(join(tmpdir(), `lull-test-${process.pid}-`));
    await chmod(folder, 0o755); // PostgreSQL, started by root, runs as another user
    return new Lab(folder, scale, await startEmbedded(folder));
  }

  async close(): Promise<void> {
    await this.release();
    await this.#server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Ends every process that a benchmark started. */
  async release(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.#end(child)));
  }

  async postgresVersion(): Promise<string> {
    const [row] = await this.sql(this.#server.url, 'show server_version');
    return String(row?.server_version);
  }

  async sql(url: string, text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const results: pg.QueryResult | pg.QueryResult[] = await client.query(text, [...values]);
      return Array.isArray(results) ? (results.at(-1)?.rows ?? []) : results.rows;
    } finally {
      await client.end();
    }
  }

  /** Creates an empty database. @returns its URL */
  async database(): Promise<string> {
    this.#databases++;
    const name = `bench_${this.#databases}`;
    await this.sql(this.#server.url, `create database ${name}`);
    return this.#server.urlOf(name);
  }

  async temporary(name: string): Promise<string> {
    const folder = join(this.folder, `${name}-${Date.now()}`);
    await mkdir(folder);
    return folder;
  }

  /** Starts a file of `processes/`. Resolves with its first message. */
  async fork<Message>(name: string, args: readonly string[] = []): Promise<{ message: Message; child: ChildProcess }> {
    const child = fork(`dist/bench/processes/${name}.js`, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#keep(child);
    const [message] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error(`processes/${name} ended`))),
    ])) as [Message];
    return { message, child };
  }

  /** Ends a process that the lab started. */
  async end(child: ChildProcess): Promise<void> {
    await this.#end(child);
  }

  /** Starts Lull with the command of `npm start`, and waits until it is ready. */
  async lull({ databaseUrl, env = {}, slack }: LullOptions = {}): Promise<RunningLull> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const eventsUrl = `${url}/slack/events`;
    const access =
      slack === undefined ? (await this.fork<SlackAccess>('slack', [eventsUrl])).message : await slack(eventsUrl);
    const database = databaseUrl ?? (await this.database());
    const logFile = join(this.folder, `lull-${port}.log`);
    const log = openSync(logFile, 'w');
    const begun = performance.now();
    const { start } = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
    const child = spawn('sh', ['-c', start], {
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_OPTIONS: `--import ${PROBE}`,
        NODE_ENV: process.env.NODE_ENV,
        PORT: String(port),
        DATABASE_URL: database,
        LULL_DATA_DIR: join(this.folder, `data-${port}`),
        LULL_PUBLIC_URL: url,
        LULL_ADMIN_TOKEN: ADMIN_TOKEN,
        LULL_RATE_LIMIT: '0',
        LULL_ALLOWED_ADDRESSES: '127.0.0.0/8',
        LOG_LEVEL: 'warn',
        SLACK_BOT_TOKEN: access.botToken,
        SLACK_SIGNING_SECRET: access.signingSecret,
        SLACK_API_URL: access.apiUrl,
        ...env,
      },
    });
    closeSync(log);
    this.#keep(child);
    child.once('exit', (code, signal) => {
      if (this.#ending.has(child)) return;
      console.error(`Lull ended by itself (${code ?? signal}):\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
    });
    while (!(await isReady(url))) {
      if (child.exitCode !== null || performance.now() - begun > START_TIMEOUT_MS) {
        throw new Error(`Lull does not start: ${await readFile(logFile, 'utf8')}`);
      }
      await sleep(5);
    }
    return new RunningLull(this, child, url, database, performance.now() - begun, logFile);
  }

  #keep(child: ChildProcess): void {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    child.on('error', () => undefined);
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    this.#ending.add(child);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 8_000);
    await ended;
    clearTimeout(kill);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** What `processes/probe.mjs` answers. */
interface Probe {
  readonly longestBlockMs?: number;
  readonly statements?: readonly Statement[];
}

/** A statement as it was given to `pg`. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The real Lull in its own process. */
export class RunningLull {
  readonly url: string;
  readonly databaseUrl: string;
  /** From the start of the process until it was ready. */
  readonly startMs: number;
  readonly #lab: Lab;
  readonly #child: ChildProcess;
  readonly #logFile: string;

  constructor(lab: Lab, child: ChildProcess, url: string, databaseUrl: string, startMs: number, logFile: string) {
    this.#lab = lab;
    this.#child = child;
    this.url = url;
    this.databaseUrl = databaseUrl;
    this.startMs = startMs;
    this.#logFile = logFile;
  }

  /** Sends a request of an admin. @throws Error when it is not answered with 2xx */
  async api<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: AUTHORIZED,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} returned ${response.status}: ${text.slice(0, 1000)}`);
    return text === '' ? (undefined as Body) : JSON.parse(text);
  }

  sql(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.#lab.sql(this.databaseUrl, text, values);
  }

  async accountId(): Promise<number> {
    const [account] = await this.sql('select id from accounts order by id limit 1');
    return Number(account?.id);
  }

  /** Creates a scope with services. @returns their ids, in this order */
  async catalogue(services: readonly string[]): Promise<number[]> {
    const scope = 'Production';
    const document = { scopes: [{ name: scope }], services: services.map((name) => ({ name, scope })) };
    await this.api('PUT', '/catalogue', document);
    const rows = await this.sql('select id from services order by array_position($1::text[], name)', [services]);
    return rows.map(({ id }) => Number(id));
  }

  /** Waits until no job is left to run now. @returns how long that took, in milliseconds */
  async drained(timeoutMs = 60_000): Promise<number> {
    const begun = performance.now();
    for (;;) {
      const [row] = await this.sql(
        'select count(*)::int as jobs from graphile_worker.jobs where run_at <= now() and attempts < max_attempts',
      );
      const waited = performance.now() - begun;
      if (row?.jobs === 0) return waited;
      if (waited > timeoutMs) throw new Error(`${row?.jobs} jobs are left after ${timeoutMs / 1000} s`);
      await sleep(100);
    }
  }

  /** Resident memory of the process, in MB. */
  rss(): number {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1];
    return (Number(kilobytes) * 1024) / MB;
  }

  /** Runs something and returns the longest block of the event loop during it, in milliseconds. */
  async longestBlock(work: () => Promise<unknown>): Promise<number> {
    await this.#probe('watch');
    await work();
    return Number((await this.#probe('read')).longestBlockMs);
  }

  /** Runs something and returns the statements that Lull sent to PostgreSQL for it. */
  async recordStatements(work: () => Promise<unknown>): Promise<readonly Statement[]> {
    await this.#probe('record');
    await work();
    return (await this.#probe('recorded')).statements ?? [];
  }

  /** What the process writes to its log. */
  log(): Promise<string> {
    return readFile(this.#logFile, 'utf8');
  }

  stop(): Promise<void> {
    return this.#lab.end(this.#child);
  }

  async #probe(message: 'watch' | 'read' | 'record' | 'recorded'): Promise<Probe> {
    const answer = once(this.#child, 'message') as Promise<[{ probe: Probe }]>;
    this.#child.send(message);
    return (await answer)[0].probe;
  }
}
