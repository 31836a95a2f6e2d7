import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { findAccount } from '../../access/accounts.ts';
import { identifyReader } from '../../access/authentication.ts';
import {
  assertInCatalogue,
  isSelected,
  loadVisibleCatalogue,
  readSelection,
  type Selection,
  selectedNames,
} from '../../catalogue/http/selection.ts';
import { type Reader, toReader } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { HttpError } from '../../http/errors.ts';
import {
  accountQuery,
  cachedBriefly,
  coalesce,
  handleReadError,
  type ReadingOptions,
  requestOrigin,
  tagged,
  UnauthorizedReader,
} from '../../http/reading.ts';
import { listMaintenances, type Maintenance } from '../../maintenance/repository/maintenances.ts';
import { seriesViewFor, viewFor } from '../../maintenance/rules/visibility.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { listDeletedRuns, listSeries } from '../../series/repository.ts';
import { calendarText } from '../ical/calendar.ts';
import { findCalendarBySecret } from '../repository.ts';

/** More windows and series than these a calendar does not hold; those that start last are kept. */
const MOST_WINDOWS = 5000;
const MOST_SERIES = 1000;

/** The page of a maintenance. */
export type LinkTo = (maintenance: { readonly id: number }) => string;

/** Whose calendar, and for whom. */
export interface CalendarOwner {
  readonly accountId: number;
  readonly reader: Reader;
  /** The selection was made long ago: what is gone of it since is passed over. */
  readonly kept?: boolean;
}

/**
 * The calendar of an account as a reader may know of it, limited to a selection.
 * @throws UserError `not-found` when a scope or a service of the selection is none the reader may know of
 */
export async function loadCalendar(
  { database, clock }: ActionContext,
  { accountId, reader, kept = false }: CalendarOwner,
  selection: Selection,
  linkTo: LinkTo,
): Promise<string> {
  const now = clock.now();
  const time = timeOf(now);
  const catalogue = await loadVisibleCatalogue(database, accountId, reader);
  if (!kept) assertInCatalogue(catalogue, selection);
  const account = await findAccount(database, accountId);
  const page = { limit: MOST_WINDOWS, newestFirst: true };
  // All of them: where a run may not be known of, its series must not say that it takes place.
  const stored = await listMaintenances(database, accountId, { endsAfter: time.start }, page);
  const windows = stored.map((window) => {
    const seen = viewFor(reader, window);
    return { window, shown: seen !== undefined && isSelected(selection, catalogue, seen) ? seen : undefined };
  });
  const series = (await listSeries(database, accountId, MOST_SERIES)).flatMap((one) => {
    const seen = seriesViewFor(reader, one);
    return seen !== undefined && isSelected(selection, catalogue, seen) ? [seen] : [];
  });
  const deleted = await listDeletedRuns(database, accountId, time.start);
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
export function renderCalendar(maintenance: Maintenance, now: Date, linkTo: LinkTo): string {
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

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8';

/**
 * `/calendar/SECRET.ics`: all there is, for whoever was given the address.
 * `/calendar.ics`: what everybody may know of, `?scope=` and `?service=` of one or several.
 */
export function calendarRoutes({ ctx, authentication, publicUrl, log }: ReadingOptions): Hono {
  const app = new Hono();
  const once = coalesce<string>();
  app.onError(handleReadError(log));

  app.get('/calendar.ics', cachedBriefly, tagged, async (c) => {
    const identified = await identifyReader(authentication, undefined, c.req.query('account'));
    if (!identified.ok) throw new UnauthorizedReader(identified);
    const selection = readSelection(c.req.queries());
    const origin = requestOrigin(c, publicUrl);
    const at = accountQuery(c);
    const whose = { accountId: identified.actor.accountId, reader: toReader(identified.actor) };
    const text = await once(JSON.stringify([whose, selection, origin, at]), () =>
      loadCalendar(ctx, whose, selection, ({ id }) => `${origin}/maintenances/${id}${at}`),
    );
    return c.body(text, 200, { 'Content-Type': CALENDAR_TYPE });
  });

  app.get('/calendar/:file{[A-Za-z0-9_-]{20,64}\\.ics}', keptPrivate, tagged, async (c) => {
    const secret = c.req.param('file').slice(0, -'.ics'.length);
    const calendar = await findCalendarBySecret(ctx.database, secret);
    if (calendar === undefined) throw new HttpError('not-found', 'There is no calendar at this address.');
    const origin = requestOrigin(c, publicUrl);
    const { accountId } = calendar;
    const team = (await findAccount(ctx.database, accountId))?.slackTeamId;
    const at = team == null ? '' : `?account=${team}`;
    const text = await once(JSON.stringify([calendar.id, origin]), () =>
      loadCalendar(
        ctx,
        { accountId, reader: 'internal', kept: true },
        calendar,
        ({ id }) => `${origin}/maintenances/${id}${at}`,
      ),
    );
    return c.body(text, 200, { 'Content-Type': CALENDAR_TYPE });
  });

  return app;
}

/** What is at a secret address is for whoever was given it, and for no cache or search engine between. */
const keptPrivate = createMiddleware(async (c, next) => {
  await next();
  c.header('Cache-Control', 'private, no-cache');
  c.header('X-Robots-Tag', 'noindex');
  c.header('Referrer-Policy', 'no-referrer');
});
