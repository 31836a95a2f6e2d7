import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { readBelongings } from '../repository/locked.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readAllSurroundings } from '../repository/surroundings.ts';
import { mergeNeeds, type Need, needOf } from '../rules/coverage.ts';
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
  const needs = new Map<number, Need[]>();
  for (const maintenance of maintenances) {
    const muted = [...(belongings.get(maintenance.id)?.mutes.keys() ?? [])];
    const all = needs.get(maintenance.accountId) ?? (between ? [{ between }] : []);
    all.push(needOf(toCoverage(maintenance)), { checks: muted });
    needs.set(maintenance.accountId, all);
  }
  const merged = new Map([...needs].map(([accountId, all]) => [accountId, mergeNeeds(all)]));
  await readAllSurroundings(tx, merged, { audit_events: maintenances.length + events });
}
