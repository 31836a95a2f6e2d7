import type { Queries } from './database.ts';

/**
 * How a tool of a monitoring system names the checks of an account: by the provider's own id, and where several providers
 * use the same, by Lull's.
 */
export interface ProviderIds {
  /** By Lull's id; also of those that were removed, for what is past. */
  readonly nameOf: ReadonlyMap<string, string>;
  /** Lull's id, by either. */
  readonly idOf: ReadonlyMap<string, string>;
}

export async function providerIds(db: Queries, accountId: number): Promise<ProviderIds> {
  const rows = await db.$queryRaw<{ id: string; name: string; removed: boolean }[]>`
    select id, case when count(*) over (partition by external_id) = 1 then external_id else id end as name,
      removal_date is not null as removed
    from checks where account_id = ${accountId}`;
  const there = rows.filter(({ removed }) => !removed);
  const idOf = new Map(there.map(({ id, name }) => [name, id]));
  // An id that is Lull's own means that check, whatever a provider calls by it.
  for (const { id } of there) idOf.set(id, id);
  return { nameOf: new Map(rows.map(({ id, name }) => [id, name])), idOf };
}
