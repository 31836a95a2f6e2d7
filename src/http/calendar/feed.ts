import type { Ground } from '../../actions/action.ts';
import { asSeenBy, type Reader, seriesAsSeenBy } from '../../domain/audience.ts';
import type { Interval } from '../../domain/maintenance.ts';
import { findAccount } from '../../store/accounts.ts';
import { listMaintenances } from '../../store/maintenance-list.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import { deletedRuns, listSeries } from '../../store/series.ts';
import { catalogueFor, isSelected, mustBeIn, type Selection, selectedNames } from '../selection.ts';
import { calendarText } from './calendar.ts';

/** More windows and series than these a calendar does not hold; those that start last are kept. */
const MOST_WINDOWS = 5000;
const MOST_SERIES = 1000;

/** The page of a maintenance. */
export type LinkTo = (maintenance: { readonly id: number }) => string;

/** Whose calendar, and for whom. */
export interface Whose {
  readonly accountId: number;
  readonly reader: Reader;
  /** The selection was made long ago: what is gone of it since is passed over. */
  readonly kept?: boolean;
}

/**
 * The calendar of an account as a reader may know of it, limited to a selection.
 * @throws Refusal `not-found` when a scope or a service of the selection is none the reader may know of
 */
export async function calendarFor(
  { database, clock }: Ground,
  { accountId, reader, kept = false }: Whose,
  selection: Selection,
  linkTo: LinkTo,
): Promise<string> {
  const now = clock.now();
  const time = timeOf(now);
  const catalogue = await catalogueFor(database, accountId, reader);
  if (!kept) mustBeIn(catalogue, selection);
  const account = await findAccount(database, accountId);
  const page = { limit: MOST_WINDOWS, newestFirst: true };
  // All of them: where a run may not be known of, its series must not say that it takes place.
  const stored = await listMaintenances(database, accountId, { endsAfter: time.start }, page);
  const windows = stored.map((window) => {
    const seen = asSeenBy(reader, window);
    return { window, shown: seen !== undefined && isSelected(selection, catalogue, seen) ? seen : undefined };
  });
  const series = (await listSeries(database, accountId, MOST_SERIES)).flatMap((one) => {
    const seen = seriesAsSeenBy(reader, one);
    return seen !== undefined && isSelected(selection, catalogue, seen) ? [seen] : [];
  });
  const deleted = await deletedRuns(database, accountId, time.start);
  const shownSeries = new Set(series.map(({ id }) => id));
  const belongs = ({ run }: Maintenance) => run !== null && shownSeries.has(run.series.id);
  return calendarText({
    name: ['Maintenance', account?.name, ...selectedNames(selection, catalogue)].filter(Boolean).join(', '),
    maintenances: windows.flatMap(({ window, shown }) => (shown === undefined || belongs(window) ? [] : [shown])),
    series: series.map((one) => ({
      series: one,
      runs: [
        ...deleted.flatMap((run) => (run.seriesId === one.id ? [{ ...run, shown: undefined }] : [])),
        ...windows.flatMap(({ window: { run }, shown }) =>
          run?.series.id === one.id ? [{ occurrence: run.occurrence, state: run.state, shown }] : [],
        ),
      ],
    })),
    time,
    now,
    linkTo,
  });
}

/** The calendar of one maintenance, as somebody sees it. */
export function calendarOf(maintenance: Maintenance, now: Date, linkTo: LinkTo): string {
  return calendarText({
    name: maintenance.name,
    maintenances: [maintenance],
    series: [],
    time: timeOf(now),
    now,
    linkTo,
  });
}

/** From the first of the last month on, for two years: it changes once a month, so that calendars stay as they are. */
function timeOf(now: Date): Interval {
  return {
    start: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)),
    end: new Date(Date.UTC(now.getUTCFullYear() + 2, now.getUTCMonth(), 1)),
  };
}
