import { quotaReached } from '../core/common-errors.ts';
import type { UserError } from '../core/errors.ts';
import { type Queries, readDatabaseError } from './database.ts';
import { execute, sql } from './sql.ts';

/** What an account can have only so many of, and the tables of it. Triggers count rows as they are added. */
const TABLES = {
  providers: 'providers',
  webhooks: 'webhooks',
  tokens: 'api_tokens',
  calendars: 'calendars',
  series: 'series',
  subscriptions: 'subscriptions',
} as const;

export type QuotaName = keyof typeof TABLES;
export type Quotas = Partial<Record<QuotaName, number>>;

/** @returns the name that stands for a table to people */
const toName = (table: string) => Object.entries(TABLES).find(([, each]) => each === table)?.[0] ?? table;

/**
 * Reads `webhooks=50,tokens=500`.
 * @returns undefined for another form
 */
export function parseQuotas(text: string): Quotas | undefined {
  const parts = text.split(',').map((part) => /^\s*([a-z]+)\s*=\s*(\d{1,6})\s*$/.exec(part));
  const entries = parts.map((part) => [part?.[1] ?? '', Number(part?.[2])] as const);
  return entries.every(([name]) => Object.hasOwn(TABLES, name)) ? Object.fromEntries(entries) : undefined;
}

/** Has the database enforce these instead of the defaults. Of several instances, the one that started last decides. */
export async function storeQuotas(db: Queries, quotas: Quotas): Promise<void> {
  const rows = Object.entries(TABLES).flatMap(([name, resource]) => {
    const max = quotas[name as QuotaName];
    return max === undefined ? [] : [{ resource, max }];
  });
  await execute(
    db,
    sql`
      with stored as (
        insert into quotas (resource, max) select resource, max
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (resource text, max int)
        on conflict (resource) do update set max = excluded.max returning resource)
      delete from quotas where resource not in (select resource from stored)`,
  );
}

/** The error for people when a trigger refused a row; undefined for another error. */
export function toQuotaError(error: unknown): UserError | undefined {
  const { code, message } = readDatabaseError(error);
  const [, table, max] = /quota (\w+) (\d+)/.exec(code === 'QU001' ? message : '') ?? [];
  return table === undefined ? undefined : quotaReached({ resource: toName(table), max: Number(max) });
}
