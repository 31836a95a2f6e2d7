import type pg from 'pg';
import {
  acquireConnection,
  type Connection,
  connectionOf,
  type Database,
  joinTransaction,
  type Queries,
  slotOf,
  statementName,
} from './database.ts';

/** A kind of row that a transaction collects, and writes together with all others in one statement. */
export interface Write<Row extends object> {
  readonly table: string;
  /**
   * For `with`: an `insert`, `update` or `delete`, or a `select` that calls functions which write. `$rows` stands for a
   * parameter with the rows as a JSON array.
   */
  readonly statement: string;
  /** Written at the end of the transaction, in this order. */
  readonly lastInOrder?: (a: Row, b: Row) => number;
}

/** What JSON and PostgreSQL both have. */
type Storable = string | number | boolean | Date | null | object;

/**
 * Rows to insert, whose members are the columns.
 * @param conflict the `on conflict` clause
 */
export function insertion<Column extends string>(
  table: string,
  columns: readonly Column[],
  conflict = '',
): Write<Readonly<Record<Column, Storable>>> {
  const list = columns.join(', ');
  const statement = `insert into ${table} (${list}) select ${list} from jsonb_populate_recordset(null::${table}, $rows)`;
  return { table, statement: `${statement} ${conflict}` };
}

/**
 * Rows to change, whose members are the columns: those of `key`, which say which row it is, and those that it gets.
 * @param condition what must be true of the stored row, too
 */
export function updating<Column extends string>(
  table: string,
  key: readonly NoInfer<Column>[],
  columns: readonly Column[],
  condition = 'true',
): Write<Readonly<Record<Column, Storable>>> {
  const values = columns.filter((column) => !key.includes(column)).map((column) => `${column} = r.${column}`);
  const statement = `update ${table} set ${values.join(', ')} from jsonb_populate_recordset(null::${table}, $rows) r`;
  return { table, statement: `${statement} where ${matching(table, key)} and ${condition}` };
}

/** Rows to delete, whose members are the columns of their key. */
export function deletion<Column extends string>(
  table: string,
  key: readonly Column[],
): Write<Readonly<Record<Column, Storable>>> {
  const rows = `jsonb_populate_recordset(null::${table}, $rows) r`;
  return { table, statement: `delete from ${table} using ${rows} where ${matching(table, key)}` };
}

const matching = (table: string, key: readonly string[]) =>
  key.map((column) => `${table}.${column} = r.${column}`).join(' and ');

type AnyWrite = Pick<Write<object>, 'table' | 'statement'> & { readonly lastInOrder?: (a: never, b: never) => number };

const TIMEOUT_MS = 15_000;

const transactions = new WeakMap<Queries, Transaction>();

/** The transaction that `db` is; undefined: the database itself. */
export function openTransaction(db: Queries): Transaction | undefined {
  return transactions.get(db);
}

/**
 * Runs `work` in a transaction, and commits what it wrote.
 * @param timeout milliseconds
 * @throws what `work` throws, and pg.DatabaseError
 */
