import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { z } from 'zod';
import { type Prisma, PrismaClient } from '../../prisma/client/client.ts';

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

/**
 * Connections of PostgreSQL. One that is lost while nobody listens to it (and there are such moments between two users of
 * a connection) ends the process otherwise; whoever used it hears of it by the query that fails.
 * @param lost is told of every connection that was lost
 */
export function openPool(options: pg.PoolConfig, lost: (error: Error) => void = () => {}): pg.Pool {
  const pool = new pg.Pool(options);
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** What Prisma's adapter hands on of an error of PostgreSQL's. */
const fault = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({ originalCode: z.string(), constraint: z.object({ index: z.string() }).optional() }),
    }),
  }),
});

function causeOf(error: unknown) {
  return fault.safeParse(error).data?.meta.driverAdapterError.cause;
}

/** The code that PostgreSQL gave an error; undefined for one that is not PostgreSQL's. */
export function errorCode(error: unknown): string | undefined {
  return causeOf(error)?.originalCode;
}

/** The name of the unique index that refused a row which is there already; undefined for any other error. */
export function isUniqueViolation(error: unknown): string | undefined {
  const cause = causeOf(error);
  return cause?.originalCode === '23505' ? cause.constraint?.index : undefined;
}

const RANDOM_KEYS: readonly (string | undefined)[] = [
  'maintenances_account_id_key_key',
  'series_account_id_key_key',
  'ad_hocs_pkey',
  'accounts_key_key',
];
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: character_not_in_repertoire, untranslatable_character. */
const UNSTORABLE: readonly (string | undefined)[] = ['22021', '22P05'];

/** Whether PostgreSQL was given a text that it cannot keep: one with U+0000. */
export function isUnstorable(error: unknown): boolean {
  return UNSTORABLE.includes(causeOf(error)?.originalCode);
}

/**
 * https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure, deadlock_detected, and
 * foreign_key_violation, for what was there a moment ago was removed by somebody else.
 */
const LOST_A_RACE: readonly (string | undefined)[] = ['40001', '40P01', '23503'];
/** https://www.prisma.io/docs/orm/reference/error-reference#p2025: the row to be changed is gone. */
const gone = z.object({ code: z.literal('P2025') });

/**
 * Whether the same transaction may well come to an answer at the next try: two waited for each other, a random key was
 * taken, or what it is about was removed meanwhile, which it sees then.
 */
export function isRetryable(error: unknown): boolean {
  return (
    LOST_A_RACE.includes(causeOf(error)?.originalCode) ||
    RANDOM_KEYS.includes(isUniqueViolation(error)) ||
    gone.safeParse(error).success
  );
}

/** Waits until nobody else of an account has the turn of this name, and has it until the transaction ends. */
export async function advisoryLock(tx: Queries, accountId: number, name: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${accountId} ${name}`}, 0))`;
}
