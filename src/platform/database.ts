import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { z } from 'zod';
import { type Prisma, PrismaClient } from '../../prisma/client/client.ts';

export type Database = PrismaClient;
/** Inside one transaction, or the database itself where none is needed. */
export type Queries = Prisma.TransactionClient;

/** For queries; the job runner and the listener have their own. */
const MAX_CONNECTIONS = 8;
/** Longer than any transaction, which have limits of their own. */
const JOINED_TIMEOUT_MS = 600_000;

/** Longer than any statement takes, and than anything that happens between two of a transaction. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** When an answer takes longer, PostgreSQL is gone, although nobody ended the connection. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** Settings of each session. With them PostgreSQL frees the locks of a host that vanished. */
const SETTINGS = {
  // Prisma's adapter assumes UTC, whatever the zone of the server.
  TimeZone: 'UTC',
  statement_timeout: STATEMENT_TIMEOUT_MS,
  idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
};

/** A connection notices that it is lost: within 20 seconds when it is idle, otherwise when an answer does not come. */
export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: ANSWER_TIMEOUT_MS,
    options: Object.entries(SETTINGS)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  };
}

/** Runs statements whose plan is kept. */
export interface Connection {
  /** @param name default: the one that is kept for the text */
  query<Row extends object>(text: string, values: unknown[], name?: string): Promise<pg.QueryResult<Row>>;
}

const pools = new WeakMap<Queries, JoinablePool>();

/** Why PostgreSQL cannot be used. */
export type DatabaseProblem = 'unreachable' | 'disk-full' | 'read-only';

/** Errors after which PostgreSQL answers, and stores nothing until somebody does something about it. */
const STORES_NOTHING: Readonly<Record<string, DatabaseProblem>> = { '53100': 'disk-full', '25006': 'read-only' };

/**
 * @param url PostgreSQL connection URL
 * @param failed called when it begins to store nothing
 */
export function openDatabase(url: string, failed: (problem: DatabaseProblem) => void = () => {}): Database {
  const pool = watch(new JoinablePool(poolConfig(url, MAX_CONNECTIONS)), () => pool.lost++);
  pool.on('connect', (client) => {
    client.connection.on('errorMessage', ({ code, severity }: pg.DatabaseError) => {
      // The connection ends a moment later, when its statement has failed already.
      if (severity === 'FATAL') pool.lost++;
      const problem = STORES_NOTHING[code ?? ''];
      if (problem === undefined) return;
      if (pool.problem === undefined) failed(problem);
      pool.problem = problem;
    });
  });
  const database = new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true, statementNameGenerator: ({ sql }) => statementName(sql) }),
    transactionOptions: { timeout: JOINED_TIMEOUT_MS },
  });
  pools.set(database, pool);
  return database;
}

/** The connections of a database, for statements outside transactions. */
export function connectionOf(db: Queries): Connection {
  const pool = poolOf(db);
  return { query: (text, values, name = statementName(text)) => pool.query({ name, text, values }) };
}

/** More than fits in what a table has left. */
const TRY_TO_STORE = `create table lull_storable_${process.pid} as select repeat('x', 1000) from generate_series(1, 64)`;

/** @returns why PostgreSQL cannot be used now; undefined when it can */
export async function findProblem(database: Database): Promise<DatabaseProblem | undefined> {
  const pool = poolOf(database);
  try {
    if (pool.problem === undefined) {
      await pool.query('select true');
      return undefined;
    }
    const client = await pool.acquire();
    try {
      await client.query('begin');
      await client.query(TRY_TO_STORE);
      pool.problem = undefined;
    } finally {
      await client.query('rollback').finally(() => client.release());
    }
    return undefined;
  } catch (error) {
    return STORES_NOTHING[errorCode(error) ?? ''] ?? 'unreachable';
  }
}

/** How many connections were lost since the start: an error of work during which it grew may come from that. */
export function countLostConnections(db: Queries): number {
  return poolOf(db).lost;
}

