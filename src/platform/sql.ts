import { Prisma } from '../../prisma/client/client.ts';
import { connectionOf, type Queries } from './database.ts';
import { openTransaction } from './transaction.ts';

/** A statement, or a part of one, with its parameters. */
export const sql = Prisma.sql;

/**
 * The rows of a hand-written `select`, on the connection of a transaction or on any. PostgreSQL plans each text once per
 * connection. Types are those of `pg`: a timestamptz is a Date, an int8 a string, and json is parsed.
 */
export async function queryRows<Row extends object>(db: Queries, statement: Prisma.Sql): Promise<Row[]> {
  const { rows } = await run<Row>(db, statement, 'reads');
  return rows;
}

/** The same, planned each time for its parameters: for a search, whose words are rare or are not. */
export async function queryReplanned<Row extends object>(db: Queries, statement: Prisma.Sql): Promise<Row[]> {
  const { rows } = await run<Row>(db, statement, 'reads', UNNAMED);
  return rows;
}

/** PostgreSQL keeps no plan of a statement without a name. */
const UNNAMED = '';

/** Runs a hand-written statement that writes. @returns what it returns, and how many rows it changed */
export async function execute<Row extends object>(
  db: Queries,
  statement: Prisma.Sql,
): Promise<{ readonly rows: Row[]; readonly count: number }> {
  const { rows, rowCount } = await run<Row>(db, statement, 'writes');
  return { rows, count: rowCount ?? 0 };
}

async function run<Row extends object>(
  db: Queries,
  { text, values }: Prisma.Sql,
  access: 'reads' | 'writes',
  name?: string,
) {
  const transaction = openTransaction(db);
  await transaction?.prepare(access);
  return (transaction ?? connectionOf(db)).query<Row>(text, values, name);
}

/** Waits for the lock of this name in the account, such as `scope:4`, and keeps it until the transaction ends. */
export async function advisoryLock(tx: Queries, accountId: number, name: string): Promise<void> {
  const [kind, ...id] = `${accountId} ${name}`.split(':');
  // Whoever locks the whole kind waits, and is waited for.
  const shared = id.length === 0 ? sql`` : sql`pg_advisory_xact_lock_shared(hashtextextended(${kind}, 0)),`;
  await execute(tx, sql`select ${shared} pg_advisory_xact_lock(hashtextextended(${`${accountId} ${name}`}, 0))`);
}

/**
 * Takes the locks of these names, such as `scope:4` and `scope:5`. PostgreSQL has room for some thousands of locks, so that
 * several are one lock on all of the kind.
 */
export async function advisoryLocks(
  tx: Queries,
  accountId: number,
  kind: string,
  ids: readonly (number | string)[],
): Promise<void> {
  if (ids.length > 0) await advisoryLock(tx, accountId, ids.length === 1 ? `${kind}:${ids[0]}` : kind);
}
