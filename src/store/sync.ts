import type { Altered, Kept, Listed } from '../domain/sync.ts';
import type { Queries } from './database.ts';
import { newKey } from './key.ts';

/** The checks that an account has of a provider, those removed left out. */
export async function keptChecks(db: Queries, accountId: number, provider: string): Promise<Kept[]> {
  return db.check.findMany({
    where: { accountId, provider, removedAt: null },
    select: { id: true, externalId: true, name: true, tags: true },
  });
}

/** Adds checks, all in one statement. One that was removed comes back as itself. */
export async function bringIn(
  tx: Queries,
  accountId: number,
  provider: string,
  came: readonly Listed[],
): Promise<void> {
  const rows = JSON.stringify(came.map((each) => ({ ...each, id: newKey(10) })));
  await tx.$executeRaw`
    insert into checks (id, account_id, provider, external_id, name, enabled, tags)
    select id, ${accountId}::int, ${provider}, "externalId", name, enabled, array(select jsonb_array_elements_text(tags))
    from jsonb_to_recordset(${rows}::jsonb)
      as came (id text, "externalId" text, name text, enabled boolean, tags jsonb)
    on conflict (account_id, provider, external_id) do update
      set removal_date = null, name = excluded.name, enabled = excluded.enabled, tags = excluded.tags`;
}

/** Gives checks other names and tags, all in one statement. */
export async function alter(tx: Queries, accountId: number, altered: readonly Altered[]): Promise<void> {
  const rows = JSON.stringify(
    altered.map(({ before, after }) => ({ id: before.id, name: after.name, tags: after.tags })),
  );
  await tx.$executeRaw`
    update checks set name = altered.name, tags = array(select jsonb_array_elements_text(altered.tags))
    from jsonb_to_recordset(${rows}::jsonb) as altered (id text, name text, tags jsonb)
    where checks.account_id = ${accountId} and checks.id = altered.id`;
}