const slots = new WeakMap<pg.PoolClient, number>();
let connections = 0;

/** The places of connections in their pool. */
export const SLOTS: readonly number[] = Array.from({ length: MAX_CONNECTIONS }, (_, slot) => slot);

/** Differs between the connections of a pool, but for some that replaced a lost one. */
export function slotOf(client: pg.PoolClient): number {
  const slot = slots.get(client) ?? connections++ % MAX_CONNECTIONS;
  slots.set(client, slot);
  return slot;
}

/** A connection of the database for one transaction; the caller releases it. */
export async function acquireConnection(database: Database): Promise<pg.PoolClient> {
  return poolOf(database).acquire();
}

function poolOf(db: Queries): JoinablePool {
  const pool = pools.get(db);
  if (pool === undefined) throw new Error('a transaction of Prisma alone cannot run hand-written statements');
  return pool;
}

type ConnectCallback = Parameters<pg.Pool['connect']>[0];

/** A pool whose next transaction of Prisma can be one that has begun already. */
class JoinablePool extends pg.Pool {
  /** Set when something could not be stored, until `findProblem` finds that it can. */
  problem: DatabaseProblem | undefined;
  /** How many connections were lost. */
  lost = 0;
  /** Joins wait for each other, as nothing tells for which of them Prisma's adapter connects. */
  #last: Promise<unknown> = Promise.resolve();
  #next: { readonly client: pg.PoolClient; readonly taken: () => void } | undefined;

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): undefined;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (callback !== undefined) {
      super.connect(callback);
      return undefined;
    }
    if (this.#next === undefined) return super.connect();
    const { client, taken } = this.#next;
    this.#next = undefined;
    taken();
    return Promise.resolve(client);
  }

  /** A connection of its own, also while another one is to be joined. */
  acquire(): Promise<pg.PoolClient> {
    return super.connect();
  }

  /** @param begin makes Prisma begin a transaction, for which it gets `client`; it rejects when that fails */
  join(client: pg.PoolClient, begin: () => Promise<unknown>): void {
    this.#last = this.#last.then(
      () =>
        new Promise<void>((taken) => {
          this.#next = { client, taken };
          begin().finally(() => {
            if (this.#next?.client === client) this.#next = undefined;
            taken();
          });
        }),
    );
  }
}

/**
 * Lets Prisma take part in a transaction that has begun, until `ended` resolves.
 * @param client its connection, which keeps the transaction open
 */
export function joinTransaction(database: Database, client: pg.PoolClient, ended: Promise<void>): Promise<Queries> {
  return new Promise((resolve, reject) => {
    const work = async (tx: Queries) => {
      resolve(tx);
      await ended;
    };
    poolOf(database).join(withoutBoundaries(client), () => database.$transaction(work).catch(reject));
  });
}

const BOUNDARIES = new Set(['BEGIN', 'COMMIT', 'ROLLBACK']);
const nothing = { fields: [], rows: [], rowCount: 0 };

/** The same connection, on which beginning, ending and releasing do nothing. */
function withoutBoundaries(client: pg.PoolClient): pg.PoolClient {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'release') return () => {};
      if (name === 'query') {
        return (config: pg.QueryConfig) =>
          BOUNDARIES.has(config.text) ? Promise.resolve(nothing) : target.query(config);
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** Prisma writes another text for each length of a list: without a limit, their plans would fill PostgreSQL's memory. */
const MAX_PREPARED = 500;
const names = new Map<string, string>();

/** The name of a prepared statement; empty when too many are prepared. */
export function statementName(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MAX_PREPARED) return '';
  const name = `lull_${names.size}`;
  names.set(text, name);
  return name;
}

/** The connections of the job queue. */
export class QueuePool extends pg.Pool {
  readonly #clients = new Set<pg.PoolClient>();

