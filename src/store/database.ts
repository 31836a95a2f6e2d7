import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from './client/client.ts';
import { openPool } from './pool.ts';

export type Database = PrismaClient;
/** Inside one transaction, or the database itself where none is needed. */
export type Queries = Prisma.TransactionClient;

/** Connections this process keeps for queries; the job runner and the listener have their own. */
const CONNECTIONS = 8;

/** @param url PostgreSQL connection URL */
export function openDatabase(url: string): Database {
  const pool = openPool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    // Prisma's adapter takes what it reads for UTC, whatever zone the server is set to.
    options: '-c TimeZone=UTC',
  });
  return new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  });
}
