import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { identifyReader } from '../../access/authentication.ts';
import { resolveOwner } from '../../access/rules.ts';
import {
  assertInCatalogue,
  isSelected,
  loadVisibleCatalogue,
  NO_CATALOGUE,
  readSelection,
  type Selection,
  selectedNames,
} from '../../catalogue/http/selection.ts';
import { type Reader, toReader } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { HttpError } from '../../http/errors.ts';
import {
  accountQuery,
  CACHED_BRIEFLY,
  handleReadError,
  type ReadingOptions,
  readAccountName,
  renderedOrigin,
  requestOrigin,
  UnauthorizedReader,
} from '../../http/reading.ts';
import { sendRendered } from '../../http/rendered.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { readContent, type WindowContent } from '../../maintenance/repository/stored-window.ts';
import { contentFor, seriesViewFor } from '../../maintenance/rules/visibility.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { listDeletedRuns, listSeries, type Series } from '../../series/repository.ts';
import { calendarTexts } from '../../texts/pages.ts';
import { type CalendarInput, type CalendarRun, calendarText, KeptEvents } from '../ical/calendar.ts';
import { fillLinks } from '../ical/fold.ts';
import { findCalendarBySecret, listWindowGroups, readWindows, type WindowGroup } from '../repository.ts';

/** Those that start last are kept. */
const MAX_MAINTENANCES = 5000;
const MAX_SERIES = 1000;
/** Windows of a series without a rule are listed from the last full hour on. */
const RENDER_EVERY_MS = 3_600_000;

/** The page of a maintenance. */
type LinkTo = (maintenance: { readonly id: number }) => string;

interface CalendarOwner {
  readonly accountId: number;
  readonly name: string;
  readonly reader: Reader;
  /** The selection is stored: ignores scopes and services that were removed since. */
  readonly stored?: boolean;
}

/**
 * The calendar of an account for a reader, limited to a selection.
 * @throws UserError `not-found` when the reader may not see a scope or a service of the selection
 */
export async function loadCalendar(
  { database, clock }: ActionContext,
  { accountId, name, reader, stored = false }: CalendarOwner,
  selection: Selection,
  linkTo: LinkTo,
  kept = new KeptEvents(),
): Promise<string> {
  const now = new Date(Math.floor(clock.now().getTime() / RENDER_EVERY_MS) * RENDER_EVERY_MS);
  const period = periodAt(now);
  const everything = selection.scopes.length + selection.services.length === 0;
  const catalogue = everything ? NO_CATALOGUE : await loadVisibleCatalogue(database, accountId, reader);
  if (!stored) assertInCatalogue(catalogue, selection);
  const [allSeries, allDeleted, allGroups] = await Promise.all([
    listSeries(database, accountId, MAX_SERIES),
    listDeletedRuns(database, accountId, period.start),
    listWindowGroups(database, accountId, period.start, MAX_MAINTENANCES),
  ]);
  const series = allSeries.flatMap((each) => {
    const view = seriesViewFor(reader, each);
    return view !== undefined && isSelected(selection, catalogue, view) ? [view] : [];
  });
  const deleted = new Map<number, CalendarRun[]>();
  for (const { seriesId, ...run } of allDeleted) {
    const ofSeries = deleted.get(seriesId) ?? [];
    ofSeries.push({ ...run, window: undefined });
    deleted.set(seriesId, ofSeries);
  }
  const groups = new Map<number | null, ShownGroup[]>([null, ...series.map(({ id }) => id)].map((id) => [id, []]));
  // All of them, as the occurrences of hidden runs must not be shown either.
  for (const group of allGroups) {
    const content = readContent(JSON.parse(group.content));
    const view = contentFor(reader, content);
    const isShown = view !== undefined && isSelected(selection, catalogue, view);
    const own = groups.get(group.seriesId);
    if (own !== undefined) own.push({ group, content: view ?? content, isShown });
    else if (isShown) groups.get(null)?.push({ group, content: view, isShown });
  }
  const single = (groups.get(null) ?? []).filter(({ isShown }) => isShown);
  return calendarText(
    {
      name: [calendarTexts.name, name, ...selectedNames(selection, catalogue)].filter(Boolean).join(', '),
      windows: single.map((shown) => ({
        key: keyOf(reader, shown),
        read: () => readShown(reader, shown).map(({ window }) => window),
      })),
      series: series.map((one) => toSeriesPart(reader, one, groups.get(one.id) ?? [], deleted.get(one.id) ?? [])),
      period,
      now,
      linkTo,
    },
    kept,
  );
}

interface ShownGroup {
  readonly group: WindowGroup;
  /** As the reader sees it. */
  readonly content: WindowContent;
  readonly isShown: boolean;
}