  constructor(config: pg.PoolConfig) {
    super(config);
    this.on('connect', (client) => this.#clients.add(client));
    this.on('remove', (client) => this.#clients.delete(client));
  }

  /** Ends all connections, without waiting for answers: they do not come when the host of PostgreSQL is gone. */
  abandonConnections(): void {
    for (const { connection } of this.#clients) connection.stream.destroy();
  }

  /** Takes a connection back once: the job queue gives it back twice when it is lost while the queue stops listening. */
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): undefined;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (callback === undefined) return super.connect();
    super.connect((error, client, done) => {
      let released = false;
      callback(error, client, (problem) => {
        // There is nothing to give back of a pool that has ended, which the queue tries to listen on again.
        if (released || client === undefined) return;
        released = true;
        done(problem);
      });
    });
    return undefined;
  }
}

/**
 * A pool of PostgreSQL connections for the job queue.
 * @param url PostgreSQL connection URL; `lost`: called for every lost connection
 */
export function openPool(url: string, max: number, lost: (error: Error) => void): QueuePool {
  return watch(new QueuePool(poolConfig(url, max)), lost);
}

function poolConfig(url: string, max: number): pg.PoolConfig {
  // A connection whose answer does not come ends only in a pipeline. Idle ones stay, as PostgreSQL takes about 10 ms to plan
  // a large statement for the first time on a connection.
  return { ...connectionConfig(url), max, pipeline: true, idleTimeoutMillis: 0 };
}

/** Without listeners, an idle connection that is lost would end the process. */
function watch<Pool extends pg.Pool>(pool: Pool, lost: (error: Error) => void = () => {}): Pool {
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** What Prisma's adapter reports of an error of PostgreSQL. */
const adapterError = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({
        originalCode: z.string(),
        originalMessage: z.string().optional(),
        constraint: z.object({ index: z.string() }).optional(),
      }),
    }),
  }),
});

/** An error of PostgreSQL, from a hand-written statement or through Prisma. */
function causeOf(error: unknown): { readonly code: string | undefined; readonly constraint: string | undefined } {
  if (error instanceof pg.DatabaseError) return error;
  const cause = adapterError.safeParse(error).data?.meta.driverAdapterError.cause;
  return { code: cause?.originalCode, constraint: cause?.constraint?.index };
}

export function readDatabaseError(error: unknown): { readonly code: string | undefined; readonly message: string } {
  const original = adapterError.safeParse(error).data?.meta.driverAdapterError.cause.originalMessage;
  return { code: errorCode(error), message: original ?? (error instanceof Error ? error.message : '') };
}

export function errorCode(error: unknown): string | undefined {
  return causeOf(error).code;
}

/** The name of the unique index that rejected a row; undefined for other errors. */
export function isUniqueViolation(error: unknown): string | undefined {
  const { code, constraint } = causeOf(error);
  return code === '23505' ? constraint : undefined;
}

/** Random keys, which another try draws anew, and what another transaction added first, which it then finds. */
const LOST_RACE_INDEXES = [
  'maintenances_account_id_key_key',
  'series_account_id_key_key',
  'ad_hocs_pkey',
  'accounts_key_key',
  'scopes_named_once',
  'services_named_once',
  'checks_account_id_provider_external_id_key',
  'subscriptions_once',
];

/** Whether PostgreSQL rejected a text with U+0000: character_not_in_repertoire, untranslatable_character. */
export function isUnstorable(error: unknown): boolean {
  return ['22021', '22P05'].includes(errorCode(error) ?? '');
}

/** serialization_failure, deadlock_detected, and foreign_key_violation, when a row was removed concurrently. */
const LOST_RACE_CODES = ['40001', '40P01', '23503'];
/** https://www.prisma.io/docs/orm/reference/error-reference#p2025: the row does not exist anymore. */
const rowGone = z.object({ code: z.literal('P2025') });

/** Whether the same transaction may succeed, or fail for a better reason, when it is retried. */
export function isRetryable(error: unknown): boolean {
  return (
    LOST_RACE_CODES.includes(errorCode(error) ?? '') ||
    LOST_RACE_INDEXES.includes(isUniqueViolation(error) ?? '') ||
    rowGone.safeParse(error).success
  );
}
