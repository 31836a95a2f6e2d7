import { assertInCatalogue, isSelected, loadVisibleCatalogue, type Selection } from '../catalogue/http/selection.ts';
import { listCommentsOfMany } from '../comments/repository.ts';
import { Pauses } from '../core/pauses.ts';
import type { Reader } from '../core/permissions.ts';
import { nextOccurrences } from '../core/recurrence/index.ts';
import type { Interval } from '../core/time.ts';
import { listMaintenances } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { seriesViewFor, viewFor } from '../maintenance/rules/visibility.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listManySeries } from '../series/repository.ts';

const MAX_ACTIVE = 100;
export const MAX_UPCOMING = 200;
const MAX_PAST = 20;
const MAX_SERIES = 200;
export const TIMELINE_DAYS = 28;
const DAY_MS = 86_400_000;
/** On the timeline. */
const MAX_OCCURRENCES_OF_SERIES = 60;

/** A window on the timeline: of a maintenance, or of an occurrence without one (`made`: false). */
export type Planned = Pick<Maintenance, 'name' | 'services'> & Interval & { readonly made: boolean };

export type Overview = Awaited<ReturnType<typeof loadOverview>>;

interface OverviewOwner {
  readonly accountId: number;
  readonly name: string;
  /** IANA */
  readonly timezone: string;
  readonly reader: Reader;
}

/**
 * The maintenances that a reader may see.
 * @param at the query of links, which names the account
 * @throws UserError `not-found` when the reader may not see a scope or a service of the selection
 */
export async function loadOverview(
  { database, clock }: ActionContext,
  { accountId, name, timezone, reader }: OverviewOwner,
  selection: Selection,
  at: string,
) {
  const now = clock.now();
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
  const ids = [...active, ...coming, ...past].map(({ id }) => id);
  const comments = await listCommentsOfMany(database, accountId, ids, reader);
  const occurrences: Planned[] = [];
  const pauses = new Pauses();
  for (const one of await listManySeries(database, accountId, MAX_SERIES)) {
    await pauses.pause();
    const view = seriesViewFor(reader, one);
    if (!view?.enabled || !isSelected(selection, catalogue, view)) continue;
    const from = new Date(Math.max(view.plannedUntil.getTime(), now.getTime()));
    for (const { start, end } of nextOccurrences(view, from, MAX_OCCURRENCES_OF_SERIES)) {
      occurrences.push({ name: view.name, services: view.services, start, end, made: false });
    }
  }
  const until = new Date(now.getTime() + TIMELINE_DAYS * DAY_MS);
  const created = [...active, ...coming].map((one) => {
    const { name, services } = one;
    return { name, services, ...currentWindow(one), made: true };
  });
  const timeline: Planned[] = [...created, ...occurrences].filter(({ start, end }) => start < until && end > now);
  return { account: { name, timezone }, now, at, catalogue, selection, active, comments, coming, past, timeline };
}
