import type { Queries } from './database.ts';

/** Who changed something last, and when. */
export interface LastEdit {
  readonly at: Date;
  readonly by: string;
}

/** The last of these actions on each of these subjects (such as `series:4`), by the subject. */
export async function lastEditsOf(
  db: Queries,
  accountId: number,
  subjects: readonly string[],
  actions: readonly string[],
): Promise<Map<string, LastEdit>> {
  const rows = await db.$queryRaw<(LastEdit & { subject: string })[]>`
    select distinct on (subject) subject, at, actor_name as by from audit_events
    where account_id = ${accountId} and subject = any(${[...subjects]}::text[]) and action = any(${[...actions]}::text[])
    order by subject, id desc`;
  return new Map(rows.map(({ subject, at, by }) => [subject, { at, by }]));
}

/** What people and tools, not Lull itself, did last to each of these maintenances, by its id. */
export async function lastEditsOfMaintenances(
  db: Queries,
  accountId: number,
  ids: readonly number[],
): Promise<Map<number, LastEdit>> {
  const rows = await db.$queryRaw<(LastEdit & { id: number })[]>`
    select distinct on (maintenance_id) maintenance_id as id, at, actor_name as by from audit_events
    where account_id = ${accountId} and maintenance_id = any(${[...ids]}::int[]) and source <> 'lull'
    order by maintenance_id, audit_events.id desc`;
  return new Map(rows.map(({ id, at, by }) => [id, { at, by }]));
}
