import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { readBelongings } from '../repository/locked.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readAllSurroundings } from '../repository/surroundings.ts';
import { needOf } from '../rules/coverage.ts';
import { toCoverage } from './announce.ts';

/**
 * Reads in two statements what changes of many locked maintenances need, and would otherwise read one by one.
 * @param between of the freezes to read
 * @param events how many are recorded besides one for each maintenance
 */
export async function prefetch(
  tx: Queries,
  maintenances: readonly Maintenance[],
  { between, events = 0 }: { readonly between?: Interval | undefined; readonly events?: number } = {},
): Promise<void> {
  const belongings = await readBelongings(
    tx,
    maintenances.map(({ id }) => id),
  );
  const needs = new Map<number, ReturnType<typeof emptyNeed>>();
  for (const maintenance of maintenances) {
    const need = needOf(toCoverage(maintenance));
    const all = needs.get(maintenance.accountId) ?? emptyNeed(between);
    all.services.push(...need.services);
    all.scopes.push(...need.scopes);
    all.checks.push(...need.checks, ...(belongings.get(maintenance.id)?.mutes ?? []).map(({ checkId }) => checkId));
    all.selectors.push(...need.selectors);
    needs.set(maintenance.accountId, all);
  }
  await readAllSurroundings(tx, needs, { audit_events: maintenances.length + events });
}

const emptyNeed = (between: Interval | undefined) => ({
  services: Array.of<number>(),
  scopes: Array.of<number>(),
  checks: Array.of<string>(),
  selectors: Array.of<string>(),
  ...(between && { between }),
});
