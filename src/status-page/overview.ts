import { findAccount } from '../access/accounts.ts';
import {
  assertInCatalogue,
  type Catalogue,
  isSelected,
  loadVisibleCatalogue,
  type Selection,
} from '../catalogue/http/selection.ts';
import { type Comment, listCommentsOfMany } from '../comments/repository.ts';
import type { Reader } from '../core/permissions.ts';
import { nextOccurrences } from '../core/recurrence/index.ts';
import { listMaintenances, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { seriesViewFor, viewFor } from '../maintenance/rules/visibility.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listSeries } from '../series/repository.ts';

const MAX_ACTIVE = 100;
export const MAX_UPCOMING = 200;
const MAX_PAST = 20;
const MAX_SERIES = 200;
export const TIMELINE_DAYS = 28;
const DAY_MS = 86_400_000;
/** On the timeline. */
const MAX_OCCURRENCES_OF_SERIES = 60;

/** A window on the timeline: of a maintenance, or of an occurrence without one (`made`: false). */
export interface Planned {
  readonly name: string;
  readonly start: Date;
  readonly end: Date;
  readonly services: readonly { readonly id: number; readonly name: string }[];
  readonly made: boolean;
}

export interface Overview {
  readonly account: { readonly name: string; readonly timezone: string };
  readonly now: Date;
  /** The query of links, which names the account. */
  readonly at: string;
  readonly catalogue: Catalogue;
  readonly selection: Selection;
  readonly active: readonly Maintenance[];
  /** By the id of the maintenance, oldest first. */
  readonly comments: ReadonlyMap<number, readonly Comment[]>;
  readonly coming: readonly Maintenance[];
  readonly past: readonly Maintenance[];
  readonly timeline: readonly Planned[];
}

/**
 * The maintenances that a reader may see.
 * @throws UserError `not-found` when the reader may not see a scope or a service of the selection
 */
export async function loadOverview(
  { database, clock }: ActionContext,
  { accountId, reader }: { readonly accountId: number; readonly reader: Reader },
  selection: Selection,
  at: string,
): Promise<Overview> {
  const now = clock.now();
  const account = await findAccount(database, accountId);
  const catalogue = await loadVisibleCatalogue(database, accountId, reader);
  assertInCatalogue(catalogue, selection);
  const everything = selection.scopes.length + selection.services.length === 0;
  const list = async (statuses: Maintenance['status'][], limit: number, newestFirst: boolean) => {
    // More are read for a selection, as most are filtered out.
    const page = { limit: everything ? limit : limit * 10, newestFirst };
    const all = await listMaintenances(database, accountId, { reader, statuses }, page);
    return all
      .flatMap((one) => viewFor(reader, one) ?? [])
      .filter((one) => isSelected(selection, catalogue, one))
      .slice(0, limit);
  };
  const active = await list(['in-progress'], MAX_ACTIVE, false);
  const coming = await list(['scheduled'], MAX_UPCOMING, false);
  const past = await list(['succeed', 'failed', 'canceled'], MAX_PAST, true);
  const comments = await listCommentsOfMany(
    database,
    accountId,
    [...active, ...coming, ...past].map(({ id }) => id),
    reader,
  );
  const series = (await listSeries(database, accountId, MAX_SERIES)).flatMap((one) => {
    const view = seriesViewFor(reader, one);
    return view !== undefined && isSelected(selection, catalogue, view) ? [view] : [];
  });
  const until = new Date(now.getTime() + TIMELINE_DAYS * DAY_MS);
  const occurrences = series.flatMap((one) => {
    if (!one.enabled) return [];
    const from = new Date(Math.max(one.plannedUntil.getTime(), now.getTime()));
    const { name, services } = one;
    return nextOccurrences(one, from, MAX_OCCURRENCES_OF_SERIES).map((window) => ({
      name,
      services,
      ...window,
      made: false,
    }));
  });
  const timeline = [
    ...[...active, ...coming].map((one) => ({
      name: one.name,
      services: one.services,
      ...currentWindow(one),
      made: true,
    })),
    ...occurrences,
  ].filter(({ start, end }) => start < until && end > now);
  return {
    account: { name: account?.name ?? '', timezone: account?.timezone ?? 'UTC' },
    now,
    at,
    catalogue,
    selection,
    active,
    comments,
    coming,
    past,
    timeline,
  };
}
