import type { Status } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';

/** What a run of a series did to its checks. */
export interface RunRecord {
  readonly startedAt: Date;
  readonly inProgress: boolean;
  /** The ids of the checks that it muted. */
  readonly muted: readonly string[];
  /** The ids of those that were off before. */
  readonly alreadyMuted: readonly string[];
}

interface RunRow {
  seriesId: number;
  id: number;
  status: string;
  startedAt: Date;
}

/** The last runs that began of each of these series, newest first, by the id of the series. */
export async function listLastRuns(
  db: Queries,
  accountId: number,
  series: readonly number[],
  count: number,
): Promise<Map<number, RunRecord[]>> {
  const runs = await db.$queryRaw<RunRow[]>`
    select of.id as "seriesId", run.id, run.status, run.start_date as "startedAt"
    from unnest(${[...series]}::int[]) as of (id)
    cross join lateral (
      select id, status, start_date from maintenances
      where account_id = ${accountId} and series_id = of.id and start_date is not null and deleted_at is null
      order by start_date desc, id desc limit ${count}
    ) run
    order by run.start_date desc, run.id desc`;
  const records = await readRunRecords(db, accountId, runs);
  const found = new Map<number, RunRecord[]>();
  for (const { seriesId, id } of runs) {
    const record = records.get(id);
    if (record !== undefined) found.set(seriesId, [...(found.get(seriesId) ?? []), record]);
  }
  return found;
}

/** What these maintenances did to their checks, by their ids. */
export async function readRunRecords(
  db: Queries,
  accountId: number,
  runs: readonly { readonly id: number; readonly status: string; readonly startedAt: Date }[],
): Promise<Map<number, RunRecord>> {
  const mutes = await db.mute.findMany({
    where: { accountId, maintenanceId: { in: runs.map(({ id }) => id) } },
    orderBy: [{ maintenanceId: 'asc' }, { checkId: 'asc' }],
    select: { maintenanceId: true, checkId: true, outcome: true },
  });
  return new Map(
    runs.map(({ id, status, startedAt }) => {
      const its = mutes.filter(({ maintenanceId }) => maintenanceId === id);
      const those = (...outcomes: string[]) =>
        its.filter(({ outcome }) => outcomes.includes(outcome)).map(({ checkId }) => checkId);
      // One that a person switched on meanwhile was switched off before.
      const record = {
        startedAt,
        inProgress: status === ('in-progress' satisfies Status),
        muted: those('muted', 'unmuted_by_hand'),
        alreadyMuted: those('already_muted'),
      };
      return [id, record];
    }),
  );
}
