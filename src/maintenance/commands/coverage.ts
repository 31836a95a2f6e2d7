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
  type Touching,
} from '../repository/coverage.ts';
import { findMaintenance, type Maintenance } from '../repository/maintenances.ts';
import type { Selector } from '../rules/selector.ts';
import { type Coverage, listCoveredChecks, reconcileChecks, toCoverage } from './announce.ts';

/** The checks that a window mutes: those it covers, without those of disabled providers. No check comes or goes until it is muted. */
export async function findChecksToMute(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  await lockCoverageForRead(tx, maintenance.accountId);
  return listMutableChecks(tx, maintenance);
}

async function listMutableChecks(tx: Queries, maintenance: Maintenance): Promise<string[]> {
  const { switched } = await forecastMutes(tx, maintenance.accountId, toCoverage(maintenance));
  return switched.map(({ id }) => id);
}

/** The checks that a selector chooses when its window begins, to be kept where it does not follow. */
export async function resolveSelection(
  tx: Queries,
  { accountId, selector }: Pick<Maintenance, 'accountId'> & { readonly selector: Selector | null },
): Promise<{ readonly selected?: readonly string[] }> {
  if (selector === null || selector.follows) return {};
  return { selected: await listSelectedChecks(tx, accountId, selector.text) };
}

/** Of the checks that a window covers, those that it mutes, and those that it cannot, as their provider is disabled. */
export async function forecastMutes(
  db: Queries,
  accountId: number,
  coverage: Pick<Coverage, 'services' | 'checks' | 'selector'>,
): Promise<{ readonly switched: readonly Check[]; readonly leftAlone: readonly Check[] }> {
  const covered = await listCoveredChecks(db, accountId, coverage);
  const ids = covered.map((check) => check.id);
  const mutable = new Set(await filterMutableChecks(db, accountId, ids));
  return {
    switched: covered.filter(({ id }) => mutable.has(id)),
    leftAlone: covered.filter(({ id }) => !mutable.has(id)),
  };
}

/** Mutes the checks that a locked window in progress covers now, and unmutes the others it muted. Any other window mutes none. */
export async function updateMutes(tx: Queries, maintenance: Maintenance, now: Date): Promise<void> {
  const { accountId, id, status } = maintenance;
  const wanted = new Set(status === 'in-progress' ? await listMutableChecks(tx, maintenance) : []);
  const mutes = await listMutes(tx, accountId, id);
  const muted = new Set(mutes.filter(({ endedAt }) => endedAt === null).map(({ checkId }) => checkId));
  const added = [...wanted].filter((check) => !muted.has(check));
  const dropped = [...muted].filter((check) => !wanted.has(check));
  await insertMutes(tx, accountId, id, added, now);
  if (dropped.length > 0) await endMutes(tx, accountId, id, now, dropped);
  await reconcileChecks(tx, accountId, [...added, ...dropped]);
}

/**
 * Changes what windows cover (checks, their services, their providers), and has running windows follow. No window can begin
 * in between and miss it.
 */
export async function withCoverageChange<T>(tx: Queries, accountId: number, now: Date, change: () => Promise<T>) {
  const running = await lockCoverageForChange(tx, accountId);
  const changed = await change();
  for (const id of running) {
    const maintenance = await findMaintenance(tx, accountId, id);
    if (maintenance !== undefined) await updateMutes(tx, maintenance, now);
  }
  return changed;
}

/** Problems of what a window refers to. Ids of other accounts are treated like ids that do not exist. */
export async function validateReferences(
  tx: Queries,
  accountId: number,
  { services, checks, scopeId }: Pick<Touching, 'services' | 'checks' | 'scopeId'>,
): Promise<Problem[]> {
  return [
    ...(await validateServiceIds(tx, accountId, services)),
    ...(await validateCheckIds(tx, accountId, checks ?? [])),
    ...(await validateScopeId(tx, accountId, scopeId)),
  ];
}

export async function validateServiceIds(tx: Queries, accountId: number, ids: readonly number[], field = 'services') {
  return ids.length === 0 ? [] : unknownIds(await listServices(tx, accountId, { ids }), ids, field, 'service');
}

export async function validateCheckIds(tx: Queries, accountId: number, ids: readonly string[]): Promise<Problem[]> {
  return ids.length === 0 ? [] : unknownIds(await listChecks(tx, accountId, { ids }), ids, 'checks', 'check');
}

export async function validateScopeId(tx: Queries, accountId: number, id: number | null): Promise<Problem[]> {
  return id === null || (await findScope(tx, accountId, id)) !== null ? [] : unknownIds([], [id], 'scope', 'scope');
}

export async function validateScopeIds(tx: Queries, accountId: number, ids: readonly number[]): Promise<Problem[]> {
  return ids.length === 0 ? [] : unknownIds(await listScopes(tx, accountId), ids, 'scopes', 'scope');
}

function unknownIds<Id extends number | string>(
  known: readonly { readonly id: Id }[],
  ids: readonly Id[],
  field: string,
  kind: 'service' | 'check' | 'scope',
): Problem[] {
  const unknown = ids.filter((id) => known.every((each) => each.id !== id));
  return unknown.length === 0 ? [] : [referenceUnknown.at(field, { kind, ids: unknown })];
}
