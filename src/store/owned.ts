import type { Queries } from './database.ts';

/** The services that this person owns, by their ids. @param personId a Slack user id */
export async function servicesOwnedBy(db: Queries, accountId: number, personId: string): Promise<number[]> {
  const rows = await db.service.findMany({
    where: { accountId, removedAt: null, owners: { has: personId } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
