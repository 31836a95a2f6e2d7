import type { Selecting } from '../domain/selector.ts';
import type { Check } from '../store/checks.ts';
import { changeCoverage, readCoverage, switchable } from '../store/coverage.ts';
import type { Queries } from '../store/database.ts';
import { endHolds, holdsOf, takeHolds } from '../store/holds.ts';
import { findMaintenance, type Maintenance } from '../store/maintenances.ts';
import { selectedChecks } from '../store/selected.ts';
import { type Coverage, checksOf, coverageOf, enforce } from './effects.ts';

/** The checks that a window switches off: those it covers, without those of disabled providers. */
export async function switchedBy(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  await readCoverage(tx, maintenance.accountId);
  return wantedBy(tx, maintenance);
}

/** What the selector of a window that begins chooses, to be kept where it does not follow. */
export async function choosing(
  tx: Queries,
  { accountId, selector }: Pick<Maintenance, 'accountId'> & { readonly selector: Selecting | null },
): Promise<{ readonly selected?: readonly string[] }> {
  if (selector === null || selector.follows) return {};
  return { selected: await selectedChecks(tx, accountId, selector.text) };
}

async function wantedBy(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  const { accountId } = maintenance;
  const covered = await checksOf(tx, accountId, coverageOf(maintenance));
  return switchable(
    tx,
    accountId,
    covered.map((check) => check.id),
  );
}

/** What a window means for the checks it covers, as things are now. */
export interface Covering {
  readonly switched: readonly Check[];
  /** Their monitoring system is disabled. */
  readonly leftAlone: readonly Check[];
}

/** Which checks a window switches off, of those it covers, and which it leaves alone. */
export async function covering(
  db: Queries,
  accountId: number,
  coverage: Pick<Coverage, 'services' | 'checks' | 'selector'>,
): Promise<Covering> {
  const covered = await checksOf(db, accountId, coverage);
  const ids = covered.map((check) => check.id);
  const switched = new Set(await switchable(db, accountId, ids));
  return {
    switched: covered.filter(({ id }) => switched.has(id)),
    leftAlone: covered.filter(({ id }) => !switched.has(id)),
  };
}

/** Takes the holds on what a locked, running window covers by now, and ends those on what it covers no longer. */
export async function holdWhatItCovers(tx: Queries, maintenance: Maintenance, now: Date): Promise<void> {
  const { accountId, id } = maintenance;
  const wanted = new Set(await wantedBy(tx, maintenance));
  const held = new Set(
    (await holdsOf(tx, accountId, id)).filter((hold) => hold.endedAt === null).map((hold) => hold.checkId),
  );
  const added = [...wanted].filter((check) => !held.has(check));
  const dropped = [...held].filter((check) => !wanted.has(check));
  await takeHolds(tx, accountId, id, added, now);
  if (dropped.length > 0) await endHolds(tx, accountId, id, now, dropped);
  await enforce(tx, accountId, [...added, ...dropped]);
}

/**
 * Changes what windows cover (which checks there are, of which services, of which providers), and has those in progress
 * follow: no window can begin in between and miss it.
 */
export async function changingCoverage<T>(
  tx: Queries,
  accountId: number,
  now: Date,
  change: () => Promise<T>,
): Promise<T> {
  const running = await changeCoverage(tx, accountId);
  const changed = await change();
  for (const id of running) {
    const maintenance = await findMaintenance(tx, accountId, id);
    if (maintenance?.status === 'in-progress') await holdWhatItCovers(tx, maintenance, now);
  }
  return changed;
}