// JSON texts show where they end, so that different ones are never equal together.
const keyOf = (reader: Reader, { group, isShown }: ShownGroup) =>
  `${JSON.stringify([reader, isShown])} ${group.content} ${group.windows}`;

function readShown(reader: Reader, { group, content }: ShownGroup) {
  const all = readWindows(group, content);
  // The public does not see that some await an approval.
  return reader === 'public' ? all.map((each) => ({ ...each, window: { ...each.window, approval: null } })) : all;
}

function toSeriesPart(
  reader: Reader,
  series: Series,
  groups: readonly ShownGroup[],
  deleted: readonly CalendarRun[],
): CalendarInput['series'][number] {
  const { plannedUntil: _, nextDueAt: __, nextRun: ___, ...shown } = series;
  return {
    series,
    key: [JSON.stringify([shown, deleted]), ...groups.map((group) => keyOf(reader, group))].join(' '),
    read: () => {
      const runs = groups.flatMap((group) =>
        readShown(reader, group).flatMap(({ run, window }) =>
          run === null ? [] : [{ ...run, window: group.isShown ? window : undefined }],
        ),
      );
      return [...deleted, ...runs];
    },
  };
}

/** The calendar of one maintenance. */
export function renderCalendar(maintenance: Maintenance, now: Date, linkTo: LinkTo): Promise<string> {
  const windows = [{ key: '', read: () => [{ ...maintenance, content: maintenance }] }];
  return calendarText({ name: maintenance.name, windows, series: [], period: periodAt(now), now, linkTo });
}

/** Two years from the first of the last month. Changes once a month, so that calendars stay cached. */
function periodAt(now: Date): Interval {
  return {
    start: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)),
    end: new Date(Date.UTC(now.getUTCFullYear() + 2, now.getUTCMonth(), 1)),
  };
}

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8';

/**
 * `/calendar.ics`: public maintenances; `?scope=` and `?service=` limit them.
 * `/calendar/SECRET.ics`: internal ones, too, for those who have the address.
 */
export function calendarRoutes({ ctx, authentication, publicUrl, rendered, log }: ReadingOptions): Hono {
  const app = new Hono();
  const { database } = ctx;
  const kept = new KeptEvents();
  const origin = renderedOrigin(publicUrl);
  const moment = () => Math.floor(ctx.clock.now().getTime() / RENDER_EVERY_MS);
  app.onError(handleReadError(log));

  app.get('/calendar.ics', async (c) => {
    const identified = await identifyReader(authentication, undefined, readAccountName(c));
    if (!identified.ok) throw new UnauthorizedReader(identified);
    const selection = readSelection(c.req.queries());
    const at = accountQuery(c);
    const { accountId } = identified.actor;
    const reader = toReader(identified.actor);
    const key = JSON.stringify(['calendar', reader, selection, at]);
    const text = await rendered.get(database, accountId, key, moment(), ({ name }) =>
      loadCalendar(ctx, { accountId, name, reader }, selection, ({ id }) => `${origin}/maintenances/${id}${at}`, kept),
    );
    return sendRendered(c, text.at(requestOrigin(c, publicUrl), fillLinks), {
      type: CALENDAR_TYPE,
      caching: CACHED_BRIEFLY,
    });
  });

  app.get('/calendar/:file{[A-Za-z0-9_-]{20,64}\\.ics}', privateResponse, async (c) => {
    const secret = c.req.param('file').slice(0, -'.ics'.length);
    const calendar = await findCalendarBySecret(database, secret, ctx.clock.now());
    const { owner, accountId: top } = calendar?.facts ?? {};
    if (owner && top !== undefined && !owner.known?.isFresh) void authentication.owners?.start(top, owner.id);
    // One that is suspended is answered like one that does not exist, so that an address tells nothing about people.
    if (calendar === undefined || 'suspended' in resolveOwner(calendar.facts))
      throw new HttpError('not-found', 'There is no calendar at this address.');
    const { accountId } = calendar;
    const key = JSON.stringify(['secret calendar', calendar.id]);
    const text = await rendered.get(database, accountId, key, moment(), ({ name, slackTeamId }) => {
      const at = slackTeamId === null ? '' : `?account=${slackTeamId}`;
      const owner = { accountId, name, reader: 'internal', stored: true } as const;
      return loadCalendar(ctx, owner, calendar, ({ id }) => `${origin}/maintenances/${id}${at}`, kept);
    });
    return sendRendered(c, text.at(requestOrigin(c, publicUrl), fillLinks), {
      type: CALENDAR_TYPE,
      caching: 'no-store',
    });
  });

  return app;
}

/** Keeps caches and search engines away from secret addresses. */
const privateResponse = createMiddleware(async (c, next) => {
  await next();
  c.res.headers.set('X-Robots-Tag', 'noindex');
  c.res.headers.set('Referrer-Policy', 'no-referrer');
});
