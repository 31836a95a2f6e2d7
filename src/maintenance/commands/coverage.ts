import { countMutes, endMutes, insertMutes } from '../../checks/mute-repository.ts';
import { type Check, listChecks } from '../../checks/repository.ts';
import type { Problem } from '../../core/errors.ts';
import type { Actor } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { lockCoverageForChange, lockCoverageForRead } from '../repository/coverage.ts';
import { findBelongings, readLocked } from '../repository/locked.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSurroundings } from '../repository/surroundings.ts';
import {
  type Coverage,
  chosenChecks,
  coveredChecks,
  mutableChecks,
  needOf,
  type References,
  validateReferences,
} from '../rules/coverage.ts';
import type { Selector } from '../rules/selector.ts';
import { OPEN_STATUSES } from '../rules/status.ts';
import { reconcileChecks, toCoverage } from './announce.ts';
import { prefetch } from './prefetch.ts';

/** The checks that a window mutes: those it covers, without those of disabled providers. No check comes or goes until it is muted. */
export async function findChecksToMute(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  await lockCoverageForRead(tx, maintenance.accountId);
  return listMutableChecks(tx, maintenance);
}

async function listMutableChecks(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  const coverage = toCoverage(maintenance);
  return mutableChecks(await readSurroundings(tx, maintenance.accountId, needOf(coverage)), coverage);
}

/** The checks that a selector chooses when its window begins, to be kept where it does not follow. */
export async function resolveSelection(
  tx: Queries,
  {
    accountId,
    selector,
    limitedTo,
  }: Pick<Maintenance, 'accountId' | 'limitedTo'> & { readonly selector: Selector | null },
): Promise<{ readonly selected?: readonly string[] }> {
  if (selector === null || selector.follows) return {};
  const { text, follows } = selector;
  const around = await readSurroundings(tx, accountId, { selectors: [text] });
  return { selected: chosenChecks(around, { selector: { text, follows }, limitedTo }) };
}

/** Of the checks that a window covers, those that it mutes, and those that it cannot, as their provider is disabled. By name. */
export async function forecastMutes(
  db: Queries,
  accountId: number,
  window: Pick<Coverage, 'services' | 'checks' | 'selector' | 'limitedTo'>,
): Promise<{ readonly switched: readonly Check[]; readonly leftAlone: readonly Check[] }> {
  const coverage = { ...window, scopeId: null };
  const around = await readSurroundings(db, accountId, needOf(coverage));
  const covered = await listChecks(db, accountId, { ids: coveredChecks(around, coverage) });
  const mutable = new Set(mutableChecks(around, coverage));
  return {
    switched: covered.filter(({ id }) => mutable.has(id)),
    leftAlone: covered.filter(({ id }) => !mutable.has(id)),
  };
}

/** How many checks maintenances of one account mute, or muted, by their ids. */
export async function countChecks(
  db: Queries,
  accountId: number,
  maintenances: readonly Maintenance[],
): Promise<ReadonlyMap<number, number>> {
  const isOpen = ({ status }: Maintenance) => OPEN_STATUSES.includes(status);
  const open = maintenances.filter(isOpen).map(({ id, ...maintenance }) => ({ id, coverage: toCoverage(maintenance) }));
  const over = maintenances.filter((maintenance) => !isOpen(maintenance)).map(({ id }) => id);
  const counts = new Map(over.length === 0 ? [] : await countMutes(db, accountId, over));
  if (open.length === 0) return counts;
  const needs = open.map(({ coverage }) => needOf(coverage));
  const around = await readSurroundings(
    db,
    accountId,
    {
      services: needs.flatMap(({ services }) => services),
      checks: needs.flatMap(({ checks }) => checks),
      selectors: needs.flatMap(({ selectors }) => selectors),
    },
    {},
  );
  for (const { id, coverage } of open) counts.set(id, mutableChecks(around, coverage).length);
  return counts;
}

/** Mutes the checks that a locked window in progress covers now, and unmutes the others it muted. Any other window mutes none. */
export async function updateMutes(tx: Queries, maintenance: Maintenance, now: Date): Promise<void> {
  const { accountId, id, status } = maintenance;
  const wanted = new Set(status === 'in-progress' ? await listMutableChecks(tx, maintenance) : []);
  const { mutes } = await findBelongings(tx, id);
  const muted = new Set([...mutes].flatMap(([checkId, { ended }]) => (ended ? [] : [checkId])));
  const added = [...wanted].filter((check) => !muted.has(check));
  const dropped = [...muted].filter((check) => !wanted.has(check));
  await insertMutes(tx, accountId, id, added, now);
  if (dropped.length > 0) await endMutes(tx, id, now, dropped);
  await reconcileChecks(tx, accountId, [...added, ...dropped]);
}

/**
 * Changes what windows cover (checks, their services, their providers), and has running windows follow. No window can begin
 * in between and miss it.
 */
export async function withCoverageChange<T>(tx: Queries, accountId: number, now: Date, change: () => Promise<T>) {
  const ids = await lockCoverageForChange(tx, accountId);
  const changed = await change();
  const running = await readLocked(tx, ids, accountId);
  await prefetch(tx, running);
  for (const maintenance of running) await updateMutes(tx, maintenance, now);
  return changed;
}

/** Problems of what fields refer to, as far as the actor can see that. */
export async function findUnknown(
  tx: Queries,
  { accountId, scopes: limit }: Pick<Actor, 'accountId' | 'scopes'>,
  references: References,
): Promise<Problem[]> {
  const { service = [], services = [], checks = [], scope = [], scopes = [] } = references;
  const need = { services: [...service, ...services], checks, scopes: [...scope, ...scopes] };
  return validateReferences(await readSurroundings(tx, accountId, need), references, limit);
}
