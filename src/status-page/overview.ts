import { LRUCache } from 'lru-cache';
import { assertInCatalogue, isSelected, loadVisibleCatalogue, type Selection } from '../catalogue/http/selection.ts';
import { listCommentsOfMany } from '../comments/repository.ts';
import { Pauses } from '../core/pauses.ts';
import type { Reader } from '../core/permissions.ts';
import { nextOccurrences, type Occurrence, type Recurrence } from '../core/recurrence/index.ts';
import type { Interval } from '../core/time.ts';
import { listMaintenances } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { seriesViewFor, viewFor } from '../maintenance/rules/visibility.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listSeries, type Series } from '../series/repository.ts';

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
  const [active, coming, past] = await Promise.all([
    list(['in-progress'], MAX_ACTIVE, false),
    list(['scheduled'], MAX_UPCOMING, false),
    list(['succeed', 'failed', 'canceled'], MAX_PAST, true),
  ]);
  const ids = [...active, ...coming, ...past].map(({ id }) => id);
  const comments = await listCommentsOfMany(database, accountId, ids, reader);
  const account = { id: accountId, name, timezone };
  return { account, reader, now, at, catalogue, selection, active, comments, coming, past };
}

/** What a reader may see of the next weeks. */
export async function loadTimeline({ database }: ActionContext, overview: Overview): Promise<readonly Planned[]> {
  const { account, reader, now, catalogue, selection, active, coming } = overview;
  const timeline: Planned[] = [...active, ...coming].map((one) => {
    const { name, services } = one;
    return { name, services, ...currentWindow(one), made: true };
  });
  const pauses = new Pauses();
  for (const one of await listSeries(database, account.id, MAX_SERIES)) {
    await pauses.pause();
    const view = seriesViewFor(reader, one);
    if (!view?.enabled || !isSelected(selection, catalogue, view)) continue;
    const { name, services } = view;
    for (const { start, end } of findUnmade(view, now)) timeline.push({ name, services, start, end, made: false });
  }
  const until = new Date(now.getTime() + TIMELINE_DAYS * DAY_MS);
  return timeline.filter(({ start, end }) => start < until && end > now);
}

/** The next occurrences that have no run yet. */
function findUnmade({ cron, timezone, durationMinutes, plannedUntil }: Series, now: Date): readonly Occurrence[] {
  const start = new Date(Math.max(plannedUntil.getTime(), now.getTime()));
  // To the day, so that they stay the same from one minute to the next.
  const end = new Date((Math.floor(now.getTime() / DAY_MS) + TIMELINE_DAYS + 1) * DAY_MS);
  const context = { cron, timezone, durationMinutes, start, end };
  return occurrences.memo(JSON.stringify(context), { context });
}

/** Pages are made again after every change, and most series are the same then. */
const occurrences = new LRUCache<string, readonly Occurrence[], Recurrence & Interval>({
  max: 1000,
  memoMethod: (_key, _stale, { context }) =>
    nextOccurrences(context, context.start, MAX_OCCURRENCES_OF_SERIES, context.end),
});
