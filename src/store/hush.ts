import type { Queries } from './database.ts';

/** Nothing that has happened to a maintenance so far is told in its public channels any more. */
export async function hushPublicly(tx: Queries, accountId: number, maintenanceId: number): Promise<void> {
  await tx.$executeRaw`
    insert into posts (id, announcement_id, event_id, ts)
    select gen_random_uuid(), a.id, e.id, ''
    from announcements a join audit_events e on e.maintenance_id = a.maintenance_id
    where a.account_id = ${accountId} and a.maintenance_id = ${maintenanceId} and a.audience <> 'internal'
    on conflict (announcement_id, event_id) do update set ts = coalesce(posts.ts, '')`;
}