export async function runTransaction<T>(
  database: Database,
  work: (tx: Queries) => Promise<T>,
  timeout = TIMEOUT_MS,
): Promise<T> {
  const client = await acquireConnection(database);
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    // Released alone, it would wait for the statement that takes too long.
    client.connection.stream.destroy();
    client.release(true);
  }, timeout);
  const transaction = new Transaction(database, client);
  try {
    const begun = transaction.begin();
    begun.catch(() => {});
    const result = await work(transaction.queries);
    await begun;
    await transaction.commit();
    if (!expired) client.release();
    return result;
  } catch (error) {
    const rolledBack = await transaction.rollback();
    if (expired) throw new Error(`a transaction took longer than ${timeout} ms`, { cause: error });
    client.release(!rolledBack);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Collects a row, to be written before the next statement; a row with the same key is replaced.
 * @param change how the row changes what the transaction has read of its table; without it, that is forgotten
 */
export async function write<Row extends object>(
  db: Queries,
  kind: Write<Row>,
  key: string,
  row: Row,
  change?: Change,
): Promise<void> {
  const transaction = openTransaction(db);
  if (transaction !== undefined) return transaction.collect(kind, key, row, change);
  const { text, values } = toStatement([[kind, [row]]]);
  await connectionOf(db).query(text, values);
}

/** A row that was collected and not yet written. */
export function collected<Row extends object>(db: Queries, kind: Write<Row>, key: string): Row | undefined {
  return openTransaction(db)?.collected(kind, key);
}

/**
 * Runs one of several independent parts of a transaction.
 * @returns the error of one that failed, of which nothing is written
 * @throws the error of a part that failed after it wrote
 */
export async function attempt(tx: Queries, work: () => Promise<void>): Promise<{ readonly error?: unknown }> {
  const transaction = openTransaction(tx);
  if (transaction === undefined) throw new Error('only a transaction has parts');
  return transaction.attempt(work);
}

/**
 * What transactions have read of some tables, by ids. A transaction forgets it when it writes otherwise than by `write`, or
 * a row of one of these tables without a `Change`.
 */
export class Remembered<T extends object> {
  readonly #tables: ReadonlySet<string>;
  readonly #kept = new WeakMap<Transaction, Map<number, T>>();

  constructor(...tables: string[]) {
    this.#tables = new Set(tables);
  }

  all(db: Queries): ReadonlyMap<number, T> {
    const transaction = openTransaction(db);
    return (transaction && this.#kept.get(transaction)) ?? new Map();
  }

  set(db: Queries, id: number, value: T): void {
    const transaction = openTransaction(db);
    if (transaction !== undefined) this.#set(transaction, id, value);
  }

  /** Of a new row. */
  added(id: number, value: T): Change {
    return { of: this, id, apply: (transaction) => this.#set(transaction, id, value) };
  }

  /** @param change may change what it gets, and returns what it is then; undefined: it must be read anew */
  changed(id: number, change: (before: T) => T | undefined): Change {
    const apply = (transaction: Transaction) => {
      const before = this.#kept.get(transaction)?.get(id);
      const after = before && change(before);
      if (after === undefined) this.forget(transaction, id);
      else this.#set(transaction, id, after);
    };
    return { of: this, id, apply };
  }

  /** Of a row, or of columns, that it does not read. */
  unchanged(id: number): Change {
    return this.changed(id, (before) => before);
  }

  isOf(table: string): boolean {
    return this.#tables.has(table);
  }

  /** Without an id: all. */
  forget(transaction: Transaction, id?: number): void {
    if (id === undefined) this.#kept.delete(transaction);
    else this.#kept.get(transaction)?.delete(id);
  }

  #set(transaction: Transaction, id: number, value: T): void {
    const kept = this.#kept.get(transaction) ?? new Map<number, T>();
    this.#kept.set(transaction, kept.set(id, value));
    transaction.remembered.add(this);
  }
}

/** How a written row changes what a transaction remembers. */
export interface Change {
  readonly of: Remembered<object>;
  readonly id: number;
  readonly apply: (transaction: Transaction) => void;
}

export class Transaction implements Connection {
  /** For Prisma's queries, which join the transaction when the first one is made. */
  readonly queries: Queries;
  readonly remembered = new Set<Remembered<object>>();
  readonly #database: Database;
  readonly #client: pg.PoolClient;
  readonly #rows = new Map<AnyWrite, Map<string, object>>();
  /** By table and key: which kind of write has it. */
  readonly #kinds = new Map<string, AnyWrite>();
  #undo: (() => void)[] | undefined;
  #joined: Promise<Queries> | undefined;
  #leave: (() => void) | undefined;

  constructor(database: Database, client: pg.PoolClient) {
    this.#database = database;
    this.#client = client;
    this.queries = joinedQueries(this);
    transactions.set(this.queries, this);
  }

  /** The place of its connection in the pool. */
  get slot(): number {
    return slotOf(this.#client);
  }

  query<Row extends object>(text: string, values: unknown[], name = statementName(text)): Promise<pg.QueryResult<Row>> {
    return this.#client.query<Row>({ name, text, values });
  }

  /** To be called before every statement: it then sees what was collected. */
  async prepare(access: 'reads' | 'writes'): Promise<void> {
    await this.#write(false);
    if (access === 'writes') for (const each of this.remembered) each.forget(this);
  }

  async collect<Row extends object>(kind: Write<Row>, key: string, row: Row, change?: Change): Promise<void> {
    const place = `${kind.table} ${key}`;
    const other = this.#kinds.get(place);
    // One statement cannot change a row twice.
    if (other !== undefined && other !== kind) await this.#write(false);
    const rows = this.#rows.get(kind) ?? new Map<string, object>();
    const previous = rows.get(key);
    rows.set(key, row);
    this.#rows.set(kind, rows);
    this.#kinds.set(place, kind);
    this.#undo?.push(() => {
      if (previous === undefined) rows.delete(key);
      else rows.set(key, previous);
      if (other === undefined) this.#kinds.delete(place);
      change?.of.forget(this, change.id);
    });
    for (const each of this.remembered) if (each.isOf(kind.table) && each !== change?.of) each.forget(this);
    change?.apply(this);
  }

  collected<Row extends object>(kind: Write<Row>, key: string): Row | undefined {
    // Rows of a kind have the type of the kind: `collect` is the only one to add them.
    return this.#rows.get(kind)?.get(key) as Row | undefined;
  }

  async attempt(work: () => Promise<void>): Promise<{ readonly error?: unknown }> {
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      await work();
      return {};
    } catch (error) {
      if (this.#undo !== undo) throw error;
      for (const each of undo.reverse()) each();
      return { error };
    } finally {
      this.#undo = undefined;
    }
  }

  /** Prisma's own view of this transaction. */
  join(): Promise<Queries> {
    this.#joined ??= joinTransaction(this.#database, this.#client, new Promise((resolve) => (this.#leave = resolve)));
    return this.#joined;
  }

  /** Sent together with the first statement, as each message costs both sides about as much as a small statement. */
  begin(): Promise<unknown> {
    const { stream } = this.#client.connection;
    stream.cork();
    const begun = this.#client.query('begin');
    process.nextTick(() => stream.uncork());
    return begun;
  }

  async commit(): Promise<void> {
    const { stream } = this.#client.connection;
    stream.cork();
    const written = this.#write(true);
    // Sent without waiting: after an error, it rolls back.
    const committed = this.#client.query('commit');
    stream.uncork();
    committed.catch(() => {});
    await written;
    await committed;
    this.#leave?.();
  }

  /** @returns whether the connection can be used again */
  async rollback(): Promise<boolean> {
    this.#leave?.();
    return this.#client.query('rollback').then(
      () => true,
      () => false,
    );
  }

  async #write(atEnd: boolean): Promise<void> {
    const kinds = [...this.#rows].filter(([kind, rows]) => rows.size > 0 && (atEnd || kind.lastInOrder === undefined));
    if (kinds.length === 0) return;
    for (const [kind, rows] of kinds) {
      this.#rows.delete(kind);
      for (const key of rows.keys()) this.#kinds.delete(`${kind.table} ${key}`);
    }
    // What a part has written cannot be dropped any more.
    if (this.#undo !== undefined && this.#undo.length > 0) this.#undo = undefined;
    const { text, values } = toStatement(kinds.map(([kind, rows]) => [kind, [...rows.values()]]));
    await this.query(text, values);
  }
}

/** One statement that writes everything; each kind sees the rows as they were before. */
function toStatement(kinds: readonly (readonly [AnyWrite, object[]])[]): { text: string; values: string[] } {
  const key = kinds.map(([kind]) => numberOf(kind)).join();
  const text = texts.get(key) ?? toText(kinds.map(([kind]) => kind));
  texts.set(key, text);
  return {
    text,
    values: kinds.map(([{ lastInOrder }, rows]) =>
      JSON.stringify(lastInOrder === undefined ? rows : rows.sort(lastInOrder as (a: object, b: object) => number)),
    ),
  };
}

/** Of the kinds that were written together, by their numbers: as many as the code has ways to write. */
const texts = new Map<string, string>();
const numbers = new Map<AnyWrite, number>();

function numberOf(kind: AnyWrite): number {
  const number = numbers.get(kind) ?? numbers.size;
  numbers.set(kind, number);
  return number;
}

function toText(kinds: readonly AnyWrite[]): string {
  const parts = kinds.map(
    ({ statement }, index) => `w${index} as (${statement.replaceAll('$rows', `$${index + 1}::jsonb`)})`,
  );
  const calls = kinds.flatMap(({ statement }, index) =>
    /^\s*select\b/.test(statement) ? [`(select count(*) from w${index})`] : [],
  );
  return `with ${parts.join(', ')} select ${calls.length === 0 ? 'true' : calls.join(', ')}`;
}

const READS = /^(find|count|aggregate|groupBy)/;

/** Prisma's models and methods, of a transaction that Prisma joins at the first call. */
function joinedQueries(transaction: Transaction): Queries {
  const method =
    (model: string | undefined, name: string) =>
    async (...input: unknown[]): Promise<unknown> => {
      await transaction.prepare(READS.test(name) ? 'reads' : 'writes');
      const tx = await transaction.join();
      const target: object = model === undefined ? tx : Reflect.get(tx, model);
      return Reflect.apply(Reflect.get(target, name), target, input);
    };
  const models = new Map<string, object>();
  const model = (name: string): object => {
    const known = models.get(name) ?? new Proxy({}, { get: (_, member) => method(name, String(member)) });
    models.set(name, known);
    return known;
  };
  // Each member is made when it is asked for, so that no type can describe the empty object.
  return new Proxy({} as Queries, {
    get(_, name) {
      // Looked at by `await`, which would call it.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return name.startsWith('$') ? method(undefined, name) : model(name);
    },
  });
}
