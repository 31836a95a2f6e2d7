import { findScope, listScopes } from '../../catalogue/scopes/repository.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { endMutes, insertMutes, listMutes } from '../../checks/mute-repository.ts';
import { type Check, listChecks } from '../../checks/repository.ts';
import type { Problem } from '../../core/errors.ts';
import type { Queries } from '../../platform/database.ts';
import { referenceUnknown } from '../errors.ts';
import {
  filterMutableChecks,
  listSelectedChecks,
  lockCoverageForChange,
  lockCoverageForRead,
} from '../repository/coverage.ts';
import { findMaintenance, type Maintenance } from '../repository/maintenances.ts';
import type { Selector } from '../rules/selector.ts';
import { type Coverage, listCoveredChecks, reconcileChecks, toCoverage } from './announce.ts';

/** The checks that a window switches off: those it covers, without those of disabled providers. */
export async function findChecksToMute(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  await lockCoverageForRead(tx, maintenance.accountId);
  return wantedBy(tx, maintenance);
}

/** What the selector of a window that begins chooses, to be kept where it does not follow. */
export async function resolveSelection(
  tx: Queries,
  { accountId, selector }: Pick<Maintenance, 'accountId'> & { readonly selector: Selector | null },
): Promise<{ readonly selected?: readonly string[] }> {
  if (selector === null || selector.follows) return {};
  return { selected: await listSelectedChecks(tx, accountId, selector.text) };
}

async function wantedBy(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  const { accountId } = maintenance;
  const covered = await listCoveredChecks(tx, accountId, toCoverage(maintenance));
  return filterMutableChecks(
    tx,
    accountId,
    covered.map((check) => check.id),
  );
}

/** What a window means for the checks it covers, as things are now. */
export interface MuteForecast {
  readonly switched: readonly Check[];
  /** Their monitoring system is disabled. */
  readonly leftAlone: readonly Check[];
}

/** Which checks a window switches off, of those it covers, and which it leaves alone. */
export async function forecastMutes(
  db: Queries,
  accountId: number,
  coverage: Pick<Coverage, 'services' | 'checks' | 'selector'>,
): Promise<MuteForecast> {
  const covered = await listCoveredChecks(db, accountId, coverage);
  const ids = covered.map((check) => check.id);
  const switched = new Set(await filterMutableChecks(db, accountId, ids));
  return {
    switched: covered.filter(({ id }) => switched.has(id)),
    leftAlone: covered.filter(({ id }) => !switched.has(id)),
  };
}

/** Takes the holds on what a locked, running window covers by now, and ends those on what it covers no longer. */
export async function muteCoveredChecks(tx: Queries, maintenance: Maintenance, now: Date): Promise<void> {
  const { accountId, id } = maintenance;
  const wanted = new Set(await wantedBy(tx, maintenance));
  const held = new Set(
    (await listMutes(tx, accountId, id)).filter((mute) => mute.endedAt === null).map((mute) => mute.checkId),
  );
  const added = [...wanted].filter((check) => !held.has(check));
  const dropped = [...held].filter((check) => !wanted.has(check));
  await insertMutes(tx, accountId, id, added, now);
  if (dropped.length > 0) await endMutes(tx, accountId, id, now, dropped);
  await reconcileChecks(tx, accountId, [...added, ...dropped]);
}

/**
 * Changes what windows cover (which checks there are, of which services, of which providers), and has those in progress
 * follow: no window can begin in between and miss it.
 */
export async function withCoverageChange<T>(
  tx: Queries,
  accountId: number,
  now: Date,
  change: () => Promise<T>,
): Promise<T> {
  const running = await lockCoverageForChange(tx, accountId);
  const changed = await change();
  for (const id of running) {
    const maintenance = await findMaintenance(tx, accountId, id);
    if (maintenance?.status === 'in-progress') await muteCoveredChecks(tx, maintenance, now);
  }
  return changed;
}

/** What is wrong with what a window refers to. Ids that are not of this account are answered like ids that do not exist. */
export async function validateReferences(
  tx: Queries,
  accountId: number,
  {
    services,
    checks,
    scopeId,
  }: {
    readonly services: readonly number[];
    readonly checks: readonly string[] | null;
    readonly scopeId: number | null;
  },
): Promise<Problem[]> {
  return [
    ...(await validateServiceIds(tx, accountId, services)),
    ...(await validateCheckIds(tx, accountId, checks ?? [])),
    ...(await validateScopeId(tx, accountId, scopeId)),
  ];
}

/** The same of services alone. @param field that named them */
export async function validateServiceIds(
  tx: Queries,
  accountId: number,
  ids: readonly number[],
  field = 'services',
): Promise<Problem[]> {
  if (ids.length === 0) return [];
  const known = new Set((await listServices(tx, accountId, { ids })).map(({ id }) => id));
  return without(known, ids, field, 'service');
}

/** The same of checks. */
export async function validateCheckIds(tx: Queries, accountId: number, ids: readonly string[]): Promise<Problem[]> {
  if (ids.length === 0) return [];
  const known = new Set((await listChecks(tx, accountId, { ids })).map(({ id }) => id));
  return without(known, ids, 'checks', 'check');
}

/** The same of one scope. @param id null: of none */
export async function validateScopeId(tx: Queries, accountId: number, id: number | null): Promise<Problem[]> {
  if (id === null || (await findScope(tx, accountId, id)) !== null) return [];
  return without(new Set<number>(), [id], 'scope', 'scope');
}

/** The same of several. */
export async function validateScopeIds(tx: Queries, accountId: number, ids: readonly number[]): Promise<Problem[]> {
  if (ids.length === 0) return [];
  const known = new Set((await listScopes(tx, accountId)).map(({ id }) => id));
  return without(known, ids, 'scopes', 'scope');
}

function without<Id extends number | string>(
  known: ReadonlySet<Id>,
  ids: readonly Id[],
  field: string,
  kind: 'service' | 'check' | 'scope',
): Problem[] {
  const missing = ids.filter((id) => !known.has(id));
  return missing.length === 0 ? [] : [referenceUnknown.at(field, { kind, ids: missing })];
}
