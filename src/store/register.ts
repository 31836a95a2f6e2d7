import { Prisma } from './client/client.ts';
import type { Queries } from './database.ts';
import { codeOf } from './fault.ts';

// Lull's own register of checks, as people and tools switch it by hand.

/** Which checks: those that each of these regular expressions (PostgreSQL's) matches. Of none, all. */
export interface Matching {
  readonly label?: string | undefined;
  readonly target?: string | undefined;
  readonly type?: string | undefined;
}

/** How long matching may take (milliseconds): a pattern may be written so that it never ends. */
const MATCH_WITHIN = 2_000;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: invalid_regular_expression, query_canceled. */
const UNFIT = ['2201B', '57014'];

/** Writes whether a check is to be made. */
export async function switchRegister(tx: Queries, accountId: number, id: string, enabled: boolean): Promise<void> {
  await tx.check.updateMany({ where: { accountId, id }, data: { enabled, bulkDisabled: false } });
}

/**
 * Switches off what matches and is on, or on again what matches and was switched off so.
 * @returns the ids of those that changed; undefined for a pattern that cannot be matched
 */
export async function switchTogether(
  tx: Queries,
  accountId: number,
  { label, target, type }: Matching,
  off: boolean,
): Promise<string[] | undefined> {
  const match = (column: Prisma.Sql, pattern: string | undefined) =>
    pattern === undefined ? Prisma.sql`true` : Prisma.sql`${column} ~ ${pattern}`;
  try {
    await tx.$executeRaw`select set_config('statement_timeout', ${String(MATCH_WITHIN)}, true)`;
    const rows = await tx.$queryRaw<{ id: string }[]>`
      update checks set enabled = ${!off}, bulk_disabled = ${off}
      where account_id = ${accountId} and provider = 'builtin' and removal_date is null
        and ${off ? Prisma.sql`enabled` : Prisma.sql`bulk_disabled`}
        and ${match(Prisma.sql`name`, label)} and ${match(Prisma.sql`external_id`, target)}
        and ${match(Prisma.sql`upper(provider)`, type)}
      returning id`;
    await tx.$executeRaw`select set_config('statement_timeout', '0', true)`;
    return rows.map(({ id }) => id);
  } catch (error) {
    if (UNFIT.includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

export interface RegisterCount {
  readonly enabled: number;
  readonly disabled: number;
  /** Of the disabled, those that were switched off together with others. */
  readonly together: number;
}

/** How many checks of an account are on and off, whatever their provider. */
export async function countRegister(db: Queries, accountId: number): Promise<RegisterCount> {
  const there = { accountId, removedAt: null };
  return {
    enabled: await db.check.count({ where: { ...there, enabled: true } }),
    disabled: await db.check.count({ where: { ...there, enabled: false } }),
    together: await db.check.count({ where: { ...there, enabled: false, bulkDisabled: true } }),
  };
}
