import type { Queries } from './database.ts';

/** How many maintenances there are in each status, over all accounts; those that were deleted do not count. */
export async function maintenancesByStatus(db: Queries): Promise<{ status: string; count: number }[]> {
  return db.$queryRaw`
    select status, count(*)::int as count from maintenances where deleted_at is null group by status`;
}

/**
 * How many effects wait, for now or for another try, and how many were given up on, by their name. One without a key was
 * asked for again while it was in hand: the later one counts.
 */
export async function effectsByState(db: Queries): Promise<{ effect: string; waiting: number; failed: number }[]> {
  return db.$queryRaw`
    select task_identifier as effect,
      count(*) filter (where attempts < max_attempts)::int as waiting,
      count(*) filter (where attempts >= max_attempts and key is not null)::int as failed
    from graphile_worker.jobs group by task_identifier`;
}

/** How many providers there are by their kind, and how many of them are left alone for a while because they failed. */
export async function providersByKind(db: Queries): Promise<{ kind: string; enabled: number; shunned: number }[]> {
  return db.$queryRaw`
    select kind, count(*) filter (where enabled)::int as enabled,
      count(*) filter (where enabled and shunned_until > now())::int as shunned
    from providers group by kind`;
}
