import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { markPostCheckDone } from './aftermath-repository.ts';
import { listMutes, listProvidersOfChecks } from './mutes.ts';

/** A provider that is away is asked for so long after that instant whether the checks watch again (milliseconds). */
const TRIED_FOR = 3600_000;

/** Has the checks that a locked window switched on again looked at once more, as it was over some time ago. */
export async function requestPostCheck(tx: Queries, maintenance: Maintenance, now: Date): Promise<void> {
  const { accountId, id: maintenanceId } = maintenance;
  await markPostCheckDone(tx, maintenance);
  const switched = (await listMutes(tx, accountId, maintenanceId)).filter(({ outcome }) => outcome === 'muted');
  const checks = switched.map(({ checkId }) => checkId);
  const until = new Date(now.getTime() + TRIED_FOR).toISOString();
  for (const provider of await listProvidersOfChecks(tx, accountId, checks)) {
    await enqueue(tx, 'post-check', { accountId, provider, maintenanceId, until });
  }
}
