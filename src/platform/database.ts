import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { z } from 'zod';
import { type Prisma, PrismaClient } from '../../prisma/client/client.ts';

export type Database = PrismaClient;
/** Inside one transaction, or the database itself where none is needed. */
export type Queries = Prisma.TransactionClient;

/** For queries; the job runner and the listener have their own. */
const MAX_CONNECTIONS = 8;

/** @param url PostgreSQL connection URL */
export function openDatabase(url: string): Database {
  const pool = openPool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    // Prisma's adapter assumes UTC, whatever the zone of the server.
    options: '-c TimeZone=UTC',
  });
  return new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  });
}

/**
 * A pool of PostgreSQL connections. Without listeners, an idle connection that is lost would end the process.
 * @param lost called for every lost connection
 */
export function openPool(options: pg.PoolConfig, lost: (error: Error) => void = () => {}): pg.Pool {
  const pool = new pg.Pool(options);
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** What Prisma's adapter reports of an error of PostgreSQL. */
const postgresError = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({ originalCode: z.string(), constraint: z.object({ index: z.string() }).optional() }),
    }),
  }),
});

function causeOf(error: unknown) {
  return postgresError.safeParse(error).data?.meta.driverAdapterError.cause;
}

export function errorCode(error: unknown): string | undefined {
  return causeOf(error)?.originalCode;
}

/** The name of the unique index that rejected a row; undefined for other errors. */
export function isUniqueViolation(error: unknown): string | undefined {
  const cause = causeOf(error);
  return cause?.originalCode === '23505' ? cause.constraint?.index : undefined;
}

const RANDOM_KEYS = [
  'maintenances_account_id_key_key',
  'series_account_id_key_key',
  'ad_hocs_pkey',
  'accounts_key_key',
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
    RANDOM_KEYS.includes(isUniqueViolation(error) ?? '') ||
    rowGone.safeParse(error).success
  );
}

/** Waits for the lock of this name in the account, and keeps it until the transaction ends. */
export async function advisoryLock(tx: Queries, accountId: number, name: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${accountId} ${name}`}, 0))`;
}
